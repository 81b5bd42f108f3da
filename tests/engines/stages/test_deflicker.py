"""Stage deflicker on moving pictures with planted flicker: what goes, what stays, and what is handed through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.analysis.finding import Sample
from engines.analysis.flicker import FlickerAnalysis
from engines.analysis.propose_deflicker import propose_deflicker
from engines.analysis.shot_analysis import run_analyses
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.detect.shots import Shot, ShotList
from engines.errors import SettingError
from engines.graph import Graph, Puller
from engines.luma import luma_of
from engines.policy import EXPORT, PREVIEW, RenderPolicy
from engines.provenance import Origin
from engines.stages.deflicker import DEFLICKER, Deflicker, DeflickerSettings
from engines.training.plant.flicker import Flicker, flickering, lamp, lit
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame

WIDTH, HEIGHT, COUNT = 192, 128, 16
YUV420 = PixelFormat("yuv", 8, 2, 2)


def _clip(count: int = COUNT, layout: PixelFormat = YUV420) -> list[Frame]:
    """Soft texture that pans."""
    noise = np.random.default_rng(5).standard_normal((HEIGHT * 2, WIDTH * 2)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 4)
    texture = np.clip(0.4 + 0.15 * smooth / smooth.std(), 0.05, 0.75).astype(np.float32)
    frames = []
    for number in range(count):
        move = np.array([[1, 0, -10 - 1.5 * number], [0, 1, -10 - 0.5 * number]], np.float32)
        light = cv2.warpAffine(texture, move, (WIDTH, HEIGHT))
        planes = [np.rint(light * 219 + 16).astype(np.uint8)]
        if layout.family == "yuv":
            small = cv2.resize(light, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
            planes += [np.rint(128 + 60 * (small - 0.4)).astype(np.uint8), np.rint(128 - 40 * small).astype(np.uint8)]
        frames.append(Frame(tuple(planes), layout, ColourSpec()))
    return frames


def _puller(
    frames: Sequence[Frame], policy: RenderPolicy = EXPORT, cuts: tuple[int, ...] = (0,), **settings: object
) -> Puller:
    stage = Deflicker(DeflickerSettings(**settings))  # type: ignore[arg-type]
    return Puller(Graph(MemorySource(frames), ShotList(cuts, len(frames)), (stage,)), policy)


def _means(frames: Sequence[Frame]) -> np.ndarray:
    return np.array([float(luma_of(frame).mean()) for frame in frames])


def _same(a: Frame, b: Frame) -> bool:
    return all(p.dtype == q.dtype and np.array_equal(p, q) for p, q in zip(a.planes, b.planes, strict=True))


@pytest.fixture(scope="module")
def clean() -> list[Frame]:
    return _clip()


@pytest.fixture(scope="module")
def damaged(clean: list[Frame]) -> list[Frame]:
    return flickering(clean, Flicker(0.05, 0.25, patches=1, breathing=0.03), seed=2)[0]


def test_flicker_goes(clean: list[Frame], damaged: list[Frame]) -> None:
    pull = _puller(damaged)
    done = [pull.pull(n) for n in range(COUNT)]
    frames = [r.frame.quantised() for r in done]
    before, after = (np.diff(_means(f) - _means(clean)).std() for f in (damaged, frames))
    assert after < 0.2 * before
    assert all((r.provenance.labels == Origin.ADJUSTED).all() for r in done)
    # What is left of it is not in places, nor in colour.
    rest = [luma_of(a) / np.maximum(luma_of(b), 0.05) for a, b in zip(frames, clean, strict=True)]
    assert np.diff([cv2.resize(r, (4, 4), interpolation=cv2.INTER_AREA) for r in rest], axis=0).std() < 0.04
    casts = [
        [(f.planes[1].astype(float) - c.planes[1]).mean() for f, c in zip(fs, clean, strict=True)]
        for fs in (damaged, frames)
    ]
    assert np.diff(casts[1]).std() < 0.5 * np.diff(casts[0]).std()


def test_a_steady_shot_is_handed_through(clean: list[Frame]) -> None:
    pull = _puller(clean)
    for number in (0, 7, COUNT - 1):
        answer = pull.pull(number)
        assert _same(answer.frame, clean[number])
        assert (answer.provenance.labels == Origin.SOURCE).all()


def test_a_lamp_that_is_switched_on_stays_on(clean: list[Frame]) -> None:
    scene = lit(clean, lamp(COUNT, 8, 1.6))
    pull = _puller(scene)
    after = _means([pull.pull(n).frame.quantised() for n in range(COUNT)])
    assert np.abs(after / _means(scene) - 1).max() < 0.02


@pytest.mark.parametrize("policy", [EXPORT, PREVIEW], ids=lambda policy: policy.name)
def test_a_region_equals_the_same_cut_of_the_whole(damaged: list[Frame], policy: RenderPolicy) -> None:
    pull = _puller(damaged, replace(policy, wait=True))
    whole = pull.pull(3)
    region = Rect(16, 8, 40, 30)
    part = _puller(damaged, replace(policy, wait=True)).pull(3, region)
    assert _same(part.frame, whole.frame.crop(region))
    assert np.array_equal(part.provenance.labels, whole.provenance.crop(region).labels)


def test_a_preview_that_does_not_wait_is_handed_through(damaged: list[Frame]) -> None:
    pull = _puller(damaged, replace(EXPORT, wait=False))
    assert _same(pull.pull(2).frame, damaged[2])
    assert pull.pending


def test_strength_and_keys(clean: list[Frame], damaged: list[Frame]) -> None:
    assert _same(_puller(damaged, strength=0.0).pull(5).frame, damaged[5])
    pull = _puller(damaged, keys="4:0 5:0 6:1")
    assert _same(pull.pull(5).frame, damaged[5])
    assert not _same(pull.pull(9).frame, damaged[9])


def test_only_the_region_is_measured(clean: list[Frame]) -> None:
    """Light that flickers outside the region alone is none of it."""
    odd = []
    for number, frame in enumerate(clean):
        plane = frame.planes[0].copy()
        plane[:, WIDTH // 2 :] = np.clip(plane[:, WIDTH // 2 :] * (1.15 if number % 2 else 0.9), 16, 235)
        odd.append(frame.with_planes((plane, *frame.planes[1:])))
    left = _puller(odd, region=f"0,0,{WIDTH // 2 - 16},{HEIGHT}", local="off").pull(6)
    assert _same(left.frame, odd[6])
    right = _puller(odd, region=f"{WIDTH // 2 + 8},0,{WIDTH // 2 - 8},{HEIGHT}", local="off").pull(6)
    assert not _same(right.frame, odd[6])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_shots_too_short_to_judge_are_handed_through(count: int) -> None:
    frames = flickering(_clip(6), Flicker(), seed=1)[0]
    pull = _puller(frames, cuts=(0, count))
    for number in range(min(count, 2)):
        assert _same(pull.pull(number).frame, frames[number]) or count > 2
        assert np.isfinite(pull.pull(number).frame.planes[0].astype(float)).all()


@pytest.mark.parametrize("code", [0, 16, 128, 235, 255])
def test_blank_frames_are_handed_through(code: int) -> None:
    frame = Frame(
        tuple(np.full(s, c, np.uint8) for s, c in (((64, 96), code), ((32, 48), 128), ((32, 48), 128))),
        YUV420,
        ColourSpec(),
    )
    pull = _puller([frame] * 6)
    assert _same(pull.pull(3).frame, frame)


@pytest.mark.parametrize(
    "layout",
    [
        PixelFormat("gray", 16),
        PixelFormat("yuv", 10, 2, 1),
        PixelFormat("rgb", 8),
        PixelFormat("rgb", 16, floating=True),
    ],
    ids=lambda layout: layout.name,
)
def test_odd_sizes_and_every_layout(layout: PixelFormat) -> None:
    frames = [random_frame(layout, 37, 21, seed) for seed in range(8)]
    answer = _puller(frames, local="on").pull(4)
    assert (answer.frame.width, answer.frame.height) == (37, 21)
    assert all(np.isfinite(plane.astype(np.float64)).all() for plane in answer.frame.planes)


def test_no_shot_is_measured_across_a_cut(damaged: list[Frame]) -> None:
    dark = lit(damaged, np.full(COUNT, 0.4))
    alone = _puller(damaged[:8]).pull(7)
    joined = _puller([*damaged[:8], *dark[8:]], cuts=(0, 8)).pull(7)
    assert _same(alone.frame, joined.frame)


def test_settings_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(SettingError):
        Deflicker(DeflickerSettings(keys="soon"))
    with pytest.raises(SettingError):
        Deflicker(DeflickerSettings(region="all of it"))


def test_curves_show_less_unrest_afterwards(damaged: list[Frame]) -> None:
    arrays = run_analyses([FlickerAnalysis()], MemorySource(damaged), Shot(0, COUNT - 1), CancelToken())[0]
    assert DEFLICKER.curves is not None
    luma, gain = DEFLICKER.curves(DeflickerSettings(), arrays)
    assert luma.before.shape == gain.after.shape == (COUNT,)
    assert np.allclose(luma.before, 100 * _means(damaged), atol=1.0)
    for curve in (luma, gain):
        assert np.diff(curve.after).std() < 0.25 * np.diff(curve.before).std()


def test_it_is_proposed_where_light_flickers(clean: list[Frame], damaged: list[Frame]) -> None:
    def asked(frames: Sequence[Frame]) -> Sample:
        return Sample(MemorySource(frames), Shot(0, len(frames) - 1), AnalysisStore(), CancelToken())

    assert propose_deflicker(asked(clean)) is None
    assert propose_deflicker(asked(damaged[:4])) is None
    found = propose_deflicker(asked(damaged))
    assert found is not None
    assert found.stage == "deflicker"
    assert 0.5 < found.severity <= 1
    assert "%" in found.reason
