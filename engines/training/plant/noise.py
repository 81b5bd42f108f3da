"""Plants digital noise: a sensor's photons and electronics, seen through demosaicing, sharpening or a weak denoiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from engines.luma import Luma, chroma_range, code_range, luma_of
from engines.types import Frame

_GAMMA, _TOE = 2.2, 0.25
# What bilinear demosaicing leaves of white noise in luma, and an unsharp mask after it.
_DEMOSAIC = np.outer((1.0, 2.0, 1.0), (1.0, 2.0, 1.0)).astype(np.float32) / 16.0


@dataclass(frozen=True)
class DigitalNoise:
    """sigma: standard deviation at middle grey, 8-bit codes of the nominal range. photons: share (0..1) of the variance
    that comes from light. mosaic: 0 (three chips) .. 1 (bilinear demosaic). sharpened: 0..1. smoothed: 0..1, how much
    of it a camera's denoiser took, leaving blotches. pattern: standard deviation of fixed rows and columns as a share.
    colour: chroma noise as a share of luma's.
    """

    sigma: float
    photons: float = 0.5
    mosaic: float = 0.0
    sharpened: float = 0.0
    smoothed: float = 0.0
    pattern: float = 0.0
    colour: float = 0.8

    @staticmethod
    def drawn(rng: np.random.Generator) -> DigitalNoise:
        """A camera at random."""
        some = rng.random(5)
        return DigitalNoise(
            sigma=1.5 + 10.5 * float(rng.random()) ** 1.5,
            photons=float(rng.random()),
            mosaic=float(rng.random()) if some[0] < 0.4 else 0.0,
            sharpened=float(rng.random()) if some[1] < 0.3 else 0.0,
            smoothed=float(rng.uniform(0.2, 0.8)) if some[2] < 0.2 else 0.0,
            pattern=float(rng.uniform(0.05, 0.3)) if some[3] < 0.3 else 0.0,
            colour=float(rng.uniform(0.5, 1.2)),
        )


def noise_field(brightness: Luma, look: DigitalNoise, rng: np.random.Generator, fixed: np.random.Generator) -> Luma:
    """What to add to `brightness` (H x W, nominal 0..1, gamma-coded), nominal units. fixed: seeds what stays the same
    in every frame of a camera.

    In linear light the variance is a x + b (Foi, Trimeche, Katkovnik, Egiazarian 2008); the gamma's slope then makes
    dark parts noisier.
    """
    code = np.clip(brightness, 0.0, 1.0)
    variance = look.photons * code**_GAMMA / 0.5**_GAMMA + (1.0 - look.photons)
    slope = (0.5 / np.maximum(code, _TOE)) ** (_GAMMA - 1.0)
    noise = _unit(code.shape, look, rng)
    if look.pattern > 0:
        rows = fixed.standard_normal((code.shape[0], 1), dtype=np.float32)
        columns = fixed.standard_normal((1, code.shape[1]), dtype=np.float32)
        noise = noise + np.float32(look.pattern) * (rows + columns)
    return np.asarray(noise * np.sqrt(variance) * slope * np.float32(look.sigma / 255.0), np.float32)


def plant_noise(frames: Sequence[Frame], look: DigitalNoise, seed: int) -> list[Frame]:
    """`frames` with fresh noise of one camera in each, rounded to their own samples."""
    return [_planted(frame, look, seed, number) for number, frame in enumerate(frames)]


def _planted(frame: Frame, look: DigitalNoise, seed: int, number: int) -> Frame:
    rng, fixed = np.random.default_rng((seed, number)), np.random.default_rng((seed, 2**32 - 1))
    black, white = code_range(frame.format, frame.colour)
    span = np.float32(white - black)
    luma = luma_of(frame)
    count = 3 if frame.format.family == "rgb" else 1
    planes = [plane.astype(np.float32) + noise_field(luma, look, rng, fixed) * span for plane in frame.planes[:count]]
    if frame.format.family == "yuv" and look.colour > 0:
        excursion = np.float32(chroma_range(frame.format, frame.colour)[1] * look.colour)
        height, width = frame.planes[1].shape
        small = np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.float32)
        planes += [plane + noise_field(small, look, rng, fixed) * excursion for plane in frame.planes[1:3]]
    return frame.with_planes((*planes, *frame.planes[len(planes) :])).quantised()


def _unit(shape: tuple[int, ...], look: DigitalNoise, rng: np.random.Generator) -> Luma:
    """White noise as the camera's processing leaves it, standard deviation 1 before a denoiser took its share."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    if look.mosaic > 0:
        mixed = cv2.filter2D(noise, cv2.CV_32F, _DEMOSAIC)
        # Green samples, a chessboard, keep their own noise.
        chess = (np.add.outer(np.arange(shape[0]), np.arange(shape[1])) % 2).astype(np.float32)
        noise = noise + np.float32(look.mosaic) * (1.0 - chess) * (mixed - noise)
    if look.sharpened > 0:
        noise = noise + np.float32(1.5 * look.sharpened) * (noise - cv2.GaussianBlur(noise, (0, 0), 1.0))
    noise = noise / np.float32(max(float(noise.std()), 1e-6))
    if look.smoothed > 0:
        coarse = cv2.GaussianBlur(noise, (0, 0), 3.0)
        noise = np.float32(1.0 - look.smoothed) * noise + np.float32(2.0 * look.smoothed) * coarse
    return np.asarray(noise, np.float32)
