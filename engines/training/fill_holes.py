"""Random holes to learn filling with: spots, strokes, lettering, boxes, hairs and dirt."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.masks import Mask

Matte = NDArray[np.uint8]

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
_LETTERS = "ABCDEFGHKMNOPRSTVXZabcdeghkmnoprstz0123456789&%#"
# Mattes of real dirt have soft rims, which are damaged, too.
_OPAQUE = 24


def load_mattes(folder: Path) -> tuple[Matte, ...]:
    """Every matte (8-bit grey, 255 = opaque) below `folder`; none where there is no such folder."""
    read = (cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted(folder.rglob("*.png")))
    return tuple(np.asarray(matte, np.uint8) for matte in read if matte is not None)


def draw_hole(
    size: int, share: tuple[float, float], widest: float, mattes: tuple[Matte, ...], rng: np.random.Generator
) -> Mask:
    """A `size` x `size` mask of which a part drawn from `share` is hole. widest: pixels across a hole, about."""
    wanted = float(rng.uniform(*share))
    hole = np.zeros((size, size), np.uint8)
    # Damage of one kind mostly comes in numbers; a mixture is the exception.
    kinds = rng.choice(5, size=1 if rng.random() < 0.7 else 3, p=(0.28, 0.22, 0.16, 0.14, 0.2))
    for _ in range(64):
        _add(hole, int(rng.choice(kinds)), widest, mattes, rng)
        if hole.mean() >= wanted:
            break
    return hole.astype(bool)


def _add(
    hole: NDArray[np.uint8], kind: int, widest: float, mattes: tuple[Matte, ...], rng: np.random.Generator
) -> None:
    size = hole.shape[0]
    across = float(np.exp(rng.uniform(np.log(3.0), np.log(widest))))
    x, y = (float(v) for v in rng.uniform(-0.05 * size, 1.05 * size, 2))
    if kind == 0:
        _spot(hole, x, y, across, rng)
    elif kind == 1:
        _stroke(hole, x, y, across, rng)
    elif kind == 2:
        _word(hole, x, y, across, rng)
    elif kind == 3:
        turn = float(rng.choice((0.0, rng.uniform(0, 90))))
        corners = cv2.boxPoints(((x, y), (across, across * float(rng.uniform(0.3, 1.6))), turn))
        cv2.fillPoly(hole, [np.rint(corners).astype(np.int32)], 1)
    elif mattes:
        _matte(hole, mattes[int(rng.integers(len(mattes)))], rng)


def _spot(hole: NDArray[np.uint8], x: float, y: float, across: float, rng: np.random.Generator) -> None:
    """A ragged closed outline around (x, y)."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    waves = sum(rng.normal(0, 0.25 / k) * np.cos(k * angles + rng.uniform(0, 2 * np.pi)) for k in range(1, 6))
    radius = across / 2 * np.clip(1 + waves, 0.3, 1.7)
    squash = float(rng.uniform(0.5, 1.0))
    outline = np.stack([x + radius * np.cos(angles), y + squash * radius * np.sin(angles)], axis=1)
    cv2.fillPoly(hole, [np.rint(outline).astype(np.int32)], 1)


def _stroke(hole: NDArray[np.uint8], x: float, y: float, across: float, rng: np.random.Generator) -> None:
    """A wandering or straight line."""
    steps = 24
    bend = 0.0 if rng.random() < 0.35 else 0.35
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, bend, steps))
    length = float(rng.uniform(0.2, 1.5)) * hole.shape[0] / steps
    path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1) * length, axis=0) + np.array([x, y])
    cv2.polylines(hole, [np.rint(path).astype(np.int32)], False, 1, max(1, round(across / 3)))


def _word(hole: NDArray[np.uint8], x: float, y: float, across: float, rng: np.random.Generator) -> None:
    """Lettering `across` pixels high, at least legible."""
    word = "".join(rng.choice(list(_LETTERS), size=int(rng.integers(2, 8))))
    height = max(across, 8.0)
    thickness = max(1, round(height * float(rng.uniform(0.06, 0.25))))
    place = (round(x - hole.shape[1] / 3), round(y))
    cv2.putText(hole, word, place, int(rng.choice(_FONTS)), height / 22.0, 1, thickness)


def _matte(hole: NDArray[np.uint8], matte: Matte, rng: np.random.Generator) -> None:
    """A cut of a matte, enlarged or shrunk, turned."""
    side = min(round(hole.shape[0] * float(rng.uniform(0.6, 2.0))), *matte.shape)
    top, left = (int(rng.integers(n - side + 1)) for n in matte.shape)
    part = np.ascontiguousarray(np.rot90(matte[top : top + side, left : left + side], int(rng.integers(4))))
    hole |= (cv2.resize(part, hole.shape[::-1], interpolation=cv2.INTER_AREA) > _OPAQUE).astype(np.uint8)
