"""Pictures held in memory as a source, for what the benchmark makes itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from engines.media.source import OWN, ClipInfo, Descent
from engines.types import Frame, FrameNo


class HeldClip:
    """A `Source` of the given frames, all of one size and layout, at 25 frames per second."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = tuple(frames)
        first = self._frames[0]
        content = hashlib.sha256(b"".join(plane.tobytes() for f in self._frames for plane in f.planes))
        self.info = ClipInfo(
            path=Path("memory"),
            kind="container",
            container="memory",
            codec="rawvideo",
            width=first.width,
            height=first.height,
            format=first.format,
            native_format=first.format.name,
            colour=first.colour,
            sar=Fraction(1),
            rate=Fraction(25),
            time_base=Fraction(1, 25),
            pts=tuple(range(len(self._frames))),
            fingerprint=content.hexdigest(),
        )

    def read(self, number: FrameNo) -> Frame:
        return self._frames[number]

    def descent(self, number: FrameNo) -> Descent:  # noqa: ARG002 - every frame is its own
        return OWN

    def close(self) -> None:
        self._frames = ()
