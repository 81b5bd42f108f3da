"""Small damage, all of a frame at once: each piece sits in a tile that moves as a whole, so thousands cost little."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.masks import Mask
from engines.provenance import Origin
from engines.repair.canvas import Candidate, Canvas, fill, opened, regrain
from engines.repair.cells import any_in, mean_in, steps
from engines.repair.donors import View
from engines.repair.exposure import robust_sigma, smoothing
from engines.repair.grain_bank import GrainBank
from engines.repair.journeys import Journeys
from engines.repair.patch import Patch, Sheet, patched
from engines.repair.spread import Field, smoothed, spread
from engines.repair.tiles import Shifts, Tiles, around, settled

# Specks nearer than this are one.
_JOINED = 5
_CHUNK = 192
# How far around a speck a donor is judged, in pixels.
_RING = 10
_GAINS = (0.7, 1.4)


@dataclass(frozen=True)
class _Size:
    """Specks up to `largest` pixels sit in tiles of `side`; taken where the misfit is at most `share` of the picture's
    own variation around them."""

    largest: int
    side: int
    share: float


_SIZES = (_Size(14, 40, 0.5), _Size(40, 88, 0.3))


@dataclass(frozen=True)
class Manner:
    """grain: 0..1. noise: nominal standard deviation of the frame's grain. seed: with the frame's number."""

    grain: float
    noise: float
    seed: int


def repair_specks(
    current: View,
    wanted: Mask,
    weight: Field,
    donors: list[View],
    journeys: Journeys,
    bank: GrainBank | None,
    manner: Manner,
) -> tuple[list[Patch], Mask]:
    """Patches for the small pieces of `wanted` (H x W) that the frames beside can give, and what of it remains.

    weight: H x W, 0..1, how much of the repair is laid over the picture.
    """
    remaining, patches = wanted.copy(), list[Patch]()
    if not donors:
        return patches, remaining
    joined = cv2.dilate(wanted.view(np.uint8), np.ones((_JOINED, _JOINED), np.uint8))
    _, *found, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    labels, stats = (np.asarray(each, np.int32) for each in found)
    extent = stats[:, 2:4].max(axis=1) - _JOINED + 1
    smallest = 0
    for size in _SIZES:
        chosen = np.flatnonzero((extent > smallest) & (extent <= size.largest))
        smallest = size.largest
        chosen = chosen[chosen > 0]
        if min(current.frame.width, current.frame.height) < size.side:
            break
        for first in range(0, len(chosen), _CHUNK):
            part = chosen[first : first + _CHUNK]
            pieces = _Pieces.cut(current, wanted, labels, stats[part], part, size.side)
            patch = _repaired(current, pieces, weight, donors, journeys, bank, size, manner, remaining)
            patches.append(patch)
    return patches, remaining


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Tiles around specks. hole: N x s x s, the speck; known: where nothing is damaged."""

    tiles: Tiles
    hole: Mask
    known: Mask

    @staticmethod
    def cut(
        current: View,
        wanted: Mask,
        labels: NDArray[np.int32],
        stats: NDArray[np.int32],
        names: NDArray[np.intp],
        side: int,
    ) -> _Pieces:
        frame = current.frame
        x, y = stats[:, 0] + stats[:, 2] // 2, stats[:, 1] + stats[:, 3] // 2
        tiles = around(x, y, side, frame.width, frame.height, (frame.format.chroma_x, frame.format.chroma_y))
        damaged = tiles.cut(wanted)
        hole = damaged & (tiles.cut(labels) == names[:, None, None])
        return _Pieces(tiles, hole, _tall_eroded(~damaged))


def _tall_eroded(sound: Mask) -> Mask:
    tall = sound.reshape(-1, sound.shape[2]).view(np.uint8)
    return cv2.erode(tall, np.ones((3, 3), np.uint8)).view(np.bool_).reshape(sound.shape)


def _repaired(
    current: View,
    pieces: _Pieces,
    weight: Field,
    donors: list[View],
    journeys: Journeys,
    bank: GrainBank | None,
    size: _Size,
    manner: Manner,
    remaining: Mask,
) -> Patch:
    tiles, frame = pieces.tiles, current.frame
    here = tiles.cut(current.luma)
    known = pieces.known.astype(np.float32)
    tall = pieces.hole.reshape(-1, tiles.side)
    ring = np.minimum(cv2.dilate(tall.view(np.uint8), np.ones((2 * _RING + 1,) * 2, np.uint8)), 1).reshape(here.shape)
    ring = np.asarray(ring * known, np.float32)
    total = np.maximum(ring.sum(axis=(1, 2)), 1.0)
    mean = (here * ring).sum(axis=(1, 2)) / total
    activity = np.sqrt((np.square(here - mean[:, None, None]) * ring).sum(axis=(1, 2)) / total)
    planes = [
        tiles.cut(plane, steps(frame, i)).reshape(-1, tiles.side // steps(frame, i)[0])
        for i, plane in enumerate(current.planes)
    ]
    canvas = opened(planes, tall)
    middle = (tiles.x + tiles.side / 2, tiles.y + tiles.side / 2)
    candidates = []
    for donor in donors:
        shifts, _ = settled(here, known, donor.luma, tiles, journeys.to(donor).at(*middle))
        candidates.append(_candidate(current, donor, tiles, shifts, canvas, known, ring, manner.noise))
    limit = size.share * activity + 1.3 * manner.noise + 0.005
    fill(canvas, frame, candidates, _each(limit.astype(np.float32), tiles), manner.noise)
    # A speck is repaired whole or left to those that look farther.
    failed: Mask = np.asarray(canvas.remaining.reshape(here.shape).any(axis=(1, 2)))
    done = pieces.hole & ~failed[:, None, None]
    regrain(canvas, frame, done.reshape(tall.shape), bank, manner.grain, (manner.seed, size.side))
    rows, columns = (np.broadcast_to(g, here.shape) for g in tiles.grid((1, 1)))
    remaining[rows[done], columns[done]] = False
    laid = np.where(done, tiles.cut(weight), 0.0).astype(np.float32).reshape(tall.shape)
    sheet = Sheet(
        rows.reshape(tall.shape),
        columns.reshape(tall.shape),
        canvas.planes,
        laid,
        canvas.labels,
        np.rint(canvas.confidence * 255).astype(np.uint8),
        canvas.donor,
        np.zeros_like(tall),
    )
    return patched(sheet, frame)


def _candidate(
    current: View, donor: View, tiles: Tiles, shifts: Shifts, canvas: Canvas, known: Field, ring: Field, noise: float
) -> Candidate:
    frame, shape = current.frame, (-1, tiles.side)
    spoiled = tiles.moved(donor.spoiled.astype(np.float32), shifts, linear=True) > 0
    weight = known * ~spoiled
    planes = []
    for index, plane in enumerate(donor.planes):
        step = steps(frame, index)
        moved = tiles.moved(plane, shifts, step)
        own = canvas.planes[index].reshape(moved.shape)
        sure = mean_in(weight.reshape(shape), step) * ~any_in(known.reshape(shape) == 0, step)
        gain = not (frame.format.family == "yuv" and index > 0)
        planes.append(_exposed(moved, own, np.asarray(sure, np.float32).reshape(moved.shape), noise, gain=gain))
    luma = tiles.moved(donor.luma, shifts)
    here = tiles.cut(current.luma)
    total = np.maximum((ring * ~spoiled).sum(axis=(1, 2)), 1.0)
    rest = here - luma
    rest -= ((rest * ring * ~spoiled).sum(axis=(1, 2)) / total)[:, None, None]
    misfit = (np.abs(rest) * ring * ~spoiled).sum(axis=(1, 2)) / total
    beyond = _beyond(tiles, shifts, frame.width, frame.height)
    usable = ~spoiled & ~beyond
    return Candidate(
        donor.offset,
        planes,
        luma.reshape(shape),
        np.exp(-misfit / 0.05)[:, None, None]
        .repeat(tiles.side, 1)
        .repeat(tiles.side, 2)
        .reshape(shape)
        .astype(np.float32),
        usable.reshape(shape),
        _labels(donor, tiles, shifts).reshape(shape),
        _each(misfit.astype(np.float32), tiles),
    )


def _each(values: Field, tiles: Tiles) -> Field:
    """One value per tile on the stacked grid."""
    return np.ascontiguousarray(np.broadcast_to(values[:, None, None], (len(tiles), tiles.side, tiles.side))).reshape(
        -1, tiles.side
    )


def _exposed(moved: Field, own: Field, sure: Field, noise: float, *, gain: bool) -> Field:
    """Stacked h*N x w: each tile's levels fitted to what is known around the speck, the rest continued smoothly."""
    total = np.maximum(sure.sum(axis=(1, 2)), 1.0)

    def mean(values: Field) -> Field:
        return np.asarray((values * sure).sum(axis=(1, 2)) / total, np.float32)[:, None, None]

    mean_moved, mean_own = mean(moved), mean(own)
    slope: Field = np.ones_like(mean_own)
    if gain:
        rest = own - moved - (mean_own - mean_moved)
        prior = 4.0 * mean(np.square(rest)) + 1e-9
        bound = mean(np.square(moved - mean_moved)) + prior
        fit = (mean((moved - mean_moved) * (own - mean_own)) + prior) / bound
        slope = np.asarray(np.clip(fit, *_GAINS), np.float32)
    fitted = (slope * (moved - mean_moved) + mean_own).reshape(-1, moved.shape[2])
    rest = own.reshape(fitted.shape) - fitted
    weight = sure.reshape(fitted.shape)
    weight = np.asarray(weight / (1.0 + np.square(rest / (3.0 * robust_sigma(rest, weight)))), np.float32)
    support = np.minimum(weight * 4.0, 1.0).astype(np.float32)
    return np.asarray(
        fitted + spread(smoothed(np.asarray(rest, np.float32), weight, smoothing(noise)), support), np.float32
    )


def _beyond(tiles: Tiles, shifts: Shifts, width: int, height: int) -> Mask:
    """Where a tile's pixels land outside the donor's picture."""
    rows, columns = tiles.grid((1, 1))
    down, across = rows + shifts[:, 1][:, None, None], columns + shifts[:, 0][:, None, None]
    return np.asarray((down < 0) | (across < 0) | (down > height - 1) | (across > width - 1))


def _labels(donor: View, tiles: Tiles, shifts: Shifts) -> NDArray[np.uint8]:
    """What a stage before invented stays flagged when it is moved."""
    own = donor.provenance.labels
    lowest = np.uint8(Origin.TRANSPORTED)
    if not any(own.strides) and own[0, 0] <= lowest:
        return np.full((len(tiles), tiles.side, tiles.side), lowest, np.uint8)
    reached = cv2.dilate(np.ascontiguousarray(own), np.ones((9, 9), np.uint8)).astype(np.float32)
    return np.maximum(lowest, tiles.moved(reached, np.rint(shifts), linear=True).astype(np.uint8))
