"""Where the pixels of a moved picture were in the source: the stages tell, given pictures of coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.graph import Graph, Puller
from engines.media.source import OWN, ClipInfo, Descent
from engines.policy import RenderPolicy
from engines.types import Frame, FrameNo, PixelFormat

_FLOATS = PixelFormat("gray", 32, floating=True)
# The measurements are those of the true source, which are there by now: this one must never be measured.
_ASKING = RenderPolicy("coordinates", wait=False)

Places = NDArray[np.float32]
"""H x W, in pixels of the source; a pixel's own centre has its whole number."""


@dataclass(frozen=True)
class _Coordinates:
    """A `Source` whose pictures hold, in 0..1, the column or the row of every pixel."""

    true: ClipInfo
    axis: Literal["x", "y"]

    @property
    def info(self) -> ClipInfo:
        return replace(self.true, format=_FLOATS)

    def read(self, number: FrameNo) -> Frame:  # noqa: ARG002 - all alike
        width, height = self.true.width, self.true.height
        if self.axis == "x":
            plane = np.broadcast_to(np.arange(width, dtype=np.float32) / width, (height, width))
        else:
            plane = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None] / height, (height, width))
        return Frame((np.ascontiguousarray(plane),), _FLOATS, self.true.colour)

    def descent(self, number: FrameNo) -> Descent:  # noqa: ARG002 - all alike
        return OWN

    def close(self) -> None:
        """Nothing is open."""


def source_places(graph: Graph, number: FrameNo, cancel: CancelToken) -> tuple[Places, Places] | None:
    """Column and row in the source of every pixel of frame `number` after the geometric stages of `graph`.

    None where no stage moves the picture. Their shots must have been measured. Raises Cancelled.
    """
    moving = tuple(stage for stage in graph.stages if stage.geometric)
    if not moving:
        return None
    info = graph.source.info
    found = []
    axes: tuple[tuple[Literal["x", "y"], int], ...] = (("x", info.width), ("y", info.height))
    for axis, length in axes:
        asked = replace(graph, source=_Coordinates(info, axis), stages=moving)
        plane = Puller(asked, _ASKING, cancel, cache_bytes=0).pull(number).frame.planes[0]
        found.append(np.clip(plane.astype(np.float32) * length, 0, length - 1))
    return found[0], found[1]
