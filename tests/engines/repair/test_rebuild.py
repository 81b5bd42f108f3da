"""Destroyed frames: made anew from both sides, from one beside a cut, and said to be so."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.benchmark.damage.planted import HeldMasks
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.masks import Mask
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.stages.inpaint import Inpaint, InpaintSettings
from engines.stages.painted import Painted
from engines.types import ColourSpec, Frame, PixelFormat, Plane
from tests.fakes import MemorySource

GREY = PixelFormat("gray", 8)
HEIGHT, WIDTH, COUNT = 96, 128, 9


def _clip(speed: float = 1.5) -> list[Frame]:
    """Smooth texture that pans."""
    noise = np.random.default_rng(0).standard_normal((HEIGHT, WIDTH + 60)).astype(np.float32)
    wide = cv2.GaussianBlur(noise, (0, 0), 2.5)
    wide = np.clip(128 + 40 * wide / wide.std(), 0, 255)
    frames = []
    for number in range(COUNT):
        shift = np.array([[1, 0, -5 - speed * number], [0, 1, 0]], np.float32)
        picture = cv2.warpAffine(wide, shift, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
        frames.append(Frame((np.rint(picture.clip(0, 255)).astype(np.uint8),), GREY, ColourSpec()))
    return frames


def _puller(destroyed: tuple[int, ...], starts: tuple[int, ...] = (0,)) -> tuple[Puller, list[Frame]]:
    truth = _clip()
    whole: Mask = np.ones((HEIGHT, WIDTH), np.bool_)
    blank = Frame((np.full((HEIGHT, WIDTH), 255, np.uint8),), GREY, ColourSpec())
    frames = [blank if n in destroyed else frame for n, frame in enumerate(truth)]
    stages = (Painted(HeldMasks(dict.fromkeys(destroyed, whole))), Inpaint(InpaintSettings()))
    return Puller(Graph(MemorySource(frames), ShotList(starts, COUNT), stages), EXPORT), truth


def _psnr(a: Plane, b: Plane) -> float:
    """Away from the sides, where nothing was seen before it came in."""
    inner = np.s_[8:-8, 24:-24]
    error = np.square(a[inner].astype(np.float64) - b[inner]).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("destroyed", [(4,), (2, 3, 4, 5, 6, 7)])
def test_destroyed_frames_follow_the_motion_between_their_neighbours(destroyed: tuple[int, ...]) -> None:
    puller, truth = _puller(destroyed)
    first, last = destroyed[0], destroyed[-1]
    for number in destroyed[:: max(1, len(destroyed) // 2)]:
        answer = puller.pull(number)
        ours = answer.frame.quantised().planes[0]
        part = (number - first + 1) / (last - first + 2)
        faded = truth[first - 1].planes[0] * (1 - part) + truth[last + 1].planes[0] * part
        assert _psnr(ours, truth[number].planes[0]) > _psnr(faded, truth[number].planes[0]) + 6.0
        labels = answer.provenance.labels
        assert set(np.unique(labels)) <= {Origin.TRANSPORTED, Origin.ESTIMATED}
        donors = np.unique(answer.provenance.donor[labels == Origin.TRANSPORTED])
        assert set(donors) <= {first - 1 - number, last + 1 - number}


def test_beside_a_cut_one_side_goes_on_moving() -> None:
    puller, truth = _puller((4,), starts=(0, 5))
    answer = puller.pull(4)
    ours = answer.frame.quantised().planes[0]
    assert _psnr(ours, truth[4].planes[0]) > _psnr(truth[3].planes[0], truth[4].planes[0]) + 6.0
    assert (answer.provenance.labels == Origin.TRANSPORTED).all()
    assert (answer.provenance.donor == -1).all()
    source = puller.graph.source
    assert isinstance(source, MemorySource)
    assert max(source.reads) == 4


def test_with_no_frame_left_everything_is_invented() -> None:
    puller, _ = _puller(tuple(range(COUNT)))
    assert (puller.pull(4).provenance.labels == Origin.SYNTHESISED).all()
