"""Stages `hdr` and `sdr`: what goes up comes down, coded and labelled right, the same for a region as for the whole."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import cv2
import numpy as np
import pytest

from engines.colour.difference import delta_e
from engines.colour.mapped import nominal_rgb
from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph, Puller
from engines.hdr import mapping
from engines.media.hdr_metadata import HdrMetadata, LightLevel, MasteringDisplay
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.stages.base import Geometry, Stage, StageContext
from engines.stages.catalogue import make_stage
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource

WIDTH, HEIGHT = 96, 64
FULL = PixelFormat("yuv", 8, 1, 1)
TAGGED = ColourSpec("tv", "bt709", "bt709", "bt709", "left")


def _picture(layout: PixelFormat = FULL, colour: ColourSpec = TAGGED) -> Frame:
    """Soft colours from black to white."""
    noise = np.random.default_rng(7).standard_normal((3, HEIGHT, WIDTH)).astype(np.float32)
    planes = []
    for index in range(layout.plane_count):
        width, height = layout.plane_size(index, WIDTH, HEIGHT)
        soft = cv2.resize(cv2.GaussianBlur(noise[index % 3], (0, 0), 5), (width, height))
        soft = (soft - soft.min()) / (soft.max() - soft.min())
        low, high = (16, 235) if index == 0 or layout.family != "yuv" else (108, 148)
        planes.append(np.rint((low + (high - low) * soft) * 2 ** (layout.depth - 8)).astype(layout.dtype))
    return Frame(tuple(planes), layout, colour)


def _chain(frame: Frame, *stages: tuple[str, Mapping[str, str]], context: StageContext | None = None) -> Graph:
    made: tuple[Stage, ...] = tuple(make_stage(name, text, context or StageContext()) for name, text in stages)
    return Graph(MemorySource([frame]), ShotList((0,), 1), made)


def _there_and_back(frame: Frame, settings: Mapping[str, str]) -> tuple[Frame, Frame]:
    """The HDR picture as stored, and SDR again."""
    up = Puller(_chain(frame, ("hdr", settings)), EXPORT).pull(0).frame.quantised()
    told = {key: settings[key] for key in ("method", "peak", "white") if key in settings} | {"fit": "off"}
    told.setdefault("white", "203")
    told.setdefault("method", "A")
    return up, Puller(_chain(up, ("sdr", told)), EXPORT).pull(0).frame


@pytest.mark.parametrize(
    ("method", "peak", "white", "transfer"),
    [
        *product("AC", ("1000", "10000"), ("100", "203"), ("pq",)),
        ("A", "1000", "203", "hlg"),
        ("C", "400", "203", "hlg"),
    ],
)
def test_sdr_comes_back(method: str, peak: str, white: str, transfer: str) -> None:
    frame = _picture()
    settings = {"method": method, "peak": peak, "white": white, "transfer": transfer}
    _, back = _there_and_back(frame, settings)
    off = delta_e(nominal_rgb(frame), nominal_rgb(back.quantised()))
    assert off.mean() < 0.5
    # HLG, whose light of the display hangs on luminance, is coarser in colours that are nearly black.
    assert off.max() < (2.0 if transfer == "pq" else 4.0)


def test_twelve_bits_give_the_samples_back() -> None:
    frame = _picture()
    _, back = _there_and_back(frame, {"depth": "12"})
    same = [float(np.mean(np.rint(a / 16) == b)) for a, b in zip(back.planes, frame.planes, strict=True)]
    # Only in colours that are nearly black some are off.
    assert min(same) > 0.999


def test_white_becomes_the_peak_with_a_and_keeps_its_look_with_c() -> None:
    white = Frame(tuple(np.full((8, 8), code, np.uint8) for code in (235, 128, 128)), FULL, TAGGED)
    peaks = {}
    for method in "AC":
        up, _ = _there_and_back(white, {"method": method, "peak": "1000"})
        peaks[method] = (float(up.planes[0][0, 0]) / 4 - 16) / 219
    # ST 2084: 1000 cd/m2 is 0.7518; 333 cd/m2, where method C puts SDR white, is 0.6329.
    assert peaks["A"] == pytest.approx(0.7518, abs=1e-3)
    assert peaks["C"] == pytest.approx(0.6329, abs=1e-3)


def test_hlg_reference_white_is_three_quarters() -> None:
    """Method C: 96 % SDR is HDR reference white, 75 % HLG, whatever the peak."""
    code = round(16 + 219 * 0.96)
    grey = Frame(tuple(np.full((8, 8), c, np.uint8) for c in (code, 128, 128)), FULL, TAGGED)
    for peak in ("400", "1000", "2000"):
        up, _ = _there_and_back(grey, {"method": "C", "peak": peak, "transfer": "hlg"})
        assert (float(up.planes[0][0, 0]) / 4 - 16) / 219 == pytest.approx(0.75, abs=3e-3)


@pytest.mark.parametrize(
    ("layout", "text", "wanted"),
    [
        (PixelFormat("yuv", 8, 2, 2), {}, "yuv420p10"),
        (PixelFormat("yuv", 8, 2, 2), {"chroma": "444"}, "yuv444p10"),
        (PixelFormat("yuv", 12, 2, 1), {}, "yuv422p12"),
        (PixelFormat("rgb", 8), {"chroma": "444"}, "gbrp10"),
        (PixelFormat("gray", 8), {"depth": "12"}, "gray12"),
    ],
)
def test_coding(layout: PixelFormat, text: Mapping[str, str], wanted: str) -> None:
    there = make_stage("hdr", text, StageContext()).output(Geometry(WIDTH, HEIGHT, layout, TAGGED))
    assert there.format.name == wanted
    matrix = "rgb" if layout.family == "rgb" else "bt2020nc"
    assert (there.colour.matrix, there.colour.primaries, there.colour.transfer) == (matrix, "bt2020", "smpte2084")


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        (PixelFormat("yuv", 8, 2, 2), {}),
        (PixelFormat("yuv", 8, 2, 2), {"chroma": "444"}),
        (PixelFormat("yuv", 8, 1, 2), {"chroma": "444"}),
        (PixelFormat("yuv", 10, 2, 1), {"method": "C", "transfer": "hlg"}),
        (PixelFormat("gray", 8), {}),
        (PixelFormat("rgb", 8), {}),
    ],
)
def test_a_region_equals_the_cut_of_the_whole(layout: PixelFormat, text: Mapping[str, str]) -> None:
    frame = _picture(layout, ColourSpec())
    graph = _chain(frame, ("hdr", text))
    whole = Puller(graph, EXPORT).pull(0)
    region = Rect(20, 14, 30, 22)
    part = Puller(graph, EXPORT).pull(0, region)
    cut = whole.crop(region)
    assert all(np.array_equal(a, b) for a, b in zip(part.frame.planes, cut.frame.planes, strict=True))
    assert np.all(part.provenance.labels == Origin.ADJUSTED)


def test_a_master_says_how_it_is_undone() -> None:
    frame = _picture()
    up, _ = _there_and_back(frame, {"method": "C", "white": "100"})
    words = make_stage("hdr", {"method": "C", "white": "100"}, StageContext()).mapping.words()  # type: ignore[attr-defined]
    context = StageContext(hdr=HdrMetadata(mapping=words))
    back = Puller(_chain(up, ("sdr", {}), context=context), EXPORT).pull(0).frame.quantised()
    assert delta_e(nominal_rgb(frame), nominal_rgb(back)).max() < 2.0


@pytest.mark.parametrize(("light", "peak"), [(None, 4000.0), (LightLevel(0, 0), 4000.0), (LightLevel(620, 80), 620.0)])
def test_foreign_masters_are_mapped_from_their_brightest(light: LightLevel | None, peak: float) -> None:
    said = HdrMetadata(MasteringDisplay.of("p3", 0.005, 4000.0), light)
    stage = make_stage("sdr", {}, StageContext(hdr=said))
    assert stage.mapping == mapping.Mapping("A", peak, 100.0)  # type: ignore[attr-defined]


def test_colours_that_sdr_cannot_show_lose_saturation() -> None:
    pure = Frame(
        tuple(np.full((8, 8), code, np.uint16) for code in (0, 700, 0)),
        PixelFormat("rgb", 10),
        ColourSpec("pc", "rgb", "bt2020", "smpte2084"),
    )
    for fit, least in (("on", -1.0), ("off", -10000.0)):
        planes = Puller(_chain(pure, ("sdr", {"fit": fit})), EXPORT).pull(0).frame.planes
        darkest = min(float(plane.min()) for plane in planes)
        assert darkest >= least
        assert (darkest < -1.0) == (fit == "off")


def test_what_it_cannot_do_is_said() -> None:
    yuv = PixelFormat("yuv", 10, 2, 2)
    pq = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084")
    with pytest.raises(SettingError, match="HDR already"):
        make_stage("hdr", {}, StageContext()).output(Geometry(WIDTH, HEIGHT, yuv, pq))
    half = PixelFormat("rgb", 16, floating=True)
    with pytest.raises(SettingError, match="floats"):
        make_stage("hdr", {}, StageContext()).output(Geometry(WIDTH, HEIGHT, half, ColourSpec()))
    with pytest.raises(SettingError, match="PQ or HLG"):
        make_stage("sdr", {}, StageContext()).output(Geometry(WIDTH, HEIGHT, yuv, TAGGED))
    with pytest.raises(SettingError, match="below SDR white"):
        make_stage("hdr", {"peak": "150", "white": "203"}, StageContext())
