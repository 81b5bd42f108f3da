"""Whole-frame motion between the frame under repair and its donors: once per pair, at reduced size, through damage."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.motion import Flow, flow_between, round_trip_error
from engines.repair.donors import View
from engines.repair.spread import Field, spread
from engines.types import Rect

# Larger pictures are shrunk to about this many pixels; what is repaired finds its own last fractions of a pixel.
_PIXELS = 150_000

Keep = Callable[[Hashable, Callable[[], Any]], Any]
"""As `Upstream.kept`: what was made for a key before, else made now."""


@dataclass(frozen=True, eq=False)
class Course:
    """flow: h x w x 2, from the frame to a donor, in full-size pixels, continued through damage.

    factors: full-size pixels per sample, (x, y).
    """

    flow: Flow
    factors: tuple[float, float]

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.flow.nbytes

    def at(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float32]:
        """N x 2: the motion of full-size places (N)."""
        columns, rows = _samples(x, self.factors[0]), _samples(y, self.factors[1])
        moved: Any = cv2.remap(
            self.flow, columns[:, None], rows[:, None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(moved.reshape(-1, 2), np.float32)

    def window(self, window: Rect) -> Flow:
        """The flow of a window, at full size."""
        columns = _samples(np.arange(window.x, window.right, dtype=np.float32), self.factors[0])
        rows = _samples(np.arange(window.y, window.bottom, dtype=np.float32), self.factors[1])
        x, y = (np.ascontiguousarray(g) for g in np.broadcast_arrays(columns[None, :], rows[:, None]))
        return np.asarray(cv2.remap(self.flow, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


class Journeys:
    """Motion from the frame under repair to each donor, shared with the frames beside it through `keep`."""

    def __init__(self, current: View, keep: Keep) -> None:
        self._current = current
        self._keep = keep

    def to(self, donor: View) -> Course:
        """From the current frame to the donor."""
        return self._course(self._current, donor)

    def back(self, donor: View) -> Course:
        """From the donor to the current frame."""
        return self._course(donor, self._current)

    def _course(self, a: View, b: View) -> Course:
        made: Course = self._keep(("course", a.number, b.number), lambda: self._made(a, b))
        return made

    def _made(self, a: View, b: View) -> Course:
        forward, backward = self._flow(a, b), self._flow(b, a)
        error = round_trip_error(forward, backward)
        size = np.hypot(forward[..., 0], forward[..., 1])
        known = self._small(a).known
        trust = np.asarray(np.exp(-np.square(error / (0.5 + 0.05 * size))) * known, np.float32)
        height, width = trust.shape
        factors = (a.frame.width / width, a.frame.height / height)
        through = spread(forward, trust) * np.array(factors, np.float32)
        return Course(np.asarray(through, np.float32), factors)

    def _flow(self, a: View, b: View) -> Flow:
        def find() -> Flow:
            first, second = self._small(a), self._small(b)
            return flow_between(first.luma, second.luma, rough=True)

        found: Flow = self._keep(("flow", a.number, b.number), find)
        return found

    def _small(self, view: View) -> Small:
        small: Small = self._keep(("small", view.number), lambda: shrunk(view))
        return small


@dataclass(frozen=True, eq=False)
class Small:
    """A frame's luma at reduced size, damage filled; known: 1 where nothing of a sample is damaged, else 0."""

    luma: Field
    known: Field

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.luma.nbytes + self.known.nbytes


def shrunk(view: View) -> Small:
    """At most about `_PIXELS`, by area means."""
    height, width = view.luma.shape
    factor = max(1.0, float(np.sqrt(height * width / _PIXELS)))
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    damaged = np.asarray(cv2.resize(view.damage.astype(np.float32), size, interpolation=cv2.INTER_AREA))
    known = np.asarray(damaged < 0.01, np.float32)
    luma = np.asarray(cv2.resize(view.luma, size, interpolation=cv2.INTER_AREA), np.float32)
    return Small(luma if known.all() else spread(luma, known), known)


def _samples(places: NDArray[np.floating], factor: float) -> NDArray[np.float32]:
    """Full-size pixel centres as places on the reduced grid."""
    return np.asarray((places + 0.5) / factor - 0.5, np.float32)
