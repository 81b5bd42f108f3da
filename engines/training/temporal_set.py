"""Moving pictures for training: frames of degraded clips with what their neighbours know of them, and the truth."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.nets.condition import noise_condition, step_condition
from engines.temporal import FARTHEST, STEP_ERROR, support
from engines.training.datasets import CLIPS
from engines.training.degradations import h264_step, shrink

# Every n-th frame of a clip becomes an example.
_STRIDE = 5


@dataclass(frozen=True, eq=False)
class Moment:
    """own, truth: uint8 luma, truth `scale` times larger. mean, share: of `engines.temporal.Support`, as float16."""

    own: NDArray[np.uint8]
    mean: NDArray[np.float16]
    share: NDArray[np.float16]
    truth: NDArray[np.uint8]
    condition: tuple[float, float]
    scale: int


def moments(folder: Path, seed: int, only: int | None = None) -> Iterator[Moment]:
    """Each clip below `folder` once, degraded at random (noise, H.264 or both), at a random scale."""
    rng = np.random.default_rng(seed)
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in CLIPS)
    for path in paths[:only]:
        yield from _moments_of(_lumas(path), rng)


def _moments_of(clean: NDArray[np.uint8], rng: np.random.Generator) -> Iterator[Moment]:
    scale = int(rng.choice((1, 2, 4), p=(0.65, 0.25, 0.1)))
    small = _shrunk(clean, scale)
    kind = rng.random()
    sigma = float(rng.random() ** 1.5 * 25) if kind < 0.55 else 0.0
    noisy = small if sigma == 0 else _noisy(small, sigma, rng)
    step = 0.0
    if kind > 0.4:
        crf = int(rng.integers(18, 43))
        noisy, step = coded(noisy, crf), h264_step(crf)
    condition = noise_condition(sigma / 255.0), step_condition(step)
    uncertainty = float(np.hypot(sigma, STEP_ERROR * step) / 255.0)
    lumas = noisy.astype(np.float32) / np.float32(255)
    for number in range(int(rng.integers(_STRIDE)), len(lumas), _STRIDE):
        reach = int(rng.integers(1, FARTHEST + 1))
        near = range(max(0, number - reach), min(len(lumas), number + reach + 1))
        found = support(lumas[number], (lumas[n] for n in near if n != number), uncertainty)
        mean, share = found.mean.astype(np.float16), found.share.astype(np.float16)
        yield Moment(noisy[number], mean, share, clean[number], condition, scale)


def _lumas(path: Path) -> NDArray[np.uint8]:
    """N x H x W, sizes cut to multiples of 8; the clip's own luma stretched to full range."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    stack = np.asarray(frames, np.uint8)
    return stack[:, : stack.shape[1] // 8 * 8, : stack.shape[2] // 8 * 8]


def _shrunk(clean: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    if scale == 1:
        return clean
    small = shrink(torch.from_numpy(clean.astype(np.float32))[:, None], scale)[:, 0]
    return np.asarray(small.round().clamp(0, 255).numpy(), np.uint8)


def _noisy(clean: NDArray[np.uint8], sigma: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    clump = float(rng.random() * 1.0)
    noise = rng.standard_normal(clean.shape, dtype=np.float32)
    if clump > 0.35:
        noise = np.stack([cv2.GaussianBlur(one, (0, 0), clump) for one in noise])
        noise /= noise.std()
    return np.asarray(np.clip(np.rint(clean + noise * np.float32(sigma)), 0, 255), np.uint8)


def coded(frames: NDArray[np.uint8], crf: int) -> NDArray[np.uint8]:
    """N x H x W luma through x264 at `crf`, as distributors do (preset medium, B-frames and all)."""
    height, width = frames.shape[1:]
    buffer = io.BytesIO()
    neutral = np.full((height // 2, width), 128, np.uint8)
    with av.open(buffer, "w", format="nut") as sink:
        stream = sink.add_stream("libx264", rate=25, options={"crf": str(crf), "x264-params": "log-level=none"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            sink.mux(stream.encode(av.VideoFrame.from_ndarray(np.vstack((frame, neutral)), format="yuv420p")))
        sink.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer, "r") as source:
        return np.asarray([frame.to_ndarray()[:height] for frame in source.decode(video=0)], np.uint8)


def draw_moments(
    held: list[Moment], count: int, size: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor, Tensor, int]:
    """Random patches of `size` source pixels from moments of one random scale.

    Returns luma B x 1 x h x w, extra planes B x 2 x h x w, truth B x 1 x sh x sw, condition B x 2, scale.
    """
    scale = held[int(rng.integers(len(held)))].scale
    same = [moment for moment in held if moment.scale == scale]
    size = min(size, *(side for moment in same for side in moment.own.shape))
    chosen = [same[int(rng.integers(len(same)))] for _ in range(count)]
    parts = [_patch(moment, size, rng) for moment in chosen]
    luma, extra, truth = (torch.from_numpy(np.stack(planes)) for planes in zip(*parts, strict=True))
    return luma, extra, truth, torch.tensor([moment.condition for moment in chosen]), scale


def _patch(
    moment: Moment, size: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    s = moment.scale
    top, left = (int(rng.integers(side - size + 1)) for side in moment.own.shape)
    cut = np.s_[top : top + size, left : left + size]
    large = np.s_[top * s : (top + size) * s, left * s : (left + size) * s]
    turns, flip = int(rng.integers(4)), rng.random() < 0.5

    def turned(plane: NDArray[np.generic]) -> NDArray[np.float32]:
        plane = np.rot90(plane, turns)
        return np.ascontiguousarray(plane[:, ::-1] if flip else plane, dtype=np.float32)

    own, truth = turned(moment.own[cut]) / np.float32(255), turned(moment.truth[large]) / np.float32(255)
    return own[None], np.stack((turned(moment.mean[cut]), turned(moment.share[cut]))), truth[None]
