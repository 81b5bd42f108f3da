"""Applying a frame's correction to its samples: exact per pixel, the same for a region as for the whole."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.deflicker.correction import Correction
from engines.deflicker.tone import BRIGHTEST, STEPS
from engines.luma import Luma, chroma_range, code_range, luma_of, luma_weights
from engines.types import Frame, Plane, Rect

Field = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LightField:
    """Factors on the light for every pixel of a picture, smooth between blocks; values: H x W, None where all are 1."""

    values: Field | None

    @classmethod
    def over(cls, blocks: Field, width: int, height: int) -> LightField:
        """Of a whole picture."""
        if bool((blocks == 1.0).all()):
            return cls(None)
        return cls(np.asarray(cv2.resize(blocks, (width, height), interpolation=cv2.INTER_CUBIC), np.float32))

    @property
    def nbytes(self) -> int:
        return 64 + (0 if self.values is None else self.values.nbytes)

    def cut(self, region: Rect) -> LightField:
        """The part in `region`."""
        if self.values is None:
            return self
        return LightField(self.values[region.y : region.bottom, region.x : region.right])


def corrected(frame: Frame, correction: Correction, field: LightField) -> Frame:
    """`frame` corrected, in float32 code values; `field` covers it. Alpha stays as it is.

    Chroma follows luma, so that saturation stays; samples beyond black and white are scaled like their neighbours.
    """
    gain = _by_tone(frame, correction)
    if field.values is not None:
        gain *= field.values
    black = np.float32(code_range(frame.format, frame.colour)[0])
    if frame.format.family == "rgb":
        return frame.with_planes(_rgb(frame, correction, gain, black))
    light = _less(frame.planes[0], black)
    light *= gain
    planes: list[Plane] = list(frame.planes)
    if frame.format.family == "yuv":
        planes[1:3] = _chroma(frame, correction, gain, light)
    light += black
    planes[0] = light
    return frame.with_planes(tuple(planes))


def _by_tone(frame: Frame, correction: Correction) -> Field:
    """H x W factors read from the table at each pixel's luma."""
    black, white = code_range(frame.format, frame.colour)
    plane = frame.planes[0]
    if frame.format.family != "rgb" and plane.dtype.kind == "u":
        codes = (np.arange(2**frame.format.depth, dtype=np.float32) - np.float32(black)) / np.float32(white - black)
        table = correction.table[_entries(codes)]
        if plane.dtype == np.uint8:
            return np.asarray(cv2.LUT(plane, table))
        return np.asarray(table[plane])
    return np.asarray(correction.table[_entries(luma_of(frame))])


def _entries(luma: Luma) -> NDArray[np.uint16]:
    held = luma * np.float32(STEPS)
    held += np.float32(0.5)
    np.clip(held, 0.0, STEPS * BRIGHTEST, out=held)
    return held.astype(np.uint16)


def _less(plane: Plane, zero: np.float32) -> Field:
    return np.subtract(plane, zero, dtype=np.float32)


def _chroma(frame: Frame, correction: Correction, gain: Field, light: Field) -> list[Plane]:
    neutral, span = chroma_range(frame.format, frame.colour)
    black, white = code_range(frame.format, frame.colour)
    steps = frame.format.chroma_x, frame.format.chroma_y
    follow = _cells(gain, *steps)
    shown = _cells(light, *steps) if any(correction.cast) else None
    planes: list[Plane] = []
    for plane, cast in zip(frame.planes[1:3], correction.cast, strict=True):
        out = _less(plane, np.float32(neutral))
        out *= follow
        if shown is not None and cast:
            out += shown * np.float32(cast * span / (white - black))
        out += np.float32(neutral)
        planes.append(out)
    return planes


def _rgb(frame: Frame, correction: Correction, gain: Field, black: np.float32) -> tuple[Plane, ...]:
    lights = [_less(plane, black) * gain for plane in frame.planes[:3]]
    if any(correction.cast):
        weights = [np.float32(w) for w in luma_weights(frame.colour, frame.width, frame.height)]
        shown = lights[0] * weights[0] + lights[1] * weights[1] + lights[2] * weights[2]
        blue, red = (2 * (1 - float(weights[i])) * cast for i, cast in zip((2, 0), correction.cast, strict=True))
        green = -(float(weights[0]) * red + float(weights[2]) * blue) / float(weights[1])
        lights = [light + shown * np.float32(lean) for light, lean in zip(lights, (red, green, blue), strict=True)]
    return (*(light + black for light in lights), *frame.planes[3:])


def _cells(plane: Field, step_x: int, step_y: int) -> Field:
    """Means over chroma cells; sizes round up, the last ones from what is there."""
    if step_x == step_y == 1:
        return plane
    height, width = plane.shape
    if height % step_y or width % step_x:
        plane = np.pad(plane, ((0, -height % step_y), (0, -width % step_x)), mode="edge")
    # Summed in one fixed order: a region's cells must equal the whole's to the last bit.
    parts = [plane[y::step_y, x::step_x] for y in range(step_y) for x in range(step_x)]
    total = parts[0] + parts[1]
    for part in parts[2:]:
        total += part
    total *= np.float32(1.0 / (step_x * step_y))
    return total
