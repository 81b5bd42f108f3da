"""The view of HDR masters goes by the light that their file, or their stage, says they go up to."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from app.document import ClipWork, Media, ShotWork, StageUse
from app.mastering import mastering_peak
from app.pictures import Kind
from engines.media.hdr_metadata import HdrMetadata, LightLevel, MasteringDisplay
from engines.media.source import ClipInfo

_CLIP = ClipWork("c1", Media(Path("/nowhere.mkv"), "f", 64, 48, 4, Fraction(24)), (ShotWork(0),), True)
_DISPLAY = MasteringDisplay.of("p3", 0.005, 4000.0)


def _info(hdr: HdrMetadata | None) -> ClipInfo:
    return cast(ClipInfo, SimpleNamespace(hdr=hdr))


@pytest.mark.parametrize(
    ("hdr", "peak"),
    [
        (None, None),
        (HdrMetadata(), None),
        (HdrMetadata(light=LightLevel(0, 0)), None),
        (HdrMetadata(light=LightLevel(650, 80)), 650.0),
        (HdrMetadata(_DISPLAY, LightLevel(650, 80)), 4000.0),
    ],
)
def test_the_mastering_display_is_believed_before_the_light_levels(hdr: HdrMetadata | None, peak: float | None) -> None:
    assert mastering_peak(_CLIP, _info(hdr), 2, "source") == peak


@pytest.mark.parametrize(
    ("use", "kind", "peak"),
    [
        (StageUse("hdr", settings={"peak": "2000"}), "restored", 2000.0),
        (StageUse("hdr"), "difference", 1000.0),
        (StageUse("hdr", settings={"peak": "2000"}), "source", 4000.0),
        (StageUse("hdr", settings={"peak": "2000"}, enabled=False), "restored", 4000.0),
        (StageUse("hdr", settings={"peak": "50"}), "restored", None),
    ],
)
def test_a_stage_that_makes_hdr_says_how_bright(use: StageUse, kind: Kind, peak: float | None) -> None:
    clip = replace(_CLIP, shots=(ShotWork(0, stages=(use,)),))
    assert mastering_peak(clip, _info(HdrMetadata(_DISPLAY)), 0, kind) == peak
