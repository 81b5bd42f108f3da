"""What stands in for damaged and missing frames, never without saying so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from engines.errors import FrameError
from engines.luma import chroma_range, code_range
from engines.media.source import ClipInfo, Descent, Source
from engines.provenance import FARTHEST_DONOR, Origin
from engines.types import Frame, FrameNo, Plane

Missing = Literal["stop", "hold", "black"]


class Substitute:
    """A `Source` that answers for frames its inner source refuses: the last good frame, or black."""

    def __init__(self, inner: Source, how: Literal["hold", "black"], note: Callable[[str], None]) -> None:
        self._inner = inner
        self._how = how
        self._note = note
        self._stood_in: dict[FrameNo, Descent] = {}

    @property
    def info(self) -> ClipInfo:
        return self._inner.info

    def close(self) -> None:
        self._inner.close()

    def read(self, number: FrameNo) -> Frame:
        """Frame `number` or its stand-in, which is noted once. Raises IndexError out of range."""
        try:
            return self._inner.read(number)
        except FrameError as error:
            frame, what, descent = self._stand_in(number)
            if number not in self._stood_in:
                self._stood_in[number] = descent
                self._note(f"{error.sentence} {what}")
            return frame

    def descent(self, number: FrameNo) -> Descent:
        """TRANSPORTED for a held frame, SYNTHESISED for black: neither is what the scan holds there."""
        return self._stood_in.get(number) or self._inner.descent(number)

    def _stand_in(self, number: FrameNo) -> tuple[Frame, str, Descent]:
        if self._how == "hold":
            for other in range(number - 1, -1, -1):
                try:
                    held = self._inner.read(other)
                except FrameError:
                    continue
                # Farther donors than the provenance track can name are named by its farthest.
                donor = Descent(Origin.TRANSPORTED, max(other - number, -FARTHEST_DONOR))
                return held, f"Frame {other} is held in place of frame {number}.", donor
        return black(self._inner.info), f"Frame {number} is black instead.", Descent(Origin.SYNTHESISED)


def black(info: ClipInfo) -> Frame:
    """A black frame in the clip's own layout: nominal black, neutral chroma, alpha opaque."""
    layout = info.format
    planes: list[Plane] = []
    for index in range(layout.plane_count):
        width, height = layout.plane_size(index, info.width, info.height)
        value, _ = code_range(layout, info.colour)
        if layout.family == "yuv" and index in (1, 2):
            value, _ = chroma_range(layout, info.colour)
        if layout.alpha and index == layout.plane_count - 1:
            value = layout.peak
        planes.append(np.full((height, width), value, dtype=layout.dtype))
    return Frame(tuple(planes), layout, info.colour)
