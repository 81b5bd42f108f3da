"""Scores frames against their reference, one by one, and sums them up without keeping them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.metrics.blockiness import UNCROPPED, block_grid
from engines.metrics.measures import Measure, Moment
from engines.metrics.pairing import Pairs
from engines.metrics.perceptual import PerceptualMeter
from engines.types import Frame, FrameNo


@dataclass(frozen=True)
class FrameScore:
    """Figures of one frame by measure; None where it has none (the first of a shot has no warping error).

    own: the reference's own figures, of the measures that say something of one picture alone.
    """

    frame: FrameNo
    values: Mapping[str, float | None]
    own: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class MeanScore:
    """Means over the frames that have the figure. psnr_y is the mean of the frames' dB, as in published tables.

    pooled_psnr_y: dB of the mean squared error over all frames (FFmpeg's average), finite if any frame differs; None
    without PSNR.
    """

    frames: int
    values: Mapping[str, float | None]
    own: Mapping[str, float | None]
    pooled_psnr_y: float | None


def score(
    pairs: Pairs,
    measures: Sequence[Measure],
    *,
    border: int = 0,
    scale: int | None = None,
    perceptual: PerceptualMeter | None = None,
    shots: ShotList | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[FrameScore]:
    """Compare frame by frame; two pairs are held at a time.

    `border` pixels are left out of PSNR and SSIM; warping stays inside `shots`, and its motion is the reference's.
    `scale`: how many times the result was enlarged since it was coded, where that is not the pairs' own. The grid of
    coded blocks is that of the first pair. Raises FrameError for damaged frames, MediaError for pictures too small
    for a measure, and Cancelled.
    """
    cancel = cancel or CancelToken()
    scale = scale or pairs.scale
    grid = None
    before: tuple[Frame, Frame] | None = None
    for number in pairs.frames:
        cancel.check()
        ours, theirs = pairs.ours(number), pairs.theirs(number)
        if shots is not None and shots.shot(number).first == number:
            before = None
        if grid is None:
            looks = any(measure.key == "blockiness" for measure in measures)
            grid = block_grid(theirs if pairs.blocks_in == "theirs" else ours, scale) if looks else UNCROPPED
        moment = Moment(ours, theirs, before, border, scale, grid, perceptual)
        values: dict[str, float | None] = {}
        for measure in measures:
            cancel.check()
            values[measure.key] = measure.compute(moment)
        own = {measure.key: measure.own(moment) for measure in measures if measure.own is not None}
        yield FrameScore(number, values, own)
        before = ours, theirs


class Tally:
    """Means and worst frames of the scores it was given, in memory that does not grow with the clip."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self._measures = measures
        self._frames = 0
        self._sums: dict[tuple[str, bool], tuple[float, int]] = {}
        self._error = 0.0
        self._worst: dict[str, tuple[FrameNo, float]] = {}

    def add(self, one: FrameScore) -> None:
        self._frames += 1
        for figures, own in ((one.values, False), (one.own, True)):
            for key, value in figures.items():
                if value is not None:
                    total, count = self._sums.get((key, own), (0.0, 0))
                    self._sums[key, own] = total + value, count + 1
        for measure in self._measures:
            value = one.values.get(measure.key)
            held = self._worst.get(measure.key)
            if value is not None and (held is None or measure.badness(value) > measure.badness(held[1])):
                self._worst[measure.key] = one.frame, value
        decibels = one.values.get("psnr_y")
        if decibels is not None:
            self._error += 10.0 ** (-decibels / 10.0)

    def mean(self) -> MeanScore:
        """Raises ValueError without any score."""
        if self._frames == 0:
            raise ValueError("there are no scores to average")
        values = {measure.key: self._mean(measure.key, own=False) for measure in self._measures}
        own = {m.key: self._mean(m.key, own=True) for m in self._measures if m.own is not None}
        return MeanScore(self._frames, values, own, self._pooled() if "psnr_y" in values else None)

    @property
    def worst(self) -> Mapping[str, tuple[FrameNo, float]]:
        """By measure: the frame, and its figure. The first one where several are alike."""
        return self._worst

    def _mean(self, key: str, *, own: bool) -> float | None:
        total, count = self._sums.get((key, own), (0.0, 0))
        return total / count if count else None

    def _pooled(self) -> float:
        error = self._error / self._frames
        return math.inf if error == 0.0 else -10.0 * math.log10(error)
