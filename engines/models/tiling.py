"""Runs a network in tiles with margins, so that the answer is that of the whole picture in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from engines.models.devices import out_of_memory
from engines.types import Rect

SMALLEST_TILE = 64

Picture = NDArray[np.float32]
Run = Callable[[Picture], Picture]


def tiles(region: Rect, side: int) -> Iterator[Rect]:
    """Cover `region` with tiles of at most `side` x `side`, row by row."""
    for y in range(region.y, region.bottom, side):
        for x in range(region.x, region.right, side):
            yield Rect(x, y, min(side, region.right - x), min(side, region.bottom - y))


def run_tiled(
    picture: Picture,
    region: Rect,
    scale: int,
    margin: int,
    side: int,
    run: Run,
    between: Callable[[], None] = lambda: None,
    note: Callable[[str], None] = lambda _: None,
    grid: int = 1,
) -> Picture:
    """`run` over `region` of `picture` (H x W, or planes x H x W), in tiles of `side` pixels plus `margin` each side.

    `run` maps h x w, or planes x h x w, to (h * scale) x (w * scale), or to planes x h x w of that size, and must see
    no further than `margin` pixels; what it is given begins on multiples of `grid`. Returns the region's answer.
    `between` is called before every tile (cancellation). When memory runs out, tiles are halved down to 64 pixels and
    `note` is told; MemoryError where even those do not fit.
    """
    bounds = Rect(0, 0, picture.shape[-1], picture.shape[-2])
    answer: Picture | None = None
    for tile in tiles(region, side):
        between()
        wide = tile.grown(margin, bounds).aligned(grid, grid, bounds)
        try:
            piece = run(np.ascontiguousarray(picture[..., wide.y : wide.bottom, wide.x : wide.right]))
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            if side // 2 < SMALLEST_TILE:
                raise MemoryError(f"not even a tile of {side} pixels fits into memory") from error
            note(f"Memory ran out with tiles of {side} pixels; going on with {side // 2}.")
            return run_tiled(picture, region, scale, margin, side // 2, run, between, note, grid)
        if answer is None:
            answer = np.empty((*piece.shape[:-2], region.height * scale, region.width * scale), dtype=np.float32)
        inner = tile.moved(-wide.x, -wide.y).scaled(scale)
        outer = tile.moved(-region.x, -region.y).scaled(scale)
        answer[..., outer.y : outer.bottom, outer.x : outer.right] = piece[
            ..., inner.y : inner.bottom, inner.x : inner.right
        ]
    if answer is None:
        raise ValueError(f"{region} is empty")
    return answer
