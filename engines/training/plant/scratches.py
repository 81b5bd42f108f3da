"""Plants scratches of known place into clean frames: near-vertical lines that last, drift and break off, seeded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import Luma, codes_of, luma_of
from engines.types import Frame

WIDTHS = (0.5, 4.0)
"""Pixels."""
CONTRASTS = (0.03, 0.30)
"""Share of the range from black to white by which the line's strongest sample differs from its surround."""
# Optics and the scanner's aperture soften the edges of the line, pixels.
_SOFT = 0.35
_FINE = 8
_TILT_SIGMA, _TILT_MOST = 0.3, 1.0
_DRIFT_SIGMA, _JITTER = 0.2, 0.1
_PARTIAL, _DROPOUT = 0.35, 0.03
_LEAST_CODES = 0.5 / 219.0


@dataclass(frozen=True)
class PlantedLine:
    """One scratch in one frame. Pixels; x at row y is `x + slope * (y - middle)`, rows `top` <= y < `bottom`.

    contrast: share of the range, 0.03 to 0.3. identity: the same scratch in other frames.
    """

    identity: int
    x: float
    slope: float
    middle: float
    top: int
    bottom: int
    width: float
    contrast: float
    bright: bool

    def centres(self) -> NDArray[np.float64]:
        """x of its centre in every row from `top` to `bottom`."""
        return np.asarray(self.x + self.slope * (np.arange(self.top, self.bottom) - self.middle), np.float64)


@dataclass(frozen=True, eq=False)
class Scratched:
    """A frame with what was planted; `changed`: H x W bool, luma that differs by half an 8-bit code."""

    frame: Frame
    lines: tuple[PlantedLine, ...]
    changed: NDArray[np.bool_]


def plant_scratches(frames: Sequence[Frame], count: int, seed: int) -> Iterator[Scratched]:
    """`frames` (equal sizes, Y'CbCr or grey) with `count` scratches running through them.

    Widths 0.5 to 4 px, contrasts 3 to 30 % (both drawn evenly in the logarithm), bright and dark in turn, a third of
    them over only 30 to 70 % of the height, tilted by up to a degree, drifting, with dropouts of whole frames.
    """
    rng = np.random.default_rng((seed, 77))
    height, width = frames[0].height, frames[0].width
    lines = [_new_line(index, count, width, height, rng) for index in range(count)]
    drifts = rng.normal(0.0, _DRIFT_SIGMA, count)
    for number, frame in enumerate(frames):
        present = []
        for index, line in enumerate(lines):
            x = line.x + drifts[index] * (number - len(frames) / 2) + rng.normal(0.0, _JITTER)
            if rng.random() >= _DROPOUT:
                moved = PlantedLine(
                    line.identity, float(x), line.slope, line.middle, line.top, line.bottom, line.width, line.contrast,
                    line.bright,
                )  # fmt: skip
                present.append(moved)
        yield scratched(frame, tuple(present), float(rng.uniform(0, 2 * np.pi)))


def scratched(frame: Frame, lines: Sequence[PlantedLine], breath: float = 0.0) -> Scratched:
    """`frame` with `lines` in its luma, rounded to whole codes; `breath`: phase of their depth's change down them."""
    clean = luma_of(frame)
    layer = np.zeros_like(clean)
    for line in lines:
        _draw(layer, line, breath)
    damaged = np.clip(clean + layer, 0.0, 1.0)
    damaged = np.where(layer == 0.0, clean, damaged)
    plane = np.rint(codes_of(damaged, frame))
    plane = np.clip(plane, 0.0, frame.format.peak).astype(frame.planes[0].dtype)
    changed = np.abs(layer) >= _LEAST_CODES
    return Scratched(frame.with_planes((plane, *frame.planes[1:])), tuple(lines), changed & (plane != frame.planes[0]))


def line_profile(width: float, offset: NDArray[np.floating]) -> NDArray[np.float32]:
    """Of a line `width` px wide, at `offset` px from its centre, as sampled by pixels; 1 at the centre sample."""
    reach = int(np.ceil(width / 2 + 3))
    fine = (np.arange(-reach * _FINE, reach * _FINE + 1) / _FINE).astype(np.float32)
    box = np.clip((width / 2 - np.abs(fine)) * _FINE + 0.5, 0.0, 1.0)
    aperture = np.ones(_FINE, np.float32) / _FINE
    sampled = np.convolve(box, aperture, mode="same")
    sampled = cv2.GaussianBlur(sampled.astype(np.float32)[None], (0, 0), _SOFT * _FINE)[0]
    sampled = (sampled + sampled[::-1]) / 2
    found = np.interp(offset, fine, sampled / sampled.max(), left=0.0, right=0.0)
    return np.asarray(found, np.float32)


def _draw(layer: Luma, line: PlantedLine, breath: float) -> None:
    height, width = layer.shape
    reach = int(np.ceil(line.width / 2 + 3))
    rows = np.arange(max(line.top, 0), min(line.bottom, height))
    centres = line.x + line.slope * (rows - line.middle)
    left = np.rint(centres).astype(int) - reach
    columns = left[:, None] + np.arange(2 * reach + 1)
    depth = 0.85 + 0.15 * np.sin(rows * (9.0 / height) + breath)
    values = line_profile(line.width, columns - centres[:, None]) * (depth * line.contrast)[:, None]
    inside = (columns >= 0) & (columns < width)
    sign = 1.0 if line.bright else -1.0
    np.add.at(layer, (np.broadcast_to(rows[:, None], columns.shape)[inside], columns[inside]), sign * values[inside])


def _new_line(index: int, count: int, width: int, height: int, rng: np.random.Generator) -> PlantedLine:
    """Evenly spread over the width, so that two never lie on each other."""
    cell = width * 0.94 / count
    x = width * 0.03 + cell * (index + float(rng.uniform(0.2, 0.8)))
    top, bottom = 0, height
    if rng.random() < _PARTIAL:
        length = float(rng.uniform(0.3, 0.7)) * height
        top = int(rng.uniform(0, height - length))
        bottom = int(top + length)
    tilt = float(np.clip(rng.normal(0.0, _TILT_SIGMA), -_TILT_MOST, _TILT_MOST))
    return PlantedLine(
        identity=index,
        x=x,
        slope=float(np.tan(np.radians(tilt))),
        middle=height / 2,
        top=top,
        bottom=bottom,
        width=float(np.exp(rng.uniform(*np.log(WIDTHS)))),
        contrast=float(np.exp(rng.uniform(*np.log(CONTRASTS)))),
        bright=bool(rng.random() < 0.5),
    )
