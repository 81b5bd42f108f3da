"""Grain over a shot: what it is like, how strong in each frame, and whether it is grain at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.detect.shots import Shot
from engines.grain.kind import KindModel, KindVote, kind_model
from engines.grain.measure import GrainMeasure
from engines.grain.model import BINS, LAGS, GrainModel
from engines.grain.planes import coloured_planes, nominal
from engines.luma import luma_of
from engines.media.source import ClipInfo
from engines.nets.grain_kind import KINDS
from engines.types import Frame, FrameNo

_PLACES = 10
"""Pairs of frames that are looked at in a shot, evenly spread."""
_JUDGED = 5
"""Of which so many tell its kind."""


@dataclass(frozen=True)
class GrainAnalysis(ShotAnalysis):
    """Arrays, N frames in the shot: those of `GrainModel`, sigma (N, luma, nominal, linear between the frames that were
    looked at), kind (4 probabilities, in the order of `KINDS`).
    """

    name = "grain"
    version = 1

    def key(self) -> str:
        """Raises ModelError."""
        return kind_model().sha256

    def begin(self, info: ClipInfo, shot: Shot) -> _Pass:
        return _Pass(shot, coloured_planes(info.format), kind_model())


class _Pass:
    def __init__(self, shot: Shot, planes: int, model: KindModel) -> None:
        self._shot, self._planes = shot, planes
        count = shot.last - shot.first + 1
        places = min(_PLACES, max(1, count - 1))
        # Frames that are compared with the one after them.
        self._places = {shot.first + (2 * i + 1) * max(1, count - 1) // (2 * places) for i in range(places)}
        ordered = sorted(self._places)
        self._judged = {ordered[i] for i in np.linspace(0, len(ordered) - 1, _JUDGED).round().astype(int)}
        self._measure = GrainMeasure(planes)
        self._vote = KindVote(model)
        self._held: tuple[FrameNo, Frame] | None = None
        self._sigmas: dict[int, float] = {}

    def feed(self, number: FrameNo, frame: Frame) -> None:
        """Looks at a frame that is kept and the one that follows."""
        if self._held is not None:
            self._look(*self._held, frame)
            self._held = None
        if number in self._places:
            self._held = (number, frame)

    def finish(self) -> Arrays:
        if self._held is not None:
            self._look(*self._held, None)
        count = self._shot.last - self._shot.first + 1
        model = self._measure.model() or _nothing(self._planes)
        known = sorted(self._sigmas)
        sigma = np.zeros(count)
        if known:
            sigma = np.interp(np.arange(count), known, [self._sigmas[n] for n in known])
        return {**model.arrays(), "sigma": sigma.astype(np.float32), "kind": self._vote.probabilities()}

    def _look(self, number: FrameNo, frame: Frame, after: Frame | None) -> None:
        luma = luma_of(frame)
        near = None if after is None else luma_of(after)
        sigma = self._measure.add(nominal(frame), luma, None if after is None else nominal(after), near)
        if np.isfinite(sigma):
            self._sigmas[number - self._shot.first] = sigma
        if number in self._judged:
            self._vote.add(luma, near)


def _nothing(planes: int) -> GrainModel:
    """Of a shot without a calm block: no grain is known of."""
    point = np.zeros((planes, 2 * LAGS + 1, 2 * LAGS + 1))
    point[:, LAGS, LAGS] = 1.0
    return GrainModel(np.zeros((planes, BINS)), point, 0.0, np.zeros(BINS))


def kind_of(arrays: Arrays) -> tuple[str, float]:
    """The likeliest kind and its probability."""
    found = int(np.argmax(arrays["kind"]))
    return KINDS[found], float(arrays["kind"][found])
