"""Stage `grain`: noise goes, grain stays; grain is removed to a degree, and given back to what lost it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines.analysis.curves import Curve
from engines.analysis.grain import GrainAnalysis, kind_of
from engines.analysis.propose_grain import propose_grain
from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.errors import FrameError
from engines.grain.give_back import new_grain, own_grain
from engines.grain.model import GrainModel
from engines.grain.planes import changed, nominal
from engines.grain.split import Pictured, grain_of
from engines.luma import Luma, luma_of
from engines.masks import Mask
from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.resample import chroma_shift, enlarge_plane
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import setting
from engines.types import Frame, FrameNo, Rect

NAME = "grain"

SURE = 0.9
"""Probability from which fluctuation counts as digital noise and goes unasked."""
_LIKELY = 0.5
# Below this (8-bit codes) there is no grain to speak of.
_LEAST = 0.5
# The frame's own grain is strengthened by at most so much.
_MADE_UP_FOR = 1.4


@dataclass(frozen=True)
class GrainSettings:
    """`None` (written "auto") lets the kind that was found decide."""

    remove: float = setting(0.0, "Remove", "Share of the film's grain that is taken away.", low=0.0, high=1.0)
    noise: float | None = setting(
        None,
        "Noise",
        "Share of digital noise that is taken away; auto: all of it, where it is surely no grain.",
        low=0.0,
        high=1.0,
    )
    give_back: float | None = setting(
        None,
        "Give back",
        "Share of the grain that stages before took which is given back; auto: all of it, where it is grain.",
        low=0.0,
        high=1.0,
    )
    add: str = setting(
        "auto",
        "Source",
        "What is given back: the frame's own grain, else new grain like the shot's (flagged); or only its own.",
        choices=("auto", "own"),
    )


@dataclass(frozen=True)
class Amounts:
    """remove: of all fluctuation (0..1). give_back: of what stages before took (0..1)."""

    remove: float
    give_back: float


class Grain(Stage):
    """Deterministic. With nothing to do frames pass bit for bit."""

    name = NAME
    version = 1

    def __init__(self, settings: GrainSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        self.settings = settings
        self._analysis = GrainAnalysis()

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return 1

    @property
    def measures_shot(self) -> bool:
        return True

    @property
    def invents(self) -> str:
        return _invents(self.settings)

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:  # noqa: ARG002 - the same everywhere
        return (self._analysis,)

    def key(self) -> str:
        """Raises ModelError."""
        return f"{NAME} {self.version} {self._analysis.version} {self._analysis.key()} {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Frames with nothing to remove or to give back are handed through. Raises FrameError, Cancelled."""
        arrays = upstream.analysed(number, self._analysis)
        if arrays is None:
            return upstream.frame(number, region)
        wanted = amounts(self.settings, arrays)
        if wanted.remove == 0.0 and wanted.give_back == 0.0:
            return upstream.frame(number, region)
        if wanted.remove == 0.0 and not _lost(upstream.frame(number, region)).any():
            return upstream.frame(number, region)
        return upstream.kept(("grain", number), lambda: self._whole(number, wanted, arrays, upstream)).crop(region)

    def _whole(self, number: FrameNo, wanted: Amounts, arrays: Arrays, upstream: Upstream) -> Rendered:
        below = upstream.frame(number)
        model = GrainModel.from_arrays(arrays).reduced(upstream.policy.reduction)
        answer = below
        if wanted.remove > 0.0:
            if self.settings.remove == 0.0:
                kind, sure = kind_of(arrays)
                upstream.note(f"grain: {kind} noise, no film grain ({sure:.0%} sure); it is taken away.")
            answer = _removed(number, wanted.remove, below, model, upstream)
        lost = _lost(below)
        if wanted.give_back > 0.0 and lost.any():
            answer = self._given(number, wanted.give_back, answer, lost, model, upstream)
        return answer

    def _given(
        self, number: FrameNo, amount: float, below: Rendered, lost: Mask, model: GrainModel, upstream: Upstream
    ) -> Rendered:
        now = nominal(below.frame)
        labels = below.provenance.labels
        estimated = labels == Origin.ESTIMATED
        marks = upstream.marks(number).damage
        own = estimated if marks is None else estimated & (marks == 0)
        changes: list[Luma | None] = [None] * len(now)
        if own.any():
            changes = self._own_back(number, amount, below.frame, own, model, upstream)
        made = np.zeros_like(lost)
        if self.settings.add == "auto":
            brightness = np.asarray(cv2.GaussianBlur(luma_of(below.frame), (0, 0), 2.0), np.float32)
            lacking = lost & ~own
            cells: dict[tuple[int, int], Mask] = {}
            for index, plane in enumerate(now):
                steps = _steps(lost, plane)
                if steps not in cells:
                    cells[steps] = _cells(lacking, steps)
                under = np.asarray(cv2.resize(brightness, plane.shape[::-1]), np.float32)
                given = new_grain(plane, model, index, under, cells[steps], amount, (number, index))
                if given.made.any():
                    change = changes[index]
                    changes[index] = given.change if change is None else change + given.change
                    made |= lacking & _spread(given.made, lost.shape)
        if all(change is None for change in changes):
            return below
        said = ProvenanceMap.uniform(below.frame.width, below.frame.height)
        if made.any():
            upstream.note("grain: repairs had no grain; grain like the shot's was made for them and flagged.")
            said = ProvenanceMap(
                np.where(made, Origin.SYNTHESISED, labels).astype(np.uint8), said.confidence, said.donor
            )
        return Rendered(changed(below.frame, changes), below.provenance.merge(said))

    def _own_back(
        self, number: FrameNo, amount: float, frame: Frame, own: Mask, model: GrainModel, upstream: Upstream
    ) -> list[Luma | None]:
        """By plane, what of the untouched frame's grain is to be added in `own`."""
        plain = upstream.plain(number)
        scale = frame.width // plain.frame.width
        source = nominal(plain.frame)
        grain = upstream.kept(("own", number), lambda: _Planes(_own_grain(plain, model, upstream))).planes
        changes: list[Luma | None] = []
        for index, plane in enumerate(nominal(frame)):
            steps = _steps(own, plane)
            shift = (0.0, 0.0) if steps == (1, 1) else chroma_shift(frame.format, frame.colour.chroma_location, scale)
            there, known = (_fitted(enlarge_plane(p[index], scale, shift), plane) for p in (source, grain))
            change = own_grain(plane, there, known, _cells(own, steps), amount)
            changes.append(change if change.any() else None)
        return changes


@dataclass(frozen=True, eq=False)
class _Planes:
    planes: list[Luma]

    @property
    def nbytes(self) -> int:
        return sum(plane.nbytes for plane in self.planes)


def amounts(settings: GrainSettings, arrays: Arrays) -> Amounts:
    """What the settings come to on a shot, given what was measured on it."""
    kind, sure = kind_of(arrays)
    strength = GrainModel.from_arrays(arrays).sigma * 255.0
    noisy = settings.noise if settings.noise is not None else float(kind == "digital" and sure >= SURE)
    noise = noisy if kind in ("digital", "compression") and strength >= _LEAST else 0.0
    back = settings.give_back
    if back is None:
        back = float(kind == "grain" and sure >= _LIKELY)
    return Amounts(max(settings.remove, noise), back if strength >= _LEAST else 0.0)


def _removed(number: FrameNo, amount: float, below: Rendered, model: GrainModel, upstream: Upstream) -> Rendered:
    grain = grain_of(_pictured(below.frame), _neighbours(number, upstream), model, upstream.cancel)
    frame = changed(below.frame, [plane * np.float32(-amount) for plane in grain])
    said = ProvenanceMap.uniform(frame.width, frame.height, Origin.ADJUSTED)
    return Rendered(frame, below.provenance.merge(said))


def _own_grain(plain: Rendered, model: GrainModel, upstream: Upstream) -> list[Luma]:
    """Of the untouched frame, by itself: what earlier stages did to its neighbours does not matter.

    As strong as was measured: what looked like picture when it was split off is made up for.
    """
    own = _pictured(plain.frame)
    answers = []
    for index, grain in enumerate(grain_of(own, [], model, upstream.cancel)):
        under = np.asarray(cv2.resize(own.luma, grain.shape[::-1]), np.float32)
        expected = float(np.square(model.sigma_at(index, under)).mean())
        gain = (expected / max(float(np.square(grain).mean()), 1e-12)) ** 0.5
        answers.append(np.asarray(grain * np.float32(min(max(gain, 1.0), _MADE_UP_FOR)), np.float32))
    return answers


def _neighbours(number: FrameNo, upstream: Upstream) -> list[Pictured]:
    found = []
    for near in (number - 1, number + 1):
        if near not in upstream.shot(number):
            continue
        try:
            found.append(_pictured(upstream.frame(near).frame))
        except FrameError as error:
            # A neighbour is a help, not a need.
            upstream.note(f"grain: frame {error.frame} cannot help: {error.sentence}")
    return found


def _pictured(frame: Frame) -> Pictured:
    planes = nominal(frame)
    return Pictured(planes, luma_of(frame) if frame.format.family == "rgb" else planes[0])


def _lost(below: Rendered) -> Mask:
    """Where stages before may have taken grain."""
    return np.asarray(below.provenance.labels >= Origin.TRANSPORTED)


def _steps(mask: Mask, plane: Luma) -> tuple[int, int]:
    """How many pixels of `mask` a sample of the plane spans, across and down."""
    return round(mask.shape[1] / plane.shape[1]), round(mask.shape[0] / plane.shape[0])


def _cells(mask: Mask, steps: tuple[int, int]) -> Mask:
    """Samples of a plane that colour no pixel outside the mask."""
    return mask if steps == (1, 1) else ~chroma_cells(~mask, *steps)


def _spread(cells: Mask, shape: tuple[int, ...]) -> Mask:
    if cells.shape == shape:
        return cells
    return np.asarray(cv2.resize(cells.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST) > 0)


def _fitted(plane: Luma, like: Luma) -> Luma:
    """Sizes of chroma planes round up: an enlarged one may be a sample larger."""
    return plane[: like.shape[0], : like.shape[1]]


def _curves(settings: GrainSettings, arrays: Arrays) -> tuple[Curve, ...]:
    before = np.asarray(arrays["sigma"]) * 255.0
    return (Curve("Grain", "8-bit codes", before, before * (1.0 - amounts(settings, arrays).remove)),)


def _invents(settings: GrainSettings) -> str:
    if settings.add == "own" or settings.give_back == 0.0:
        return ""
    return "Stage grain makes new grain where repairs have none (use grain:add=own)."


GRAIN = StageType(
    NAME,
    "Tells grain from noise: noise goes, grain stays, and repairs get it back.",
    GrainSettings,
    Grain,
    curves=_curves,
    propose=propose_grain,
    invents=_invents,
    honest={"add": "own"},
)
