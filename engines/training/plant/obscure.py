"""Known obstructions over a chosen share: blobs, strokes, lettering and covers over what moves, each labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import chroma_range, code_range, luma_of
from engines.masks import Mask
from engines.provenance import chroma_cells
from engines.types import Frame, Plane

Kind = Literal["blob", "stroke", "lettering", "cover"]
KINDS: tuple[Kind, ...] = ("blob", "stroke", "lettering", "cover")

# Pieces keep this distance from each other, so that each can be judged by itself.
_APART = 5
# After so many places that were taken the picture counts as full.
_TRIES = 400
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)
_LETTERS = "ABCDEFGHKLMNPRSTUVXYZabdeghkmnrst0123456789"


@dataclass(frozen=True, eq=False)
class Obscured:
    """labels: H x W int32, 0 where sound, k on the k-th piece. kinds: of piece 1, 2, ..."""

    labels: NDArray[np.int32]
    kinds: tuple[Kind, ...]

    @property
    def mask(self) -> Mask:
        return np.asarray(self.labels > 0)

    def pieces(self) -> Iterator[tuple[Kind, Mask]]:
        """Each piece's kind and mask."""
        for index, kind in enumerate(self.kinds):
            yield kind, np.asarray(self.labels == index + 1)


def obscured(frame: Frame, following: Frame, share: float, seed: int) -> Obscured:
    """Pieces over `share` (0..1) of `frame`, the area split evenly among the kinds; the same for the same seed.

    Covers hide what a viewer looks at, as over faces: they are drawn to where the picture is rich and differs from
    `following`.
    """
    rng = np.random.default_rng((seed, 5))
    height, width = frame.height, frame.width
    interest = _interest(luma_of(frame), luma_of(following))
    draw: dict[Kind, Callable[[], Mask]] = {
        "blob": lambda: _blob(height, width, rng),
        "stroke": lambda: _stroke(height, width, rng),
        "lettering": lambda: _lettering(height, width, rng),
        "cover": lambda: _cover(interest, rng),
    }
    labels, kinds = np.zeros((height, width), np.int32), list[Kind]()
    taken = np.zeros((height, width), np.bool_)
    for number, kind in enumerate(KINDS):
        goal = share * (number + 1) / len(KINDS)
        for _ in range(_TRIES):
            if np.count_nonzero(labels) >= goal * labels.size:
                break
            piece = draw[kind]()
            if not piece.any() or (piece & taken).any():
                continue
            kinds.append(kind)
            labels[piece] = len(kinds)
            taken |= cv2.dilate(piece.astype(np.uint8), np.ones((2 * _APART + 1,) * 2, np.uint8)) > 0
    return Obscured(labels, tuple(kinds))


def painted(frame: Frame, what: Obscured, seed: int) -> Frame:
    """`frame` with every piece covered by dark or bright colourless paint with a little texture, in native samples."""
    rng = np.random.default_rng((seed, 6))
    black, white = code_range(frame.format, frame.colour)
    neutral, _ = chroma_range(frame.format, frame.colour)
    tones = rng.choice([0.03, 0.1, 0.85, 0.97], size=len(what.kinds) + 1)
    paint = tones[what.labels] + 0.03 * rng.standard_normal(what.labels.shape)
    planes: list[Plane] = []
    for index, plane in enumerate(frame.planes):
        new = plane.copy()
        if frame.format.family == "yuv" and index in (1, 2):
            new[chroma_cells(what.mask, frame.format.chroma_x, frame.format.chroma_y)] = neutral
        else:
            codes = np.clip(black + paint[what.mask] * (white - black), 0, frame.format.peak)
            new[what.mask] = (codes if frame.format.floating else np.rint(codes)).astype(plane.dtype)
        planes.append(new)
    return frame.with_planes(tuple(planes))


def _interest(luma: NDArray[np.float32], following: NDArray[np.float32]) -> NDArray[np.float64]:
    """H x W, sums to 1: how likely a viewer looks there."""
    smooth = cv2.GaussianBlur(luma, (0, 0), 1.5)
    detail = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    change = np.abs(smooth - cv2.GaussianBlur(following, (0, 0), 1.5))
    wide = luma.shape[0] / 24
    drawn = cv2.GaussianBlur(detail, (0, 0), wide) * (0.01 + cv2.GaussianBlur(change, (0, 0), wide))
    weight = np.square(np.asarray(drawn, np.float64)) + 1e-12
    return np.asarray(weight / weight.sum())


def _blob(height: int, width: int, rng: np.random.Generator) -> Mask:
    """A ragged blotch with a radius of 0.7 to 7 % of the height."""
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = height * float(np.exp(rng.uniform(np.log(0.007), np.log(0.07))))
    wobble = 1 + 0.35 * np.asarray(cv2.GaussianBlur(rng.standard_normal((1, 24)), (5, 1), 0))[0]
    x = rng.uniform(0, width) + radius * wobble * np.cos(turns)
    y = rng.uniform(0, height) + radius * wobble * np.sin(turns) * rng.uniform(0.5, 1.0)
    drawn = np.zeros((height, width), np.uint8)
    cv2.fillPoly(drawn, [np.stack([x, y], axis=1).astype(np.int32)], (1,))
    return np.asarray(drawn > 0)


def _stroke(height: int, width: int, rng: np.random.Generator) -> Mask:
    """A curved stroke, 0.6 to 3 % of the height wide, 10 to 45 % long."""
    steps = 40
    length = height * float(rng.uniform(0.1, 0.45))
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0.0, 0.1, steps))
    path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1) * length / steps, axis=0)
    path += np.array([rng.uniform(0.0, width), rng.uniform(0.0, height)])
    drawn = np.zeros((height, width), np.uint8)
    thickness = max(2, round(height * float(rng.uniform(0.006, 0.03))))
    cv2.polylines(drawn, [np.rint(path).astype(np.int32)], False, (1,), thickness)
    return np.asarray(drawn > 0)


def _lettering(height: int, width: int, rng: np.random.Generator) -> Mask:
    """A word of 3 to 8 letters, 5 to 13 % of the height tall."""
    text = "".join(rng.choice(list(_LETTERS), size=int(rng.integers(3, 9))))
    font = int(rng.choice(_FONTS))
    tall = height * float(rng.uniform(0.05, 0.13))
    scale = tall / 22.0
    thickness = max(2, round(tall * float(rng.uniform(0.08, 0.16))))
    (across, up), _ = cv2.getTextSize(text, font, scale, thickness)
    left = int(rng.integers(-across // 4, max(1, width - across * 3 // 4)))
    base = int(rng.integers(up, height))
    drawn = np.zeros((height, width), np.uint8)
    cv2.putText(drawn, text, (left, base), font, scale, (1,), thickness)
    return np.asarray(drawn > 0)


def _cover(interest: NDArray[np.float64], rng: np.random.Generator) -> Mask:
    """An upright ellipse of a face's size, 9 to 18 % of the height tall."""
    height, width = interest.shape
    y, x = divmod(int(rng.choice(interest.size, p=interest.ravel())), width)
    tall = height * float(rng.uniform(0.045, 0.09))
    rows, columns = np.ogrid[:height, :width]
    return np.asarray(np.square((columns - x) / (0.75 * tall)) + np.square((rows - y) / tall) <= 1.0)
