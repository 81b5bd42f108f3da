"""Blockiness of pictures whose blocks are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.metrics.blockiness import BlockGrid, block_grid, blockiness
from engines.types import ColourSpec, Frame, PixelFormat

_GREY = PixelFormat("gray", 8)


def _grey(codes: NDArray[np.uint8]) -> Frame:
    return Frame((np.ascontiguousarray(codes),), _GREY, ColourSpec("pc"))


def _picture(seed: int = 0, side: int = 160) -> NDArray[np.uint8]:
    """Soft clouds with a few hard edges: something a codec has to work for."""
    rng = np.random.default_rng(seed)
    clouds = cv2.GaussianBlur(rng.random((side, side)), (0, 0), 3)
    clouds = (clouds - clouds.min()) / (clouds.max() - clouds.min()) * 180 + 30
    cv2.circle(clouds, (90, 61), 30, (40.0,), -1)
    return np.asarray(clouds.astype(np.uint8))


def _jpeg(codes: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    done, data = cv2.imencode(".jpg", codes, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def test_a_picture_without_blocks_says_one() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 400)).astype(np.uint8)
    assert blockiness(_grey(noise)) == pytest.approx(1.0, abs=0.02)
    assert blockiness(_grey(np.full((64, 64), 77, np.uint8))) == pytest.approx(1.0)


def test_known_steps() -> None:
    """Steps of 1 code between all columns, of 5 at the borders; rows alike everywhere."""
    steps = np.ones(63)
    steps[7::8] = 5
    row = np.concatenate([[0], np.cumsum(steps)])
    codes = np.repeat(row[None], 64, 0).astype(np.uint8)
    floor = 0.1 * 255 / 219
    across = (5 + floor) / (1 + floor)
    assert blockiness(_grey(codes)) == pytest.approx((across + 1.0) / 2, abs=1e-3)


def test_stronger_compression_is_blockier() -> None:
    figures = [blockiness(_grey(_jpeg(_picture(), quality))) for quality in (90, 60, 30, 15, 7)]
    assert figures == sorted(figures)
    assert figures[-1] > 1.5 > 1.2 > blockiness(_grey(_picture()))


def test_a_cropped_grid_is_found() -> None:
    coded = _jpeg(_picture(), 10)[3:, 5:]
    grid = block_grid(_grey(coded))
    assert grid == BlockGrid(x=3, y=5)
    assert blockiness(_grey(coded), grid) > blockiness(_grey(coded)) + 0.3


def test_enlargement_does_not_hide_blocks() -> None:
    coded = _jpeg(_picture(), 10)
    large = np.asarray(cv2.resize(coded, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    assert blockiness(_grey(large), scale=2) == pytest.approx(blockiness(_grey(coded)), rel=0.25)
    assert blockiness(_grey(large), scale=2) > 1.4


def test_too_small_is_said() -> None:
    with pytest.raises(MediaError, match="at least 48x48"):
        blockiness(_grey(np.zeros((47, 100), np.uint8)), scale=2)
