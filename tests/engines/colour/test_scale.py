"""Levels of signals: percent, and cd/m2 of PQ and HLG at the levels that standards tabulate."""

from __future__ import annotations

import pytest

from engines.colour.scale import SCALES, scale_of
from engines.types import ColourSpec, PixelFormat

_LAYOUT = PixelFormat("yuv", 10, 2, 2)


def test_pq_levels_lie_where_bt_2408_says() -> None:
    pq = SCALES["pq"]
    for level, percent in ((26, 38), (203, 58), (100, 51), (1000, 75), (4000, 90), (10000, 100)):
        assert pq.coded(level) * 100 == pytest.approx(percent, abs=0.6)
        assert pq.level(pq.coded(level)) == pytest.approx(level, rel=1e-3)


def test_hlg_levels_lie_where_bt_2408_says() -> None:
    hlg = SCALES["hlg"]
    for level, percent in ((26, 38), (203, 75), (1000, 100)):
        assert hlg.coded(level) * 100 == pytest.approx(percent, abs=0.6)
        assert hlg.level(hlg.coded(level)) == pytest.approx(level, rel=1e-3)


def test_infinite_levels_stay_so_and_others_are_percent() -> None:
    assert [SCALES["pq"].coded(x) for x in (float("inf"), -float("inf"))] == [float("inf"), -float("inf")]
    assert SCALES["percent"].coded(40) == pytest.approx(0.4)
    assert scale_of(_LAYOUT, ColourSpec(transfer="smpte2084")).name == "pq"
    assert scale_of(_LAYOUT, ColourSpec(transfer="arib-std-b67")).name == "hlg"
    assert scale_of(_LAYOUT, ColourSpec()).name == "percent"
