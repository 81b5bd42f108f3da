"""The measure of grain inside repairs: true grain passes, copied grain and softened grain are told."""

from __future__ import annotations

import cv2
import numpy as np

from engines.benchmark.damage.grain_inside import grain_inside, with_grain
from engines.masks import Mask
from engines.types import ColourSpec, Frame, PixelFormat, Plane

GREY = PixelFormat("gray", 8)
SHAPE = (120, 160)


def _clean() -> list[Frame]:
    ramp = np.tile(np.linspace(70, 180, SHAPE[1]), (SHAPE[0], 1)).astype(np.uint8)
    return [Frame((ramp,), GREY, ColourSpec()) for _ in range(4)]


def _masks() -> dict[int, Mask]:
    mask = np.zeros(SHAPE, np.bool_)
    mask[40:90, 30:130] = True
    return dict.fromkeys((1, 2), mask)


def _with(plane: Plane, frame: Frame, mask: Mask) -> Frame:
    return frame.with_planes((np.where(mask, plane, frame.planes[0]).astype(np.uint8),))


def test_true_grain_passes() -> None:
    clean, masks = _clean(), _masks()
    grainy = with_grain(clean, 0)
    measured = grain_inside({1: grainy[1], 2: grainy[2]}, grainy, clean, masks)
    assert measured.variance == 1.0
    assert measured.worst_band == 1.0
    assert abs(measured.inside - measured.outside) < 0.05


def test_grain_copied_from_the_frame_before_counts_as_frozen() -> None:
    clean, masks = _clean(), _masks()
    grainy = with_grain(clean, 0)
    copied = _with(grainy[1].planes[0], grainy[2], masks[2])
    measured = grain_inside({1: grainy[1], 2: copied}, grainy, clean, masks)
    assert measured.inside > 0.95
    assert abs(measured.outside) < 0.1


def test_softened_grain_shows_in_its_spectrum() -> None:
    clean, masks = _clean(), _masks()
    grainy = with_grain(clean, 0)
    soft = {n: _with(cv2.GaussianBlur(grainy[n].planes[0], (0, 0), 0.8), grainy[n], masks[n]) for n in (1, 2)}
    measured = grain_inside(soft, grainy, clean, masks)
    assert measured.variance < 0.9
    assert measured.worst_band < 0.6
