"""Chroma error of colours that were moved by a known amount."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.metrics.chroma_error import chroma_error
from engines.types import ColourSpec, Frame, PixelFormat

_FULL = PixelFormat("yuv", 8)
_QUARTER = PixelFormat("yuv", 8, 2, 2)
_SPEC = ColourSpec("tv", "bt709")


def _frame(cb: NDArray[np.uint8], cr: NDArray[np.uint8], layout: PixelFormat = _FULL) -> Frame:
    luma = np.full((64, 64), 120, np.uint8)
    return Frame((luma, np.ascontiguousarray(cb), np.ascontiguousarray(cr)), layout, _SPEC)


def _half(low: int, high: int, side: int = 64) -> NDArray[np.uint8]:
    plane = np.full((side, side), low, np.uint8)
    plane[:, side // 2 :] = high
    return plane


def test_equal_colours_have_no_error() -> None:
    frame = _frame(_half(80, 180), _half(128, 128))
    assert chroma_error(frame, frame) == 0.0


def test_a_known_error() -> None:
    """Cb off by 10 codes and Cr right: 5 in the mean; what lies far from the edge does not count."""
    reference = _frame(_half(80, 180), _half(128, 128))
    moved = _half(80, 180)
    moved[:, 28:36] += 10
    assert chroma_error(_frame(moved, _half(128, 128)), reference) == pytest.approx(5.0, abs=1e-3)
    away = _half(80, 180)
    away[:, :20] += 10
    assert chroma_error(_frame(away, _half(128, 128)), reference) == 0.0


def test_colour_that_bled_is_seen() -> None:
    """One column further is 100 codes off in one of the six columns near the edge: 100 / 6 / 2."""
    reference = _frame(_half(80, 180), _half(128, 128))
    bled = _half(80, 180)
    bled[:, 32] = 80
    assert chroma_error(_frame(bled, _half(128, 128)), reference) == pytest.approx(100 / 6 / 2, abs=1e-3)


def test_subsampled_chroma_is_looked_at_on_the_luma_grid() -> None:
    reference = _frame(_half(80, 180), _half(128, 128))
    coarse = _frame(_half(80, 180, 32), _half(128, 128, 32), _QUARTER)
    error = chroma_error(coarse, reference)
    assert error is not None
    assert 1.0 < error < 12.0


def test_rgb_is_compared_by_the_matrix_of_the_other() -> None:
    """Red beside blue in RGB, and the same by BT.709's own formula in Y'CbCr."""
    red = np.zeros((3, 64, 64), np.uint8)
    red[0, :, :32], red[2, :, 32:] = 255, 255
    rgb = Frame(tuple(np.ascontiguousarray(p) for p in red), PixelFormat("rgb", 8), ColourSpec())
    kr, kb = 0.2126, 0.0722
    cb = [128 + 224 * (0 - kr) / (2 * (1 - kb)), 128 + 224 * 0.5]
    cr = [128 + 224 * 0.5, 128 + 224 * (0 - kb) / (2 * (1 - kr))]
    coded = _frame(_half(round(cb[0]), round(cb[1])), _half(round(cr[0]), round(cr[1])))
    assert chroma_error(rgb, coded) == pytest.approx(0.0, abs=0.5)
    assert chroma_error(coded, rgb) == pytest.approx(0.0, abs=0.5)


def test_no_colour_no_figure() -> None:
    grey = Frame((np.zeros((64, 64), np.uint8),), PixelFormat("gray", 8), ColourSpec("tv"))
    flat = _frame(_half(128, 128), _half(128, 128))
    assert chroma_error(grey, flat) is None
    assert chroma_error(flat, flat) is None
    with pytest.raises(MediaError, match="differ in size"):
        chroma_error(flat, Frame((np.zeros((8, 8), np.uint8),), PixelFormat("gray", 8), ColourSpec("tv")))
