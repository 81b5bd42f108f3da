"""The explainable features per output pixel from which the risk of a visible error is read."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engines.hallucination.evidence import Evidence
from engines.hallucination.visible import smooth
from engines.nets.condition import noise_condition, step_condition
from engines.nets.fidelity import enlarge
from engines.training.degradations import shrink

Picture = NDArray[np.float32]

REACH = 48
"""Output pixels around a pixel that its features see at the most: whoever cuts tiles grows them by this much."""

# A side, output pixels, of the wide window, at the least.
_WIDE = 25
# Smallest value told apart (nominal luma): a quarter of an 8-bit code.
_LEAST = 0.25 / 255.0

NAMES = (
    "distance P - F",
    "distance P - F, wide",
    "unobservable part of F",
    "unobservable part of P",
    "inconsistency of F",
    "inconsistency of P",
    "inconsistency of F, wide",
    "distance F - bicubic",
    "contrast of F",
    "contrast of F, wide",
    "contrast of P",
    "gradient of F",
    "direction of F",
    "finest detail of the source",
    "finest detail of the source, wide",
    "brightness",
    "doubt of F",
    "doubt told",
    "seeds apart",
    "second seed there",
    "noise",
    "compression",
    "factor 2",
    "factor 4",
)

OF_P = frozenset(name for name in NAMES if " P" in name or "seed" in name)
"""Features that are nothing without P."""


def cell_of(scale: int) -> int:
    """Output pixels a side for which one risk is computed: an enlarged picture has no finer truth to tell."""
    return 1 if scale == 1 else 2


def feature_planes(evidence: Evidence) -> Picture:
    """len(NAMES) x H / cell x W / cell float32, in the order of `NAMES`; cell: `cell_of` the scale.

    Lengths are natural logarithms of local RMS values (Gaussian window of 2 output pixels, "wide" 25 x 25), so
    that the calibrator reads ratios; "direction" is the coherence of the structure tensor, 0..1 (1: one clear edge
    direction); "told" and "there" say whether the feature before them was measured. No pixel sees further than `REACH`.
    """
    f, y, scale = evidence.faithful, evidence.source, evidence.scale
    p = f if evidence.perceptual is None else evidence.perceptual
    window = _Window(cell_of(scale))
    apart = window.mean(np.square(p - f))
    across, down = _gradients(f)
    xx, yy, xy = window.mean(np.square(across)), window.mean(np.square(down)), window.mean(across * down)
    brightness = window.mean(f)
    contrast = window.mean(np.square(f)) - np.square(brightness)
    planes = [
        _log(apart),
        _log(window.wide(apart)),
        _log(window.mean(np.square(f - _observable(f, scale)))),
        _log(window.mean(np.square(p - _observable(p, scale)))),
        *_inconsistency(evidence, p, window),
        _log(window.mean(np.square(f - _enlarged(y, scale)))),
        _log(contrast),
        _log(window.wide(contrast)),
        _log(window.mean(np.square(p)) - np.square(window.mean(p))),
        _log(xx + yy),
        _coherence(xx, yy, xy),
        *_finest(evidence, window),
        brightness,
    ]
    nothing, there = np.zeros_like(brightness), np.ones_like(brightness)
    if evidence.log_variance is None:
        planes += [nothing, nothing]
    else:
        planes += [_log(window.mean(np.exp(np.clip(evidence.log_variance, -16.0, 0.0)))), there]
    if evidence.second is None:
        planes += [nothing, nothing]
    else:
        planes += [_log(window.mean(np.square(evidence.second - p))), there]
    told = (noise_condition(evidence.noise), step_condition(evidence.step), scale == 2, scale == 4)
    return np.stack(planes + [there * np.float32(value) for value in told])


@dataclass(frozen=True)
class _Window:
    """Local means of full pictures, one per cell."""

    cell: int

    def mean(self, picture: Picture) -> Picture:
        """Gaussian window of `visible.SIGMA`."""
        return smooth(_pooled(picture, self.cell), self.cell)

    def wide(self, cells: Picture) -> Picture:
        """Box mean of what is one value per cell already."""
        side = _WIDE // self.cell | 1
        return np.asarray(cv2.blur(cells, (side, side), borderType=cv2.BORDER_REPLICATE), np.float32)


def _pooled(picture: Picture, cell: int) -> Picture:
    if cell == 1:
        return picture
    size = (picture.shape[1] // cell, picture.shape[0] // cell)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _log(squares: Picture) -> Picture:
    """ln of the RMS, kept finite."""
    return np.float32(0.5) * np.log(np.maximum(squares, np.float32(0.0)) + np.float32(_LEAST**2))


def _gradients(picture: Picture) -> tuple[Picture, Picture]:
    """Central differences across and down, per pixel."""
    half = np.array([-0.5, 0.0, 0.5], dtype=np.float32)
    one = np.ones(1, dtype=np.float32)
    across = cv2.sepFilter2D(picture, -1, half, one, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(picture, -1, one, half, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def _coherence(xx: Picture, yy: Picture, xy: Picture) -> Picture:
    """(l1 - l2) / (l1 + l2) of the structure tensor (Bigun and Granlund 1987), near 0 where nothing is."""
    lengths = np.sqrt(np.square(xx - yy) + np.float32(4.0) * np.square(xy))
    return np.asarray(lengths / (xx + yy + np.float32(_LEAST**2)), np.float32)


def _inconsistency(evidence: Evidence, perceptual: Picture, window: _Window) -> list[Picture]:
    """ln of how far the answers, reduced again, are from the source, over what its noise and rounding allow."""
    # Rounding to 8 bits, a coarser quantiser's uniform error, and noise: variances add.
    allowed = evidence.noise**2 + (max(evidence.step, 1.0) / 255.0) ** 2 / 12.0
    f, p = (
        _per_cell(np.square(_reduced(x, evidence.scale) - evidence.source), evidence.scale, window)
        for x in (evidence.faithful, perceptual)
    )
    offset = np.float32(0.5 * np.log(allowed))
    return [_log(f) - offset, _log(p) - offset, _log(window.wide(f)) - offset]


def _finest(evidence: Evidence, window: _Window) -> list[Picture]:
    """ln of the source's own energy near its Nyquist frequency: what is there may be the alias of what is not."""
    rest = evidence.source - cv2.blur(evidence.source, (3, 3), borderType=cv2.BORDER_REPLICATE)
    fine = _per_cell(np.square(rest), evidence.scale, window)
    return [_log(fine), _log(window.wide(fine))]


def _per_cell(squares: Picture, scale: int, window: _Window) -> Picture:
    """Local means, one per cell, of a picture of the source's size."""
    grown = squares.repeat(scale // window.cell, 0).repeat(scale // window.cell, 1)
    return smooth(grown, window.cell)


def _observable(picture: Picture, scale: int) -> Picture:
    """What is left of a picture that was reduced to the source's size and enlarged again."""
    return _enlarged(_reduced(picture, scale), scale)


def _reduced(picture: Picture, scale: int) -> Picture:
    return np.asarray(shrink(torch.from_numpy(picture)[None, None], scale)[0, 0].numpy(), np.float32)


def _enlarged(picture: Picture, scale: int) -> Picture:
    return np.asarray(enlarge(torch.from_numpy(picture)[None, None], scale)[0, 0].numpy(), np.float32)
