"""What a shot is matched to: a still in a file, or a frame of the clip itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.errors import SettingError
from engines.fade.small import shrunk
from engines.media.open import open_source
from engines.stages.base import Upstream
from engines.types import Frame, FrameNo
from engines.viewing import pinned

Pictures = NDArray[np.float32]
"""N x 3 x SMALL x SMALL, nominal R'G'B'."""


class Reference(ABC):
    """A picture whose range of colours is wanted."""

    @abstractmethod
    def key(self) -> str:
        """Content key of the picture, as far as settings and source do not say it."""

    @abstractmethod
    def pictures(self, upstream: Upstream) -> Pictures:
        """Small pictures of it. Raises FrameError, SettingError where the clip has no such frame."""


@dataclass(frozen=True)
class _OwnFrame(Reference):
    number: FrameNo

    def key(self) -> str:
        return ""

    def pictures(self, upstream: Upstream) -> Pictures:
        if self.number >= upstream.frame_count:
            raise SettingError(
                f"Stage fade: match=frame:{self.number}: the clip has {upstream.frame_count} frames.",
                "Choose one of its frames, counted from 0.",
            )
        return _small(upstream.source(self.number).frame)


@dataclass(frozen=True, eq=False)
class _Still(Reference):
    held: Pictures
    fingerprint: str

    def key(self) -> str:
        return self.fingerprint

    def pictures(self, upstream: Upstream) -> Pictures:  # noqa: ARG002 - the same for every clip
        return self.held


def parsed_reference(stage: str, text: str) -> Reference | None:
    """`frame:N` or the path of a still (of a clip: its first frame); None for an empty text.

    Raises SettingError where the text is neither, MediaError where the file cannot be read.
    """
    if not text.strip():
        return None
    if text.startswith("frame:"):
        if not text[6:].isdecimal():
            raise SettingError(f"Stage {stage}: match={text!r} is not understood.", "Give frame:N or a still's path.")
        return _OwnFrame(int(text[6:]))
    source = open_source(Path(text).expanduser())
    try:
        return _Still(_small(source.read(0)), source.info.fingerprint)
    finally:
        source.close()


def _small(frame: Frame) -> Pictures:
    return shrunk(replace(frame, colour=pinned(frame.colour, frame.width, frame.height)))[None]
