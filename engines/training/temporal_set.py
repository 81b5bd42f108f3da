"""Moving pictures for training: frames of degraded clips with what their neighbours know of them, and the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.temporal import FARTHEST, support, uncertainty
from engines.training.datasets import CLIPS
from engines.training.degradations import DegradationRange, degrade_clip

# Every n-th frame of a clip becomes an example.
_STRIDE = 5
# Most of what neighbours can mend is noise and compression at the source's own size.
_SCALE_SHARES = {1: 0.65, 2: 0.25, 4: 0.1}
_REACH = DegradationRange(noisy_share=0.55, compressed_share=0.6)


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
    """Each clip below `folder` once, degraded at random (noise, a real codec or both), at a random scale."""
    rng = np.random.default_rng(seed)
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in CLIPS)
    for path in paths[:only]:
        yield from _moments_of(_lumas(path), rng, _REACH)


def _moments_of(clean: NDArray[np.uint8], rng: np.random.Generator, reach: DegradationRange) -> Iterator[Moment]:
    scale = int(rng.choice(tuple(_SCALE_SHARES), p=tuple(_SCALE_SHARES.values())))
    degraded = degrade_clip(clean, rng, reach, scale)
    lumas = degraded.luma.numpy()
    unsure = uncertainty(degraded.planted, degraded.step)
    condition = float(degraded.condition[0]), float(degraded.condition[1])
    for number in range(int(rng.integers(_STRIDE)), len(lumas), _STRIDE):
        near = int(rng.integers(1, FARTHEST + 1))
        window = range(max(0, number - near), min(len(lumas), number + near + 1))
        found = support(lumas[number], (lumas[n] for n in window if n != number), unsure)
        own = np.asarray(np.rint(lumas[number] * 255), np.uint8)
        mean, share = found.mean.astype(np.float16), found.share.astype(np.float16)
        yield Moment(own, mean, share, clean[number], condition, scale)


def _lumas(path: Path) -> NDArray[np.uint8]:
    """N x H x W, sizes cut to multiples of 8; the clip's own luma stretched to full range."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    stack = np.asarray(frames, np.uint8)
    return stack[:, : stack.shape[1] // 8 * 8, : stack.shape[2] // 8 * 8]


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
