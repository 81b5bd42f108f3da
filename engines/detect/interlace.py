"""Measures whether pictures are interlaced, whatever their flag says, with FFmpeg's idet over sampled runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from engines.errors import FrameError
from engines.media.planes import to_av
from engines.media.source import Source
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat

_GREY, _UNTAGGED = PixelFormat("gray", 8), ColourSpec()
_RUNS, _RUN_LENGTH = 8, 12
# Telecined film shows combs in two of five frames; whole interlaced video in nearly all that move.
_SOME, _MOST = 0.1, 0.6


@dataclass(frozen=True)
class InterlaceReport:
    """Counts of the frames looked at, by what idet's multi-frame measure found."""

    flagged: str
    """What the file says: progressive, tff, bff or unknown."""
    tff: int
    bff: int
    progressive: int
    undetermined: int

    @property
    def sampled(self) -> int:
        return self.tff + self.bff + self.progressive + self.undetermined

    @property
    def share(self) -> float:
        """Interlaced among the frames that show enough motion to tell, 0..1; 0 where none does."""
        told = self.tff + self.bff + self.progressive
        return (self.tff + self.bff) / told if told else 0.0

    @property
    def verdict(self) -> Literal["progressive", "interlaced", "mixed", "undetermined"]:
        """mixed: some frames only, as in telecined film or a tape of both."""
        if self.tff + self.bff + self.progressive == 0:
            return "undetermined"
        if self.share < _SOME:
            return "progressive"
        if self.order == "unknown":  # fields of one tape agree; sharp detail in motion fools idet both ways
            return "undetermined"
        return "interlaced" if self.share >= _MOST else "mixed"

    @property
    def order(self) -> Literal["tff", "bff", "unknown"]:
        """Which field comes first, where the frames found interlaced agree."""
        found = self.tff + self.bff
        if not found or max(self.tff, self.bff) < 0.8 * found:
            return "unknown"
        return "tff" if self.tff > self.bff else "bff"

    @property
    def contradicts(self) -> bool:
        """Whether the pictures are not what the flag says."""
        if self.verdict == "interlaced":
            return self.flagged == "progressive" or {self.flagged, self.order} == {"tff", "bff"}
        return self.verdict == "progressive" and self.flagged in ("tff", "bff")


def measure_interlacing(source: Source, runs: int = _RUNS, length: int = _RUN_LENGTH) -> InterlaceReport:
    """Look at `runs` runs of `length` frames, spread evenly over the clip. Damaged frames end their run."""
    found: Counter[str] = Counter()
    for first, last in _spread(source.info.frame_count, runs, length):
        found.update(_detect(_pictures(source, first, last)))
    counts = {name: found[name] for name in ("tff", "bff", "progressive", "undetermined")}
    return InterlaceReport(flagged=source.info.field_order, **counts)


def _spread(count: int, runs: int, length: int) -> list[tuple[FrameNo, FrameNo]]:
    """Runs (first, after last) that do not overlap."""
    if count <= runs * length:
        return [(0, count)]
    gap = (count - length) / max(1, runs - 1)
    return [(start, start + length) for start in (round(gap * run) for run in range(runs))]


def _pictures(source: Source, first: FrameNo, last: FrameNo) -> Iterable[NDArray[np.uint8]]:
    for number in range(first, last):
        try:
            yield _grey(source.read(number))
        except FrameError:
            return


def _grey(frame: Frame) -> NDArray[np.uint8]:
    """Luma, or green, at 8 bit: enough to see combs."""
    plane = frame.planes[1 if frame.format.family == "rgb" else 0]
    scaled = np.clip(plane.astype(np.float32) * (255.0 / frame.format.peak), 0.0, 255.0)
    grey: NDArray[np.uint8] = scaled.astype(np.uint8)
    return grey


def _detect(pictures: Iterable[NDArray[np.uint8]]) -> list[str]:
    """idet's word on every picture of one run."""
    graph: av.filter.Graph | None = None
    words: list[str] = []
    for pts, grey in enumerate(pictures):
        height, width = grey.shape
        if graph is None:
            graph = av.filter.Graph()
            size = f"width={width}:height={height}:pix_fmt=gray:time_base=1/1:pixel_aspect=1/1"
            graph.link_nodes(graph.add("buffer", size), graph.add("idet"), graph.add("buffersink")).configure()
        picture = to_av(Frame((grey,), _GREY, _UNTAGGED), "gray")
        picture.pts, picture.time_base = pts, Fraction(1)
        graph.vpush(picture)
        words += _drain(graph)
    if graph is not None:
        graph.vpush(None)
        words += _drain(graph)
    return words


def _drain(graph: av.filter.Graph) -> list[str]:
    words = []
    while True:
        try:
            words.append(graph.vpull().metadata["lavfi.idet.multiple.current_frame"])
        except (BlockingIOError, EOFError):
            return words
