"""Tiles with margins answer as the whole picture would, and shrink when memory runs out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.models.tiling import run_tiled, tiles
from engines.types import Rect

Picture = NDArray[np.float32]


def _blur_and_double(tile: Picture) -> Picture:
    """Sees 2 pixels far; zero beyond the edge, as a padded convolution does."""
    padded = np.pad(tile, 2)
    total = sum(padded[y : y + tile.shape[0], x : x + tile.shape[1]] for y in range(5) for x in range(5))
    return np.asarray(total).repeat(2, 0).repeat(2, 1)


def test_tiles_cover_the_region_once() -> None:
    seen = np.zeros((50, 70), int)
    for tile in tiles(Rect(3, 4, 60, 40), 16):
        seen[tile.y : tile.bottom, tile.x : tile.right] += 1
    assert seen[4:44, 3:63].min() == seen.max() == 1
    assert seen.sum() == 60 * 40


@pytest.mark.parametrize("side", [64, 17, 7])
def test_tiled_equals_untiled(side: int) -> None:
    picture = np.random.default_rng(0).random((41, 57)).astype(np.float32)
    region = Rect(5, 3, 40, 33)
    whole = _blur_and_double(picture)[6:72, 10:90]
    assert np.allclose(run_tiled(picture, region, 2, 2, side, _blur_and_double), whole, atol=1e-6)


def test_out_of_memory_halves_the_tiles_and_says_so() -> None:
    told: list[str] = []

    def hungry(tile: Picture) -> Picture:
        if tile.size > 150 * 150:
            raise RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes")
        return tile

    picture = np.random.default_rng(0).random((300, 300)).astype(np.float32)
    answer = run_tiled(picture, Rect(0, 0, 300, 300), 1, 2, 256, hungry, note=told.append)
    assert np.array_equal(answer, picture)
    assert told == ["Memory ran out with tiles of 256 pixels; going on with 128."]


def test_memory_for_no_tile_at_all_is_an_error() -> None:
    def starving(tile: Picture) -> Picture:
        raise MemoryError

    with pytest.raises(MemoryError, match="not even a tile"):
        run_tiled(np.zeros((99, 99), np.float32), Rect(0, 0, 99, 99), 1, 2, 128, starving)


def test_other_failures_are_not_mistaken_for_memory() -> None:
    def broken(tile: Picture) -> Picture:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        run_tiled(np.zeros((99, 99), np.float32), Rect(0, 0, 99, 99), 1, 2, 128, broken)
