"""Enlargement of a plane by an integer factor with the cubic kernel, aware of where its samples sit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.siting import chroma_phase
from engines.types import Frame, PixelFormat, Rect

Picture = NDArray[np.float32]


def chroma_shift(layout: PixelFormat, location: str, factor: int) -> tuple[float, float]:
    """(x, y) by which an enlargement of a chroma plane must move, in source chroma samples, to keep its siting."""
    x, y = chroma_phase(location)
    # How far a sample lies from the centre of its cell, in cells: the same before and after enlargement.
    off = ((x - 0.5) * (layout.chroma_x - 1) / layout.chroma_x, (y - 0.5) * (layout.chroma_y - 1) / layout.chroma_y)
    return off[0] * (1 / factor - 1), off[1] * (1 / factor - 1)


def enlarged(frame: Frame, factor: int, inner: Rect, first: int = 0) -> tuple[Picture, ...]:
    """The planes from `first` on, enlarged, of what is in `inner` (pixels of `frame`, on the chroma grid).

    What of `frame` surrounds `inner` is read, too: grow it by 4 chroma samples for an answer without edges.
    """
    layout, cut = frame.format, inner.scaled(factor)
    shift = chroma_shift(layout, frame.colour.chroma_location, factor)
    planes = []
    for index, plane in enumerate(frame.planes[first:], start=first):
        chroma = layout.family == "yuv" and index in (1, 2)
        width, height = layout.plane_size(index, cut.width, cut.height)
        x, y = (cut.x // layout.chroma_x, cut.y // layout.chroma_y) if chroma else (cut.x, cut.y)
        whole = enlarge_plane(plane, factor, shift if chroma else (0.0, 0.0))
        planes.append(np.ascontiguousarray(whole[y : y + height, x : x + width]))
    return tuple(planes)


def enlarge_plane(plane: NDArray[Any], factor: int, shift: tuple[float, float] = (0.0, 0.0)) -> Picture:
    """H x W -> (H * factor) x (W * factor), float32, Keys' cubic (a = -0.5), edges repeated.

    `shift` (x, y) moves the sampling positions, in source samples. May overshoot the input's range.
    """
    picture = np.asarray(plane, dtype=np.float32)
    if factor == 1:
        return picture
    rows = _enlarge_rows(picture, factor, shift[1])
    return np.ascontiguousarray(_enlarge_rows(rows.T, factor, shift[0]).T)


def _enlarge_rows(picture: NDArray[np.float32], factor: int, shift: float) -> Picture:
    height = picture.shape[0]
    answer = np.empty((height * factor, *picture.shape[1:]), dtype=np.float32)
    for phase in range(factor):
        position = (phase + 0.5) / factor - 0.5 + shift
        base = int(np.floor(position))
        weights = _keys(position - base)
        taps = (picture[np.clip(np.arange(height) + base + tap, 0, height - 1)] for tap in (-1, 0, 1, 2))
        answer[phase::factor] = sum(np.float32(w) * t for w, t in zip(weights, taps, strict=True))
    return answer


def _keys(fraction: float) -> tuple[float, float, float, float]:
    """Weights of the four neighbours at `fraction` (0..1) past the second (Keys 1981, a = -0.5)."""
    t = fraction
    return (
        ((-0.5 * t + 1.0) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1.0,
        ((-1.5 * t + 2.0) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )
