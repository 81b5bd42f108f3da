"""First shot of the demo scene: a harbour in the morning, boats at their moorings, a train along the far shore."""

from __future__ import annotations

import cv2
import numpy as np

from engines.training.scene_camera import Camera, Rgb, Sheet
from engines.training.scene_paint import Colour, Layer, brick, clouds, speckle, weave
from engines.training.scene_props import bush, lamp_post, sign

_HORIZON = 0.54
_QUAY = 0.84


class Harbour:
    """Painted once, for a shot of `length` seconds; `picture` may be asked for any moment."""

    def __init__(self, width: int, height: int, length: float, rng: np.random.Generator) -> None:
        self._size = (width, height)
        self._scale = height * 1.08
        self._span = width / height + 0.7
        # A calm pan: an eighth of the picture's height per second, as far as the world is painted.
        self._pan = min(0.42, 0.125 * length)
        self._sky = self._paint_sky(rng)
        self._shore = self._paint_shore(rng)
        self._sea = self._paint_sea(rng)
        self._glitter = [clouds(height // 2, width * 2, height / 150, rng, 2) for _ in range(2)]
        self._quay = self._paint_quay(rng)
        self._train = self._paint_train()
        self._puff = self._paint_puff()
        self._boats = [
            self._paint_boat(colour, sail, name, rng)
            for colour, sail, name in (
                ((0.55, 0.16, 0.13), (0.95, 0.90, 0.78), "MARIE"),
                ((0.16, 0.28, 0.36), (0.80, 0.42, 0.24), "ALBA"),
                ((0.86, 0.82, 0.72), (0.90, 0.86, 0.80), "No 7"),
            )
        ]

    def picture(self, moment: float, seconds: float) -> Rgb:
        """H x W x 3 float32, 0..1. `moment` runs 0..1 through the shot (camera); `seconds` drives what moves."""
        width, height = self._size
        ease = moment * moment * (3 - 2 * moment)
        camera = Camera(width, height, 0.20 + self._pan * ease, 0.0, 1.0 + 0.05 * moment, self._scale)
        picture = np.zeros((height, width, 3), dtype=np.float32)
        camera.lay(picture, self._sky, (-0.1, -0.05), 0.12)
        camera.lay(picture, self._shore, (-0.1, 0.0), 0.4)
        self._lay_train(camera, picture, seconds)
        camera.lay(picture, self._sea, (-0.1, 0.0), 0.62)
        self._sparkle(camera, picture, seconds)
        for index, (boat, x, parallax, size) in enumerate(
            zip(self._boats, (0.36, 1.02, 1.60), (0.7, 0.85, 0.75), (0.62, 0.92, 0.7), strict=True)
        ):
            self._lay_boat(camera, picture, boat, x + 0.02 * seconds * (1 - index), parallax, size, seconds + 2 * index)
        camera.lay(picture, self._quay, (-0.1, 0.0), 1.15)
        return np.clip(picture, 0.0, 1.0)

    def _paint_sky(self, rng: np.random.Generator) -> Sheet:
        sky = Layer(self._span, _HORIZON + 0.15, self._scale)
        rows, columns = sky.alpha.shape
        down = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
        top, low = _tone([0.33, 0.53, 0.72]), _tone([0.99, 0.88, 0.71])
        sky.rgb[:] = top + (low - top) * down**1.5
        sky.alpha[:] = 1.0
        sky.glow(self._span * 0.62, 0.36, 0.75, (1.0, 0.93, 0.72), 0.75)
        billow = clouds(rows, columns, rows / 3.2, rng, 6)
        height = np.linspace(1.15, 0.35, rows, dtype=np.float32)[:, None]
        cover = np.clip((billow - 0.12) * 1.5, 0, 0.92) * height
        lit = np.clip(0.90 + 0.16 * (billow - np.roll(billow, rows // 40, axis=0)), 0, 1)[..., None]
        sky.blend(cover.astype(np.float32), lit * _tone([1.0, 0.965, 0.91]), (0, 0))
        sky.glow(self._span * 0.62, 0.36, 0.12, (1.0, 0.98, 0.88), 1.0)
        return sky.finished()

    def _paint_shore(self, rng: np.random.Generator) -> Sheet:
        shore = Layer(self._span, _HORIZON + 0.1, self._scale)
        for step, (lift, colour) in enumerate((((0.16), (0.60, 0.66, 0.72)), ((0.09), (0.45, 0.55, 0.50)))):
            xs = np.linspace(0, self._span, 60)
            ridge = _HORIZON - lift * (0.55 + 0.45 * np.sin(xs * (2.2 + 2 * step) + 1.3 * step + 0.8))
            ridge -= 0.006 * rng.standard_normal(60)
            land = [*zip(xs, ridge, strict=True), (self._span, _HORIZON), (0, _HORIZON)]
            shore.polygon(land, colour, speckle(0.022, rng, blur=2.5))
        walls: tuple[Colour, ...] = ((0.93, 0.86, 0.74), (0.88, 0.74, 0.60), (0.80, 0.84, 0.82), (0.95, 0.92, 0.86))
        x = 0.05
        while x < self._span - 0.1:
            w, h = float(rng.uniform(0.035, 0.06)), float(rng.uniform(0.035, 0.08))
            if rng.random() < 0.72:
                _house(shore, x, w, h, walls[int(rng.integers(4))], rng)
            x += w * float(rng.uniform(0.98, 1.3))
        self._paint_lighthouse(shore)
        shore.box(0, _HORIZON - 0.014, self._span, 0.03, (0.62, 0.57, 0.50), brick(self._scale * 0.012, rng))
        return shore.finished()

    def _paint_lighthouse(self, shore: Layer) -> None:
        x, base, top = self._span * 0.40, _HORIZON - 0.01, _HORIZON - 0.30
        bands = 7
        for band in range(bands):
            y0, y1 = base + (top - base) * band / bands, base + (top - base) * (band + 1) / bands
            w0, w1 = 0.026 - 0.010 * band / bands, 0.026 - 0.010 * (band + 1) / bands
            colour = (0.78, 0.22, 0.17) if band % 2 else (0.97, 0.95, 0.90)
            shore.polygon(((x - w0, y0), (x + w0, y0), (x + w1, y1), (x - w1, y1)), colour)
            shade = ((x + w0 * 0.3, y0), (x + w0, y0), (x + w1, y1), (x + w1 * 0.3, y1))
            shore.polygon(shade, (0.25, 0.22, 0.30), None, 0.28)
        shore.box(x - 0.022, top - 0.006, 0.044, 0.008, (0.20, 0.20, 0.23))
        shore.box(x - 0.012, top - 0.034, 0.024, 0.028, (1.0, 0.95, 0.70))
        for bar in (-0.012, -0.004, 0.004, 0.011):
            shore.line(((x + bar, top - 0.034), (x + bar, top - 0.006)), 0.002, (0.2, 0.2, 0.23))
        shore.polygon(((x - 0.017, top - 0.034), (x + 0.017, top - 0.034), (x, top - 0.058)), (0.62, 0.17, 0.14))

    def _paint_sea(self, rng: np.random.Generator) -> Sheet:
        sea = Layer(self._span, 1.02, self._scale)
        rows, columns = sea.alpha.shape
        first = round(_HORIZON * sea.scale)
        depth = rows - first
        down = np.linspace(0, 1, depth, dtype=np.float32)[:, None, None]
        near, far = _tone([0.10, 0.28, 0.34]), _tone([0.66, 0.73, 0.71])
        sea.rgb[first:] = far + (near - far) * down**0.6
        # Waves grow towards the viewer: rows of flat noise are read ever more slowly.
        flat = clouds(depth * 2, columns // 2, rows / 26, rng, 5)
        lines = (np.linspace(0, 1, depth) ** 0.55 * (depth * 2 - 1)).astype(int)
        swell = cv2.resize(flat[lines], (columns, depth))
        sea.rgb[first:] *= 1.0 + 0.20 * swell[..., None] * (0.35 + 0.65 * down)
        sea.alpha[first:] = 1.0
        return sea.finished()

    def _sparkle(self, camera: Camera, picture: Rgb, seconds: float) -> None:
        """The sun's road on the water: two sheets of waves slide across each other and flash where both face it."""
        width, height = self._size
        first = round(camera.project(0, _HORIZON, 0.62)[1]) + 1
        rows = height - first
        lines = (np.linspace(0, 1, rows) ** 0.55 * (height // 2 - 1)).astype(int)
        sun, _ = camera.project(self._span * 0.62 - 0.1, _HORIZON, 0.12)
        slide = 0.012 * height * seconds
        sheets = []
        for sheet, speed in zip(self._glitter, (1.0, -1.3), strict=True):
            move = np.array([[1, 0, speed * slide - width / 2], [0, 1, 0]])
            sheets.append(cv2.warpAffine(sheet[lines], move, (width, rows), borderMode=cv2.BORDER_WRAP))
        away = (np.arange(width, dtype=np.float32) - sun) / height
        down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        road = np.exp(-0.5 * (away / (0.10 + 0.30 * down)) ** 2)
        flash = np.clip((sheets[0] + sheets[1]) * 1.1 - 0.55, 0, 1) * (0.12 + 0.88 * road) * (1 - 0.4 * down)
        part = picture[first:]
        part += flash[..., None] * (_tone([1.0, 0.95, 0.80]) - part)

    def _paint_train(self) -> Sheet:
        train = Layer(0.62, 0.09, self._scale)
        ground = 0.085
        for car in range(4):
            x = 0.005 + car * 0.118
            train.box(x, 0.028, 0.112, 0.045, (0.34, 0.12, 0.11))
            train.box(x - 0.002, 0.022, 0.116, 0.009, (0.22, 0.20, 0.20))
            train.box(x, 0.053, 0.112, 0.003, (0.88, 0.74, 0.42))
            for window in range(6):
                train.box(x + 0.007 + window * 0.0175, 0.034, 0.011, 0.015, (0.98, 0.90, 0.66))
            for wheel in (0.02, 0.035, 0.078, 0.093):
                train.disc(x + wheel, ground - 0.008, 0.008, 0.008, (0.10, 0.10, 0.11))
        black, brass = (0.11, 0.12, 0.13), (0.85, 0.68, 0.34)
        train.box(0.480, 0.022, 0.036, 0.052, black)
        train.box(0.486, 0.028, 0.014, 0.014, (0.80, 0.84, 0.82))
        train.box(0.512, 0.036, 0.078, 0.032, black)
        train.line(((0.514, 0.041), (0.588, 0.041)), 0.0025, (0.50, 0.53, 0.56))
        train.box(0.570, 0.012, 0.012, 0.028, black)
        train.disc(0.546, 0.036, 0.008, 0.008, brass)
        train.polygon(((0.588, 0.072), (0.612, 0.084), (0.588, 0.084)), (0.55, 0.14, 0.11))
        for wheel in (0.495, 0.522, 0.548, 0.574):
            train.disc(wheel, ground - 0.012, 0.012, 0.012, (0.48, 0.13, 0.11))
            train.disc(wheel, ground - 0.012, 0.006, 0.006, black)
        return train.finished()

    def _paint_puff(self) -> Sheet:
        puff = Layer(0.12, 0.12, self._scale)
        puff.glow(0.06, 0.06, 0.058, (0.97, 0.95, 0.93), 0.9)
        return puff.finished()

    def _lay_train(self, camera: Camera, picture: Rgb, seconds: float) -> None:
        x = -0.05 + 0.11 * seconds
        rails = _HORIZON - 0.015
        for age in np.arange(0.0, 5.0, 0.22):
            # Smoke stays where it left the chimney, drifts back, grows and thins.
            born = seconds - ((seconds % 0.22) + age)
            grown = 0.35 + 0.45 * (seconds - born)
            left = -0.05 + 0.11 * born + 0.576 - 0.06 * grown - 0.02 * (seconds - born)
            top = rails - 0.08 - 0.06 * grown - 0.02 * (seconds - born) ** 0.7
            camera.lay(picture, self._puff, (left, top), 0.4, 0.0, (grown, grown), max(0.0, 0.85 - 0.17 * age))
        camera.lay(picture, self._train, (x, rails - 0.085), 0.4)

    def _paint_boat(self, hull: Colour, sail: Colour, name: str, rng: np.random.Generator) -> Sheet:
        boat = Layer(0.5, 0.62, self._scale)
        linen = weave(max(4, round(self._scale * 0.012)), rng)
        wood: Colour = (0.45, 0.30, 0.18)
        boat.line(((0.24, 0.03), (0.24, 0.52)), 0.009, wood)
        boat.polygon(((0.25, 0.05), (0.29, 0.22), (0.43, 0.455), (0.25, 0.465)), sail, linen)
        boat.polygon(((0.36, 0.34), (0.43, 0.455), (0.25, 0.465), (0.25, 0.44)), (0.3, 0.2, 0.2), None, 0.16)
        for seam in (0.16, 0.26, 0.36):
            reach = 0.25 + (seam - 0.05) * 0.42
            boat.line(((0.25, seam), (reach, seam + 0.03)), 0.0022, (0.55, 0.45, 0.36), 0.8)
        boat.polygon(((0.23, 0.08), (0.23, 0.44), (0.09, 0.46)), tuple(min(1.0, c * 1.06) for c in sail), linen)  # type: ignore[arg-type]
        boat.line(((0.24, 0.47), (0.45, 0.46)), 0.007, wood)
        boat.line(((0.24, 0.04), (0.03, 0.50)), 0.002, (0.2, 0.18, 0.16))
        boat.line(((0.24, 0.04), (0.47, 0.50)), 0.002, (0.2, 0.18, 0.16))
        boat.polygon(((0.24, 0.01), (0.24, 0.045), (0.30, 0.028)), (0.80, 0.20, 0.16))
        planks = np.ones((16, 16), dtype=np.float32)
        planks[:2] = 0.72
        rim = ((0.02, 0.495), (0.12, 0.512), (0.36, 0.512), (0.485, 0.49))
        boat.polygon((*rim, (0.43, 0.60), (0.09, 0.60)), hull, planks.repeat(2, axis=0))
        boat.line(rim, 0.009, (0.93, 0.88, 0.76))
        boat.polygon(((0.075, 0.585), (0.445, 0.585), (0.43, 0.61), (0.09, 0.61)), (0.12, 0.10, 0.10))
        letters: Colour = (0.97, 0.93, 0.80) if sum(hull) < 1.6 else (0.14, 0.18, 0.26)
        boat.text(name, 0.155, 0.548, 0.024, letters, cv2.FONT_HERSHEY_TRIPLEX, 0.13)
        return boat.finished()

    def _lay_boat(
        self, camera: Camera, picture: Rgb, boat: Sheet, x: float, parallax: float, size: float, seconds: float
    ) -> None:
        water = _HORIZON + 0.02 + 0.27 * size - 0.08
        bob = 0.006 * size * np.sin(1.7 * seconds)
        lean = 0.030 * np.sin(1.15 * seconds + 1)
        top = water - 0.60 * size + bob
        mirrored = np.ascontiguousarray(boat[::-1])
        camera.lay(picture, mirrored, (x, water - bob - 0.012), parallax, lean * 0.5, (size, size * 0.5), 0.30)
        camera.lay(picture, boat, (x - lean * 0.3 * size, top), parallax, lean, (size, size))

    def _paint_quay(self, rng: np.random.Generator) -> Sheet:
        span = self._span + 0.3
        quay = Layer(span, 1.05, self._scale)
        quay.box(0, _QUAY + 0.035, span, 0.3, (0.47, 0.42, 0.37), brick(quay.scale * 0.045, rng))
        quay.box(0, _QUAY, span, 0.04, (0.70, 0.64, 0.55), speckle(0.06, rng))
        quay.box(0, _QUAY + 0.04, span, 0.012, (0.20, 0.17, 0.16))
        for x in np.arange(0.06, span, 0.085):
            quay.line(((x, _QUAY - 0.085), (x, _QUAY)), 0.006, (0.13, 0.16, 0.17))
        for y in (0.085, 0.045):
            quay.line(((0, _QUAY - y), (span, _QUAY - y)), 0.007, (0.13, 0.16, 0.17))
        quay.line(((0, _QUAY - 0.087), (span, _QUAY - 0.087)), 0.0022, (0.55, 0.60, 0.60))
        for x in (0.80, 1.55):
            quay.box(x, _QUAY - 0.035, 0.05, 0.05, (0.16, 0.16, 0.17))
            quay.disc(x + 0.025, _QUAY - 0.037, 0.036, 0.014, (0.22, 0.22, 0.23))
            quay.disc(x + 0.016, _QUAY - 0.040, 0.012, 0.004, (0.75, 0.75, 0.72))
        lamp_post(quay, 0.98, _QUAY, 0.56)
        lamp_post(quay, 1.98, _QUAY, 0.56)
        sign(quay, "HARBOUR CAFE", 0.60, _QUAY - 0.125, 0.30, (0.12, 0.27, 0.25), (0.96, 0.87, 0.62))
        for foot in (0.49, 0.71):
            quay.box(foot - 0.006, _QUAY - 0.085, 0.012, 0.085, (0.20, 0.15, 0.12))
        bush(quay, 0.28, 0.0, 0.30, rng, leaves=1100)
        return quay.finished()


def _tone(colour: list[float]) -> Rgb:
    return np.array(colour, dtype=np.float32)


def _house(shore: Layer, x: float, w: float, h: float, wall: Colour, rng: np.random.Generator) -> None:
    top = _HORIZON - h
    shore.box(x, top, w, h, wall, speckle(0.03, rng, 96))
    shore.polygon(
        ((x + w * 0.72, top), (x + w, top), (x + w, _HORIZON), (x + w * 0.72, _HORIZON)), (0.3, 0.25, 0.3), None, 0.15
    )
    roof = float(rng.uniform(0.62, 0.8))
    shore.polygon(
        ((x - 0.003, top), (x + w + 0.003, top), (x + w / 2, top - w * 0.42)), (roof, roof * 0.52, roof * 0.38)
    )
    for row in np.arange(top + 0.010, _HORIZON - 0.022, 0.018):
        for column in (0.2, 0.5, 0.8):
            shore.box(x + w * column - 0.003, float(row), 0.006, 0.009, (0.25, 0.28, 0.33))
