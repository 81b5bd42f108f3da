"""Turns interlaced frames into whole ones with FFmpeg's bwdif: one frame for one frame, at the same time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import av

from engines.cache import ByteCache
from engines.errors import FrameError, MediaError
from engines.media.planes import from_av, native_name, to_av
from engines.media.source import ClipInfo, Descent, Source
from engines.provenance import Origin
from engines.types import Frame, FrameNo

_CACHE_BYTES = 96 * 2**20


class Deinterlaced:
    """A `Source` of whole frames. Frame n depends on frames n - 1 to n + 1, so that any order gives the same."""

    def __init__(self, inner: Source, note: Callable[[str], None], order: str | None = None) -> None:
        """`order`: tff or bff, where the file's flag is absent or wrong. Raises MediaError for unfit layouts."""
        info = inner.info
        if info.format.floating or info.format.alpha:
            raise MediaError(f"{info.path.name} cannot be deinterlaced: its pictures are {info.format.name}.")
        self._inner = inner
        self._note = note
        order = order or info.field_order
        if order not in ("tff", "bff"):
            note(f"{info.path.name} is flagged {order}; its top field is taken to be first.")
            order = "tff"
        self._order = order
        self._info = replace(info, field_order="progressive")
        self._cache: ByteCache[FrameNo, Frame] = ByteCache(_CACHE_BYTES)

    @property
    def info(self) -> ClipInfo:
        return self._info

    def close(self) -> None:
        self._cache.clear()
        self._inner.close()

    def descent(self, number: FrameNo) -> Descent:
        """ADJUSTED, or more where the frame itself stands in for another: its lines are interpolated."""
        inner = self._inner.descent(number)
        return inner if inner.origin > Origin.ADJUSTED else Descent(Origin.ADJUSTED)

    def read(self, number: FrameNo) -> Frame:
        """Frame `number` with its missing lines interpolated. Raises FrameError, IndexError."""
        held = self._cache.get(number)
        if held is None:
            held = self._filter(number)
            self._cache.put(number, held)
        return held

    def _filter(self, number: FrameNo) -> Frame:
        middle = self._inner.read(number)
        before, after = self._neighbour(number - 1), self._neighbour(number + 1)
        frames = [frame for frame in (before, middle, after) if frame is not None]
        name = native_name(middle.format)
        graph = av.filter.Graph()
        source = graph.add(
            "buffer",
            f"width={middle.width}:height={middle.height}:pix_fmt={name}:time_base=1/1:pixel_aspect=1/1",
        )
        bwdif = graph.add("bwdif", f"mode=send_frame:parity={self._order}:deint=all")
        graph.link_nodes(source, bwdif, graph.add("buffersink")).configure()
        for pts, frame in enumerate(frames):
            picture = to_av(frame, name)
            picture.pts, picture.time_base = pts, Fraction(1)
            graph.vpush(picture)
        graph.vpush(None)
        wanted = 0 if before is None else 1
        for _ in range(wanted):
            graph.vpull()
        return middle.with_planes(from_av(graph.vpull()))

    def _neighbour(self, number: FrameNo) -> Frame | None:
        """None at the ends, and where the frame is damaged: bwdif then works as at an end."""
        if not 0 <= number < self._info.frame_count:
            return None
        try:
            return self._inner.read(number)
        except FrameError as error:
            self._note(f"{error.sentence} The frames around it are deinterlaced without it.")
            return None
