"""Stage lut: tables are baked in, regions are cuts, conversions lead to what a table expects, bad choices are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.colour.mapped import nominal_rgb
from engines.colour.transfer import from_light, to_light
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
    PixelFormat("rgb", 16, floating=True),
    PixelFormat("rgb", 8, alpha=True),
    PixelFormat("yuv", 8, 2, 2),
    PixelFormat("yuv", 10, 2, 1),
    PixelFormat("yuv", 12),
]
SIDE = 9


def _cube(folder: Path, red: float = 1.0, name: str = "look.cube") -> str:
    """Everything as it was, red times `red`."""
    steps = np.linspace(0, 1, SIDE)
    rows = (f"{r * red:.6f} {g:.6f} {b:.6f}" for b in steps for g in steps for r in steps)
    path = folder / name
    path.write_text("\n".join([f"LUT_3D_SIZE {SIDE}", *rows]) + "\n")
    return str(path)


def _puller(frame: Frame, **text: str) -> Puller:
    return Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (make_stage("lut", text, StageContext()),)), EXPORT)


def _calm(layout: PixelFormat, colour: ColourSpec | None = None) -> Frame:
    """Colours well within the table's domain."""
    frame = random_frame(layout, 70, 46, colour=colour)
    if layout.floating:
        planes = tuple((0.2 + 0.6 * plane).astype(layout.dtype) for plane in frame.planes)
    else:
        planes = tuple((layout.peak * 0.4 + 0.2 * plane).astype(layout.dtype) for plane in frame.planes)
    return frame.with_planes(planes)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_table_that_changes_nothing_changes_no_code(tmp_path: Path, layout: PixelFormat) -> None:
    frame = _calm(layout)
    answer = _puller(frame, file=_cube(tmp_path)).pull(0)
    assert (answer.provenance.labels == Origin.ADJUSTED).all()
    for ours, theirs in zip(answer.frame.quantised().planes, frame.planes, strict=True):
        np.testing.assert_allclose(ours.astype(np.float64), theirs.astype(np.float64), atol=5e-4 * layout.floating)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_region_is_a_cut_of_the_whole(tmp_path: Path, layout: PixelFormat) -> None:
    frame, text = random_frame(layout, 70, 46), {"file": _cube(tmp_path, 0.7), "strength": "0.6", "input": "srgb"}
    whole = _puller(frame, **text).pull(0)
    region = Rect(24, 16, 21, 13).aligned(layout.chroma_x, layout.chroma_y, frame.bounds)
    part, cut = _puller(frame, **text).pull(0, region), whole.crop(region)
    for a, b in zip(part.frame.planes, cut.frame.planes, strict=True):
        np.testing.assert_array_equal(a, b)


def test_strength_mixes_and_0_hands_the_frame_through(tmp_path: Path) -> None:
    frame, file = _calm(PixelFormat("rgb", 16)), _cube(tmp_path, 0.5)
    assert _puller(frame, file=file, strength="0").pull(0).frame.planes[0] is frame.planes[0]
    half, full = (_puller(frame, file=file, strength=s).pull(0).frame.planes[0] for s in ("0.5", "1"))
    np.testing.assert_allclose(full, frame.planes[0] * 0.5, rtol=1e-5)
    np.testing.assert_allclose(half, frame.planes[0] * 0.75, rtol=1e-5)


def test_a_clip_is_converted_to_what_the_table_expects(tmp_path: Path) -> None:
    """A table that changes nothing, made for sRGB: it gives sRGB codes of the clip's light."""
    frame = _calm(PixelFormat("rgb", 16), ColourSpec("pc", "rgb", "bt709", "bt709"))
    after = _puller(frame, file=_cube(tmp_path), input="srgb").pull(0).frame
    expected = from_light(to_light(nominal_rgb(frame), "bt709"), "iec61966-2-1")
    # The table's straight lines give back straight lines.
    np.testing.assert_allclose(nominal_rgb(after), expected, atol=1e-5)
    assert after.colour == frame.colour


def test_a_table_that_gives_video_tags_the_clip_so(tmp_path: Path) -> None:
    colour = ColourSpec("tv", "smpte170m", "smpte170m", "linear", "left")
    frame, file = _calm(PixelFormat("yuv", 10, 2, 2), colour), _cube(tmp_path)
    puller = _puller(frame, file=file, output="rec709")
    after = puller.pull(0).frame
    assert after.colour == ColourSpec("tv", "bt709", "bt709", "bt709", "left")
    assert puller.geometry(1).colour == after.colour
    np.testing.assert_allclose(nominal_rgb(after).mean((1, 2)), nominal_rgb(frame).mean((1, 2)), atol=2e-3)


def test_the_key_follows_the_content_of_the_file(tmp_path: Path) -> None:
    keys = set()
    for red, name in ((1.0, "a.cube"), (1.0, "b.cube"), (0.9, "a.cube")):
        keys.add(make_stage("lut", {"file": _cube(tmp_path, red, name)}, StageContext()).key())
    assert len(keys) == 2


def test_bad_choices_are_told(tmp_path: Path) -> None:
    file = _cube(tmp_path)
    for text, sentence in (
        ({}, "has no look-up table"),
        ({"file": str(tmp_path / "none.cube")}, "There is no look-up table"),
        ({"file": file, "output": "rec709", "strength": "0.5"}, "cannot be mixed"),
    ):
        with pytest.raises(SettingError, match=sentence):
            make_stage("lut", text, StageContext())
    bright = _calm(PixelFormat("rgb", 16), ColourSpec("pc", "rgb", "bt2020", "smpte2084"))
    with pytest.raises(SettingError, match="cannot be used on an HDR clip"):
        _puller(bright, file=file, input="srgb").pull(0)
