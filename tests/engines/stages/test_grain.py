"""Stage grain: clean grainy film passes bit for bit, digital noise goes, what lost its grain gets it back."""

from __future__ import annotations

import numpy as np
import pytest

from engines.analysis.grain import GrainAnalysis
from engines.benchmark.held import HeldClip
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.nets.grain_kind import KINDS
from engines.policy import RenderPolicy
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Geometry, Rendered, Stage, Upstream
from engines.stages.grain import Grain, GrainSettings, amounts
from engines.training.plant.grain import FilmGrain, plant_grain
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect

GREY = PixelFormat("gray", 8)
SIDE = 128


def _clean(count: int = 4) -> list[Frame]:
    y, x = np.mgrid[:SIDE, :SIDE]
    picture = np.clip(60 + 0.8 * x + 30 * ((x // 32 + y // 32) % 2), 0, 255).astype(np.uint8)
    return [Frame((picture.copy(),), GREY, ColourSpec(range="pc")) for _ in range(count)]


def _puller(frames: list[Frame], *stages: Stage) -> Puller:
    return Puller(Graph(HeldClip(frames), ShotList((0,), len(frames)), stages), RenderPolicy("test"))


def _arrays(frames: list[Frame], kind: str, sure: float = 1.0) -> dict[str, np.ndarray]:
    """Measured, but with the kind as told: what the network says is its own tests' business."""
    analysis = GrainAnalysis()
    source = HeldClip(frames)
    running = analysis.begin(source.info, ShotList((0,), len(frames)).shot(0))
    for number, frame in enumerate(frames):
        running.feed(number, frame)
    told = np.full(len(KINDS), (1.0 - sure) / (len(KINDS) - 1))
    told[KINDS.index(kind)] = sure
    return {**running.finish(), "kind": told}


class _Told(Grain):
    """The stage over measurements that are given."""

    def __init__(self, settings: GrainSettings, arrays: dict[str, np.ndarray]) -> None:
        super().__init__(settings)
        self._arrays = arrays

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return super().render(number, region, _Measured(upstream, self._arrays))  # type: ignore[arg-type]


class _Measured:
    def __init__(self, upstream: Upstream, arrays: dict[str, np.ndarray]) -> None:
        self._upstream, self._arrays = upstream, arrays

    def __getattr__(self, name: str) -> object:
        return getattr(self._upstream, name)

    def analysed(self, _number: FrameNo, _analysis: object) -> dict[str, np.ndarray]:
        return self._arrays


class _Smooth(Stage):
    """Takes all grain, as a network would (ESTIMATED), or covers a square without it (SYNTHESISED)."""

    name, version = "smooth", 1

    def __init__(self, clean: list[Frame], origin: Origin) -> None:
        self._clean, self._origin = clean, origin

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def key(self) -> str:
        return "smooth"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        below = upstream.frame(number)
        labels = np.zeros((SIDE, SIDE), np.uint8)
        if self._origin == Origin.ESTIMATED:
            labels[:] = self._origin
        else:
            labels[32:96, 32:96] = self._origin
        plane = np.where(labels > 0, self._clean[number].planes[0], below.frame.planes[0]).astype(np.float32)
        said = ProvenanceMap(labels, np.full_like(labels, 200), np.zeros(labels.shape, np.int8))
        return Rendered(below.frame.with_planes((plane,)), below.provenance.merge(said)).crop(region)


@pytest.fixture(scope="module")
def film() -> tuple[list[Frame], list[Frame], dict[str, np.ndarray]]:
    clean = _clean()
    grainy = plant_grain(clean, FilmGrain(1.4, 7.0), 3)
    return clean, grainy, _arrays(grainy, "grain")


def test_grain_stays_bit_for_bit(film: tuple[list[Frame], list[Frame], dict[str, np.ndarray]]) -> None:
    _, grainy, arrays = film
    out = _puller(grainy, _Told(GrainSettings(), arrays)).pull(1)
    assert np.array_equal(out.frame.planes[0], grainy[1].planes[0])
    assert out.provenance.shares()["SOURCE"] == 1.0


def test_removal_brings_the_picture_nearer_to_the_truth(
    film: tuple[list[Frame], list[Frame], dict[str, np.ndarray]],
) -> None:
    clean, grainy, arrays = film
    truth = clean[1].planes[0].astype(float)

    def error(remove: float) -> float:
        out = _puller(grainy, _Told(GrainSettings(remove=remove), arrays)).pull(1)
        return float(np.square(out.frame.planes[0] - truth).mean())

    none, half, whole = error(0.0), error(0.5), error(1.0)
    assert whole < 0.25 * none
    assert 0.2 * none < half < 0.5 * none
    out = _puller(grainy, _Told(GrainSettings(remove=1.0), arrays)).pull(1)
    assert out.provenance.shares()["ADJUSTED"] == 1.0


def test_only_sure_noise_goes_unasked(film: tuple[list[Frame], list[Frame], dict[str, np.ndarray]]) -> None:
    arrays = film[2]
    sure = {**arrays, "kind": np.array([0.02, 0.95, 0.02, 0.01])}
    unsure = {**arrays, "kind": np.array([0.2, 0.7, 0.05, 0.05])}
    assert amounts(GrainSettings(), sure).remove == 1.0
    assert amounts(GrainSettings(), unsure).remove == 0.0
    assert amounts(GrainSettings(noise=0.5), unsure).remove == 0.5
    assert amounts(GrainSettings(noise=1.0), arrays).remove == 0.0
    assert amounts(GrainSettings(noise=0.0), sure).remove == 0.0


def test_an_estimate_gets_its_own_grain_back(film: tuple[list[Frame], list[Frame], dict[str, np.ndarray]]) -> None:
    clean, grainy, arrays = film
    out = _puller(grainy, _Smooth(clean, Origin.ESTIMATED), _Told(GrainSettings(), arrays)).pull(1)
    own = grainy[1].planes[0].astype(float) - clean[1].planes[0]
    back = out.frame.planes[0] - clean[1].planes[0]
    inner = np.s_[8:-8, 8:-8]
    assert np.corrcoef(own[inner].ravel(), back[inner].ravel())[0, 1] > 0.9
    assert back[inner].std() == pytest.approx(own[inner].std(), rel=0.15)
    assert out.provenance.shares()["ESTIMATED"] == 1.0


def test_an_invented_place_gets_new_grain_of_the_same_kind(
    film: tuple[list[Frame], list[Frame], dict[str, np.ndarray]],
) -> None:
    clean, grainy, arrays = film
    pulling = _puller(grainy, _Smooth(clean, Origin.SYNTHESISED), _Told(GrainSettings(), arrays))
    inside, outside = np.s_[36:92, 36:92], np.s_[:, 100:]
    made = [pulling.pull(n).frame.planes[0] - clean[n].planes[0].astype(np.float32) for n in (1, 2)]
    assert made[0][inside].std() == pytest.approx(
        (grainy[1].planes[0].astype(float) - clean[1].planes[0])[inside].std(), rel=0.15
    )
    assert abs(np.corrcoef(made[0][inside].ravel(), made[1][inside].ravel())[0, 1]) < 0.1
    assert np.array_equal(
        made[0][outside], grainy[1].planes[0][outside] - clean[1].planes[0][outside].astype(np.float32)
    )
    only = _puller(grainy, _Smooth(clean, Origin.SYNTHESISED), _Told(GrainSettings(add="own"), arrays)).pull(1)
    assert np.array_equal(only.frame.planes[0][inside], clean[1].planes[0][inside])
    assert Grain(GrainSettings(add="own")).invents == ""
    assert Grain(GrainSettings()).invents


@pytest.mark.parametrize("settings", [GrainSettings(remove=1.0), GrainSettings()])
def test_a_region_is_a_cut_of_the_whole(
    film: tuple[list[Frame], list[Frame], dict[str, np.ndarray]], settings: GrainSettings
) -> None:
    clean, grainy, arrays = film
    region = Rect(20, 30, 60, 50)
    stages = (_Smooth(clean, Origin.SYNTHESISED), _Told(settings, arrays))
    whole = _puller(grainy, *stages).pull(1).crop(region)
    part = _puller(grainy, *stages).pull(1, region)
    assert np.array_equal(whole.frame.planes[0], part.frame.planes[0])
    assert np.array_equal(whole.provenance.labels, part.provenance.labels)


@pytest.mark.parametrize("layout", [PixelFormat("yuv", 8, 2, 2), PixelFormat("rgb", 16), PixelFormat("yuv", 10, 2, 1)])
@pytest.mark.parametrize("size", [(17, 13), (97, 61)])
def test_odd_sizes_and_layouts(layout: PixelFormat, size: tuple[int, int]) -> None:
    width, height = size
    peak = int(layout.peak)
    rng = np.random.default_rng(1)
    frames = []
    for _ in range(3):
        shapes = (layout.plane_size(i, width, height) for i in range(layout.plane_count))
        planes = (rng.normal(peak / 2, peak / 40, (h, w)).astype(layout.dtype) for w, h in shapes)
        frames.append(Frame(tuple(planes), layout, ColourSpec(range="tv")))
    out = _puller(frames, Grain(GrainSettings(remove=1.0))).pull(1)
    assert out.frame.planes[0].shape == (height, width)
    assert np.isfinite(out.frame.planes[0]).all()


@pytest.mark.parametrize("code", [0, 128, 255])
def test_empty_frames_and_single_frames(code: int) -> None:
    flat = Frame((np.full((SIDE, SIDE), code, np.uint8),), GREY, ColourSpec(range="pc"))
    for frames in ([flat], [flat] * 3):
        out = _puller(frames, Grain(GrainSettings(remove=1.0))).pull(0)
        assert np.abs(out.frame.planes[0] - float(code)).max() < 0.5


def test_settings_are_part_of_the_key() -> None:
    assert Grain(GrainSettings()).key() != Grain(GrainSettings(remove=0.5)).key()
