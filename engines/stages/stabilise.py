"""Stage `stabilise`: takes gate weave out of a shot, and leaves the camera's own motion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.analysis.curves import Curve
from engines.analysis.propose_stabilise import propose_stabilise
from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.analysis.weave import WeaveAnalysis
from engines.errors import FrameError
from engines.marks import Marks
from engines.provenance import Origin, ProvenanceMap
from engines.stabilise.borders import Canvas, Donor, blackened, filled, repeated, revealed
from engines.stabilise.correction import ShotCorrection, Wish, shot_correction
from engines.stabilise.model import farthest
from engines.stabilise.plots import weave_curves
from engines.stabilise.resample import moved_marks, placing, resampled
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.setting_texts import parsed_rect
from engines.stages.settings import check_settings, setting
from engines.types import Frame, FrameNo, Rect

NAME = "stabilise"
_STILL = 0.02
"""Pixels: a frame that is displaced by less is handed through as it is."""
_DONORS = 4
"""Frames before and after that may show what lies beyond a frame's edge."""


@dataclass(frozen=True)
class StabiliseSettings:
    """What counts as weave, and what becomes of it."""

    strength: float = setting(1.0, "Strength", "Share of the weave that is taken out.", low=0.0, high=1.0)
    smooth: float = setting(
        1.0, "Camera", "Motion slower than this is the camera's and stays.", low=0.1, high=5.0, unit="Hz"
    )
    camera: str = setting(
        "auto",
        "Shot",
        "Still: the camera stood, so all motion is weave. Moving: slow motion stays.",
        choices=("auto", "still", "moving"),
    )
    borders: str = setting(
        "neighbours",
        "Borders",
        "Revealed edges: content of neighbouring frames, the edge repeated, black, or enlarge until none shows.",
        choices=("neighbours", "edge", "black", "crop"),
    )
    rotation: bool = setting(True, "Rotation", "Turning of the film in the gate as well.")
    zoom: bool = setting(True, "Breathing", "Breathing of the picture's size as well.")
    mesh: bool = setting(True, "Warp", "Bending of warped film as well, where there is any.")
    region: str = setting(
        "",
        "Region",
        "Only what is in it is measured, and held still: a perforation, the frame's edge. Empty: the whole picture.",
        draws="rect",
    )


class Stabilise(Stage):
    """Deterministic: each frame is resampled once, by what was measured over the whole shot."""

    name = NAME
    version = 1

    def __init__(self, settings: StabiliseSettings, context: StageContext | None = None) -> None:  # noqa: ARG002
        """Raises SettingError."""
        check_settings(NAME, settings)
        self.settings = settings
        self._analysis = WeaveAnalysis(parsed_rect(NAME, settings.region))

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return 2 * _DONORS if self.settings.borders == "neighbours" else 0

    @property
    def measures_shot(self) -> bool:
        return True

    @property
    def geometric(self) -> bool:
        return True

    @property
    def invents(self) -> str:
        return _invents(self.settings)

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:  # noqa: ARG002 - the same everywhere
        return (self._analysis,)

    def key(self) -> str:
        return f"{NAME} {self.version} {self._analysis.version} {self.settings}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Frames displaced by less than 0.02 pixels, and shots not yet measured, are handed through as they are.

        Raises FrameError, Cancelled.
        """
        back = self._back(number, upstream)
        if back is None:
            return upstream.frame(number, region)
        if region == upstream.geometry.bounds:
            return self._moved(number, back, upstream)
        # The tiles of a frame share one resampling: in tiles it would be done twice along their seams.
        return upstream.kept(("moved", number), lambda: self._moved(number, back, upstream)).crop(region)

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        """Moved with the picture. Raises FrameError, MaskError, Cancelled."""
        below = upstream.marks(number)
        back = self._back(number, upstream) if below.damage is not None or below.protected is not None else None
        if back is None:
            return below
        canvas = self._canvas(upstream.frame(number).frame, back, self._correction(number, upstream), upstream)
        return Marks(*moved_marks(below.damage, below.protected, back, canvas.lie(0), canvas.fields))

    def _moved(self, number: FrameNo, back: NDArray[np.float64], upstream: Upstream) -> Rendered:
        below = upstream.frame(number)
        correction = self._correction(number, upstream)
        canvas = self._canvas(below.frame, back, correction, upstream)
        for index, plane in enumerate(below.frame.planes):
            whole = Rect(0, 0, plane.shape[1], plane.shape[0])
            canvas.planes.append(resampled(plane, back, canvas.lie(index), whole, canvas.fields))
        said = self._bordered(number, canvas, correction, upstream)
        layout = below.frame.format
        if not layout.floating:
            for moved in canvas.planes:
                np.clip(moved, 0.0, np.float32(layout.peak), out=moved)
        return Rendered(below.frame.with_planes(tuple(canvas.planes)), _merged(below.provenance, said, canvas))

    def _bordered(
        self, number: FrameNo, canvas: Canvas, correction: ShotCorrection, upstream: Upstream
    ) -> ProvenanceMap:
        plain = ProvenanceMap.uniform(canvas.frame.width, canvas.frame.height, Origin.ADJUSTED)
        strips = () if self.settings.borders == "crop" else revealed(canvas)
        if not strips:
            return plain
        if self.settings.borders == "black":
            blackened(canvas, strips)
            return plain
        if self.settings.borders == "edge":
            return repeated(canvas, strips)
        # Repeats of a picture take from where the first of them takes: they shall stay repeats.
        here = number - upstream.shot(number).first
        first = int(correction.shows[here]) - here
        first = first if first >= -_DONORS else 0
        offsets = [first + sign * far for far in range(1, _DONORS + 1) for sign in (-1, 1)]
        return filled(canvas, strips, self._donor(number, correction, upstream), offsets)

    def _donor(self, number: FrameNo, correction: ShotCorrection, upstream: Upstream) -> Donor:
        """Neighbours of the shot, each read once; where content of frame `number` lies in them, their paths tell."""
        shot = upstream.shot(number)
        here = number - shot.first

        def give(offset: int) -> tuple[Frame, NDArray[np.float64]] | None:
            if number + offset not in shot:
                return None
            try:
                frame = upstream.frame(number + offset).frame
            except FrameError as error:
                # A donor is a help, not a need.
                upstream.note(f"stabilise: frame {error.frame} cannot give its edge: {error.sentence}")
                return None
            path = correction.path
            return frame, correction.back[here] + path[here + offset] - path[here]

        return cache(give)

    def _canvas(
        self, frame: Frame, back: NDArray[np.float64], correction: ShotCorrection, upstream: Upstream
    ) -> Canvas:
        shrunk = -(-correction.width // upstream.policy.reduction)
        scale = upstream.policy.reduction * shrunk / frame.width
        fields = len(back) if scale == 1 else 1
        return Canvas(frame, [], back, correction.width, correction.height, scale, fields)

    def _back(self, number: FrameNo, upstream: Upstream) -> NDArray[np.float64] | None:
        """F x K: how the frame must be moved back; None where it need not, or nothing is known yet."""
        if self.settings.strength == 0.0 or upstream.analysed(number, self._analysis) is None:
            return None
        correction = self._correction(number, upstream)
        back = correction.back[number - upstream.shot(number).first]
        if max(farthest(one, correction.width, correction.height) for one in back) < _STILL:
            return None
        return np.asarray(back)

    def _correction(self, number: FrameNo, upstream: Upstream) -> ShotCorrection:
        arrays = upstream.analysed(number, self._analysis)
        assert arrays is not None
        return upstream.kept(("path", upstream.shot(number)), lambda: shot_correction(arrays, _wish(self.settings)))


def _merged(labels: ProvenanceMap, said: ProvenanceMap, canvas: Canvas) -> ProvenanceMap:
    """Labels go where their pixels go; the highest of those that a resampled pixel mostly rests on counts."""
    if not any(labels.labels.strides):
        return said if labels.labels[0, 0] == Origin.SOURCE else labels.merge(said)
    whole, lie = canvas.frame.bounds, placing(canvas.frame, 0, canvas.width, canvas.height, canvas.reduction)

    def near(plane: NDArray[np.uint8] | NDArray[np.int8]) -> NDArray[np.float32]:
        return resampled(plane, canvas.back, lie, whole, canvas.fields, cv2.INTER_NEAREST)

    highest = cv2.dilate(np.ascontiguousarray(labels.labels), np.ones((3, 3), np.uint8))
    moved = ProvenanceMap(
        near(np.asarray(highest, np.uint8)).astype(np.uint8),
        near(labels.confidence).astype(np.uint8),
        near(labels.donor).astype(np.int8),
    )
    return moved.merge(said)


def _wish(settings: StabiliseSettings) -> Wish:
    return Wish(
        settings.strength,
        settings.smooth,
        settings.camera,
        settings.rotation,
        settings.zoom,
        settings.mesh,
        settings.borders == "crop",
    )


def _curves(settings: StabiliseSettings, arrays: Arrays) -> tuple[Curve, ...]:
    return weave_curves(shot_correction(arrays, _wish(settings)))


def _invents(settings: StabiliseSettings) -> str:
    if settings.borders in ("black", "crop"):
        return ""
    return "Stage stabilise repeats the picture's edge where no frame shows more (use stabilise:borders=black)."


STABILISE = StageType(
    NAME,
    "Takes out gate weave, breathing and warp; pans stay.",
    StabiliseSettings,
    Stabilise,
    curves=_curves,
    propose=propose_stabilise,
    invents=_invents,
    honest={"borders": "black"},
)
