"""Grain for what was filled: as the surroundings have it, but never more than the frame's calmest places show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.masks import Mask
from engines.repair.fill_colour import to_nominal
from engines.repair.grain import like_surroundings
from engines.repair.spread import Field
from engines.types import Frame

# Side of the blocks that are looked at (fine grain also by a quarter of each); how many of the frame, and how many of
# those of like brightness.
_BLOCK, _TRIED, _ALIKE = 16, 1200, 300
# Share of the blocks that count as the calmest: grain is everywhere, texture is not.
_CALMEST = 0.03
# Film's grain is at most so many times stronger at one brightness than at another, the ends of the range left out.
_UNEVEN, _ENDS = 2.5, 0.08


def grain_over(
    channels: list[Field], sound: list[Mask], tone: float, blocks: Field, seed: tuple[int, ...]
) -> list[Field]:
    """Zero-mean grain of each channel's size and units, luma first.

    sound: where a channel may be read. tone: luma where the grain is wanted. blocks: luma of `sampled`, in the same
    units. The same seed gives the same grain.
    """
    noises = [
        like_surroundings(own, known, (*seed, i)) for i, (own, known) in enumerate(zip(channels, sound, strict=True))
    ]
    share = np.float32(_restraint(noises[0], tone, blocks))
    return [noise * share for noise in noises]


def sampled(frame: Frame, damage: Mask) -> Field:
    """N x 16 x 16 blocks of luma from all over the frame, always the same places: code values, of RGB nominal luma.

    damage: H x W; blocks that touch it are left out, for damage has no grain. None (N = 0) where the frame is smaller
    than a block.
    """
    count = 3 if frame.format.family == "rgb" else 1
    height, width = frame.planes[0].shape
    if min(height, width) < _BLOCK:
        return np.zeros((0, _BLOCK, _BLOCK), np.float32)
    rng = np.random.default_rng(_TRIED)
    tops, lefts = rng.integers(0, height - _BLOCK + 1, _TRIED), rng.integers(0, width - _BLOCK + 1, _TRIED)
    hurt = np.lib.stride_tricks.sliding_window_view(damage, (_BLOCK, _BLOCK))[tops, lefts].any(axis=(1, 2))
    tops, lefts = tops[~hurt], lefts[~hurt]
    views = (np.lib.stride_tricks.sliding_window_view(plane, (_BLOCK, _BLOCK)) for plane in frame.planes[:count])
    cuts = [np.asarray(view[tops, lefts], np.float32) for view in views]
    if count == 1:
        return cuts[0]
    return np.ascontiguousarray(to_nominal([cut.reshape(-1, _BLOCK) for cut in cuts], frame)[..., 0]).reshape(
        cuts[0].shape
    )


def _restraint(noise: Field, tone: float, blocks: Field) -> float:
    """0..1: how much of the grain measured in the surroundings can be grain.

    Texture is rougher than grain, but somewhere in a frame there is none: at like brightness, or else at another, where
    grain may be a few times weaker.
    """
    if blocks.shape[0] == 0 or min(noise.shape) < _BLOCK or not noise.any():
        return 1.0
    tones = blocks.mean(axis=(1, 2))
    alike = np.argsort(np.abs(tones - tone), kind="stable")[:_ALIKE]
    # Black bars and burnt skies have no grain to compare with.
    low, high = float(tones.min()), float(tones.max())
    inner = (tones > low + _ENDS * (high - low)) & (tones < high - _ENDS * (high - low))
    shares = [1.0]
    for size in (_BLOCK, _BLOCK // 2):
        rough = _roughness(blocks[:, :size, :size])
        own = max(float(np.quantile(_roughness(_tiled(noise, size)), _CALMEST)), 1e-12)
        shares.append(float(np.quantile(rough[alike], _CALMEST)) / own)
        if inner.any():
            shares.append(_UNEVEN * float(np.quantile(rough[inner], _CALMEST)) / own)
    return min(shares)


def _tiled(plane: Field, size: int) -> Field:
    """All whole squares of a plane, N x size x size."""
    rows, columns = (side // size for side in plane.shape)
    cut = plane[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return np.ascontiguousarray(cut.transpose(0, 2, 1, 3)).reshape(-1, size, size)


def _roughness(blocks: Field) -> NDArray[np.float64]:
    """Standard deviation of each of N square blocks about its own slope."""
    size = blocks.shape[-1]
    ramp = np.linspace(-1.0, 1.0, size)
    norm = float(np.square(ramp).sum() * size)
    rest = blocks - blocks.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
    down, across = (rest * ramp[:, None]).sum(axis=(1, 2)) / norm, (rest * ramp).sum(axis=(1, 2)) / norm
    power = np.square(rest).mean(axis=(1, 2)) - (np.square(down) + np.square(across)) * norm / size**2
    return np.asarray(np.sqrt(np.maximum(power, 0.0)))
