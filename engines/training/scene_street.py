"""Second shot of the demo scene: a street of shops, a tram going by, people on their way, a tree in leaf."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines.training.scene_camera import Camera, Rgb, Sheet
from engines.training.scene_paint import Colour, Layer, Texture, brick, clouds, speckle, stripes
from engines.training.scene_props import bush, lamp_post, sign, walker

_PAVEMENT, _KERB, _EAVES = 0.745, 0.80, 0.10
_STEPS = 12


@dataclass(frozen=True)
class _Shop:
    name: str
    wall: Colour
    trim: Colour
    awning: Colour
    bricks: bool


_SHOPS = (
    _Shop("BOULANGERIE", (0.74, 0.40, 0.31), (0.95, 0.91, 0.82), (0.72, 0.20, 0.17), True),
    _Shop("PHOTOGRAPHIE", (0.90, 0.82, 0.66), (0.45, 0.33, 0.24), (0.17, 0.34, 0.38), False),
    _Shop("CINEMA LUX", (0.63, 0.66, 0.62), (0.93, 0.90, 0.84), (0.80, 0.58, 0.18), False),
    _Shop("LIBRAIRIE", (0.62, 0.33, 0.28), (0.92, 0.86, 0.74), (0.20, 0.36, 0.22), True),
)
_WIDTH = 0.56


class Street:
    """Painted once, for a shot of `length` seconds; `picture` may be asked for any moment."""

    def __init__(self, width: int, height: int, length: float, rng: np.random.Generator) -> None:
        self._size = (width, height)
        self._scale = height * 1.08
        self._span = width / height + 0.6
        self._pan = min(0.34, 0.10 * length)
        self._sky = self._paint_sky(rng)
        self._houses = self._paint_houses(rng)
        self._road = self._paint_road(rng)
        self._front = self._paint_front(rng)
        self._tram = self._paint_tram()
        coats: tuple[tuple[Colour, bool], ...] = (
            ((0.30, 0.28, 0.36), False),
            ((0.62, 0.24, 0.26), True),
            ((0.42, 0.36, 0.26), False),
            ((0.24, 0.42, 0.48), True),
        )
        self._people = [[walker(self._scale, c, i / _STEPS, lady) for i in range(_STEPS)] for c, lady in coats]

    def picture(self, moment: float, seconds: float) -> Rgb:
        """H x W x 3 float32, 0..1. `moment` runs 0..1 through the shot (camera); `seconds` drives what moves."""
        width, height = self._size
        camera = Camera(width, height, 0.32 - self._pan * moment, 0.0, 1.10 - 0.08 * moment, self._scale)
        picture = np.zeros((height, width, 3), dtype=np.float32)
        camera.lay(picture, self._sky, (-0.1, -0.1), 0.1)
        camera.lay(picture, self._houses, (-0.15, 0.0), 0.7)
        camera.lay(picture, self._road, (-0.15, 0.0), 0.85)
        self._walk(camera, picture, 0, 0.52 + 0.10 * seconds, 0.50, 0.80, seconds)
        self._walk(camera, picture, 1, 0.74 + 0.09 * seconds, 0.50, 0.80, seconds + 0.3)
        camera.lay(picture, self._tram, (-0.62 + 0.42 * seconds, 0.46), 0.9)
        self._walk(camera, picture, 2, 1.55 - 0.13 * seconds, 0.60, 0.98, seconds)
        self._walk(camera, picture, 3, 1.20 - 0.15 * seconds, 0.61, 1.0, seconds + 0.5)
        camera.lay(picture, self._front, (-0.15, 0.0), 1.2)
        return np.clip(picture, 0.0, 1.0)

    def _walk(self, camera: Camera, picture: Rgb, who: int, x: float, y: float, size: float, seconds: float) -> None:
        sheet = self._people[who][int(seconds * 1.1 * _STEPS) % _STEPS]
        # Those on the near side walk to the left.
        turned = np.ascontiguousarray(sheet[:, ::-1]) if who >= 2 else sheet
        bob = 0.003 * abs(float(np.sin(2 * np.pi * 1.1 * seconds)))
        camera.lay(picture, turned, (x, y - bob), 0.95, 0.0, (size, size))

    def _paint_sky(self, rng: np.random.Generator) -> Sheet:
        sky = Layer(self._span, 0.7, self._scale)
        rows, columns = sky.alpha.shape
        down = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
        top, low = np.array([0.47, 0.62, 0.76]), np.array([0.95, 0.88, 0.76])
        sky.rgb[:] = top + (low - top) * down
        sky.alpha[:] = 1.0
        billow = np.clip((clouds(rows, columns, rows / 3.0, rng, 6) - 0.1) * 1.4, 0, 0.85).astype(np.float32)
        sky.blend(billow, (0.98, 0.95, 0.90), (0, 0))
        return sky.finished()

    def _paint_houses(self, rng: np.random.Generator) -> Sheet:
        houses = Layer(self._span, _KERB + 0.02, self._scale)
        walls = brick(houses.scale * 0.0155, rng)
        plaster = speckle(0.028, rng, blur=2.0)
        count = int(np.ceil(self._span / _WIDTH))
        for index in range(count):
            shop = _SHOPS[index % len(_SHOPS)]
            eaves = _EAVES + (0.0, 0.055, 0.02, 0.075)[index % 4]
            self._paint_house(houses, shop, index * _WIDTH, eaves, walls if shop.bricks else plaster, rng)
        houses.box(0, _PAVEMENT, self._span, 0.07, (0.70, 0.65, 0.58), speckle(0.04, rng))
        for x in np.arange(0.0, self._span, 0.09):
            houses.line(((float(x), _PAVEMENT), (float(x) - 0.02, _KERB)), 0.003, (0.50, 0.46, 0.42))
        houses.box(0, _PAVEMENT, self._span, 0.010, (0.30, 0.26, 0.25))
        return houses.finished()

    def _paint_house(
        self, sheet: Layer, shop: _Shop, x: float, eaves: float, wall: Texture, rng: np.random.Generator
    ) -> None:
        slate = brick(sheet.scale * 0.010, rng, 8, 10)
        sheet.polygon(
            (
                (x - 0.01, eaves),
                (x + 0.03, eaves - 0.085),
                (x + _WIDTH - 0.03, eaves - 0.085),
                (x + _WIDTH + 0.01, eaves),
            ),
            (0.38, 0.38, 0.44),
            slate,
        )
        for chimney in (0.12, 0.43):
            sheet.box(x + chimney, eaves - 0.125, 0.035, 0.075, (0.60, 0.33, 0.26), brick(sheet.scale * 0.009, rng))
            sheet.box(x + chimney - 0.004, eaves - 0.130, 0.043, 0.010, (0.50, 0.44, 0.40))
        sheet.box(x, eaves, _WIDTH, _PAVEMENT - eaves, shop.wall, wall)
        sheet.box(x - 0.008, eaves - 0.008, _WIDTH + 0.016, 0.024, shop.trim)
        sheet.box(x - 0.004, eaves + 0.016, _WIDTH + 0.008, 0.006, (0.32, 0.27, 0.26))
        for column in range(3):
            for row in range(2):
                self._paint_window(sheet, shop, x + 0.055 + column * 0.168, eaves + 0.055 + row * 0.185, row)
        sheet.box(x + _WIDTH - 0.005, eaves, 0.006, _PAVEMENT - eaves, (0.25, 0.22, 0.22))
        self._paint_shopfront(sheet, shop, x)

    def _paint_window(self, sheet: Layer, shop: _Shop, x: float, y: float, row: int) -> None:
        w, h = 0.082, 0.125
        sheet.box(x - 0.008, y - 0.010, w + 0.016, h + 0.018, shop.trim)
        for step in range(10):
            light = 0.20 + 0.36 * (1 - step / 9) ** 2
            sheet.box(x, y + h * step / 10, w, h / 10 + 0.001, (light * 0.9, light, light * 1.12))
        sheet.polygon(
            ((x + 0.01, y + h), (x + 0.04, y), (x + 0.056, y), (x + 0.026, y + h)), (0.9, 0.95, 1.0), None, 0.16
        )
        sheet.polygon(((x, y), (x + 0.022, y), (x, y + h * 0.8)), (0.95, 0.92, 0.85), None, 0.75)
        sheet.polygon(((x + w, y), (x + w - 0.022, y), (x + w, y + h * 0.8)), (0.95, 0.92, 0.85), None, 0.75)
        sheet.line(((x + w / 2, y), (x + w / 2, y + h)), 0.005, shop.trim)
        sheet.line(((x, y + h * 0.38), (x + w, y + h * 0.38)), 0.004, shop.trim)
        for side in (x - 0.034, x + w + 0.008):
            sheet.box(side, y - 0.004, 0.026, h + 0.006, shop.awning)
            for louvre in np.arange(y + 0.004, y + h - 0.004, 0.0062):
                sheet.box(side + 0.004, float(louvre), 0.018, 0.0026, tuple(c * 0.55 for c in shop.awning))  # type: ignore[arg-type]
        if row == 1:
            sheet.box(x - 0.006, y + h + 0.004, w + 0.012, 0.016, (0.42, 0.27, 0.18))
            for bloom in range(13):
                spot = x + bloom * (w / 12)
                sheet.disc(spot, y + h - 0.002 + 0.004 * (bloom % 2), 0.007, 0.007, (0.20, 0.40, 0.16))
                sheet.disc(spot, y + h - 0.006 + 0.005 * (bloom % 3), 0.0042, 0.0042, (0.90, 0.30, 0.30))

    def _paint_shopfront(self, sheet: Layer, shop: _Shop, x: float) -> None:
        top = _PAVEMENT - 0.245
        dark: Colour = (0.17, 0.14, 0.13)
        sheet.box(x + 0.02, top, _WIDTH - 0.04, 0.245, tuple(c * 0.62 for c in shop.awning))  # type: ignore[arg-type]
        for left, wide in ((0.04, 0.18), (0.345, 0.175)):
            sheet.box(x + left, top + 0.09, wide, 0.115, dark)
            for jar in range(6):
                tone = 0.45 + 0.08 * ((jar * 5) % 4)
                spot = x + left + 0.015 + jar * (wide - 0.02) / 6
                sheet.box(
                    spot,
                    top + 0.175 - 0.008 * (jar % 3),
                    0.017,
                    0.030 + 0.008 * (jar % 3),
                    (tone, tone * 0.8, tone * 0.5),
                )
                sheet.disc(spot + 0.009, top + 0.140, 0.009, 0.007, (tone * 0.9, tone * 0.6, tone * 0.35))
            sheet.line(((x + left, top + 0.152), (x + left + wide, top + 0.152)), 0.003, (0.5, 0.42, 0.33))
            glare = (
                (x + left + 0.03, top + 0.205),
                (x + left + 0.09, top + 0.09),
                (x + left + 0.12, top + 0.09),
                (x + left + 0.06, top + 0.205),
            )
            sheet.polygon(glare, (0.85, 0.92, 0.95), None, 0.18)
            edge = [(x + left + a * wide, top + 0.09 + b * 0.115) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
            sheet.line(edge, 0.005, shop.trim)
        sheet.box(x + 0.24, top + 0.085, 0.085, 0.16, tuple(c * 0.42 for c in shop.awning))  # type: ignore[arg-type]
        sheet.box(x + 0.253, top + 0.10, 0.059, 0.085, (0.24, 0.24, 0.25))
        sheet.disc(x + 0.316, top + 0.20, 0.004, 0.004, (0.95, 0.82, 0.45))
        self._paint_awning(sheet, shop, x, top)
        board: Colour = tuple(c * 0.55 for c in shop.awning)  # type: ignore[assignment]
        sign(sheet, shop.name, x + _WIDTH / 2, top - 0.022, _WIDTH * 0.60, board, (0.98, 0.90, 0.68))

    def _paint_awning(self, sheet: Layer, shop: _Shop, x: float, top: float) -> None:
        left, right, drop = x + 0.025, x + _WIDTH - 0.025, 0.065
        cloth = stripes(max(8, round(sheet.scale * 0.052)), 1.0, 1.0)
        sheet.polygon(
            (
                (left + 0.012, top + 0.028),
                (right - 0.012, top + 0.028),
                (right, top + 0.028 + drop),
                (left, top + 0.028 + drop),
            ),
            (0.96, 0.92, 0.84),
            cloth,
        )
        bands = 10
        step_top, step = (right - left - 0.024) / (2 * bands + 1), (right - left) / (2 * bands + 1)
        for band in range(bands + 1):
            a, b = left + 0.012 + 2 * band * step_top, left + 2 * band * step
            y = top + 0.028
            sheet.polygon(((a, y), (a + step_top, y), (b + step, y + drop), (b, y + drop)), shop.awning)
            sheet.disc(b + step / 2, y + drop, step / 2, 0.011, shop.awning)
            if band < bands:
                sheet.disc(b + step * 1.5, y + drop, step / 2, 0.011, (0.92, 0.87, 0.79))
        shade = ((left, top + 0.105), (right, top + 0.105), (right, top + 0.14), (left, top + 0.14))
        sheet.polygon(shade, (0.05, 0.04, 0.06), None, 0.30)

    def _paint_road(self, rng: np.random.Generator) -> Sheet:
        road = Layer(self._span, 1.02, self._scale)
        rows, columns = road.alpha.shape
        first = round(_KERB * road.scale)
        unit = road.scale * 0.03
        setts = brick(unit, rng, 40, 40)
        # Seen at a slant: rows are read faster far away, columns spread with nearness.
        near = np.linspace(0.0, 1.0, rows - first)
        depth = (np.sqrt(near * 0.9 + 0.1) - np.sqrt(0.1)) * unit * 22
        spread = 0.55 + 0.45 * near
        column = (np.arange(columns)[None, :] - columns / 2) / spread[:, None] + columns
        lines = np.broadcast_to(depth[:, None], column.shape)
        size = np.array([setts.shape[1], setts.shape[0]])
        stones = cv2.remap(
            np.asarray(1.9 - setts, dtype=np.float32),
            (column % size[0]).astype(np.float32),
            (lines % size[1]).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        road.rgb[first:] = stones[..., None] * np.array([0.47, 0.44, 0.43], dtype=np.float32)
        road.alpha[first:] = 1.0
        road.box(0, _KERB - 0.012, self._span, 0.022, (0.80, 0.76, 0.70), speckle(0.05, rng))
        road.box(0, _KERB + 0.010, self._span, 0.012, (0.25, 0.23, 0.23))
        for y in (0.845, 0.885):
            road.line(((0, y), (self._span, y)), 0.008, (0.24, 0.22, 0.22))
            road.line(((0, y - 0.002), (self._span, y - 0.002)), 0.003, (0.82, 0.84, 0.86))
        return road.finished()

    def _paint_tram(self) -> Sheet:
        tram = Layer(0.98, 0.43, self._scale)
        cream, green, dark = (0.95, 0.90, 0.76), (0.15, 0.36, 0.28), (0.10, 0.10, 0.11)
        tram.polygon(((0.03, 0.42), (0.95, 0.42), (0.90, 0.435), (0.08, 0.435)), (0.05, 0.05, 0.06), None, 0.5)
        tram.box(0.12, 0.36, 0.70, 0.045, dark)
        for wheel in (0.20, 0.30, 0.66, 0.76):
            tram.disc(wheel, 0.385, 0.034, 0.034, dark)
            tram.disc(wheel, 0.385, 0.020, 0.020, (0.46, 0.46, 0.47))
            tram.disc(wheel - 0.006, 0.378, 0.006, 0.006, (0.85, 0.86, 0.88))
        tram.polygon(((0.02, 0.12), (0.96, 0.12), (0.94, 0.36), (0.04, 0.36)), green)
        tram.polygon(((0.02, 0.12), (0.96, 0.12), (0.955, 0.235), (0.025, 0.235)), cream)
        tram.box(0.03, 0.252, 0.92, 0.005, (0.90, 0.72, 0.34))
        tram.box(0.04, 0.345, 0.90, 0.005, (0.90, 0.72, 0.34))
        for window in range(8):
            x = 0.06 + window * 0.109
            tram.box(x - 0.004, 0.134, 0.103, 0.090, (0.42, 0.26, 0.16))
            tram.box(x, 0.138, 0.095, 0.082, (0.36, 0.44, 0.48))
            tram.polygon(
                ((x, 0.220), (x + 0.03, 0.138), (x + 0.055, 0.138), (x + 0.02, 0.220)), (0.92, 0.97, 1.0), None, 0.35
            )
            if window in (1, 2, 4, 6):
                tram.disc(x + 0.05, 0.180, 0.014, 0.018, (0.80, 0.62, 0.50))
                tram.disc(x + 0.05, 0.165, 0.018, 0.008, (0.18, 0.16, 0.18))
                tram.polygon(
                    ((x + 0.025, 0.220), (x + 0.036, 0.198), (x + 0.064, 0.198), (x + 0.075, 0.220)), (0.28, 0.22, 0.26)
                )
        tram.polygon(((0.0, 0.12), (0.98, 0.12), (0.93, 0.085), (0.05, 0.085)), (0.74, 0.70, 0.62))
        tram.line(((0.05, 0.088), (0.93, 0.088)), 0.004, (0.97, 0.96, 0.92))
        tram.line(((0.45, 0.085), (0.30, 0.0)), 0.006, dark)
        tram.text("TRAMWAYS DE LA VILLE", 0.49, 0.300, 0.027, (0.96, 0.84, 0.52), cv2.FONT_HERSHEY_TRIPLEX, 0.12)
        for side in (0.10, 0.88):
            tram.text("17", side, 0.300, 0.040, (0.98, 0.94, 0.84), cv2.FONT_HERSHEY_TRIPLEX, 0.12)
        tram.disc(0.945, 0.330, 0.014, 0.014, (1.0, 0.97, 0.82))
        tram.disc(0.945, 0.330, 0.007, 0.007, (1.0, 1.0, 1.0))
        return tram.finished()

    def _paint_front(self, rng: np.random.Generator) -> Sheet:
        front = Layer(self._span + 0.3, 1.05, self._scale)
        front.box(0, 0.955, self._span + 0.3, 0.1, (0.52, 0.48, 0.44), speckle(0.05, rng))
        front.box(0, 0.950, self._span + 0.3, 0.010, (0.78, 0.74, 0.68))
        lamp_post(front, 0.70, 0.965, 0.70)
        lamp_post(front, 1.86, 0.965, 0.70)
        trunk = 1.66
        front.polygon(
            ((trunk - 0.03, 0.97), (trunk + 0.035, 0.97), (trunk + 0.018, 0.25), (trunk - 0.012, 0.25)),
            (0.30, 0.22, 0.17),
            speckle(0.16, rng),
        )
        front.line(((trunk, 0.40), (trunk - 0.16, 0.20)), 0.018, (0.30, 0.22, 0.17))
        bush(front, trunk - 0.02, 0.08, 0.36, rng, leaves=1500)
        return front.finished()
