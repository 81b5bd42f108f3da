"""What time and codecs do to luma patches, seeded: sampling, grain, quantisation, JPEG and real H.264 passes."""

from __future__ import annotations

import io
from dataclasses import dataclass

import av
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engines.nets.condition import NOISE_UNIT, noise_condition, step_condition

# Grain size (standard deviation of its blur, in pixels) at the most, and how far that blur is followed.
_LARGEST_CLUMP = 1.3
_CLUMP_REACH = 3


@dataclass(frozen=True)
class DegradationRange:
    """How often and how strongly each degradation strikes a patch."""

    noisy_share: float = 0.5
    compressed_share: float = 0.45
    max_sigma: float = NOISE_UNIT
    jpeg_quality: tuple[int, int] = (10, 92)
    h264_qp: tuple[int, int] = (18, 44)


@dataclass(frozen=True)
class Degraded:
    """luma: B x 1 x h x w (0..1); condition: B x 2, the true conditioning values."""

    luma: Tensor
    condition: Tensor


def degrade(clean: Tensor, scale: int, rng: np.random.Generator, reach: DegradationRange) -> Degraded:
    """clean: B x 1 x H x W (0..1), H and W multiples of `scale`; returns patches `scale` times smaller.

    Order follows the light: sampling, then grain and sensor noise, then 8-bit quantisation, then the codec.
    """
    small = shrink(clean, scale)
    count = small.shape[0]
    sigmas = _draw_sigmas(count, rng, reach)
    small = add_grain(small, sigmas, rng)
    steps = np.zeros(count)
    small = (small.clamp(0, 1) * 255.0).round() / 255.0
    if rng.random() < 2 * reach.compressed_share:
        # Half the patches of such a batch go through one codec pass, as tiles of one picture.
        chosen = np.flatnonzero(rng.random(count) < 0.5)
        if chosen.size:
            small[chosen], steps[chosen] = _compress(small[chosen], rng, reach)
    conditions = [[noise_condition(float(s)), step_condition(float(q))] for s, q in zip(sigmas, steps, strict=True)]
    return Degraded(small, torch.tensor(conditions, dtype=torch.float32))


def shrink(clean: Tensor, scale: int) -> Tensor:
    """Antialiased bicubic reduction by an integer factor (MATLAB's imresize kernel)."""
    if scale == 1:
        return clean.clone()
    size = (clean.shape[-2] // scale, clean.shape[-1] // scale)
    return functional.interpolate(clean, size=size, mode="bicubic", antialias=True)


def _draw_sigmas(count: int, rng: np.random.Generator, reach: DegradationRange) -> NDArray[np.float64]:
    noisy = rng.random(count) < reach.noisy_share
    # Square of a uniform: weak grain is common, heavy grain is rare.
    return np.where(noisy, rng.random(count) ** 2 * reach.max_sigma, 0.0)


def add_grain(luma: Tensor, sigmas: NDArray[np.float64], rng: np.random.Generator) -> Tensor:
    """Add film-like noise of standard deviation `sigmas` (B), clumped or stronger in the mid-tones now and then."""
    if not sigmas.any():
        return luma
    seed = int(rng.integers(2**63))
    noise = torch.randn(luma.shape, generator=torch.Generator().manual_seed(seed))
    clump = float(rng.random() * _LARGEST_CLUMP) if rng.random() < 0.6 else 0.0
    if clump > 0.1:
        # Grain is larger than a scan's pixel: a Gaussian of `clump` pixels, variance kept.
        taps = torch.exp(-0.5 * (torch.arange(-_CLUMP_REACH, _CLUMP_REACH + 1) / clump) ** 2)
        kernel = torch.outer(taps, taps)
        kernel = kernel / kernel.square().sum().sqrt()
        padded = functional.pad(noise, (_CLUMP_REACH,) * 4, mode="reflect")
        noise = functional.conv2d(padded, kernel[None, None])
    amount = torch.from_numpy(sigmas.astype(np.float32))[:, None, None, None]
    if rng.random() < 0.5:
        # Density noise peaks where neither base nor full density clips it.
        amount = amount * (0.5 + 2.0 * (luma * (1 - luma)).clamp(min=0))
    return luma + noise * amount


def _compress(luma: Tensor, rng: np.random.Generator, reach: DegradationRange) -> tuple[Tensor, NDArray[np.float64]]:
    """One codec pass over a mosaic of all patches, block grid at a random offset. Returns patches and steps."""
    count, _, height, width = luma.shape
    mosaic = (luma[:, 0].permute(1, 0, 2).reshape(height, count * width).numpy() * 255.0).round().astype(np.uint8)
    shift = (int(rng.integers(16)), int(rng.integers(16)))
    rolled = np.roll(mosaic, shift, axis=(0, 1))
    if rng.random() < 0.5:
        quality = int(rng.integers(reach.jpeg_quality[0], reach.jpeg_quality[1]))
        decoded, step = jpeg_pass(rolled, quality), jpeg_step(quality)
    else:
        qp = int(rng.integers(reach.h264_qp[0], reach.h264_qp[1]))
        decoded, step = h264_pass(rolled, qp, int(rng.integers(3)), rng), h264_step(qp)
    back = np.roll(decoded, (-shift[0], -shift[1]), axis=(0, 1)).astype(np.float32) / 255.0
    patches = torch.from_numpy(back.copy()).reshape(height, count, width).permute(1, 0, 2)[:, None]
    return patches.contiguous(), np.full(count, step)


def jpeg_step(quality: int) -> float:
    """Typical luma quantiser step (8-bit code values) of libjpeg's quality scale, from its low-frequency entry."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return 16.0 * scale / 100.0


def h264_step(qp: int) -> float:
    """Quantiser step of an H.264 QP (ITU-T H.264, 8.5.9): doubles every six."""
    return float(0.625 * 2.0 ** (qp / 6.0))


def jpeg_pass(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Encode and decode H x W uint8 as grey JPEG."""
    ok, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise RuntimeError("the JPEG encoder refused a training patch")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def h264_pass(picture: NDArray[np.uint8], qp: int, earlier: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Encode and decode H x W uint8 with x264 at constant `qp`, as the last of `earlier` + 1 slightly moving frames."""
    height, width = picture.shape
    padded = np.pad(picture, ((0, height % 2), (0, width % 2)), mode="edge")
    options = {"qp": str(qp), "preset": "veryfast", "x264-params": "log-level=none"}
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="nut") as sink:
        stream = sink.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = padded.shape[1], padded.shape[0], "yuv420p"
        stream.thread_count = 1
        for step in range(earlier, -1, -1):
            moved = np.roll(padded, (step * int(rng.integers(-2, 3)), step * int(rng.integers(-2, 3))), axis=(0, 1))
            sink.mux(stream.encode(_grey_frame(moved)))
        sink.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer, "r") as source:
        source.streams.video[0].thread_count = 1
        # The luma plane as coded: a conversion to grey would stretch its range.
        frames = [frame.to_ndarray()[: padded.shape[0]] for frame in source.decode(video=0)]
    return np.asarray(frames[-1][:height, :width], dtype=np.uint8)


def _grey_frame(luma: NDArray[np.uint8]) -> av.VideoFrame:
    height, width = luma.shape
    neutral = np.full((height // 2, width), 128, dtype=np.uint8)
    return av.VideoFrame.from_ndarray(np.vstack((luma, neutral)), format="yuv420p")
