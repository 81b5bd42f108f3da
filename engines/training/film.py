"""A film damage simulator: ageing, handling and scanning in their physical order, every true parameter kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.training.film_codec import CodecPass, through_codec
from engines.training.film_dirt import Scratch, blotches, hairs, new_scratch, scratch_cover
from engines.training.film_dye import DyeFade, faded
from engines.training.film_frame import DamagedFrame

Rgb = NDArray[np.float32]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class FilmDamage:
    """How badly a film has suffered. Zero (or None) switches a damage off; lengths are shares of the height."""

    fade: DyeFade | None = DyeFade()  # noqa: RUF009 - frozen
    flicker: float = 0.06
    """Standard deviation of the exposure from frame to frame, as a share of the light."""
    flicker_spread: float = 0.03
    """The same for its soft variation over the picture."""
    weave: float = 0.003
    """Standard deviation of the gate weave along x and y (0.003 of 480 lines is 1.4 pixels)."""
    weave_angle: float = 0.08
    """Standard deviation of its rotation, degrees."""
    grain: float = 0.03
    """Standard deviation of the grain in the mid-tones (0..1)."""
    grain_size: float = 0.7
    """Gaussian radius of the grain, pixels."""
    blotches: float = 3.0
    """Mean number of blotches in a frame; each lasts one frame."""
    hairs: float = 0.35
    """Mean number of hairs in a frame; each lasts one frame."""
    blotch_size: float = 0.02
    """Typical radius of a blotch."""
    bright_share: float = 0.4
    """Share of the dirt that is white: it lay on the negative."""
    scratches: int = 2
    """How many vertical scratches run at a time; each persists for some frames and drifts."""
    codec: CodecPass | None = None


# Light of a picture coded for display, roughly; every step that acts on light agrees on it.
_GAMMA = 2.2
_FIELD_GRID = (3, 4)
# How much of the last frame's weave and flicker stays: weave wanders, lamps and hands jump.
_WEAVE_MEMORY, _FLICKER_MEMORY = 0.6, 0.3


def damage(frames: Iterable[Rgb], settings: FilmDamage, seed: int) -> Iterator[DamagedFrame]:
    """Age `frames` (H x W x 3 float32, 0..1, equal sizes) one by one, with the same result for the same seed.

    Order: exposure flicker, grain, dye fade, dirt, scratches, codec. Weave comes first in the arithmetic, since the
    scanner samples the moved film once: grain and dirt are drawn on its grid, and scratches move with the film.
    """
    aged = _aged(frames, settings, seed)
    return through_codec(aged, settings.codec) if settings.codec else aged


def _aged(frames: Iterable[Rgb], settings: FilmDamage, seed: int) -> Iterator[DamagedFrame]:
    # A stream of random numbers per damage: changing one setting leaves the others' course as it was.
    motion, light, grain, dirt, lines = (np.random.default_rng((seed, part)) for part in range(5))
    weave, flicker = np.zeros(3), np.zeros(1 + _FIELD_GRID[0] * _FIELD_GRID[1])
    scratches: list[Scratch] = []
    for number, clean in enumerate(frames):
        height, width = clean.shape[:2]
        weave = _wander(weave, _WEAVE_MEMORY, motion)
        dx, dy, angle = weave * (settings.weave * height, settings.weave * height, settings.weave_angle)
        flicker = _wander(flicker, _FLICKER_MEMORY, light)
        gain = float(np.exp(settings.flicker * flicker[0]))
        field = np.exp(settings.flicker_spread * flicker[1:]).reshape(_FIELD_GRID).astype(np.float32)
        picture = moved(clean, dx, dy, angle)
        picture = _exposed(picture, gain, field)
        picture = _grainy(picture, settings, grain)
        picture = faded(picture, settings.fade, _GAMMA) if settings.fade else picture
        picture, dirty = _dirty(picture, settings, dirt)
        scratches = [s.next_frame(lines) for s in scratches if s.frames_left > 0]
        while len(scratches) < settings.scratches:
            scratches.append(new_scratch(width, height, lines))
        picture, scratched = _scratched(picture, scratches, dx)
        yield DamagedFrame(number, picture, dirty, scratched, (float(dx), float(dy)), float(angle), gain, field)


def _wander(state: NDArray[np.float64], memory: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """One step of a first-order autoregression with unit variance."""
    step: NDArray[np.float64] = memory * state + np.sqrt(1 - memory**2) * rng.standard_normal(state.shape)
    return step


def moved(picture: Rgb, dx: float, dy: float, angle: float) -> Rgb:
    """Content moved by (dx, dy) pixels and turned by `angle` degrees; what comes in at the edges is mirrored.

    True to 1/64 pixel. Lanczos: OpenCV's bicubic kernel is off by up to 0.04 pixels on slopes.
    """
    if dx == dy == angle == 0.0:
        return picture
    height, width = picture.shape[:2]
    move = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    move[:, 2] += np.array([dx, dy])
    warped = cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(np.clip(warped, 0.0, 1.0), dtype=np.float32)


def _exposed(picture: Rgb, gain: float, field: NDArray[np.float32]) -> Rgb:
    if gain == 1.0 and bool((field == 1.0).all()):
        return picture
    height, width = picture.shape[:2]
    smooth = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
    factor = np.maximum(smooth * np.float32(gain), 0.0) ** np.float32(1 / _GAMMA)
    return np.asarray(np.minimum(picture * factor[..., None], 1.0), dtype=np.float32)


def _grainy(picture: Rgb, settings: FilmDamage, rng: np.random.Generator) -> Rgb:
    if settings.grain == 0.0:
        return picture
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    # Three dye layers whose clouds overlap: mostly common, partly each its own.
    noise = np.float32(0.8) * noise[..., :1] + np.float32(0.6) * noise
    size = settings.grain_size
    if size > 0.0:
        kernel = cv2.getGaussianKernel(2 * int(np.ceil(3 * size)) + 1, size, cv2.CV_32F)
        kernel = kernel / np.sqrt(np.sum(kernel**2))
        noise = np.asarray(cv2.sepFilter2D(noise, cv2.CV_32F, kernel, kernel), dtype=np.float32)
    # Density noise is least where the film is clear or solid.
    luma = cv2.GaussianBlur(picture.mean(axis=2), (0, 0), 1.0)
    amount = settings.grain * (0.35 + 2.6 * luma * (1 - luma))
    return np.asarray(np.clip(picture + noise * amount[..., None], 0.0, 1.0), dtype=np.float32)


def _dirty(picture: Rgb, settings: FilmDamage, rng: np.random.Generator) -> tuple[Rgb, Bool]:
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), dtype=np.bool_)
    covers = blotches(width, height, settings.blotches, settings.blotch_size, rng)
    for cover in (*covers, *hairs(width, height, settings.hairs, rng)):
        bright = rng.random() < settings.bright_share
        # Not quite black or white: light passes and scatters.
        tone = np.float32(rng.uniform(0.9, 1.0) if bright else rng.uniform(0.0, 0.12))
        picture = _covered(picture, cover, tone)
        mask |= cover > 0
    return picture, mask


def _scratched(picture: Rgb, scratches: list[Scratch], dx: float) -> tuple[Rgb, Bool]:
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), dtype=np.bool_)
    for scratch in scratches:
        cover = scratch_cover(scratch, width, height, dx)
        picture = _covered(picture, cover, np.float32(scratch.tone))
        mask |= cover > 0
    return picture, mask


def _covered(picture: Rgb, cover: NDArray[np.float32], tone: np.float32) -> Rgb:
    return np.asarray(picture + cover[..., None] * (tone - picture), dtype=np.float32)
