"""Stage `scratch`: marks near-vertical lines that last, and leaves the uprights that the camera saw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from engines.analysis.propose_scratch import propose_scratch
from engines.detect.proposals import Detections
from engines.errors import FrameError
from engines.marks import Marks
from engines.models.registry import load_line_judge
from engines.scratch.agree import agreed, at_frame
from engines.scratch.evidence import Evidence, evidence_of
from engines.scratch.found import Found, drawn, find
from engines.scratch.profile import LEAST_SIDE, Kernel, band_count, kernels
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import check_settings, setting
from engines.types import FrameNo, Rect

NAME = "scratch"
_BLOCK, _WINDOW = 8, 16


@dataclass(frozen=True)
class ScratchSettings:
    """Which lines count."""

    confidence: float = setting(
        0.5, "Confidence", "Lines that are at least this sure to be scratches are marked.", low=0.0, high=1.0
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
        0.5, "Grow", "Marked beyond the line on both sides, for its soft edges.", low=0.0, high=8.0, unit="px"
    )


class Scratch(Stage):
    """Windows of 16 frames inside the shot, one every 8, are searched on what the stages before answer: steadied film
    has steady scratches. Both windows over a frame decide. Everything found is kept by content.
    """

    name = NAME
    version = 1

    def __init__(self, settings: ScratchSettings) -> None:
        check_settings(NAME, settings)
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return _WINDOW - 1

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
        seen = [found for found in self._found(number, upstream) if number in found.frames]
        if not seen:
            upstream.frame(number)  # says why it cannot be read
        found = reduce(agreed, (at_frame(one, number) for one in seen))
        shrink = upstream.policy.reduction
        return drawn(found, number, size, self.settings.grow / shrink, self.settings.polarity)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)

    def _found(self, number: FrameNo, upstream: Upstream) -> list[Found]:
        """What the windows over the frame hold: two inside a shot, one where a second would see only part of it."""
        shot = upstream.shot(number)
        block = number // _BLOCK * _BLOCK
        windows = [(max(start, shot.first), min(start + _WINDOW - 1, shot.last)) for start in (block - _BLOCK, block)]
        (first, last), (later, latest) = windows
        if first == later:
            windows = [(later, latest)]
        elif last == latest:
            windows = [(first, last)]
        return [self._window(*window, upstream) for window in windows]

    def _window(self, first: FrameNo, last: FrameNo, upstream: Upstream) -> Found:
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
