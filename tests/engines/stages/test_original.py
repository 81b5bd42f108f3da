"""The source brought back: exact where fully painted, mixed at soft edges, interpolated in enlarged pictures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.masks import Coverage, NoMasks
from engines.policy import EXPORT, PREVIEW, RenderPolicy
from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.stages.base import Geometry, Rendered, Stage, StageContext, Upstream
from engines.stages.catalogue import make_stage
from engines.stages.detail import DetailSettings, DetailStage
from engines.stages.original import Original
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect
from tests.fakes import AddStage, MemorySource, random_frame

WIDTH, HEIGHT = 70, 50
YUV, RGB16, HALF = PixelFormat("yuv", 10, 2, 2), PixelFormat("rgb", 16), PixelFormat("rgb", 16, floating=True)


class _Paint:
    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage

    def numbers(self) -> tuple[FrameNo, ...]:
        return (0,)

    def coverage(self, number: FrameNo) -> Coverage | None:
        return self._coverage

    def key(self, number: FrameNo) -> str:
        return "painted"


class _Flips(Stage):
    """Answers in the native type: every sample mirrored in the code range."""

    name = "flips"
    version = 1

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def key(self) -> str:
        return "flips"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        below = upstream.frame(number, region)
        peak = below.frame.format.peak
        planes = tuple((peak - p.astype(np.float32)).astype(p.dtype) for p in below.frame.planes)
        said = ProvenanceMap.uniform(region.width, region.height, Origin.SYNTHESISED, 0.5)
        return Rendered(below.frame.with_planes(planes), below.provenance.merge(said))


def _paint(value: int = 255) -> Coverage:
    coverage = np.zeros((HEIGHT, WIDTH), np.uint8)
    coverage[11:30, 13:36] = value
    return coverage


def _puller(frame: Frame, coverage: Coverage, stage: Stage, policy: RenderPolicy = EXPORT) -> Puller:
    return Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (stage, Original(_Paint(coverage)))), policy)


def _on_plane(mask: NDArray[np.bool_], layout: PixelFormat, index: int) -> NDArray[np.bool_]:
    return chroma_cells(mask, layout.chroma_x, layout.chroma_y) if layout.family == "yuv" and index else mask


@pytest.mark.parametrize("layout", [YUV, RGB16, HALF], ids=lambda layout: layout.name)
@pytest.mark.parametrize("stage", [AddStage(3), _Flips()], ids=["float", "native"])
def test_what_is_painted_is_the_source_bit_for_bit(layout: PixelFormat, stage: Stage) -> None:
    frame, coverage = random_frame(layout, WIDTH, HEIGHT), _paint()
    answer = _puller(frame, coverage, stage).pull(0)
    changed = Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (stage,)), EXPORT).pull(0)
    for index, plane in enumerate(answer.frame.quantised().planes):
        inside = _on_plane(coverage > 0, layout, index)
        np.testing.assert_array_equal(plane[inside], frame.planes[index][inside])
        np.testing.assert_array_equal(plane[~inside], changed.frame.quantised().planes[index][~inside])
    labels = answer.provenance.labels
    assert (labels[coverage == 255] == Origin.SOURCE).all()
    assert (answer.provenance.confidence[coverage == 255] == 255).all()
    np.testing.assert_array_equal(labels[coverage == 0], changed.provenance.labels[coverage == 0])


@pytest.mark.parametrize("stage", [AddStage(100), _Flips()], ids=["float", "native"])
def test_soft_edges_mix_and_keep_their_label(stage: Stage) -> None:
    frame, coverage = random_frame(RGB16, WIDTH, HEIGHT), _paint(102)
    answer = _puller(frame, coverage, stage).pull(0)
    changed = Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (stage,)), EXPORT).pull(0)
    inside = coverage > 0
    for plane, own, other in zip(answer.frame.planes, frame.planes, changed.frame.planes, strict=True):
        expected = 0.6 * other[inside].astype(np.float64) + 0.4 * own[inside]
        assert np.abs(plane[inside] - expected).max() < 0.51
    np.testing.assert_array_equal(answer.provenance.labels, changed.provenance.labels)


def test_any_region_is_a_cut_of_the_whole() -> None:
    frame = random_frame(YUV, WIDTH, HEIGHT)
    for stage in (AddStage(9), DetailStage(DetailSettings(scale=2, noise=3.0, compression=0.0))):
        coverage = _paint()
        coverage[30:34, 20:40] = 77
        whole = _puller(frame, coverage, stage).pull(0)
        region = Rect(17, 15, 31, 23).aligned(2, 2, whole.frame.bounds)
        part = _puller(frame, coverage, stage).pull(0, region)
        expected = whole.crop(region)
        for ours, theirs in zip(part.frame.quantised().planes, expected.frame.quantised().planes, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(part.provenance.labels, expected.provenance.labels)


@pytest.mark.parametrize("layout", [YUV, RGB16], ids=lambda layout: layout.name)
def test_in_an_enlarged_picture_it_is_interpolated_and_labelled_so(layout: PixelFormat) -> None:
    smooth = []
    for index in range(layout.plane_count):
        width, height = layout.plane_size(index, WIDTH, HEIGHT)
        smooth.append(np.tile(np.linspace(200, 700, width), (height, 1)).astype(layout.dtype))
    frame = Frame(tuple(smooth), layout, ColourSpec())
    stage = DetailStage(DetailSettings(scale=2, noise=40.0, compression=0.0))
    answer = _puller(frame, _paint(), stage).pull(0)
    painted = _paint().repeat(2, 0).repeat(2, 1) == 255
    assert (answer.provenance.labels[painted] == Origin.ADJUSTED).all()
    assert (answer.provenance.labels[~painted] == Origin.ESTIMATED).all()
    twice = np.interp((np.arange(2 * WIDTH) - 0.5) / 2, np.arange(WIDTH), frame.planes[0][0].astype(np.float64))
    assert np.abs(answer.frame.planes[0] - twice)[painted].max() < 1.0


def test_a_preview_brings_back_the_reduced_source() -> None:
    frame = random_frame(YUV, WIDTH, HEIGHT)
    answer = _puller(frame, _paint(), AddStage(50), PREVIEW).pull(0)
    source = Puller(Graph(MemorySource([frame]), ShotList((0,), 1)), PREVIEW).pull(0)
    np.testing.assert_array_equal(answer.frame.planes[0][6:15, 7:18], source.frame.planes[0][6:15, 7:18])
    assert (answer.provenance.labels[6:15, 7:18] == Origin.SOURCE).all()


def test_without_paint_the_very_picture_comes_through() -> None:
    frame = random_frame(YUV, WIDTH, HEIGHT)
    puller = Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (Original(NoMasks()),)), EXPORT)
    assert puller.pull(0).frame.planes[0] is frame.planes[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("convert", {"transfer": "smpte2084", "primaries": "bt2020", "matrix": "bt2020nc", "range": "pc"}),
        ("convert", {"range": "pc", "depth": "12"}),
        ("hdr", {"peak": "1000"}),
        ("hdr", {"chroma": "444"}),
    ],
)
def test_where_the_picture_is_coded_otherwise_the_source_comes_back_coded_so(name: str, text: dict[str, str]) -> None:
    frame = random_frame(PixelFormat("yuv", 8, 2, 2), WIDTH, HEIGHT, colour=ColourSpec("tv", "bt709", "bt709", "bt709"))
    coding = make_stage(name, text, StageContext())
    source, cuts = MemorySource([frame]), ShotList((0,), 1)
    answer = Puller(Graph(source, cuts, (_Flips(), coding, Original(_Paint(_paint())))), EXPORT).pull(0)
    wanted = Puller(Graph(source, cuts, (coding,)), EXPORT).pull(0)
    assert answer.frame.format == wanted.frame.format
    assert answer.frame.colour == wanted.frame.colour
    for ours, theirs in zip(answer.frame.planes, wanted.frame.planes, strict=True):
        step = WIDTH // ours.shape[1]
        rows, columns = slice(12 // step, 28 // step), slice(14 // step, 34 // step)
        np.testing.assert_array_equal(ours[rows, columns], theirs[rows, columns])
    assert (answer.provenance.labels[12:28, 14:34] == Origin.ADJUSTED).all()
    assert (answer.provenance.labels[:8] == Origin.SYNTHESISED).all()
