"""Stage grade: neutral settings hand frames through, regions are cuts, grey clips keep to tones, bad texts are told."""

from __future__ import annotations

import numpy as np
import pytest

from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph, Puller
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame

LAYOUTS = [
    PixelFormat("gray", 8),
    PixelFormat("rgb", 16),
    PixelFormat("rgb", 16, floating=True),
    PixelFormat("rgb", 8, alpha=True),
    PixelFormat("yuv", 8, 2, 2),
    PixelFormat("yuv", 10, 2, 1),
    PixelFormat("yuv", 12),
    PixelFormat("yuv", 8, 4, 1),
]
MOVED = {"gamma": "1.2", "gain_rgb": "1.1,1,0.9", "saturation": "1.2", "curve": "0,0 0.5,0.6 1,1"}


def _puller(frame: Frame, **text: str) -> Puller:
    stage = make_stage("grade", text, StageContext())
    return Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (stage,)), EXPORT)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_neutral_settings_hand_the_frame_through(layout: PixelFormat) -> None:
    frame = random_frame(layout, 37, 21)
    answer = _puller(frame, curve="0,0 1,1", gain_rgb="1,1,1", pivot="0.3").pull(0)
    assert all(a is b for a, b in zip(answer.frame.planes, frame.planes, strict=True))
    assert not (answer.provenance.labels == Origin.ADJUSTED).any()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_region_is_a_cut_of_the_whole(layout: PixelFormat) -> None:
    """Also of an untagged picture so large that its matrix is another than its parts' would be."""
    frame = random_frame(layout, 1100, 42)
    whole = _puller(frame, **MOVED).pull(0)
    assert (whole.provenance.labels == Origin.ADJUSTED).all()
    region = Rect(1000, 12, 97, 21).aligned(layout.chroma_x, layout.chroma_y, frame.bounds)
    part, cut = _puller(frame, **MOVED).pull(0, region), whole.crop(region)
    for a, b in zip(part.frame.planes, cut.frame.planes, strict=True):
        np.testing.assert_array_equal(a, b)
        assert np.isfinite(a.astype(np.float64)).all()


def test_grey_clips_keep_to_tones() -> None:
    frame = random_frame(PixelFormat("gray", 8), 30, 20)
    coloured = {"temperature": "80", "saturation": "0", "gain_rgb": "2,1,1", "red": "0,0.5 1,1"}
    assert _puller(frame, **coloured).pull(0).frame.planes[0] is frame.planes[0]
    brighter = _puller(frame, gain="1.5", **coloured).pull(0).frame.planes[0]
    np.testing.assert_allclose(brighter, frame.planes[0] * np.float32(1.5), atol=1e-3)


def test_alpha_stays() -> None:
    frame = random_frame(PixelFormat("rgb", 8, alpha=True), 30, 20)
    np.testing.assert_array_equal(_puller(frame, **MOVED).pull(0).frame.planes[3], frame.planes[3])


def test_saturation_0_makes_chroma_neutral_and_leaves_luma() -> None:
    frame = random_frame(PixelFormat("yuv", 8, 2, 2), 64, 48, colour=ColourSpec("tv", "bt709"))
    after = _puller(frame, saturation="0").pull(0).frame.quantised()
    np.testing.assert_array_equal(after.planes[0], frame.planes[0])
    assert (after.planes[1] == 128).all()
    assert (after.planes[2] == 128).all()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ({"gain": "9"}, "gain=9.0 is out of range"),
        ({"gain_rgb": "1,1"}, "gain_rgb='1,1' is not understood"),
        ({"curve": "0.5,0.5"}, "A curve needs two points"),
        ({"red": "1,0 0,1"}, "from left to right"),
    ],
)
def test_texts_that_cannot_be_read_are_refused(text: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        make_stage("grade", text, StageContext())
