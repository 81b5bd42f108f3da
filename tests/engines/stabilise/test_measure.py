"""Motion of the whole picture: exact to hundredths of a pixel, in spite of flicker, grain and what moves in front."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.stabilise.cells import dense, measured, view
from engines.stabilise.fit import fitted
from engines.stabilise.model import SIMILARITY, basis, displacement, farthest, from_matrix

_WIDTH, _HEIGHT = 200, 150


def _texture(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((_HEIGHT + 40, _WIDTH + 40)).astype(np.float32)
    mixed = np.sum([cv2.GaussianBlur(noise, (0, 0), s) * s for s in (2.0, 6.0)], axis=0)
    return np.asarray(0.5 + 0.15 * mixed / mixed.std(), np.float32)


def _cut(picture: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    moved = cv2.warpAffine(picture, matrix, (picture.shape[1], picture.shape[0]), flags=cv2.INTER_LANCZOS4)
    return np.ascontiguousarray(moved[20:-20, 20:-20])


def _found(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    first, second = (view(p.astype(np.float32), (0.0, 0.0), (1.0, 1.0)) for p in (a, b))
    cells = measured(first, second, dense(first, second))
    return fitted(basis(cells.places, _WIDTH, _HEIGHT, SIMILARITY), cells.moves, cells.trust, None)[0]


def _truth(shift: tuple[float, float], angle: float) -> tuple[np.ndarray, np.ndarray]:
    turned = cv2.getRotationMatrix2D(((_WIDTH + 39) / 2, (_HEIGHT + 39) / 2), angle, 1.0)
    matrix = np.asarray(turned, np.float64)
    matrix[:, 2] += np.array(shift)
    seen = matrix.copy()
    seen[:, 2] += seen[:, :2] @ [20, 20] - 20
    return matrix, from_matrix(seen, _WIDTH, _HEIGHT)


@pytest.mark.parametrize("kind", ["plain", "flicker and grain", "someone in front"])
def test_a_known_motion_is_found(kind: str) -> None:
    picture = _texture(2)
    matrix, truth = _truth((2.4, -1.3), 0.3)
    a, b = _cut(picture, np.eye(2, 3)), _cut(picture, matrix)
    limit = 0.05
    if kind == "flicker and grain":
        rng = np.random.default_rng(0)
        a = a + 0.02 * rng.standard_normal(a.shape)
        b = 0.8 * b**1.2 + 0.02 * rng.standard_normal(b.shape)
        limit = 0.12
    if kind == "someone in front":
        other = _texture(3)
        a[40:130, 60:130], b[40:130, 60:130] = other[40:130, 60:130], other[40:130, 55:125]
        limit = 0.12
    assert farthest(_found(a, b) - truth, _WIDTH, _HEIGHT) < limit


def test_nothing_to_see_is_no_motion() -> None:
    flat = np.full((_HEIGHT, _WIDTH), 0.5, np.float32)
    assert farthest(_found(flat, flat), _WIDTH, _HEIGHT) == 0.0


def test_the_basis_and_the_field_agree() -> None:
    coefficients = np.random.default_rng(5).standard_normal(12)
    x, y = np.array([0.0, 30.0, 199.0]), np.array([0.0, 149.0])
    points = np.stack(np.meshgrid(x, y), -1)
    field = displacement(coefficients, x, y, _WIDTH, _HEIGHT)
    np.testing.assert_allclose(basis(points, _WIDTH, _HEIGHT, 12) @ coefficients, field, atol=1e-5)
