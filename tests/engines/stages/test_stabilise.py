"""Stage stabilise: weave goes, pans and sound samples stay, whatever the layout, the policy and the region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import pytest

from engines.benchmark.held import HeldClip
from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph, Puller
from engines.policy import EXPORT, PREVIEW, RenderPolicy
from engines.provenance import Origin
from engines.stages.base import Stage
from engines.stages.painted import Painted
from engines.stages.stabilise import Stabilise, StabiliseSettings
from engines.training.plant.weave import margin_for, planned, woven
from engines.types import ColourSpec, Frame, PixelFormat, Rect

_YUV, _GREY = PixelFormat("yuv", 8, 2, 2), PixelFormat("gray", 8)
_COUNT, _WIDTH, _HEIGHT = 16, 160, 120


def _texture(width: int, height: int, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    mixed = np.sum([cv2.GaussianBlur(noise, (0, 0), s) * s for s in (1.5, 4.0, 12.0)], axis=0)
    return np.asarray(128 + 40 * mixed / mixed.std(), np.float32)


def _frame(picture: np.ndarray, layout: PixelFormat = _YUV) -> Frame:
    luma = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    if layout.family == "gray":
        return Frame((luma,), layout, ColourSpec())
    chroma = np.clip(np.rint(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)), 0, 255)
    return Frame((luma, chroma.astype(np.uint8), (255 - chroma).astype(np.uint8)), layout, ColourSpec(range="tv"))


@cache
def _shaken() -> tuple[tuple[Frame, ...], Frame]:
    """A still picture that weaves by up to 4 pixels, and the picture."""
    weave = planned(_COUNT, 3, most=4.0, angle=0.3)
    margin = margin_for(weave, _WIDTH + 16, _HEIGHT + 16)
    whole = _frame(_texture(_WIDTH + 2 * margin, _HEIGHT + 2 * margin))
    frames = woven([whole] * _COUNT, weave, margin)
    return tuple(frames), whole


def _puller(
    frames: Sequence[Frame],
    *stages: Stage,
    policy: RenderPolicy = EXPORT,
    starts: tuple[int, ...] = (0,),
    order: str = "progressive",
) -> Puller:
    clip = HeldClip(frames)
    clip.info = replace(clip.info, field_order=order)
    return Puller(Graph(clip, ShotList(starts, len(frames)), stages), policy)


def _stage(**settings: object) -> Stabilise:
    return Stabilise(StabiliseSettings(**settings))  # type: ignore[arg-type]


def _jitter(frames: Sequence[Frame]) -> float:
    """RMS difference of consecutive frames, codes, away from the edges."""
    lumas = [frame.planes[0][12:-12, 12:-12].astype(np.float32) for frame in frames]
    return float(np.sqrt(np.mean([np.mean((a - b) ** 2) for a, b in pairwise(lumas)])))


@pytest.fixture(scope="module")
def steady() -> Puller:
    return _puller(_shaken()[0], _stage())


def test_a_still_shot_comes_out_still(steady: Puller) -> None:
    answers = [steady.pull(number) for number in range(_COUNT)]
    assert _jitter([answer.frame for answer in answers]) < 0.12 * _jitter(_shaken()[0])
    for plane in (1, 2):
        before, after = (
            np.std([frame.planes[plane][10:-10, 10:-10].astype(np.float32) for frame in frames], axis=0).mean()
            for frames in (_shaken()[0], [answer.frame for answer in answers])
        )
        assert after < 0.2 * before


def test_labels_say_what_was_moved_and_where_borders_came_from(steady: Puller) -> None:
    for number in range(_COUNT):
        answer = steady.pull(number)
        if answer.frame.planes[0].dtype == np.uint8:
            continue
        labels = answer.provenance.labels
        assert labels.min() == Origin.ADJUSTED
        assert (answer.provenance.donor != 0).sum() == (labels == Origin.TRANSPORTED).sum()
        inner = labels[8:-8, 8:-8]
        assert (inner == Origin.ADJUSTED).all()


def test_transported_borders_show_what_the_still_picture_shows(steady: Puller) -> None:
    middle = np.median([steady.pull(n).frame.planes[0] for n in range(_COUNT)], axis=0)
    checked = 0
    for number in range(_COUNT):
        answer = steady.pull(number)
        there = answer.provenance.labels == Origin.TRANSPORTED
        there[:4] = there[-4:] = False
        there[:1] = there[-1:] = False
        there[:, :1] = there[:, -1:] = False
        checked += int(there.sum())
        if there.any():
            assert np.abs(answer.frame.planes[0] - middle)[there].mean() < 6.0
    assert checked > 100


@pytest.mark.parametrize("region", [Rect(0, 0, 160, 120), Rect(2, 4, 31, 50), Rect(101, 60, 59, 60)])
def test_a_region_is_a_cut_of_the_whole(steady: Puller, region: Rect) -> None:
    number = 5
    whole = steady.pull(number)
    grown = region.aligned(2, 2, whole.frame.bounds)
    part = _puller(_shaken()[0], _stage()).pull(number, region)
    for mine, all_of in zip(part.frame.planes, whole.crop(grown).frame.planes, strict=True):
        np.testing.assert_array_equal(mine, all_of)
    np.testing.assert_array_equal(part.provenance.labels, whole.crop(grown).provenance.labels)


def test_a_steady_clip_and_strength_0_stay_bit_identical() -> None:
    calm = [_frame(_texture(96, 80))] * 8
    for stage, frames in ((_stage(), calm), (_stage(strength=0), _shaken()[0])):
        puller = _puller(frames, stage)
        for number in range(4):
            answer = puller.pull(number)
            assert answer.frame is frames[number]
            assert (answer.provenance.labels == Origin.SOURCE).all()


def test_a_pan_is_kept() -> None:
    wide = _texture(96 + 80, 80)
    # Whole pixels: nothing but the pan.
    frames = [_frame(wide[:, 2 * n : 2 * n + 96], _GREY) for n in range(30)]
    puller = _puller(frames, _stage())
    for number in (0, 10, 29):
        (right, down), _ = cv2.phaseCorrelate(
            frames[number].planes[0].astype(np.float32), puller.pull(number).frame.planes[0].astype(np.float32)
        )
        assert np.hypot(right, down) < 0.25


def test_each_shot_is_held_for_itself() -> None:
    frames = [*_shaken()[0][:8], *[_frame(_texture(_WIDTH, _HEIGHT, seed=9))] * 4]
    puller = _puller(frames, _stage(), starts=(0, 8))
    for number in range(8, 12):
        assert puller.pull(number).frame is frames[number]
    assert puller.pull(7).frame is not frames[7]


@pytest.mark.parametrize("borders", ["neighbours", "edge", "black", "crop"])
def test_borders(borders: str) -> None:
    puller = _puller(_shaken()[0], _stage(borders=borders))
    kinds = set(np.unique(np.concatenate([puller.pull(n).provenance.labels.ravel() for n in range(6)])))
    allowed = {
        "neighbours": {Origin.SOURCE, Origin.ADJUSTED, Origin.TRANSPORTED, Origin.SYNTHESISED},
        "edge": {Origin.SOURCE, Origin.ADJUSTED, Origin.SYNTHESISED},
        "black": {Origin.SOURCE, Origin.ADJUSTED},
        "crop": {Origin.ADJUSTED},
    }
    assert kinds <= allowed[borders]
    assert bool(_stage(borders=borders).invents) == (borders in ("neighbours", "edge"))


def test_marks_move_with_the_picture() -> None:
    mask = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    mask[50:60, 70:80] = 255

    class Masks:
        def numbers(self) -> tuple[int, ...]:
            return (4,)

        def coverage(self, number: int) -> np.ndarray | None:
            return mask if number == 4 else None

        def key(self, number: int) -> str:
            return str(number)

    puller = _puller(_shaken()[0], Painted(Masks(), Masks()), _stage())
    marks = puller.marks(2, 4)
    assert marks.damage is not None
    assert marks.protected is not None
    assert 70 < (marks.damage > 127).sum() < 130
    assert ((marks.damage > 127) ^ marks.protected).sum() < 25
    assert (marks.damage != mask).any()
    assert puller.marks(2, 5).damage is None


def test_fields_are_measured_and_moved_apart() -> None:
    still = _texture(_WIDTH + 24, _HEIGHT + 24)
    frames = []
    for number in range(12):
        picture = np.empty((_HEIGHT, _WIDTH), np.float32)
        for field, shift in enumerate((number % 3 * 2, (number + 1) % 3 * 2)):
            picture[field::2] = still[12:-12, 12 + shift : 12 + shift + _WIDTH][field::2]
        frames.append(_frame(picture, _GREY))
    puller = _puller(frames, _stage(), order="tff")
    assert _jitter([puller.pull(n).frame for n in range(12)]) < 0.15 * _jitter(frames)
    mixed = _puller(frames, _stage())
    assert _jitter([mixed.pull(n).frame for n in range(12)]) > 0.5 * _jitter(frames)


def test_a_flash_leaves_the_others_steady() -> None:
    frames = list(_shaken()[0])
    frames[8] = _frame(_texture(_WIDTH, _HEIGHT, seed=7))
    puller = _puller(frames, _stage())
    kept = [n for n in range(_COUNT) if n != 8]
    assert _jitter([puller.pull(n).frame for n in kept]) < 0.15 * _jitter([frames[n] for n in kept])


def test_a_repeated_frame_stays_a_repeat() -> None:
    doubled = [frame for frame in _shaken()[0][:8] for _ in range(2)]
    puller = _puller(doubled, _stage())
    for number in range(0, 16, 2):
        np.testing.assert_array_equal(puller.pull(number).frame.planes[0], puller.pull(number + 1).frame.planes[0])


def test_a_preview_waits_for_no_measurement_and_fits_the_export(steady: Puller) -> None:
    frames = _shaken()[0]
    puller = _puller(frames, _stage(), policy=replace(PREVIEW, wait=False))
    puller.pull(5)
    assert len(puller.pending) == 1
    small = _puller(frames, _stage(), policy=replace(PREVIEW, wait=True)).pull(5).frame.planes[0]
    large = cv2.resize(steady.pull(5).frame.planes[0].astype(np.float32), (80, 60), interpolation=cv2.INTER_AREA)
    assert np.abs(small - large)[6:-6, 6:-6].mean() < 2.0


@pytest.mark.parametrize("kind", ["one", "black", "white", "bars", "odd", "tiny"])
def test_odd_shots(kind: str) -> None:
    bars = np.repeat(np.linspace(16, 235, 8), 12)[None].repeat(60, 0)
    pictures = {
        "one": [_texture(64, 48)],
        "black": [np.full((48, 64), 16.0)] * 5,
        "white": [np.full((48, 64), 235.0)] * 5,
        "bars": [bars] * 5,
        "odd": [_texture(80, 60)[n % 3 : n % 3 + 51, n % 2 : n % 2 + 67] for n in range(6)],
        "tiny": [_texture(32, 24)[n % 3 : n % 3 + 9, n % 2 : n % 2 + 11] for n in range(6)],
    }[kind]
    layout = _GREY if kind in ("odd", "tiny") else _YUV
    frames = [_frame(picture, layout) for picture in pictures]
    puller = _puller(frames, _stage())
    for number, frame in enumerate(frames):
        answer = puller.pull(number)
        assert np.isfinite(answer.frame.planes[0]).all()
        if kind in ("one", "black", "white", "bars"):
            assert answer.frame is frame


def test_a_region_that_is_held_still() -> None:
    """A mark on the film weaves with it; the picture moves by itself."""
    film = _texture(40, 120, seed=4)
    frames = []
    for number in range(12):
        picture = _texture(240, 120, seed=5)[:, 3 * number : 3 * number + 160].copy()
        picture[:, :36] = np.roll(film, number % 3, axis=0)[:, :36]
        frames.append(_frame(picture, _GREY))
    puller = _puller(frames, _stage(region="2,2,32,116"))
    strips = [puller.pull(n).frame.planes[0][20:-20, 6:30].astype(np.float32) for n in range(12)]
    before = [frame.planes[0][20:-20, 6:30].astype(np.float32) for frame in frames]
    assert np.std(strips, axis=0).mean() < 0.2 * np.std(before, axis=0).mean()


def test_bad_settings() -> None:
    with pytest.raises(SettingError):
        _stage(region="here")
    with pytest.raises(SettingError):
        _stage(strength=2)
