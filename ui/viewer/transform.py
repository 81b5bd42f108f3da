"""Where the picture lies on the screen: one camera and one transform for everything that the viewer shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from PySide6.QtCore import QRectF

from app.pictures import View

SMALLEST, LARGEST = 0.02, 64.0
NEAREST_FROM = 2.0
MARGIN = 8
"""Around a fitted picture, in device-independent pixels."""


@dataclass(frozen=True)
class Transform:
    """Source pixels to device pixels of a pane: device = source * scale + origin. The origin is whole."""

    scale_x: float
    scale_y: float
    left: int
    top: int
    pane_width: int
    pane_height: int
    width: int
    height: int

    def to_device(self, x: float, y: float) -> tuple[float, float]:
        return x * self.scale_x + self.left, y * self.scale_y + self.top

    def to_source(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) / self.scale_x, (y - self.top) / self.scale_y

    def area(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the visible part of the picture, in whole device pixels of the pane."""
        right = round(self.left + self.width * self.scale_x)
        bottom = round(self.top + self.height * self.scale_y)
        return max(self.left, 0), max(self.top, 0), min(right, self.pane_width), min(bottom, self.pane_height)

    def view(self) -> View | None:
        """What to ask for; None where the picture is out of sight."""
        left, top, right, bottom = self.area()
        if right <= left or bottom <= top:
            return None
        x, y = self.to_source(left, top)
        width = min((right - left) / self.scale_x, self.width - x)
        height = min((bottom - top) / self.scale_y, self.height - y)
        smooth = min(self.scale_x, self.scale_y) < NEAREST_FROM
        return View(x, y, width, height, right - left, bottom - top, smooth)

    def rect_of(self, view: View) -> QRectF:
        """Where a picture made for `view` belongs, in device pixels of the pane."""
        left, top = self.to_device(view.x, view.y)
        return QRectF(left, top, view.width * self.scale_x, view.height * self.scale_y)


@dataclass(frozen=True)
class Camera:
    """What the user looks at: the source point in the middle, and device pixels per source pixel (None = fit)."""

    x: float = 0.5
    y: float = 0.5
    zoom: float | None = None

    def transform(self, pane: tuple[int, int], size: tuple[int, int], sar: Fraction, ratio: float) -> Transform:
        """For a pane of device pixels and a picture of `size`, whose samples are `sar` wide; x, y are shares of it."""
        stretch_x, stretch_y = stretches(sar)
        zoom = fit_zoom(pane, size, sar, ratio) if self.zoom is None else self.zoom
        scale_x, scale_y = zoom * stretch_x, zoom * stretch_y
        centre = (0.5, 0.5) if self.zoom is None else (self.x, self.y)
        left = round(pane[0] / 2 - centre[0] * size[0] * scale_x)
        top = round(pane[1] / 2 - centre[1] * size[1] * scale_y)
        return Transform(scale_x, scale_y, left, top, *pane, *size)

    def zoomed(self, to: float, now: Transform, anchor: tuple[float, float]) -> Camera:
        """At zoom `to`, the source point under device point `anchor` staying where it is."""
        to = min(max(to, SMALLEST), LARGEST)
        x, y = now.to_source(*anchor)
        smaller = min(now.scale_x, now.scale_y)
        scale_x, scale_y = now.scale_x / smaller * to, now.scale_y / smaller * to
        middle_x = x + (now.pane_width / 2 - anchor[0]) / scale_x
        middle_y = y + (now.pane_height / 2 - anchor[1]) / scale_y
        return Camera(middle_x / now.width, middle_y / now.height, to)._held()

    def panned(self, dx: float, dy: float, now: Transform) -> Camera:
        """Moved by device pixels."""
        x = (now.pane_width / 2 - now.left - dx) / (now.width * now.scale_x)
        y = (now.pane_height / 2 - now.top - dy) / (now.height * now.scale_y)
        return Camera(x, y, min(now.scale_x, now.scale_y))._held()

    def _held(self) -> Camera:
        """The picture cannot be lost: its middle or an edge stays in the middle of the pane at most."""
        return replace(self, x=min(max(self.x, 0.0), 1.0), y=min(max(self.y, 0.0), 1.0))


def stretches(sar: Fraction) -> tuple[float, float]:
    """How much wider and taller than a square the samples are drawn: never narrower, so that none is lost."""
    return (float(sar), 1.0) if sar >= 1 else (1.0, float(1 / sar))


def fit_zoom(pane: tuple[int, int], size: tuple[int, int], sar: Fraction, ratio: float) -> float:
    """The largest zoom at which the whole picture is seen."""
    stretch_x, stretch_y = stretches(sar)
    room = 2 * MARGIN * ratio
    across = max(pane[0] - room, 1) / (size[0] * stretch_x)
    down = max(pane[1] - room, 1) / (size[1] * stretch_y)
    return min(max(min(across, down), SMALLEST), LARGEST)
