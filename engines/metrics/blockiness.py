"""Blockiness: how much larger steps across the borders of coding blocks are than steps elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.luma import luma_of
from engines.types import Frame

_PERIOD = 8
# A tenth of an 8-bit code is no step: it keeps flat pictures from dividing nothing by nothing.
_FLOOR = 0.1 / 219.0
_BLOCKS = 3

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class BlockGrid:
    """Where the borders of 8 x 8 blocks lie: between columns x - 1 and x (and x + 8, ...), rows y - 1 and y.

    Pixels are those of the coded picture, 0 <= x, y < 8; 0, 0 is a picture that was not cropped since.
    """

    x: int = 0
    y: int = 0


UNCROPPED = BlockGrid()


def blockiness(frame: Frame, grid: BlockGrid = UNCROPPED, scale: int = 1) -> float:
    """Mean absolute step across block borders over the mean absolute step everywhere else, both directions' mean.

    1 for a picture without blocks, above 1 with them: the border activity of Wang, Sheikh, Bovik (ICIP 2002), taken
    relative to the steps inside so that a sharp picture is not a blocky one. A natural picture's own figure is near 1
    but not exactly: compare with the reference's. `scale`: how many times the picture was enlarged since it was
    coded; means over scale x scale pixels undo that. Raises MediaError below 24 coded pixels of width or height.
    """
    rows, columns = _profiles(frame, scale)
    return (_ratio(columns, grid.x) + _ratio(rows, grid.y)) / 2


def block_grid(frame: Frame, scale: int = 1) -> BlockGrid:
    """The grid on whose borders steps stand out most from those beside them. Raises MediaError as `blockiness` does.

    By the median over all borders of a phase: blocks step at every border, an edge of the picture at one. A picture
    without blocks has such a phase, too, so the reference must be measured on the same grid.
    """
    rows, columns = _profiles(frame, scale)
    return BlockGrid(_phase(columns), _phase(rows))


def _profiles(frame: Frame, scale: int) -> tuple[Plane, Plane]:
    """Mean absolute step between neighbouring rows, and between neighbouring columns: entry i stands before i + 1."""
    luma = _reduced(luma_of(frame), scale)
    if min(luma.shape) < _BLOCKS * _PERIOD:
        least = _BLOCKS * _PERIOD * scale
        raise MediaError(
            f"Blockiness needs pictures of at least {least}x{least} pixels, got {frame.width}x{frame.height}."
        )
    down, across = np.abs(np.diff(luma, axis=0)).mean(1), np.abs(np.diff(luma, axis=1)).mean(0)
    return np.asarray(down, dtype=np.float32), np.asarray(across, dtype=np.float32)


def _phase(steps: Plane) -> int:
    beyond = steps[1:-1] - (steps[:-2] + steps[2:]) / 2
    place = np.arange(2, steps.size) % _PERIOD
    return int(np.argmax([np.median(beyond[place == phase]) for phase in range(_PERIOD)]))


def _reduced(luma: Plane, scale: int) -> Plane:
    height, width = luma.shape[0] // scale, luma.shape[1] // scale
    cells = luma[: height * scale, : width * scale].reshape(height, scale, width, scale)
    return np.asarray(cells.mean(axis=(1, 3)), dtype=np.float32)


def _ratio(steps: Plane, phase: int) -> float:
    border = np.arange(1, steps.size + 1) % _PERIOD == phase
    return (float(steps[border].mean()) + _FLOOR) / (float(steps[~border].mean()) + _FLOOR)
