"""Brushes for the demo scene: antialiased shapes, procedural textures and lettering on layers with coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Texture = NDArray[np.float32]
"""H x W float32 around 1: multiplies a colour."""
Points = Sequence[tuple[float, float]]

_SUB = 4  # bits of sub-pixel position in OpenCV's drawing calls


class Layer:
    """A sheet of `width` x `height` units painted at `scale` x 2 pixels per unit, reduced to `scale` when done.

    Colours are display-coded RGB 0..1; positions and sizes are in units (1 = the picture's height), y downwards.
    """

    def __init__(self, width: float, height: float, scale: float) -> None:
        self.scale = scale * 2
        size = (round(height * scale) * 2, round(width * scale) * 2)
        self.rgb = np.zeros((*size, 3), dtype=np.float32)
        self.alpha = np.zeros(size, dtype=np.float32)

    def polygon(self, points: Points, colour: Colour, texture: Texture | None = None, opacity: float = 1.0) -> None:
        corners = np.array(points, dtype=np.float64) * self.scale
        self._stamp(corners, 2, lambda mask, shift: _fill(mask, shift), colour, texture, opacity)

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, texture: Texture | None = None) -> None:
        self.polygon(((x, y), (x + w, y), (x + w, y + h), (x, y + h)), colour, texture)

    def line(self, points: Points, thickness: float, colour: Colour, opacity: float = 1.0) -> None:
        path = np.array(points, dtype=np.float64) * self.scale
        pixels = max(1, round(thickness * self.scale))
        self._stamp(path, pixels + 2, lambda mask, shift: _stroke(mask, shift, pixels), colour, None, opacity)

    def disc(self, x: float, y: float, rx: float, ry: float, colour: Colour, opacity: float = 1.0) -> None:
        turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        self.polygon([(x + rx * np.cos(t), y + ry * np.sin(t)) for t in turn], colour, None, opacity)

    def glow(self, x: float, y: float, radius: float, colour: Colour, opacity: float) -> None:
        """A soft round light (or shadow) that fades to nothing at `radius`."""
        rows, columns = np.ogrid[: self.alpha.shape[0], : self.alpha.shape[1]]
        near = 1.0 - np.hypot(columns - x * self.scale, rows - y * self.scale) / (radius * self.scale)
        self.blend(opacity * np.clip(near, 0.0, 1.0).astype(np.float32) ** 2, colour, (0, 0))

    def text(self, text: str, x: float, y: float, size: float, colour: Colour, font: int, weight: float = 0.1) -> None:
        """Lettering centred on (x, y), capitals `size` high, strokes `weight` x `size` thick."""
        thick = max(1, round(size * weight * self.scale))
        factor = cv2.getFontScaleFromHeight(font, round(size * self.scale), thick)
        (w, h), _ = cv2.getTextSize(text, font, factor, thick)
        mask = np.zeros((h + 4 * thick + h // 2, w + 4 * thick), dtype=np.uint8)
        cv2.putText(mask, text, (2 * thick, h + 2 * thick), font, factor, 255, thick, cv2.LINE_AA)
        left = round(x * self.scale - mask.shape[1] / 2)
        top = round(y * self.scale - h / 2) - 2 * thick
        self.blend(mask.astype(np.float32) / 255.0, colour, (left, top))

    def blend(self, cover: NDArray[np.float32], paint: Any, corner: tuple[int, int]) -> None:
        """Lay `paint` (a colour, or h x w x 3) over the sheet where `cover` (h x w, 0..1) is, at (left, top) pixels."""
        left, top = corner
        y0, x0 = max(0, top), max(0, left)
        y1, x1 = min(self.alpha.shape[0], top + cover.shape[0]), min(self.alpha.shape[1], left + cover.shape[1])
        if y1 <= y0 or x1 <= x0:
            return
        inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        here = np.s_[y0:y1, x0:x1]
        part = cover[inside]
        colours = np.asarray(paint, dtype=np.float32)
        colours = colours[inside] if colours.ndim == 3 else colours
        self.rgb[here] += part[..., None] * (colours - self.rgb[here])
        self.alpha[here] += part * (1.0 - self.alpha[here])

    def finished(self) -> NDArray[np.float32]:
        """H x W x 4 float32 at `scale`: colour multiplied by coverage, then coverage."""
        # `rgb` was blended over black, so it carries the coverage already.
        whole = np.dstack([self.rgb, self.alpha])
        half = (whole.shape[1] // 2, whole.shape[0] // 2)
        return np.asarray(cv2.resize(whole, half, interpolation=cv2.INTER_AREA), dtype=np.float32)

    def _stamp(
        self, points: NDArray[Any], margin: int, draw: Any, colour: Colour, texture: Texture | None, opacity: float
    ) -> None:
        low = np.floor(points.min(axis=0)).astype(int) - margin
        size = np.ceil(points.max(axis=0)).astype(int) + margin - low
        mask = np.zeros((int(size[1]) + 1, int(size[0]) + 1), dtype=np.uint8)
        draw(mask, np.rint((points - low) * 2**_SUB).astype(np.int32))
        paint: Any = colour
        if texture is not None:
            rows = np.arange(mask.shape[0]) % texture.shape[0]
            columns = np.arange(mask.shape[1]) % texture.shape[1]
            paint = np.clip(texture[np.ix_(rows, columns)][..., None] * np.array(colour, dtype=np.float32), 0.0, 1.0)
        self.blend(mask.astype(np.float32) * np.float32(opacity / 255.0), paint, (int(low[0]), int(low[1])))


def _fill(mask: NDArray[np.uint8], points: NDArray[np.int32]) -> None:
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, _SUB)


def _stroke(mask: NDArray[np.uint8], points: NDArray[np.int32], thickness: int) -> None:
    cv2.polylines(mask, [points], False, 255, thickness, cv2.LINE_AA, _SUB)


def clouds(height: int, width: int, grain: float, rng: np.random.Generator, octaves: int = 5) -> Texture:
    """Fractal noise, about -1..1, largest features `grain` pixels wide (twice as wide as high)."""
    total = np.zeros((height, width), dtype=np.float32)
    for octave in range(octaves):
        cell = max(1.0, grain / 2**octave)
        coarse = rng.standard_normal((int(height / cell) + 4, int(width / cell / 2) + 4)).astype(np.float32)
        full = cv2.resize(
            coarse, (int(coarse.shape[1] * cell * 2) + 1, int(coarse.shape[0] * cell) + 1), interpolation=2
        )
        total += full[:height, :width] * np.float32(0.5**octave)
    return total * np.float32(0.6)


def brick(unit: float, rng: np.random.Generator, rows: int = 16, columns: int = 12) -> Texture:
    """Running bond, a brick `unit` pixels high and three times as wide, mortar light, each brick its own shade."""
    high, wide = max(4, round(unit)), max(10, round(unit * 3))
    sheet = np.empty((rows * high, columns * wide), dtype=np.float32)
    for row in range(rows):
        shades = np.repeat(rng.normal(0.95, 0.09, columns), wide)
        course = np.tile(shades, (high, 1)).astype(np.float32)
        course *= 1.0 + 0.05 * rng.standard_normal(course.shape).astype(np.float32)
        joint = max(1, high // 6)
        course[:joint] = 1.28
        course[:, np.arange(columns * wide) % wide < joint] = 1.28
        sheet[row * high : (row + 1) * high] = np.roll(course, (row % 2) * wide // 2, axis=1)
    return sheet


def weave(pixels: int, rng: np.random.Generator, size: int = 256) -> Texture:
    """Linen: crossing threads `pixels` apart."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    threads = np.sin(2 * np.pi * x / pixels) * np.sin(2 * np.pi * y / pixels)
    return np.asarray(1.0 + 0.09 * threads + 0.04 * rng.standard_normal((size, size)), dtype=np.float32)


def speckle(amount: float, rng: np.random.Generator, size: int = 384, blur: float = 1.2) -> Texture:
    """Plaster, sand, stone."""
    noise = cv2.GaussianBlur(rng.standard_normal((size, size)).astype(np.float32), (0, 0), blur)
    return np.asarray(1.0 + amount * noise / noise.std(), dtype=np.float32)


def stripes(period: int, light: float, dark: float, size: int = 512) -> Texture:
    """Upright stripes, two per `period` pixels: awnings, louvres turned."""
    columns = np.where(np.arange(size // period * period) % period < period // 2, light, dark)
    return np.tile(columns.astype(np.float32), (64, 1))
