"""Stage `scratch`: marks near-vertical lines that last, and leaves the uprights that the camera saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.analysis.propose_scratch import propose_scratch
from engines.detect.proposals import Detections
from engines.detect.shots import Shot
from engines.errors import FrameError
from engines.marks import Marks
from engines.models.registry import load_line_judge
from engines.scratch.agree import agreed, at_frame, witnessed
from engines.scratch.evidence import Evidence, evidence_of
from engines.scratch.found import Found, drawn, find
from engines.scratch.profile import LEAST_SIDE, Kernel, band_count, kernels
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import check_settings, setting
from engines.types import FrameNo, Rect

NAME = "scratch"
_BLOCK, _WINDOW = 8, 16
_WITNESS = 12
"""Frames that a window must have to be asked about lines of another."""


@dataclass(frozen=True)
class ScratchSettings:
    """Which lines count."""

    confidence: float = setting(
        0.95, "Confidence", "Lines that are at least this sure to be scratches are marked.", low=0.0, high=1.0
    )
    widest: float = setting(4.0, "Widest", "Wider lines are not looked for.", low=1.0, high=12.0, unit="px")
    polarity: str = setting(
        "both", "Polarity", "Scratches that are brighter than the picture, darker, or both.",
        choices=("both", "bright", "dark"),
    )  # fmt: skip
    tilt: float = setting(
        1.5, "Tilt", "Lines that lean more than this are not looked for.", low=0.0, high=10.0, unit="degrees", rare=True
    )
    grow: float = setting(
        1.0, "Grow", "Marked beyond the line on both sides, for its soft edges.", low=0.0, high=8.0, unit="px"
    )


class Scratch(Stage):
    """Windows of 16 frames inside the shot, one every 8, are searched on what the stages before answer: steadied film
    has steady scratches. Both windows over a frame decide. Everything found is kept by content.
    """

    name = NAME
    version = 2

    def __init__(self, settings: ScratchSettings) -> None:
        check_settings(NAME, settings)
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return _WINDOW + _BLOCK - 1

    @property
    def marks_only(self) -> bool:
        return True

    def key(self) -> str:
        s = self.settings
        return f"{self._search_key()} {s.confidence} {s.polarity} {s.grow}"

    def _search_key(self) -> str:
        return f"{NAME} {self.version} {self.settings.widest} {self.settings.tilt} {load_line_judge().sha256}"

    def finds(self, first: FrameNo, last: FrameNo) -> bool:  # noqa: ARG002 - anywhere
        return True

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        """Raises FrameError, MaskError, Cancelled."""
        return upstream.marks(number).found(self.detections(number, upstream).coverage(self.settings.confidence))

    def detections(self, number: FrameNo, upstream: Upstream) -> Detections:
        """Every line that may be a scratch. Raises FrameError, Cancelled."""
        size = (upstream.geometry.height, upstream.geometry.width)
        if min(size) < LEAST_SIDE:
            return Detections(np.zeros(size, np.int32), ())
        found = self._found(number, upstream)
        if len(found.frames) == 0:
            upstream.frame(number)  # says why it cannot be read
        shrink = upstream.policy.reduction
        return drawn(found, number, size, self.settings.grow / shrink, self.settings.polarity)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)

    def _found(self, number: FrameNo, upstream: Upstream) -> Found:
        """What is in the frame, or nothing at all of a frame that cannot be read.

        Inside a shot two windows hold the frame. Near its ends one does; the next one is asked for the same lines.
        """
        shot = upstream.shot(number)
        block = number // _BLOCK * _BLOCK
        early, late = block - _BLOCK < shot.first, block + _BLOCK > shot.last
        held = self._window(block - _BLOCK if late and not early else block, shot, upstream)
        if number not in held.frames:
            return at_frame(held, number)
        if not early and not late:
            return agreed(at_frame(held, number), at_frame(self._window(block - _BLOCK, shot, upstream), number))
        other = block - 2 * _BLOCK if late and not early else block + _BLOCK
        if min(other + _WINDOW - 1, shot.last) - max(other, shot.first) + 1 < _WITNESS:
            return at_frame(held, number)
        return witnessed(held, number, self._window(other, shot, upstream))

    def _window(self, start: FrameNo, shot: Shot, upstream: Upstream) -> Found:
        """The window that begins at `start`, cut to the shot."""
        first, last = max(start, shot.first), min(start + _WINDOW - 1, shot.last)
        key = f"{self._search_key()} {first}-{last}"
        arrays = upstream.stored(first, key, lambda: self._searched(first, last, upstream).packed())
        return Found(**arrays)

    def _searched(self, first: FrameNo, last: FrameNo, upstream: Upstream) -> Found:
        shrink = upstream.policy.reduction
        with_kernels = kernels(self.settings.widest / shrink)
        frames, window = [], []
        for number in range(first, last + 1):
            evidence = self._evidence(number, with_kernels, upstream)
            if evidence is not None:
                frames.append(number)
                window.append(evidence)
        upstream.cancel.check()
        height = upstream.geometry.height
        steepest = float(np.tan(np.radians(self.settings.tilt))) * height / band_count(height)
        return find(frames, window, with_kernels, steepest, load_line_judge())

    def _evidence(self, number: FrameNo, with_kernels: tuple[Kernel, ...], upstream: Upstream) -> Evidence | None:
        """None where the frame cannot be read: the others stand for it."""

        def make() -> _Kept:
            try:
                frame = upstream.frame(number).frame
            except FrameError as error:
                upstream.note(f"scratch: frame {error.frame} cannot be searched: {error.sentence}")
                return _Kept(None)
            return _Kept(evidence_of(frame, with_kernels))

        return upstream.kept(("scratch evidence", number), make).evidence


@dataclass(frozen=True, eq=False)
class _Kept:
    evidence: Evidence | None

    @property
    def nbytes(self) -> int:
        return 64 if self.evidence is None else self.evidence.nbytes


def _make(settings: ScratchSettings, context: StageContext) -> Scratch:  # noqa: ARG001 - all stages are made alike
    return Scratch(settings)


SCRATCH = StageType(
    NAME, "Finds scratches: near-vertical lines that last.", ScratchSettings, _make, propose=propose_scratch
)
