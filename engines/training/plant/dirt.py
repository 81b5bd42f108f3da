"""Plants dirt of known extent: real mattes of specks, hairs and stains, and drawn ones, each in one frame only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import chroma_range, code_range
from engines.types import Frame

Cover = NDArray[np.float32]
"""H x W float32, 0..1."""

VISIBLE = 8.0
"""From this change on (in 8-bit codes) a planted pixel counts as damage; below it nobody could tell."""

KINDS = ("dirt", "dots", "hair", "hair-short", "lint", "smut", "spots", "sprinkles", "stain")
_HELD_SHARE = 0.25
# Kinds whose mattes are fields of specks: a window of them is planted, not the whole.
_FIELDS = frozenset({"dirt", "spots", "sprinkles"})
_THIN = frozenset({"hair", "hair-short", "lint"})
_LEAST = 1.0 / 64.0
_LEAST_CONTRAST = 16.0


@dataclass(frozen=True)
class DirtReach:
    """What may be planted. Diameters in pixels, opacities 0..1; spots: mean number of objects in 640 x 360 pixels."""

    spots: tuple[float, float] = (1.0, 24.0)
    diameter: tuple[float, float] = (1.0, 40.0)
    thin: float = 1.0
    """Hairs and lint may be so many times longer than `diameter`."""
    opacity: tuple[float, float] = (0.3, 1.0)
    softness: tuple[float, float] = (0.0, 1.2)
    drawn: float = 0.4
    """Share of objects that are drawn instead of cut out of a matte."""


@dataclass(frozen=True)
class Matte:
    """A scanned matte, cut to what it shows, and its kind."""

    kind: str
    cover: Cover


@dataclass(frozen=True)
class Spot:
    """One piece of dirt: its coverage (opacity included), where its top left corner lies, its tone 0..1."""

    cover: Cover
    left: int
    top: int
    tone: float


def load_mattes(folder: Path, *, judging: bool) -> tuple[Matte, ...]:
    """Mattes below `folder` (a folder per kind), a quarter of them, by hash of the name, kept for judging only.

    Empty where there are none: then all dirt is drawn.
    """
    found: list[Matte] = []
    for kind in KINDS:
        for path in sorted((folder / kind).glob("*.png")):
            held = hashlib.sha256(path.name.encode()).digest()[0] < _HELD_SHARE * 256
            picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if held == judging else None
            if picture is not None:
                rows, columns = np.nonzero(picture > 16)
                if len(rows):
                    cut = picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                    found.append(Matte(kind, cut.astype(np.float32) / np.float32(255)))
    return tuple(found)


def spots(
    luma: NDArray[np.floating], rng: np.random.Generator, mattes: Sequence[Matte], reach: DirtReach
) -> Iterator[Spot]:
    """Dirt for one frame; luma: H x W, 0..1, decides which tones would show."""
    height, width = luma.shape
    low, high = np.log(reach.spots)
    mean = float(np.exp(rng.uniform(low, high))) * height * width / (640 * 360)
    for _ in range(int(rng.poisson(mean))):
        cover = _shape(rng, mattes, reach)
        rows, columns = cover.shape
        left, top = (
            int(rng.integers(-columns // 3, width - columns // 2)),
            int(rng.integers(-rows // 3, height - rows // 2)),
        )
        under = luma[max(top, 0) : top + rows, max(left, 0) : left + columns]
        if not under.size:
            continue
        yield Spot(cover, left, top, _tone(float(under.mean()), float(cover.max()), rng))


def covered(height: int, width: int, dirt: Sequence[Spot]) -> tuple[Cover, Cover]:
    """Coverage 0..1 and tone 0..1 of all `dirt` together, later pieces over earlier ones; both H x W."""
    cover, tone = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    for spot in dirt:
        y0, x0 = max(0, spot.top), max(0, spot.left)
        y1, x1 = min(height, spot.top + spot.cover.shape[0]), min(width, spot.left + spot.cover.shape[1])
        if y1 <= y0 or x1 <= x0:
            continue
        own = spot.cover[y0 - spot.top : y1 - spot.top, x0 - spot.left : x1 - spot.left]
        held, shade = cover[y0:y1, x0:x1], tone[y0:y1, x0:x1]
        together = own + held * (1 - own)
        shade[:] = np.where(together > 0, (own * spot.tone + held * (1 - own) * shade) / np.maximum(together, 1e-6), 0)
        held[:] = together
    return cover, tone


def planted(
    frame: Frame, rng: np.random.Generator, mattes: Sequence[Matte], reach: DirtReach | None = None
) -> tuple[Frame, NDArray[np.float32]]:
    """An integer Y'CbCr or grey `frame` with dirt on it, and by how much each luma pixel changed (8-bit codes, H x W).

    Dirt is neutral: chroma goes towards grey as luma towards its tone.
    """
    black, white = code_range(frame.format, frame.colour)
    luma = (frame.planes[0].astype(np.float32) - black) / (white - black)
    dirt = tuple(spots(luma, rng, mattes, reach or DirtReach()))
    cover, tone = covered(luma.shape[0], luma.shape[1], dirt)
    neutral, _ = chroma_range(frame.format, frame.colour)
    planes = [_mixed(frame.planes[0], cover, black + tone * (white - black))]
    for plane in frame.planes[1:3]:
        share = np.asarray(cv2.resize(cover, plane.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
        planes.append(_mixed(plane, share, np.float32(neutral)))
    changed = np.abs(planes[0].astype(np.float32) - frame.planes[0]) * np.float32(255.0 / (white - black))
    return frame.with_planes((*planes, *frame.planes[3:])), changed


def _mixed(plane: NDArray[np.generic], cover: Cover, codes: NDArray[np.float32] | np.float32) -> NDArray[np.generic]:
    old = plane.astype(np.float32)
    return np.where(cover > 0, np.rint(old + cover * (codes - old)), old).astype(plane.dtype)


def _shape(rng: np.random.Generator, mattes: Sequence[Matte], reach: DirtReach) -> Cover:
    diameter = float(np.exp(rng.uniform(*np.log(reach.diameter))))
    if mattes and rng.random() >= reach.drawn:
        kind = str(rng.choice(sorted({matte.kind for matte in mattes})))
        same = [matte for matte in mattes if matte.kind == kind]
        cover = _cut(same[int(rng.integers(len(same)))], diameter, rng, reach)
    else:
        cover = _ragged(diameter, rng)
    softness = float(rng.uniform(*reach.softness))
    if softness > 0.3:
        cover = cv2.GaussianBlur(np.pad(cover, 3), (0, 0), softness)  # type: ignore[assignment]
    cover = cover * np.float32(rng.uniform(*reach.opacity) / max(float(cover.max()), 1e-3))
    return np.where(cover < _LEAST, 0.0, cover).astype(np.float32)


def _cut(matte: Matte, diameter: float, rng: np.random.Generator, reach: DirtReach) -> Cover:
    """The matte turned and scaled to `diameter`: the whole of it, or a window where it is a field of specks."""
    cover = matte.cover
    if matte.kind in _FIELDS:
        side = int(rng.integers(24, 97))
        rows, columns = np.nonzero(cover > 0.4)
        at = int(rng.integers(len(rows))) if len(rows) else 0
        y, x = (int(rows[at]), int(columns[at])) if len(rows) else (0, 0)
        cover = cover[max(0, y - side // 2) : y + side // 2 + 1, max(0, x - side // 2) : x + side // 2 + 1]
        scale = float(rng.uniform(0.4, 1.2))
    else:
        longest = diameter * (reach.thin if matte.kind in _THIN else 1.0)
        scale = longest / max(cover.shape)
    return _turned(cover, scale, float(rng.uniform(0, 360)), bool(rng.random() < 0.5))


def _turned(cover: Cover, scale: float, angle: float, mirrored: bool) -> Cover:
    if mirrored:
        cover = np.ascontiguousarray(cover[:, ::-1])
    if scale < 1.0:
        size = (max(1, round(cover.shape[1] * scale)), max(1, round(cover.shape[0] * scale)))
        cover, scale = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32), 1.0
    height, width = cover.shape
    side = int(np.ceil(np.hypot(height, width) * scale)) + 2
    matrix = np.asarray(cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, scale), np.float64)
    matrix[0, 2] += (side - width) / 2
    matrix[1, 2] += (side - height) / 2
    return np.asarray(cv2.warpAffine(cover, matrix, (side, side)), np.float32)


def _ragged(diameter: float, rng: np.random.Generator) -> Cover:
    """A drawn spot with an uneven edge, sometimes long and thin."""
    radius = diameter / 2
    side = int(np.ceil(diameter * 1.6)) + 3
    y, x = np.mgrid[:side, :side].astype(np.float32) - (side - 1) / 2 + rng.uniform(-0.5, 0.5, (2, 1, 1))
    squash, turn = float(rng.uniform(0.35, 1.0)), float(rng.uniform(0, np.pi))
    u, v = x * np.cos(turn) + y * np.sin(turn), (y * np.cos(turn) - x * np.sin(turn)) / squash
    noise = cv2.GaussianBlur(rng.standard_normal((side, side)).astype(np.float32), (0, 0), max(0.8, radius / 3))
    edge = 1.0 - np.hypot(u, v) / radius + float(rng.uniform(0, 0.4)) * noise / max(float(noise.std()), 1e-6)
    return np.asarray(np.clip(edge * radius + 0.5, 0.0, 1.0), np.float32)


def _tone(around: float, opacity: float, rng: np.random.Generator) -> float:
    """White, black or any tone, such that it can be seen on `around`."""
    draw = rng.random()
    tone = (
        float(rng.uniform(0.85, 1.0)) if draw < 0.4 else float(rng.uniform(0.0, 0.15)) if draw < 0.8 else rng.random()
    )
    if abs(tone - around) * opacity * 255 < _LEAST_CONTRAST:
        tone = 0.0 if around > 0.5 else 1.0
    return float(tone)
