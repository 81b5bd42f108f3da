"""Stage `defects`: takes damage from a scan's alpha plane, or from an infrared scan that runs beside the picture."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.defects.channel import damage_map
from engines.errors import MaskError, SettingError
from engines.graph import reduce_frame
from engines.luma import luma_of
from engines.marks import Marks
from engines.media.open import open_source
from engines.media.source import Source
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import check_settings, setting
from engines.types import Frame, FrameNo, Rect

NAME = "defects"


@dataclass(frozen=True)
class DefectSettings:
    """Where the channel is and how it is read."""

    file: str = setting(
        "", "Infrared scan", "A clip or folder of stills as long and as large as this one; empty: the alpha channel."
    )
    threshold: float = setting(
        0.25, "Threshold", "Marked where the channel departs from its surroundings by more than this.",
        low=0.02, high=0.98, unit="share",
    )  # fmt: skip
    defect: str = setting(
        "dark", "Defects are", "Dark in the channel, as in infrared scans, or bright.", choices=("dark", "bright")
    )
    dilate: int = setting(1, "Dilate", "Marked beyond what the channel shows.", low=0, high=32, unit="px")


class Defects(Stage):
    """Pixels pass through. A file's frames are those of the source: the stage belongs before those that move it."""

    name = NAME
    version = 1

    def __init__(self, settings: DefectSettings) -> None:
        """Raises MediaError where the file cannot be read."""
        check_settings(NAME, settings)
        self.settings = settings
        self._lock = threading.Lock()
        self._source: Source | None = None
        if settings.file:
            self._source = open_source(Path(settings.file).expanduser())
            weakref.finalize(self, self._source.close)

    def output(self, geometry: Geometry) -> Geometry:
        """Raises SettingError where there is no alpha plane and no file was given."""
        if self._source is None and not geometry.format.alpha:
            raise SettingError(
                "Stage defects needs an alpha channel, and this clip has none.",
                "Give its infrared scan with defects:file=PATH.",
            )
        return geometry

    @property
    def marks_only(self) -> bool:
        return True

    def key(self) -> str:
        s = self.settings
        content = "" if self._source is None else self._source.info.fingerprint
        return f"{NAME} {self.version} {content} {s.threshold} {s.defect} {s.dilate}"

    def finds(self, first: FrameNo, last: FrameNo) -> bool:  # noqa: ARG002 - anywhere
        return True

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        """Raises FrameError, and MaskError where the file does not fit the clip."""
        s = self.settings
        channel = self._infrared(number, upstream) if self._source is not None else _alpha(number, upstream)
        dilate = -(-s.dilate // upstream.policy.reduction)
        return upstream.marks(number).found(damage_map(channel, s.threshold, s.defect == "dark", dilate))

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)

    def _infrared(self, number: FrameNo, upstream: Upstream) -> NDArray[np.float32]:
        assert self._source is not None
        info = self._source.info
        if info.frame_count != upstream.frame_count:
            raise MaskError(
                f"The defect channel {info.path.name} has {info.frame_count} frames, the clip {upstream.frame_count}.",
                "Give a scan of the same length.",
            )
        with self._lock:
            frame = self._source.read(number)
        shrink = upstream.policy.reduction
        if shrink > 1:
            frame = reduce_frame(frame, shrink)
        if (frame.width, frame.height) != (upstream.geometry.width, upstream.geometry.height):
            raise MaskError(
                f"The defect channel {info.path.name} is {info.width}x{info.height}, the picture "
                f"{upstream.geometry.width * shrink}x{upstream.geometry.height * shrink}.",
                "Give a scan of the same size, and put stage defects before those that enlarge.",
            )
        return np.clip(luma_of(frame), 0.0, 1.0)


def _alpha(number: FrameNo, upstream: Upstream) -> NDArray[np.float32]:
    """Through the stages that moved the picture, so that it lies on what it belongs to: H x W, 0..1."""
    frame: Frame = upstream.plain(number).frame
    return np.asarray(np.clip(frame.planes[-1].astype(np.float32) / np.float32(frame.format.peak), 0.0, 1.0))


def _make(settings: DefectSettings, context: StageContext) -> Defects:  # noqa: ARG001 - all stages are made alike
    return Defects(settings)


DEFECTS = StageType(NAME, "Marks what a scan's infrared or alpha channel shows as damage.", DefectSettings, _make)
