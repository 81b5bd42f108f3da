"""Luma-grid maps on the grid of a subsampled plane."""

from __future__ import annotations

from typing import Literal

import numpy as np

from engines.masks import Mask
from engines.provenance import chroma_cells
from engines.repair.spread import Field
from engines.types import Frame, Plane, Rect


def steps(frame: Frame, index: int) -> tuple[int, int]:
    """Luma samples per sample of plane `index`, (x, y)."""
    subsampled = frame.format.family == "yuv" and index in (1, 2)
    return (frame.format.chroma_x, frame.format.chroma_y) if subsampled else (1, 1)


def picture_planes(frame: Frame) -> range:
    """Indices of the planes that hold the picture: all but alpha."""
    return range(frame.format.plane_count - int(frame.format.alpha))


def cut(plane: Plane, window: Rect, step: tuple[int, int]) -> Field:
    """A plane's samples in a chroma-aligned luma window, as float32 code values."""
    rows = slice(window.y // step[1], -(-window.bottom // step[1]))
    columns = slice(window.x // step[0], -(-window.right // step[0]))
    return np.asarray(plane[rows, columns], np.float32)


def any_in(mask: Mask, step: tuple[int, int]) -> Mask:
    """Whether any luma pixel of each sample is set."""
    return mask if step == (1, 1) else chroma_cells(mask, *step)


def mean_in(field: Field, step: tuple[int, int]) -> Field:
    """Mean over the luma pixels of each sample; sizes round up."""
    if step == (1, 1):
        return field
    parts = _parts(field, step, "edge")
    total = parts[0].astype(np.float32)
    for part in parts[1:]:
        total += part
    return np.asarray(total * np.float32(1.0 / len(parts)), np.float32)


def max_in(field: Field, step: tuple[int, int]) -> Field:
    """Largest non-negative value over the luma pixels of each sample; sizes round up."""
    if step == (1, 1):
        return field
    parts = _parts(field, step, "constant")
    largest = parts[0].copy()
    for part in parts[1:]:
        np.maximum(largest, part, out=largest)
    return largest


def _parts(field: Field, step: tuple[int, int], mode: Literal["edge", "constant"]) -> list[Field]:
    """The first, second, ... pixel of every sample: strided views, which are added many times faster than blocks."""
    height, width = field.shape
    if height % step[1] or width % step[0]:
        field = np.pad(field, ((0, -height % step[1]), (0, -width % step[0])), mode=mode)
    return [field[y :: step[1], x :: step[0]] for y in range(step[1]) for x in range(step[0])]


def repeated(field: Field, step: tuple[int, int], shape: tuple[int, ...]) -> Field:
    """Samples back on the luma grid of H x W `shape`, each covering its pixels."""
    grid = field.repeat(step[1], axis=0).repeat(step[0], axis=1)
    return np.ascontiguousarray(grid[: shape[0], : shape[1]])
