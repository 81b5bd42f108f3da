"""Pictures of masks for the screen: tinted, hatched and outlined at display size, so that colour is never alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engines.types import Rect

Coverage = NDArray[np.uint8]
Bgra = NDArray[np.uint8]
"""H x W x 4, premultiplied alpha, as QImage.Format_ARGB32_Premultiplied wants it."""

_INSIDE = 64
_PERIOD, _LINE = 9, 2
_DASH = 6
_HATCHED, _OUTLINE, _HALO = 0.55, 1.0, 0.7
_NEAREST_FROM = 2.0


@dataclass(frozen=True)
class Look:
    """How a layer is drawn. fill: opacity inside; hatch: the way its lines lean (- = level); dashed: of the outline."""

    rgb: tuple[int, int, int]
    fill: float = 0.25
    hatch: Literal["/", "\\", "-", ""] = "/"
    dashed: bool = False


@dataclass(frozen=True)
class Frame:
    """Display pixel (i, j) shows the source at (x + (i + 0.5) / scale_x, y + (j + 0.5) / scale_y)."""

    x: float
    y: float
    scale_x: float
    scale_y: float
    width: int
    height: int
    thickness: int = 1


class MaskOverlay:
    """One layer at display size. `pixels` is redrawn in place, so a picture that wraps it is always current."""

    def __init__(self, frame: Frame, look: Look) -> None:
        self.frame, self.look = frame, look
        self.pixels: Bgra = np.zeros((frame.height, frame.width, 4), np.uint8)
        self.drawn: Rect | None = None
        """The display pixels outside which nothing is painted."""
        self._tints = _tints(look.rgb)
        self._pattern = _pattern(frame, look.hatch)
        self._dashes = _stripes(frame, 2 * _DASH * frame.thickness, _DASH * frame.thickness)

    def draw(self, coverage: Coverage, source: Rect | None = None) -> Rect | None:
        """Show `coverage` (of the whole picture), or only its part `source`; returns the display pixels redrawn."""
        area = self._display(source) if source else Rect(0, 0, self.frame.width, self.frame.height)
        if area is None:
            return None
        if source is None and not coverage.any():
            self.pixels[:] = 0
            return area
        # The outline depends on neighbours: drawn with a margin, which is then cut off.
        wide = area.grown(self.frame.thickness + 1, Rect(0, 0, self.frame.width, self.frame.height))
        drawn = self._drawn(_sampled(coverage, self.frame, wide), wide)
        top, left = area.y - wide.y, area.x - wide.x
        target = self.pixels.view(np.uint32)[..., 0][area.y : area.bottom, area.x : area.right]
        target[:] = drawn[top : top + area.height, left : left + area.width]
        self.drawn = area if self.drawn is None else _joined(self.drawn, area)
        return area

    def _display(self, source: Rect) -> Rect | None:
        frame, margin = self.frame, self.frame.thickness + 2
        left = max(int((source.x - frame.x) * frame.scale_x) - margin, 0)
        top = max(int((source.y - frame.y) * frame.scale_y) - margin, 0)
        right = min(int((source.right - frame.x) * frame.scale_x) + margin + 1, frame.width)
        bottom = min(int((source.bottom - frame.y) * frame.scale_y) + margin + 1, frame.height)
        return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None

    def _drawn(self, cover: Coverage, area: Rect) -> NDArray[np.uint32]:
        look, where = self.look, np.s_[area.y : area.bottom, area.x : area.right]
        out = np.take(self._tints, np.asarray(cv2.convertScaleAbs(cover, alpha=look.fill), np.uint8))
        inside = np.asarray(cover >= _INSIDE, np.uint8)
        if not inside.any():
            return np.asarray(out, np.uint32)
        if look.hatch:
            out[(inside > 0) & self._pattern[where]] = self._tints[round(255 * _HATCHED)]
        size = 2 * self.frame.thickness + 1
        kernel = np.ones((size, size), np.uint8)
        # A dark line outside the coloured one keeps the outline visible on a white picture.
        out[cv2.dilate(inside, kernel) > inside] = np.uint32(round(255 * _HALO) << 24)
        edge = inside > cv2.erode(inside, kernel)
        out[edge & self._dashes[where] if look.dashed else edge] = self._tints[round(255 * _OUTLINE)]
        return np.asarray(out, np.uint32)


def _joined(one: Rect, other: Rect) -> Rect:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Rect(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)


def _sampled(coverage: Coverage, frame: Frame, area: Rect) -> Coverage:
    """The coverage at the display pixels of `area`; reduced by maximum first, so that a thin line never vanishes."""
    factor = max(int(1 / min(frame.scale_x, frame.scale_y)), 1)
    height, width = coverage.shape
    left = max(int(frame.x + area.x / frame.scale_x) - 2 * factor, 0) // factor * factor
    top = max(int(frame.y + area.y / frame.scale_y) - 2 * factor, 0) // factor * factor
    right = min(int(frame.x + area.right / frame.scale_x) + 2 * factor + 1, width)
    bottom = min(int(frame.y + area.bottom / frame.scale_y) + 2 * factor + 1, height)
    cut = np.ascontiguousarray(coverage[top:bottom, left:right])
    if factor > 1:
        cut = np.asarray(cv2.dilate(cut, np.ones((factor, factor), np.uint8), anchor=(0, 0)), np.uint8)
        cut = np.ascontiguousarray(cut[::factor, ::factor])
    step_x, step_y = 1 / (frame.scale_x * factor), 1 / (frame.scale_y * factor)
    start_x = (frame.x - left) / factor + (area.x + 0.5) * step_x - 0.5
    start_y = (frame.y - top) / factor + (area.y + 0.5) * step_y - 0.5
    inverse = np.array([[step_x, 0, start_x], [0, step_y, start_y]], np.float64)
    near = min(frame.scale_x, frame.scale_y) >= _NEAREST_FROM
    method = cv2.WARP_INVERSE_MAP | (cv2.INTER_NEAREST if near else cv2.INTER_LINEAR)
    return np.asarray(
        cv2.warpAffine(cut, inverse, (area.width, area.height), flags=method, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _tints(rgb: tuple[int, int, int]) -> NDArray[np.uint32]:
    """The colour premultiplied by every opacity, packed as 0xAARRGGBB."""
    alpha = np.arange(256, dtype=np.uint32)
    red, green, blue = ((alpha * value + 127) // 255 for value in rgb)
    return np.asarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)


def _pattern(frame: Frame, hatch: str) -> NDArray[np.bool_]:
    if hatch == "-":
        rows = np.arange(frame.height)[:, None] % (_PERIOD * frame.thickness) < _LINE * frame.thickness
        return np.broadcast_to(rows, (frame.height, frame.width))
    stripes = _stripes(frame, _PERIOD * frame.thickness, _LINE * frame.thickness)
    return stripes[::-1] if hatch == "\\" else stripes


def _stripes(frame: Frame, period: int, line: int) -> NDArray[np.bool_]:
    """Diagonal lines over the whole display, without memory of its size."""
    row = np.arange(frame.width + frame.height) % period < line
    return sliding_window_view(row, frame.width)[: frame.height]
