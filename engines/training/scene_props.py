"""Things that stand about in both shots of the demo scene: lamps, signs, leaves, people."""

from __future__ import annotations

import cv2
import numpy as np

from engines.training.scene_camera import Sheet
from engines.training.scene_paint import Colour, Layer

_IRON: Colour = (0.12, 0.14, 0.15)


def lamp_post(layer: Layer, x: float, foot: float, height: float) -> None:
    """A cast-iron lamp standing at (x, foot)."""
    top = foot - height
    layer.line(((x, foot), (x, top + 0.07)), 0.012, _IRON)
    layer.line(((x - 0.003, foot), (x - 0.003, top + 0.07)), 0.0025, (0.42, 0.46, 0.47))
    layer.polygon(((x - 0.022, foot), (x + 0.022, foot), (x + 0.009, foot - 0.09), (x - 0.009, foot - 0.09)), _IRON)
    layer.line(((x - 0.035, top + 0.09), (x + 0.035, top + 0.09)), 0.006, _IRON)
    layer.glow(x, top + 0.04, 0.11, (1.0, 0.93, 0.66), 0.30)
    layer.polygon(
        ((x - 0.016, top + 0.07), (x + 0.016, top + 0.07), (x + 0.026, top), (x - 0.026, top)), (1.0, 0.94, 0.74)
    )
    layer.disc(x - 0.007, top + 0.028, 0.005, 0.014, (1.0, 1.0, 0.97))
    for side in (-1.0, 1.0):
        layer.line(((x + side * 0.016, top + 0.07), (x + side * 0.026, top)), 0.004, _IRON)
    layer.line(((x, top + 0.07), (x, top)), 0.0025, _IRON)
    layer.polygon(((x - 0.032, top), (x + 0.032, top), (x + 0.008, top - 0.032), (x - 0.008, top - 0.032)), _IRON)
    layer.disc(x, top - 0.038, 0.006, 0.006, _IRON)


def sign(layer: Layer, text: str, x: float, y: float, width: float, board: Colour, letters: Colour) -> None:
    """A painted board centred on (x, y), lettering fitted to its width."""
    height = width * 0.27
    layer.box(x - width / 2 - 0.006, y - height / 2 - 0.006, width + 0.012, height + 0.012, (0.20, 0.15, 0.11))
    layer.box(x - width / 2, y - height / 2, width, height, board)
    inset = height * 0.10
    frame = [
        (x + sx * (width / 2 - inset), y + sy * (height / 2 - inset))
        for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ]
    layer.line(frame, 0.0024, letters)
    size = min(height * 0.42, width / len(text) * 0.95)
    shadow: Colour = (board[0] * 0.4, board[1] * 0.4, board[2] * 0.4)
    layer.text(text, x + size * 0.07, y + size * 0.08, size, shadow, cv2.FONT_HERSHEY_TRIPLEX, 0.11)
    layer.text(text, x, y, size, letters, cv2.FONT_HERSHEY_TRIPLEX, 0.11)


def bush(layer: Layer, x: float, y: float, radius: float, rng: np.random.Generator, leaves: int) -> None:
    """Foliage around (x, y): leaves from dark within to sunlit outside."""
    for index in range(leaves):
        outward = index / leaves
        turn, far = float(rng.uniform(0, 2 * np.pi)), radius * float(np.sqrt(rng.random())) * (0.7 + 0.3 * outward)
        cx, cy = x + far * np.cos(turn), y + 0.75 * far * np.sin(turn)
        light = 0.25 + 0.5 * outward * float(rng.uniform(0.6, 1.1)) - 0.25 * (cy - y) / radius
        colour: Colour = (0.10 + 0.48 * light, 0.17 + 0.62 * light, 0.07 + 0.20 * light)
        long, tilt = float(rng.uniform(0.012, 0.024)), float(rng.uniform(0, np.pi))
        ax, ay = long * np.cos(tilt), long * np.sin(tilt)
        bx, by = -ay * 0.38, ax * 0.38
        layer.polygon(((cx - ax, cy - ay), (cx + bx, cy + by), (cx + ax, cy + ay), (cx - bx, cy - by)), colour)


def walker(scale: float, coat: Colour, stride: float, lady: bool) -> Sheet:
    """A person 0.3 units tall in a sheet 0.2 x 0.32, at phase `stride` (0..1) of the step."""
    person = Layer(0.2, 0.32, scale)
    swing = 0.035 * float(np.sin(2 * np.pi * stride))
    dark: Colour = (coat[0] * 0.45, coat[1] * 0.45, coat[2] * 0.45)
    skin: Colour = (0.86, 0.66, 0.53)
    hip, foot = 0.185, 0.31
    for side in (-1.0, 1.0):
        person.line(
            ((0.1, hip), (0.1 + side * swing * 0.6, 0.245), (0.1 + side * swing, foot)), 0.017, (0.15, 0.14, 0.16)
        )
        person.line(((0.1 + side * swing - 0.004, foot), (0.1 + side * swing + 0.016, foot)), 0.011, (0.08, 0.07, 0.07))
    person.line(((0.105, 0.105), (0.1 - swing * 0.8, 0.18)), 0.014, dark)
    if lady:
        person.polygon(((0.085, 0.09), (0.115, 0.09), (0.112, 0.15), (0.14, 0.285), (0.06, 0.285), (0.088, 0.15)), coat)
        person.polygon(((0.104, 0.09), (0.115, 0.09), (0.112, 0.15), (0.14, 0.285), (0.115, 0.285)), dark, None, 0.45)
    else:
        person.polygon(((0.078, 0.092), (0.122, 0.092), (0.125, 0.215), (0.075, 0.215)), coat)
        person.polygon(((0.106, 0.092), (0.122, 0.092), (0.125, 0.215), (0.108, 0.215)), dark, None, 0.45)
        person.line(((0.1, 0.095), (0.1, 0.13)), 0.006, (0.95, 0.93, 0.88))
    person.line(((0.095, 0.105), (0.1 + swing * 0.8, 0.18)), 0.014, coat)
    person.disc(0.1, 0.07, 0.016, 0.021, skin)
    if lady:
        person.disc(0.098, 0.055, 0.032, 0.009, (0.93, 0.88, 0.74))
        person.disc(0.098, 0.047, 0.017, 0.013, (0.93, 0.88, 0.74))
        person.line(((0.082, 0.052), (0.115, 0.052)), 0.005, (0.60, 0.16, 0.16))
    else:
        person.line(((0.076, 0.054), (0.124, 0.054)), 0.006, (0.12, 0.12, 0.13))
        person.box(0.084, 0.028, 0.032, 0.026, (0.12, 0.12, 0.13))
    return person.finished()
