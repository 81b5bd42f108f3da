"""Follows one sequence of pictures: the motion from each to the next, and against a slowly improving reference."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma
from engines.motion import Flow
from engines.stabilise.cells import Cells, View, dense, evened, measured
from engines.stabilise.fit import fitted
from engines.stabilise.model import Coefficients, basis, displacement, farthest

_DEEPEST = 32
"""Pictures that the reference averages at most: more would hardly add, and it may follow slow changes."""
_LEAVES = 0.05
"""Share of the picture's width beyond which the reference is given up: the camera moves."""
FAINT = 0.03
"""Share of the usual information below which two pictures have nothing to do with each other."""
_HOLDS, _MISSES = 0.2, 3
"""Share of the information that must agree with the reference, and for how many pictures on end it may not: a flash,
or a frame that is torn."""


@dataclass(frozen=True, eq=False)
class Followed:
    """N pictures. chain: motion of the cells from picture n - 1 to n (without trust for the first). steps: N x K, a
    first guess of the same for the whole picture. changes: N, mean absolute change of luma from the one before.
    poses: N x K, against the one reference; None where the shot left it.
    """

    chain: tuple[Cells, ...]
    steps: NDArray[np.float64]
    changes: NDArray[np.float64]
    poses: NDArray[np.float64] | None


class Meter:
    """Fed with views of one size; `width` x `height`: of the whole source picture. terms: how the picture may move."""

    def __init__(self, width: int, height: int, terms: int) -> None:
        self._size = width, height
        self._terms = terms
        self._before: tuple[View, Luma] | None = None
        self._chain: list[Cells] = []
        self._steps: list[Coefficients] = []
        self._changes: list[float] = []
        self._poses: list[Coefficients] | None = []
        self._reference: Luma | None = None
        self._depth = self._missed = 0
        self._usual = 0.0

    def feed(self, seen: View, luma: Luma) -> None:
        """The next picture; `luma` (nominal, of the view's size) tells repeats."""
        if self._before is None:
            self._first(seen)
        else:
            last, old = self._before
            cells = measured(last, seen, dense(last, seen))
            terms = basis(cells.places, *self._size, self._terms)
            step, _, agreeing = fitted(terms, cells.moves, cells.trust, None)
            sure = self._sure(agreeing, cells)
            self._chain.append(cells)
            self._steps.append(step)
            self._changes.append(float(cv2.mean(cv2.absdiff(luma, old))[0]))
            self._anchor(seen, step if sure else None)
        self._before = seen, luma

    def finish(self) -> Followed:
        """What was found so far."""
        poses = None if self._poses is None else np.array(self._poses)
        return Followed(tuple(self._chain), np.array(self._steps), np.array(self._changes), poses)

    def _first(self, seen: View) -> None:
        still = measured(seen, seen, np.zeros((*seen.even.shape, 2), np.float32))
        self._chain.append(replace(still, trust=np.zeros_like(still.trust)))
        self._steps.append(np.zeros(self._terms))
        self._changes.append(0.0)
        self._poses = [np.zeros(self._terms)]
        self._reference, self._depth = seen.even.copy(), 1

    def _anchor(self, seen: View, step: Coefficients | None) -> None:
        """step: from the picture before; None where that is not known and the reference is searched afresh."""
        if self._poses is None or self._reference is None:
            return
        reference = evened(self._reference, seen.origin, seen.step)
        pose = self._poses[-1] if step is None else self._poses[-1] + step
        cells = measured(reference, seen, dense(reference, seen) if step is None else self._flow(pose, seen))
        terms = basis(cells.places, *self._size, self._terms)
        found, _, agreeing = fitted(terms, cells.moves, cells.trust, None if step is None else pose)
        seen_again = self._sure(agreeing, cells)
        pose = found if seen_again else pose
        self._missed = 0 if seen_again else self._missed + 1
        if self._missed > _MISSES or farthest(pose, *self._size) > _LEAVES * self._size[0]:
            self._poses = self._reference = None
            return
        self._poses.append(pose)
        if not seen_again:
            return
        self._depth = min(self._depth + 1, _DEEPEST)
        cv2.accumulateWeighted(_moved(seen.even, self._flow(pose, seen)), self._reference, 1 / self._depth)

    def _sure(self, agreeing: float, cells: Cells) -> bool:
        """Whether enough of what the cells know agrees, and they know about as much as usual."""
        information = float(cells.trust.trace(axis1=1, axis2=2).sum())
        self._usual = max(self._usual, information)
        return information > FAINT * self._usual and agreeing >= _HOLDS * information

    def _flow(self, pose: Coefficients, seen: View) -> Flow:
        height, width = seen.even.shape
        x = seen.origin[0] + np.arange(width) * seen.step[0]
        y = seen.origin[1] + np.arange(height) * seen.step[1]
        field = displacement(pose, x, y, *self._size)
        return np.asarray(field / np.array(seen.step, np.float32), np.float32)


def _moved(picture: Luma, flow: Flow) -> Luma:
    height, width = picture.shape
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
