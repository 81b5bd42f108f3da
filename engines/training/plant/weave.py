"""Plants gate weave of known size: a leaky random walk and the beats of a worn projector, in shift and rotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.siting import chroma_phase
from engines.types import Frame, Plane, Rect

_MEMORY = 0.9
"""How much of a frame's place in the gate the next one keeps: film wanders, but the gate holds it."""
_BEATS = (1.5, 5.0)
"""Hz, between which the periodic part lies: sprockets and claws, seen at 24 frames per second."""
_PERIODIC = 0.5
_EDGE = 4


@dataclass(frozen=True)
class Weave:
    """What was planted, one value per frame. x, y: pixels to the right and down. angle: degrees, anticlockwise on the
    screen as OpenCV counts. zoom: factor."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    angle: NDArray[np.float64]
    zoom: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.x)

    def matrix(self, number: int, width: int, height: int) -> NDArray[np.float64]:
        """2 x 3: where a point of the clean picture (`width` x `height`) lands in the woven one."""
        middle = ((width - 1) / 2, (height - 1) / 2)
        move: NDArray[np.float64] = cv2.getRotationMatrix2D(
            middle, float(self.angle[number]), float(self.zoom[number])
        ).astype(np.float64)
        move[:, 2] += (self.x[number], self.y[number])
        return move


def planned(
    count: int, seed: int, *, rate: float = 24.0, most: float = 6.0, angle: float = 0.3, breath: float = 0.0
) -> Weave:
    """Weave for `count` frames whose largest shift is `most` pixels, whose largest rotation is `angle` degrees, and
    which breathes by at most `breath` percent. Mean 0."""
    rng = np.random.default_rng(seed)
    x, y, turn, swell = (_wander(count, rate, rng) for _ in range(4))
    largest = max(float(np.hypot(x, y).max()), 1e-9)
    return Weave(
        x * (most / largest),
        y * (most / largest),
        turn * (angle / max(float(np.abs(turn).max()), 1e-9)),
        1.0 + swell * (breath / 100 / max(float(np.abs(swell).max()), 1e-9)),
    )


def woven(frames: Sequence[Frame], weave: Weave, margin: int) -> list[Frame]:
    """The frames displaced as planned, cut by `margin` pixels (on the chroma grid) on every side, so that what comes
    in at the edges is the picture's own. Rounded to the native samples.
    """
    return [_moved(frame, weave, number, margin) for number, frame in enumerate(frames)]


def cut(frame: Frame, margin: int) -> Frame:
    """The clean frame, cut as `woven` cuts."""
    return frame.crop(Rect(margin, margin, frame.width - 2 * margin, frame.height - 2 * margin))


def margin_for(weave: Weave, width: int, height: int, step: int = 2) -> int:
    """Pixels, a multiple of `step`, that keep the outside of `width` x `height` frames out of `woven`."""
    corner = float(np.hypot(width, height)) / 2
    turned = np.radians(np.abs(weave.angle)) + np.abs(weave.zoom - 1)
    most = float((np.hypot(weave.x, weave.y) + corner * turned).max())
    return -(-(int(np.ceil(most)) + _EDGE) // step) * step


def _wander(count: int, rate: float, rng: np.random.Generator) -> NDArray[np.float64]:
    walk = np.zeros(count)
    steps = rng.standard_normal(count)
    for number in range(1, count):
        walk[number] = _MEMORY * walk[number - 1] + steps[number]
    beat, phase = rng.uniform(*_BEATS), rng.uniform(0, 2 * np.pi)
    periodic = np.sin(2 * np.pi * beat * np.arange(count) / rate + phase)
    both = walk / max(float(walk.std()), 1e-9) + _PERIODIC * np.sqrt(2) * periodic
    return np.asarray(both - both.mean())


def _moved(frame: Frame, weave: Weave, number: int, margin: int) -> Frame:
    move = weave.matrix(number, frame.width, frame.height)
    layout = frame.format
    phase = chroma_phase(frame.colour.chroma_location)
    planes: list[Plane] = []
    for index, plane in enumerate(frame.planes):
        chroma = layout.family == "yuv" and index in (1, 2)
        steps = np.array([layout.chroma_x, layout.chroma_y] if chroma else [1, 1], np.float64)
        # Sample i of the plane lies at luma position steps * i + off.
        off = np.array(phase) * (steps - 1)
        turn = move[:, :2] * steps[None, :] / steps[:, None]
        shift = (move[:, :2] @ off + move[:, 2] - off) / steps
        matrix = np.hstack([turn, shift[:, None]])
        warped = cv2.warpAffine(
            plane.astype(np.float32),
            matrix,
            (plane.shape[1], plane.shape[0]),
            flags=cv2.INTER_LANCZOS4,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        planes.append(np.asarray(warped, np.float32))
    return cut(frame.with_planes(tuple(planes)), margin).quantised()
