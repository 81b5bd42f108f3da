"""FFmpeg's own filters on the luma of single pictures, through PyAV."""

from __future__ import annotations

from fractions import Fraction

import av
from av.filter import Graph, filters_available

from engines.errors import SettingError
from engines.media.planes import from_av, to_av
from engines.types import ColourSpec, Frame, PixelFormat

_GREY = PixelFormat("gray", 8)


class LumaFilter:
    """One filter with its options, on 8-bit luma; chroma passes. Kept open, as FFmpeg would keep it for a clip."""

    def __init__(self, name: str, options: str) -> None:
        """Raises SettingError where this build of FFmpeg lacks the filter."""
        if name not in filters_available:
            raise SettingError(f"FFmpeg {av.ffmpeg_version_info} was built without {name}.", "Use another build.")
        self._name, self._options = name, options
        self._graph: Graph | None = None
        self._size = (0, 0)
        self._next = 0

    def __call__(self, frame: Frame) -> Frame:
        if self._graph is None or self._size != (frame.width, frame.height):
            self._open(frame.width, frame.height)
        assert self._graph is not None
        picture = to_av(Frame((frame.planes[0],), _GREY, ColourSpec()), "gray")
        picture.time_base, picture.pts = Fraction(1, 25), self._next
        self._next += 1
        self._graph.vpush(picture)
        answer = self._graph.vpull()
        return frame.with_planes((*from_av(answer), *frame.planes[1:]))

    def _open(self, width: int, height: int) -> None:
        graph = Graph()
        source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("gray"), time_base=Fraction(1, 25))
        treatment = graph.add(self._name, self._options)
        layout, sink = graph.add("format", "pix_fmts=gray"), graph.add("buffersink")
        source.link_to(treatment)
        treatment.link_to(layout)
        layout.link_to(sink)
        graph.configure()
        self._graph, self._size, self._next = graph, (width, height), 0
