"""Filling from the surroundings: colours there and back, windows of any size, what is left alone, and the grain."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch

from engines.cancel import CancelToken
from engines.errors import Cancelled
from engines.masks import Mask
from engines.nets.fill import FillConfig, FillNet
from engines.repair.fill_colour import from_nominal, to_nominal
from engines.repair.fill_network import continued
from engines.repair.spatial import fill_from_surroundings
from engines.repair.spread import Field, spread
from engines.types import ColourSpec, Frame, PixelFormat, Rect

GRAY8, YUV420 = PixelFormat("gray", 8), PixelFormat("yuv", 8, 2, 2)
LAYOUTS = [
    GRAY8,
    YUV420,
    PixelFormat("yuv", 10, 4, 1, alpha=True),
    PixelFormat("rgb", 16),
    PixelFormat("rgb", 32, floating=True),
]
WIDTH, HEIGHT = 131, 98


def _frame(layout: PixelFormat, grain: float = 0.0, seed: int = 0) -> Frame:
    """Soft stripes with grain (nominal standard deviation), odd-sized."""
    rng = np.random.default_rng(seed)
    planes = []
    for index in range(layout.plane_count):
        width, height = layout.plane_size(index, WIDTH, HEIGHT)
        stripes = np.sin((np.arange(width, dtype=np.float32) * WIDTH / width + index) / 9.0)
        picture = 0.5 + 0.2 * stripes + grain * rng.standard_normal((height, width))
        codes = picture * layout.peak
        planes.append(np.asarray(codes if layout.floating else np.rint(codes), layout.dtype))
    return Frame(tuple(planes), layout, ColourSpec())


def _planes(frame: Frame) -> list[Field]:
    count = frame.format.plane_count - int(frame.format.alpha)
    return [np.asarray(plane, np.float32) for plane in frame.planes[:count]]


def _hole(x: int = 60, y: int = 50, radius: int = 11) -> Mask:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 <= radius**2)


def _filled(frame: Frame, hole: Mask, grain: float = 1.0, seed: tuple[int, ...] = (3, 0)) -> list[Field]:
    nothing = np.zeros_like(hole)
    window = Rect(0, 0, WIDTH, HEIGHT)
    return fill_from_surroundings(_planes(frame), hole, nothing, frame, hole, window, grain, seed, CancelToken())


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_colours_come_back(layout: PixelFormat) -> None:
    frame = _frame(layout)
    back = from_nominal(to_nominal(_planes(frame), frame), frame)
    for plane, own in zip(back, _planes(frame), strict=True):
        # Cells that the edge cuts are means of fewer pixels.
        assert np.abs(plane - own).max() <= 2e-3 * layout.peak


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_damage_goes_and_nothing_else_changes(layout: PixelFormat) -> None:
    frame, hole = _frame(layout), _hole()
    truth = _planes(frame)
    damaged = [plane.copy() for plane in truth]
    cells = [hole if p.shape == hole.shape else _cells(hole, p.shape) for p in truth]
    for plane, place in zip(damaged, cells, strict=True):
        plane[place] = layout.peak
    nothing, window = np.zeros_like(hole), Rect(0, 0, WIDTH, HEIGHT)
    answer = fill_from_surroundings(damaged, hole, nothing, frame, hole, window, 0.0, (1,), CancelToken())
    for plane, own, place in zip(answer, truth, cells, strict=True):
        assert np.array_equal(plane[~place], own[~place])
        assert np.abs(plane[place] - own[place]).mean() < 0.1 * layout.peak
    again = fill_from_surroundings(damaged, hole, nothing, frame, hole, window, 0.0, (1,), CancelToken())
    assert all(np.array_equal(a, b) for a, b in zip(answer, again, strict=True))


def _cells(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """Whether any pixel of each sample of a smaller plane is set."""
    step = -(-mask.shape[0] // shape[0]), -(-mask.shape[1] // shape[1])
    padded = np.pad(mask, ((0, shape[0] * step[0] - mask.shape[0]), (0, shape[1] * step[1] - mask.shape[1])))
    return np.asarray(padded.reshape(shape[0], step[0], shape[1], step[1]).any(axis=(1, 3)))


def test_what_lies_in_the_hole_or_is_unknown_is_never_read() -> None:
    frame, hole = _frame(GRAY8), _hole()
    beside = np.zeros_like(hole)
    beside[44:56, 76:84] = True
    window, answers = Rect(0, 0, WIDTH, HEIGHT), []
    for code in (0.0, 255.0):
        plane = _planes(frame)[0]
        plane[hole | beside] = code
        answers.append(
            fill_from_surroundings([plane], hole, beside, frame, hole | beside, window, 1.0, (1,), CancelToken())[0]
        )
    assert np.array_equal(answers[0][hole], answers[1][hole])


def test_grain_inside_is_like_that_outside_and_fresh_in_every_frame() -> None:
    frame, hole = _frame(GRAY8, grain=0.04), _hole(radius=20)
    smooth = _filled(frame, hole, grain=0.0)[0]
    noises = [(_filled(frame, hole, seed=(number, 0))[0] - smooth)[hole] for number in (1, 2)]
    # (the estimate of what is grain is part of it)
    assert 0.7 * 0.04 * 255 < noises[0].std() < 1.3 * 0.04 * 255
    assert abs(float(np.corrcoef(noises)[0, 1])) < 0.1


def test_a_window_elsewhere_in_the_frame_gives_the_same_answer() -> None:
    """A window that begins elsewhere because the damage beside it changed must not make the repair flicker."""
    torch.manual_seed(1)
    network = FillNet(FillConfig(8, 8, 8, 8)).eval()
    torch.nn.init.normal_(network.head.weight, std=0.05)
    picture = np.random.default_rng(2).random((240, 260, 3)).astype(np.float32)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 3.0), np.float32)
    hole = np.zeros((240, 260), np.bool_)
    hole[110:124, 120:140] = True
    nothing = np.zeros_like(hole)
    whole = continued(network, picture, hole, nothing, (0, 0), CancelToken())
    x, y = 21, 13
    cut = np.s_[y:, x:]
    part = continued(network, picture[cut], hole[cut], nothing[cut], (x, y), CancelToken())
    assert np.allclose(part[hole[cut]], whole[hole], atol=1e-6)
    assert not np.allclose(whole[hole], spread(picture, (~hole).astype(np.float32))[hole], atol=1e-4)


@pytest.mark.parametrize("shape", [(5, 7), (70, 130), (90, 90)])
def test_holes_of_any_size_and_place(shape: tuple[int, int]) -> None:
    network = FillNet(FillConfig(8, 8, 8, 8)).eval()
    picture = np.full((*shape, 3), 0.25, np.float32)
    hole = np.ones(shape, np.bool_)
    hole[:, :2] = False
    answer = continued(network, picture, hole, np.zeros_like(hole), (0, 0), CancelToken())
    assert np.allclose(answer, 0.25, atol=1e-4)
    everything = continued(network, picture, np.ones_like(hole), np.zeros_like(hole), (0, 0), CancelToken())
    assert np.isfinite(everything).all()


def test_a_cancel_is_heard() -> None:
    cancel = CancelToken()
    cancel.cancel()
    frame = _frame(GRAY8)
    nothing = np.zeros((HEIGHT, WIDTH), np.bool_)
    with pytest.raises(Cancelled):
        fill_from_surroundings(
            _planes(frame), _hole(), nothing, frame, _hole(), Rect(0, 0, WIDTH, HEIGHT), 1.0, (1,), cancel
        )
