"""Resampling of chroma planes between sampling structures, phase-true to where the samples sit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engines.siting import chroma_phase
from engines.types import PixelFormat

_LOBES = 3

Field = NDArray[np.float32]
Taps = tuple[NDArray[np.intp], NDArray[np.float32]]


def resample_chroma(
    plane: Field, source: PixelFormat, target: PixelFormat, location: str, size: tuple[int, int]
) -> Field:
    """A chroma plane of `source` sampling in `target` sampling, for a picture of `size` (width, height).

    Lanczos, widened where the target is coarser; edges are extended. location: FFmpeg's chroma location.
    """
    across, down = chroma_phase(location)
    width, height = target.plane_size(1, *size)
    if source.chroma_x != target.chroma_x:
        taps = _taps(plane.shape[1], width, source.chroma_x, target.chroma_x, across)
        plane = _filter_rows(plane, taps)
    if source.chroma_y != target.chroma_y:
        taps = _taps(plane.shape[0], height, source.chroma_y, target.chroma_y, down)
        plane = np.ascontiguousarray(_filter_rows(np.ascontiguousarray(plane.T), taps).T)
    return plane


def _filter_rows(plane: Field, taps: Taps) -> Field:
    index, weight = taps
    out = np.zeros((plane.shape[0], index.shape[0]), dtype=np.float32)
    for tap in range(index.shape[1]):
        out += plane[:, index[:, tap]] * weight[:, tap]
    return out


@lru_cache(maxsize=32)
def _taps(count: int, wanted: int, source_step: int, target_step: int, phase: float) -> Taps:
    """For each wanted sample, indices and weights (summing to 1) of the given ones.

    Sample i of a plane with step s lies at luma position s * i + phase * (s - 1): phase 0 is the first luma sample
    of its group, 0.5 the middle, 1 the last.
    """
    place = np.arange(wanted) * target_step + phase * (target_step - 1)
    centre = (place - phase * (source_step - 1)) / source_step
    widen = max(1.0, target_step / source_step)
    reach = int(np.ceil(_LOBES * widen))
    index = np.floor(centre)[:, None].astype(np.intp) + np.arange(1 - reach, reach + 1)
    distance = (index - centre[:, None]) / widen
    weight = np.where(np.abs(distance) < _LOBES, np.sinc(distance) * np.sinc(distance / _LOBES), 0.0)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(index, 0, count - 1), weight.astype(np.float32)
