"""How a whole picture is displaced: shift, rotation, zoom and a low-order mesh, as a few numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Coefficients = NDArray[np.float64]
"""K numbers per picture (last axis), each the displacement in source pixels that its term makes at the corner of the
picture: shift x, shift y, rotation, zoom; then, where there are more, the mesh: stretch, shear, and six bends."""

Field = NDArray[np.float32]
"""H x W x 2: (dx, dy) in pixels of the picture."""

SHIFT, SIMILARITY, MESH = 2, 4, 12
"""How many coefficients each kind of motion has."""


def basis(points: NDArray[np.floating[Any]], width: int, height: int, terms: int) -> NDArray[np.float64]:
    """What each of the first `terms` terms does at `points` (... x 2, source pixels): ... x 2 x terms.

    Displacements are linear in the coefficients: true to 0.005 pixels for the rotations that a gate allows.
    """
    reach = half_diagonal(width, height)
    u = (np.asarray(points[..., 0], np.float64) - (width - 1) / 2) / reach
    v = (np.asarray(points[..., 1], np.float64) - (height - 1) / 2) / reach
    one, none = np.ones_like(u), np.zeros_like(u)
    squares = (u * u, u * v, v * v)
    across = (one, none, -v, u, u, v, *squares, none, none, none)
    down = (none, one, u, v, -v, u, none, none, none, *squares)
    return np.stack([np.stack(across[:terms], -1), np.stack(down[:terms], -1)], -2)


def half_diagonal(width: int, height: int) -> float:
    """From the middle of the picture to its corner, pixels."""
    return max(float(np.hypot(width - 1, height - 1)) / 2, 1.0)


def displacement(coefficients: Coefficients, x: NDArray[Any], y: NDArray[Any], width: int, height: int) -> Field:
    """len(y) x len(x) x 2: displacements at source positions `x` (columns) and `y` (rows), float32."""
    reach = half_diagonal(width, height)
    u = (np.asarray(x, np.float64) - (width - 1) / 2) / reach
    v = (np.asarray(y, np.float64) - (height - 1) / 2) / reach
    c = np.zeros(MESH)
    c[: len(coefficients)] = coefficients
    field = np.empty((v.size, u.size, 2), np.float32)
    by_column = c[0] + (c[3] + c[4] + c[6] * u) * u, c[1] + (c[5] + c[2] + c[9] * u) * u
    by_row = (c[5] - c[2] + c[8] * v) * v, (c[3] - c[4] + c[11] * v) * v
    for axis, product in ((0, c[7]), (1, c[10])):
        np.add(by_column[axis].astype(np.float32), by_row[axis].astype(np.float32)[:, None], out=field[..., axis])
        if product:
            field[..., axis] += np.outer(product * v, u).astype(np.float32)
    return field


def farthest(coefficients: Coefficients, width: int, height: int) -> float:
    """The largest displacement anywhere in the picture, pixels (looked at on a 9 x 9 grid that holds the corners)."""
    field = displacement(coefficients, np.linspace(0, width - 1, 9), np.linspace(0, height - 1, 9), width, height)
    return float(np.hypot(field[..., 0], field[..., 1]).max())


def root_mean_square(coefficients: Coefficients, width: int, height: int) -> float:
    """RMS displacement over the picture and over all rows of `coefficients` (N x K), pixels."""
    x, y = np.meshgrid(np.linspace(0, width - 1, 7), np.linspace(0, height - 1, 5))
    terms = basis(np.stack([x, y], -1).reshape(-1, 2), width, height, coefficients.shape[-1])
    moved = np.einsum("pak,nk->npa", terms, coefficients)
    return float(np.sqrt((moved**2).sum(-1).mean())) if len(coefficients) else 0.0


def degrees(coefficients: Coefficients, width: int, height: int) -> NDArray[np.float64]:
    """Rotation (last axis dropped), degrees."""
    turned: NDArray[np.float64] = np.degrees(coefficients[..., 2] / half_diagonal(width, height))
    return turned


def percent(coefficients: Coefficients, width: int, height: int) -> NDArray[np.float64]:
    """Zoom (last axis dropped), % larger."""
    grown: NDArray[np.float64] = 100 * coefficients[..., 3] / half_diagonal(width, height)
    return grown


def from_matrix(matrix: NDArray[np.float64], width: int, height: int) -> Coefficients:
    """The four coefficients of a 2 x 3 similarity in pixels (x' = M (x, y, 1))."""
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = matrix[:, :2] @ middle + matrix[:, 2] - middle
    reach = half_diagonal(width, height)
    turn = (matrix[1, 0] - matrix[0, 1]) / 2
    zoom = (matrix[0, 0] + matrix[1, 1]) / 2 - 1
    return np.array([shift[0], shift[1], turn * reach, zoom * reach])
