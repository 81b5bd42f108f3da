"""How the light of one frame differs from another's, told apart from what moved: by tone, by place, and in colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.deflicker.pictures import Field, Small
from engines.luma import Luma

Numbers = NDArray[np.float32]

TONES = np.array([0.015, 0.045, 0.09, 0.15, 0.23, 0.33, 0.45, 0.58, 0.72, 0.86, 1.0], np.float32)
"""Luma (nominal) at which a frame's tone curve has knots."""
ROWS, COLUMNS = 9, 12
"""Soft blocks of the picture."""
_SMALLEST = 16
_DARKEST, _TRUSTED = 0.004, 0.02
# Spread of log ratios that is noise and small misalignment at least; Tukey's constant.
_LEAST_SPREAD, _TUKEY = 0.006, 4.685
_ROUNDS = 2


@dataclass(frozen=True, eq=False)
class Difference:
    """Natural logs of light ratios, later frame over earlier: tones: one per knot of TONES; blocks: ROWS x COLUMNS,
    what is left of them by place. cast: by how much Cb and Cr rose, as shares of luma. The support of each is about
    how many small pixels (0 = none) spoke for it.
    """

    tones: Numbers
    tone_support: Numbers
    blocks: Numbers
    block_support: Numbers
    cast: Numbers
    cast_support: float


def difference(earlier: Small, later: Small) -> Difference:
    """Compares where the same thing is seen in both; deterministic."""
    flow = _flow(later.guide, earlier.guide)
    moved, seen = _moved(earlier.light, flow)
    now, before = (np.maximum(_soft(light), np.float32(_DARKEST)) for light in (later.light, moved))
    ratio = np.asarray(np.log(now / before), np.float32)
    middle = np.sqrt(now * before)
    trust = np.asarray(seen[::2, ::2] * middle**2 / (middle**2 + np.float32(_TRUSTED**2)), np.float32)
    place, share = _knots(middle)
    blocks: Numbers = np.zeros((ROWS, COLUMNS), np.float32)
    local = np.zeros_like(ratio)
    weight = trust
    for _ in range(_ROUNDS):
        tones, support = _by_tone(ratio - local, trust, place, share)
        rest = ratio - _on(tones, place, share)
        weight = trust * _sure(rest - local, trust)
        blocks, block_support = _by_block(rest, weight)
        local = _spread(blocks, ratio.shape)
    cast, cast_support = _cast(earlier, later, flow, np.asarray(now / before, np.float32), weight)
    return Difference(tones, support, blocks, block_support, cast, cast_support)


def _flow(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> Field:
    """Motion from `a` to `b` on the half-size pictures, in their pixels."""
    height, width = a.shape[0] // 2, a.shape[1] // 2
    if min(a.shape) < _SMALLEST:
        return np.zeros((height, width, 2), np.float32)
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    engine.setVariationalRefinementIterations(0)
    flow = engine.calc(a, b, None)  # type: ignore[call-overload]
    return np.asarray(cv2.resize(flow, (width, height), interpolation=cv2.INTER_AREA) * 0.5, np.float32)


def _moved(light: Field, flow: Field) -> tuple[Field, Field]:
    """`light` sampled at x + flow(x), and 1 where that lies inside, else 0."""
    height, width = flow.shape[:2]
    x = flow[..., 0] + np.arange(width, dtype=np.float32)
    y = flow[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    seen = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
    moved = cv2.remap(light, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32), seen.astype(np.float32)


def _soft(light: Luma) -> Luma:
    """Blurred, so that an edge out of place by a fraction of a pixel does not read as light; every second pixel."""
    return np.ascontiguousarray(cv2.GaussianBlur(light, (0, 0), 1.2)[::2, ::2], np.float32)


def _knots(tone: Luma) -> tuple[NDArray[np.intp], Field]:
    """Index of the knot below each tone, and how far towards the next one it lies (0..1)."""
    index = np.clip(np.searchsorted(TONES, tone.ravel()) - 1, 0, len(TONES) - 2).reshape(tone.shape)
    share = (tone - TONES[index]) / (TONES[index + 1] - TONES[index])
    return index, np.asarray(np.clip(share, 0.0, 1.0), np.float32)


def _on(values: Numbers, place: NDArray[np.intp], share: Field) -> Field:
    return np.asarray(values[place] * (1 - share) + values[place + 1] * share, np.float32)


def _by_tone(ratio: Field, trust: Field, place: NDArray[np.intp], share: Field) -> tuple[Numbers, Numbers]:
    """Robust mean ratio at each knot. Knots that few pixels speak for lean on their neighbours."""
    tones = np.full(len(TONES), _median(ratio, trust), np.float32)
    support = np.zeros(len(TONES), np.float32)
    for _ in range(4):
        rest = ratio - _on(tones, place, share)
        weight = trust * _sure(rest, trust)
        support = _at_knots(weight, place, share)
        step = _at_knots(weight * rest, place, share)
        # A line of neighbours with falling say: flat where nothing is known.
        near = np.exp(-np.abs(np.subtract.outer(np.arange(len(TONES)), np.arange(len(TONES)))) * 2.0)
        tones = np.asarray(tones + (near @ step) / (near @ support + 1e-3), np.float32)
    return tones, support


def _at_knots(values: Field, place: NDArray[np.intp], share: Field) -> Numbers:
    flat, below = (values * share).ravel(), place.ravel()
    up = np.bincount(below + 1, flat, len(TONES))
    return np.asarray(np.bincount(below, values.ravel() - flat, len(TONES)) + up, np.float32)


def _median(values: Field, trust: Field) -> float:
    chosen = values[trust > 0.3]
    return float(np.median(chosen)) if chosen.size else 0.0


def _sure(rest: Field, trust: Field) -> Field:
    """Tukey's weights: what changed otherwise than the rest of its kind moved, was hidden, or shone."""
    spread = max(1.4826 * _median(np.abs(rest), trust), _LEAST_SPREAD)
    near = np.maximum(1.0 - np.square(rest / np.float32(_TUKEY * spread)), 0.0)
    return np.asarray(np.square(near), np.float32)


def _by_block(rest: Field, weight: Field) -> tuple[Numbers, Numbers]:
    """Mean ratio in soft blocks that overlap their neighbours; blocks without support answer 0."""
    kernel = np.array([0.25, 0.5, 0.25])
    cell = rest.shape[0] * rest.shape[1] / (ROWS * COLUMNS)
    total, support = (
        cv2.sepFilter2D(
            cv2.resize(v, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA) * np.float32(cell), cv2.CV_32F, kernel, kernel
        )
        for v in (np.asarray(rest * weight, np.float32), weight)
    )
    # A block that a hundredth of its pixels speak for is drawn towards no change.
    return np.asarray(total / (support + np.float32(0.01 * cell)), np.float32), np.asarray(support, np.float32)


def _spread(blocks: Numbers, shape: tuple[int, ...]) -> Field:
    return np.asarray(cv2.resize(blocks, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _cast(earlier: Small, later: Small, flow: Field, ratio: Field, weight: Field) -> tuple[Numbers, float]:
    """Colour that leaned: by how much chroma, as a share of luma, rose beyond what the light explains."""
    if earlier.colour is None or later.colour is None:
        return np.zeros(2, np.float32), 0.0
    found = []
    light = np.maximum(_soft(later.light), np.float32(_DARKEST))
    for axis in (0, 1):
        was, _ = _moved(np.ascontiguousarray(earlier.colour[..., axis]), flow)
        now = _soft(np.ascontiguousarray(later.colour[..., axis]))
        rise = np.asarray((now - _soft(was) * ratio) / light, np.float32)
        trust = np.asarray(weight * (light > 0.08), np.float32)
        middle = _median(rise, trust)
        sure = trust * _sure(rise - np.float32(middle), trust)
        found.append(float((sure * rise).sum() / (sure.sum() + 1e-3)))
    return np.asarray(found, np.float32), float(weight.sum())
