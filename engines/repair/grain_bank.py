"""The frame's own grain: measured against its neighbours, and real pieces of it to lay over what was moved here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.luma import code_range
from engines.masks import Mask
from engines.repair.cells import steps
from engines.repair.donors import View
from engines.repair.journeys import Journeys
from engines.repair.spread import Field
from engines.repair.tiles import Shifts, Tiles, settled

# Of a piece of grain, in luma pixels; and what is cut around it and taken off again, for the filters' edges.
_SIDE, _RIM = 32, 8
_LEVELS = 3
_TRIED, _LOOKED_AT, _TONES, _PER_TONE = 4000, 480, 5, 6
# A neighbour's place counts in spite of damage on less than this share of it: the bulk is what is measured.
_SPOILED = 0.12
# A neighbour that differs less than this share of what the other does repeats the frame.
_REPEATED = 0.25
# Neighbouring levels share some of the grain: their sum has so many times the deviation of independent ones.
_OVERLAP = 1.5
# How far brightness may differ, on the nominal scale, for grain to count as alike.
_ALIKE = 0.1
# A slope over a smaller spread of brightness than this is not believed.
_TIMID = 0.02
# Less grain than this share of the nominal range, about one code of eight bits, is none that anybody sees.
_LEAST = 0.004
# Content with less power than this many times the grain's is taken for grain.
_DOUBT = 2.3


@dataclass(frozen=True, eq=False)
class GrainBank:
    """N pieces of grain. tones: N, their nominal brightness.

    pieces: per plane, N x levels x h x w, each level of variance 1. power: per plane, N x levels, code values squared.
    """

    pieces: tuple[Field, ...]
    power: tuple[Field, ...]
    tones: Field

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return sum(p.nbytes for p in (*self.pieces, *self.power, self.tones))

    @property
    def strength(self) -> float:
        """Standard deviation of the first plane's grain in code values, over all levels and pieces."""
        return float(_OVERLAP * np.sqrt(np.median(self.power[0].sum(axis=1))))

    def sigma(self, plane: int, tones: Field) -> Field:
        """levels x (shape of `tones`): standard deviation of the grain in code values at nominal brightness."""
        grid = np.linspace(float(self.tones.min()), float(self.tones.max()) + 1e-3, 25, dtype=np.float32)
        curve = np.exp(0.5 * _local_line(grid, self.tones, np.log(self.power[plane] + 1e-9)))
        return np.stack([np.interp(tones, grid, curve[:, level]) for level in range(_LEVELS)]).astype(np.float32)

    def alike(self, tones: Field, rng: np.random.Generator) -> NDArray[np.intp]:
        """For each brightness (N) the index of a piece of about that brightness, at random."""
        distance = np.abs(tones[:, None] - self.tones[None, :])
        return np.asarray(np.argmin(distance + _ALIKE * rng.random(distance.shape), axis=1))

    def quilt(self, tones: Field, place: Mask, seed: tuple[int, ...]) -> list[Field]:
        """Per plane, levels x h x w of grain of variance 1 where `place` (H x W, like `tones`), for a whole window.

        Pieces overlap by half under sine windows, whose squares add up to 1: uncorrelated pieces keep their variance.
        """
        rng = np.random.default_rng(seed)
        half = _SIDE // 2
        rows, columns = (-(-size // half) + 1 for size in tones.shape)
        cells = [(r, c) for r in range(rows) for c in range(columns) if _cell(place, r, c, half).any()]
        brightness = np.array([float(_cell(tones, r, c, half).mean()) for r, c in cells], np.float32)
        chosen = self.alike(brightness, rng)
        quilts = []
        for pieces in self.pieces:
            high, wide = pieces.shape[2:]
            down, across = _SIDE // high, _SIDE // wide
            window = _window(high, wide)
            quilt = np.zeros((_LEVELS, (rows + 1) * high // 2, (columns + 1) * wide // 2), np.float32)
            for (r, c), piece in zip(cells, chosen, strict=True):
                y, x = r * high // 2, c * wide // 2
                quilt[:, y : y + high, x : x + wide] += pieces[piece] * window
            size = (-(-tones.shape[0] // down), -(-tones.shape[1] // across))
            quilts.append(np.ascontiguousarray(quilt[:, high // 2 :, wide // 2 :][:, : size[0], : size[1]]))
        return quilts


def _cell(field: NDArray[np.generic], row: int, column: int, half: int) -> NDArray[np.generic]:
    """What the piece in this row and column of the quilt covers; the first begin half a piece outside."""
    return field[max(row - 1, 0) * half : (row + 1) * half, max(column - 1, 0) * half : (column + 1) * half]


def _window(high: int, wide: int) -> Field:
    down, across = (np.sin(np.pi * (np.arange(n) + 0.5) / n).astype(np.float32) for n in (high, wide))
    return np.asarray(down[:, None] * across[None, :], np.float32)


def _local_line(at: Field, x: Field, y: Field) -> Field:
    """Values (M x levels) at M places of lines fitted to y (N x levels) over x (N) near each place.

    Of logarithms: pieces with picture in them have few, but large powers. A line, not a mean, which at the ends of the
    scale would be drawn to the middle.
    """
    near = np.exp(-0.5 * np.square((at[:, None] - x[None, :]) / _ALIKE)) + 1e-9
    near /= near.sum(axis=1, keepdims=True)
    middle, level = near @ x, near @ y
    off = x[None, :] - middle[:, None]
    slope = ((near * off) @ y) / ((near * np.square(off)).sum(axis=1) + _TIMID**2)[:, None]
    return np.asarray(level + slope * (at - middle)[:, None], np.float32)


def levels_of(picture: Field) -> list[Field]:
    """Bands from fine to coarse and what is coarser still, which add up to the picture (H x W or H x W x C).

    A-trous wavelets on the cubic B-spline (Starck, Murtagh, Bijaoui 1998).
    """
    smooth = [picture]
    for level in range(_LEVELS):
        kernel = np.zeros(4 * 2**level + 1, np.float32)
        kernel[:: 2**level] = np.array([1, 4, 6, 4, 1], np.float32) / 16
        smoother = np.asarray(cv2.sepFilter2D(smooth[-1], cv2.CV_32F, kernel, kernel), np.float32)
        smooth.append(smoother.reshape(picture.shape))
    return [*(np.asarray(a - b, np.float32) for a, b in pairwise(smooth)), smooth[-1]]


def regrained(content: Field, left: Field, grain: Sequence[Field], sigma: Sequence[Field], amount: float) -> Field:
    """Content (H x W or H x W x C, code values) with the grain of its donors taken off and fresh grain laid on.

    left: the share of the grain's variance that is still in the content. grain: per level, of variance 1. sigma: its
    standard deviation per level. Where picture cannot be told from grain the old grain stays, the fresh adds what is
    missing of its variance. amount: 0..1 of the fresh grain. Wiener shrinkage of wavelets (Mihcak et al. 1999).
    """
    *bands, result = levels_of(content)
    for level, (band, fresh, deviation) in enumerate(zip(bands, grain, sigma, strict=True)):
        reach = 2 ** (level + 1) + 3
        noise = left * np.square(deviation)
        power = np.asarray(cv2.blur(np.square(band), (reach, reach)), np.float32).reshape(band.shape)
        keep = np.clip(1.0 - _DOUBT * noise / np.maximum(power, 1e-9), 0.0, 1.0)
        result = result + keep * band + amount * np.sqrt(1.0 - np.square(keep) * left) * deviation * fresh
    return np.asarray(result, np.float32)


def measured(current: View, donors: Sequence[View], journeys: Journeys) -> GrainBank | None:
    """None where there is no donor, too little sound picture, or no grain.

    Grain is what differs from the neighbours in calm places. Where a neighbour repeats the frame, grain and all, there
    is none to give back: what is moved from it brings it.
    """
    tiles = _calm(current)
    if tiles is None or not donors:
        return None
    here = tiles.cut(current.luma)
    weight = np.ones_like(here)
    middle = (tiles.x + tiles.side / 2, tiles.y + tiles.side / 2)
    found = []
    for donor in donors:
        shifts = settled(here, weight, donor.luma, tiles, journeys.to(donor).at(*middle))[0]
        spoiled = tiles.moved(donor.spoiled.astype(np.float32), shifts, linear=True) > 0
        usable = spoiled.mean(axis=(1, 2)) < _SPOILED
        if usable.any():
            found.append((donor, shifts, usable))
    sound = np.any([usable for _, _, usable in found], axis=0) if found else np.zeros(1, np.bool_)
    if np.count_nonzero(sound) < _TONES:
        return None
    pieces, powers = [], []
    for index, plane in enumerate(current.planes):
        step = steps(current.frame, index)
        own = tiles.cut(plane, step)
        rests = [
            np.where(usable[:, None], _noise(own, donor.planes[index], tiles, shifts, step), np.nan)
            for donor, shifts, usable in found
        ]
        bands = _bands(own)[sound]
        # Where a calm place differs from itself elsewhere more than it varies, it was not well aligned.
        power = np.minimum(_agreed(rests)[sound], _robust(bands))
        share = np.square(_window(*bands.shape[2:]))
        deviation = np.sqrt((np.square(bands) * share).sum(axis=(2, 3)) / share.sum() + 1e-12)
        pieces.append(np.asarray(bands / deviation[..., None, None], np.float32))
        powers.append(np.asarray(power, np.float32))
    bank = GrainBank(tuple(pieces), tuple(powers), np.asarray(here.mean(axis=(1, 2))[sound], np.float32))
    black, white = code_range(current.frame.format, current.frame.colour)
    return bank if bank.strength >= _LEAST * (white - black) else None


def _calm(current: View) -> Tiles | None:
    """Sound places of every brightness where the picture is calmest; None where there are too few."""
    height, width = current.luma.shape
    step = (current.frame.format.chroma_x, current.frame.format.chroma_y)
    side = _SIDE + 2 * _RIM
    if min(height, width) < side:
        return None
    rng = np.random.default_rng(current.number)
    x = rng.integers(0, width - side + 1, _TRIED) // step[0] * step[0]
    y = rng.integers(0, height - side + 1, _TRIED) // step[1] * step[1]
    tiles = Tiles(x.astype(np.int32), y.astype(np.int32), side)
    damaged = cv2.integral(current.spoiled.view(np.uint8))
    sound = damaged[y + side, x + side] - damaged[y, x + side] - damaged[y + side, x] + damaged[y, x] == 0
    tiles = tiles.part(np.flatnonzero(sound)[:_LOOKED_AT])
    if len(tiles) < _TONES:
        return None
    luma = tiles.cut(current.luma)
    # Means of 4 x 4 pixels vary with picture more than with grain.
    means = luma.reshape(len(tiles), side // 4, 4, side // 4, 4).mean(axis=(2, 4))
    busy = means.std(axis=(1, 2))
    order = np.argsort(luma.mean(axis=(1, 2)), kind="stable")
    chosen = [part[np.argsort(busy[part], kind="stable")[:_PER_TONE]] for part in np.array_split(order, _TONES)]
    return tiles.part(np.concatenate(chosen))


def _bands(stack: Field) -> Field:
    """N x levels x h x w of N x h x w: each piece by itself, without its rim."""
    channels = np.ascontiguousarray(np.moveaxis(stack, 0, -1))
    down, across = (size * _RIM // (_SIDE + 2 * _RIM) for size in stack.shape[1:])
    inner = np.stack(levels_of(channels)[:-1])[:, down:-down, across:-across]
    return np.ascontiguousarray(np.moveaxis(inner, -1, 0))


def _agreed(rests: list[Field]) -> Field:
    """N x levels of two donors' (NaN where one is spoiled): their mean, or the one that repeats the frame's grain."""
    totals = [float(np.nanmean(rest)) for rest in rests]
    if min(totals) < _REPEATED * max(totals):
        rests = [rest for rest, total in zip(rests, totals, strict=True) if total == min(totals)]
    held = np.stack(rests)
    count = np.maximum(np.isfinite(held).sum(axis=0), 1)
    return np.asarray(np.nansum(held, axis=0) / count, np.float32)


def _noise(own: Field, plane: Field, tiles: Tiles, shifts: Shifts, step: tuple[int, int]) -> Field:
    """N x levels: power of what differs between tiles and `plane` moved onto them, as of one of both.

    Moved by whole pixels, what is badly aligned counts as noise; by fractions, noise is softened, which is made up for
    as if it were white. Neither errs on the low side, so the lower is taken.
    """
    softened = np.prod([_kept(shifts[:, axis] / step[axis]) for axis in (0, 1)], axis=0)[:, None]
    whole = _robust(_bands(own - tiles.moved(plane, np.rint(shifts), step)))
    exact = _robust(_bands(own - tiles.moved(plane, shifts, step)))
    return np.asarray(np.minimum(whole / 2.0, exact / (1.0 + softened)), np.float32)


def _kept(shift: NDArray[np.floating]) -> NDArray[np.floating]:
    """Share of white noise's variance that Lanczos resampling (four lobes) keeps at these shifts along one axis."""
    places = (shift - np.floor(shift))[:, None] - np.arange(-3, 5)[None, :]
    taps = np.sinc(places) * np.sinc(places / 4.0)
    taps = taps / taps.sum(axis=1, keepdims=True)
    return np.asarray(np.square(taps).sum(axis=1))


def _robust(bands: Field) -> Field:
    """Power (N x levels) of the bulk of N x levels x h x w: what moved otherwise does not count."""
    return np.asarray(np.square(1.4826 * np.median(np.abs(bands[:, :, ::2, 1::2]), axis=(2, 3))), np.float32)
