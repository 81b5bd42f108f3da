"""Targets of the vectorscope: bars fall where the scope itself puts them, and BT.709 lies inside BT.2020."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.scale import SCALES
from engines.colour.targets import targets
from engines.scopes import as_pair, scope_data
from engines.types import ColourSpec, Frame, PixelFormat

_709 = ColourSpec("tv", "bt709", "bt709", "bt709")
_PQ = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084")


@pytest.mark.parametrize("colour", [_709, _PQ, ColourSpec("tv", "bt2020nc", "bt2020", "arib-std-b67")])
def test_bars_fall_into_their_targets(colour: ColourSpec) -> None:
    level = SCALES["pq"].coded(203) if colour is _PQ else 0.75
    for name, rgb in (("R", (1, 0, 0)), ("Cy", (0, 1, 1)), ("Mg", (1, 0, 1))):
        planes = tuple(np.full((20, 20), value * level, np.float32) for value in rgb)
        data = scope_data(Frame(planes, PixelFormat("rgb", 32, floating=True), colour), 10)
        row, column = np.argwhere(data.vectorscope)[0]
        assert data.targets is not None
        x, y = dict(data.targets.boxes)[name]
        assert (column - 128) / 112 * 100 == pytest.approx(x, abs=1)
        assert (row - 128) / 112 * 100 == pytest.approx(y, abs=1)


def test_bt_709_is_drawn_inside_a_wider_gamut_only() -> None:
    assert targets(SCALES["percent"], _709, 1920, 1080).inner == ()
    for scale, colour in (("pq", _PQ), ("percent", ColourSpec("tv", "bt2020nc", "bt2020", "bt2020-10"))):
        found = targets(SCALES[scale], colour, 1920, 1080)
        assert len(found.inner) > 60
        reach = [max(abs(x) for point in ring for x in point) for ring in (found.inner, found.outline)]
        assert reach[0] < reach[1] <= 100.01
    assert targets(SCALES["pq"], _PQ, 1920, 1080).level == "203 cd/m²"


def test_the_level_of_a_scope_is_told() -> None:
    luma = np.full((8, 8), 500, np.uint16)
    neutral = np.full((8, 8), 512, np.uint16)
    frame = Frame((luma, neutral, neutral.copy()), PixelFormat("yuv", 10), _PQ)
    assert scope_data(frame, 4).scale is SCALES["pq"]
    grey = Frame((luma,), PixelFormat("gray", 10), ColourSpec())
    assert scope_data(grey, 4).targets is None


def test_before_is_faint_under_after() -> None:
    before, after = np.zeros((4, 4), np.int64), np.zeros((4, 4), np.int64)
    before[0, :2], after[0, 1:3] = 9, 9
    shown = as_pair(before, after)
    assert shown.shape == (4, 4, 3)
    first, both, second, none = shown[0].astype(int)
    assert first.sum() < second.sum()
    assert first[2] > first[0]
    assert np.array_equal(both, second)
    assert not none.any()
