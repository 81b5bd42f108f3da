"""Stage convert: what stays passes through, what changes looks the same, regions are cuts, nonsense is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from engines.colour.mapped import nominal_rgb
from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph, Puller
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame

HD = ColourSpec("tv", "bt709", "bt709", "bt709", "left")
YUV444, YUV420, RGB = PixelFormat("yuv", 10), PixelFormat("yuv", 8, 2, 2), PixelFormat("rgb", 10)
HALF = PixelFormat("rgb", 16, floating=True)
LINEAR = ColourSpec("pc", "rgb", "bt709", "linear")


def _frame(layout: PixelFormat, colour: ColourSpec, size: tuple[int, int] = (70, 46)) -> Frame:
    """Colours that every set of primaries holds."""
    noise = np.random.default_rng(3)
    planes = []
    for index in range(layout.plane_count):
        w, h = layout.plane_size(index, *size)
        chroma = layout.family == "yuv" and index > 0
        values = noise.uniform(*((0.45, 0.55) if chroma else (0.3, 0.6)), (h, w)) * layout.peak
        planes.append((values if layout.floating else np.rint(values)).astype(layout.dtype))
    return Frame(tuple(planes), layout, colour)


def _puller(frame: Frame, **text: str) -> Puller:
    return _noting(frame, [], text)


def _noting(frame: Frame, notes: list[str], text: Mapping[str, str]) -> Puller:
    stages = (make_stage("convert", text, StageContext()),)
    return Puller(Graph(MemorySource([frame]), ShotList((0,), 1), stages), EXPORT, note=notes.append)


@pytest.mark.parametrize("layout", [YUV420, YUV444, RGB, HALF, PixelFormat("gray", 8)], ids=lambda one: one.name)
def test_nothing_asked_changes_nothing(layout: PixelFormat) -> None:
    frame = random_frame(layout, 37, 21)
    answer = _puller(frame).pull(0)
    assert all(a is b for a, b in zip(answer.frame.planes, frame.planes, strict=True))
    assert (answer.provenance.labels == Origin.SOURCE).all()


def test_saying_what_was_meant_changes_the_tags_alone() -> None:
    frame = _frame(YUV420, ColourSpec())
    asked = {"matrix": "smpte170m", "range": "tv", "primaries": "bt709", "transfer": "smpte170m"}
    answer = _puller(frame, **asked).pull(0)
    assert all(a is b for a, b in zip(answer.frame.planes, frame.planes, strict=True))
    assert answer.frame.colour == ColourSpec("tv", "smpte170m", "bt709", "smpte170m", "unknown")
    assert (answer.provenance.labels == Origin.SOURCE).all()


@pytest.mark.parametrize(
    "asked",
    [
        {"matrix": "smpte170m"},
        {"range": "pc"},
        {"matrix": "bt2020nc", "primaries": "bt2020", "transfer": "bt2020-10"},
        {"matrix": "bt2020nc", "primaries": "bt2020", "transfer": "smpte2084"},
        {"matrix": "bt2020nc", "primaries": "bt2020", "transfer": "arib-std-b67"},
        {"primaries": "smpte432", "transfer": "iec61966-2-1", "gamut": "compress"},
    ],
)
def test_there_and_back_is_the_same_picture(asked: dict[str, str]) -> None:
    frame = _frame(PixelFormat("yuv", 12), HD)
    there = _puller(frame, depth="16", **asked).pull(0)
    assert (there.provenance.labels == Origin.ADJUSTED).all()
    for key, value in asked.items():
        if key != "gamut":
            assert getattr(there.frame.colour, key) == value
    home = {"matrix": "bt709", "range": "tv", "primaries": "bt709", "transfer": "bt709", "depth": "12"}
    back = _puller(there.frame.quantised(), **home).pull(0).frame.quantised()
    assert back.colour == frame.colour
    worst = max(np.abs(a.astype(int) - b).max() for a, b in zip(back.planes, frame.planes, strict=True))
    assert worst <= 1


@pytest.mark.parametrize("layout", [YUV420, PixelFormat("yuv", 10, 2, 1), YUV444], ids=lambda one: one.name)
def test_a_region_is_a_cut_of_the_whole(layout: PixelFormat) -> None:
    frame = _frame(layout, ColourSpec(), (1100, 42))
    asked = {"matrix": "bt2020nc", "primaries": "bt2020", "transfer": "smpte2084"}
    whole = _puller(frame, **asked).pull(0)
    region = Rect(1000, 12, 97, 21).aligned(layout.chroma_x, layout.chroma_y, frame.bounds)
    part, cut = _puller(frame, **asked).pull(0, region), whole.crop(region)
    for a, b in zip(part.frame.planes, cut.frame.planes, strict=True):
        np.testing.assert_array_equal(a, b)


def test_hdr_has_ten_bits() -> None:
    answer = _puller(_frame(YUV420, HD), transfer="smpte2084", primaries="bt2020", matrix="bt2020nc").pull(0)
    assert answer.frame.format.depth == 10


def test_floats_become_video() -> None:
    frame = _frame(HALF, LINEAR)
    answer = _puller(frame, transfer="bt709", depth="10").pull(0).frame.quantised()
    assert answer.format == RGB
    wanted = np.stack(frame.planes).astype(np.float64) ** (1 / 2.4) * 1023
    np.testing.assert_allclose(np.stack(answer.planes), wanted, atol=0.75)


def test_film_log_becomes_video() -> None:
    codes = np.full((8, 8), 685, np.uint16)
    frame = Frame((codes, codes, codes), RGB, ColourSpec("pc", "rgb", "bt709", "cineon"))
    answer = _puller(frame, transfer="bt709").pull(0).frame.quantised()
    assert (answer.planes[0] == 1023).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -0.5, 65504.0])
def test_samples_that_are_no_numbers_are_made_safe_and_said(bad: float) -> None:
    frame = _frame(HALF, LINEAR)
    planes = [plane.copy() for plane in frame.planes]
    planes[0][3, 4] = bad
    frame = frame.with_planes(tuple(planes))
    questions = ({"primaries": "bt2020"}, {"transfer": "bt709", "depth": "10"}, {"transfer": "smpte2084"})
    for asked in questions:
        notes: list[str] = []
        answer = _noting(frame, notes, asked).pull(0).frame.quantised()
        assert all(np.isfinite(plane.astype(np.float64)).all() for plane in answer.planes)
        assert len(notes) == (0 if np.isfinite(bad) else 1)
    through = _puller(frame).pull(0).frame.planes[0]
    assert through is frame.planes[0]


@pytest.mark.parametrize(
    ("layout", "asked", "words"),
    [
        (RGB, {"matrix": "bt709"}, "no matrix"),
        (PixelFormat("gray", 8), {"primaries": "bt709"}, "no primaries"),
        (HALF, {"range": "tv"}, "no limited range"),
        (YUV420, {"matrix": "rgb"}, "not possible"),
        (YUV420, {"transfer": "gamma"}, "not possible"),
    ],
)
def test_what_makes_no_sense_is_refused(layout: PixelFormat, asked: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        _puller(replace(_frame(layout, HD), colour=ColourSpec()), **asked).graph.geometry()


def test_converted_colour_is_the_same_light() -> None:
    """Seen through its own tags the converted picture is what the first was."""
    frame = _frame(YUV444, HD)
    there = _puller(frame, matrix="smpte170m", range="pc", depth="16").pull(0).frame
    np.testing.assert_allclose(nominal_rgb(there), nominal_rgb(frame), atol=1e-4)
