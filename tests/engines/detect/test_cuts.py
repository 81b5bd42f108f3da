"""Cuts found in made-up films, and everything old film does that is not a cut."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.detect.cuts import detect_shots
from engines.errors import Cancelled, FrameError
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat
from tests.fakes import MemorySource

WIDTH, HEIGHT = 200, 150
Picture = NDArray[np.float32]


def _scene(seed: int, frames: int, speed: float = 1.5) -> list[Picture]:
    """0..1 pictures of one panning scene."""
    noise = np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH * 2)).astype(np.float32)
    big = cv2.GaussianBlur(noise, (0, 0), 9.0)
    big = np.asarray(0.5 + 0.2 * big / big.std(), np.float32)
    starts = [int(n * speed) for n in range(frames)]
    return [np.asarray(big[:, x : x + WIDTH], np.float32) for x in starts]


def _source(pictures: list[Picture], layout: PixelFormat | None = None) -> MemorySource:
    layout = layout or PixelFormat("gray", 8)
    frames = []
    for picture in pictures:
        planes = []
        for index in range(layout.plane_count):
            size = layout.plane_size(index, WIDTH, HEIGHT)
            codes = cv2.resize(np.clip(picture, 0, 1), size, interpolation=cv2.INTER_AREA) * layout.peak
            planes.append(np.asarray(codes if layout.floating else np.rint(codes), layout.dtype))
        frames.append(Frame(tuple(planes), layout, ColourSpec()))
    return MemorySource(frames)


@pytest.mark.parametrize(
    "layout",
    [
        PixelFormat("gray", 8),
        PixelFormat("yuv", 10, 2, 2),
        PixelFormat("rgb", 16, alpha=True),
        PixelFormat("rgb", 16, floating=True),
        PixelFormat("rgb", 32, floating=True),
    ],
    ids=lambda layout: layout.name,
)
def test_cuts_are_exact_in_every_layout(layout: PixelFormat) -> None:
    source = _source(_scene(1, 14) + _scene(2, 9) + _scene(3, 20), layout)
    shots = detect_shots(source)
    assert shots.starts == (0, 14, 23)
    assert shots.count == 43


@pytest.mark.parametrize("first", [5, 6, 30])
def test_cuts_near_both_ends_are_found(first: int) -> None:
    assert detect_shots(_source(_scene(1, first) + _scene(2, 3))).starts == (0, first)


def _flash(pictures: list[Picture]) -> list[Picture]:
    pictures[12] = np.ones_like(pictures[12])
    pictures[20] = np.zeros_like(pictures[20])
    pictures[21] = _scene(9, 1)[0]
    return pictures


def _blotches(pictures: list[Picture]) -> list[Picture]:
    rng = np.random.default_rng(4)
    for number in range(3, 30, 4):
        spoiled = pictures[number].copy()
        for _ in range(6):
            centre = (int(rng.integers(WIDTH)), int(rng.integers(HEIGHT)))
            cv2.circle(spoiled, centre, int(rng.integers(10, 32)), float(rng.random() > 0.5), -1)
        pictures[number] = spoiled
    return pictures


def _flicker(pictures: list[Picture]) -> list[Picture]:
    gains = np.random.default_rng(5).uniform(0.6, 1.2, len(pictures))
    return [np.asarray(p * g, np.float32) for p, g in zip(pictures, gains, strict=True)]


def _fade(pictures: list[Picture]) -> list[Picture]:
    return [np.asarray(p * min(1.0, n / 15), np.float32) for n, p in enumerate(pictures)]


def _whip_pan(pictures: list[Picture]) -> list[Picture]:
    return _scene(1, len(pictures), speed=5.0)


@pytest.mark.parametrize("spoil", [_flash, _blotches, _flicker, _fade, _whip_pan])
def test_what_old_film_does_is_no_cut(spoil: Callable[[list[Picture]], list[Picture]]) -> None:
    assert detect_shots(_source(spoil(_scene(1, 36)))).starts == (0,)


def test_a_cut_amid_flicker_and_blotches_is_found() -> None:
    pictures = _flicker(_blotches(_scene(1, 30)) + _scene(2, 20))
    assert detect_shots(_source(pictures)).starts == (0, 30)


@pytest.mark.parametrize("frames", [1, 2, 4])
def test_short_clips_are_one_shot(frames: int) -> None:
    shots = detect_shots(_source(_scene(1, frames)))
    assert (shots.starts, shots.count) == ((0,), frames)


def test_unreadable_frames_do_not_stop_or_cut() -> None:
    class Broken(MemorySource):
        def read(self, number: FrameNo) -> Frame:
            if number in (0, 7, 8, 20):
                raise FrameError(number, "This frame is damaged.")
            return super().read(number)

    whole = _source(_scene(1, 20) + _scene(2, 12))
    frames = [whole.read(n) for n in range(32)]
    assert detect_shots(Broken(frames)).starts in ((0, 20), (0, 21))


def test_progress_counts_frames_and_cancel_stops() -> None:
    source, seen = _source(_scene(1, 6)), []
    detect_shots(source, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 6) for n in range(1, 7)]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        detect_shots(source, cancel=token)
