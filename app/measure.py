"""What the window's measurement compares: the treated clip, frame by frame, with its source or with a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.document import ClipWork
from app.project_job import graph_of
from engines import viewing
from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import MediaError
from engines.graph import Puller
from engines.media.open import open_source
from engines.media.source import Source
from engines.metrics.pairing import Pairs, Read, enlargement_note, enlarging
from engines.policy import REFINED
from engines.types import Frame, FrameNo

_SOURCE_BYTES, _PULLED_BYTES = 128 * 2**20, 256 * 2**20


@dataclass(frozen=True, eq=False)
class MeasureRequest:
    """Which frames (both included) of which treatment, by which measures. truth: a file; None = the clip's source."""

    clip: ClipWork
    frames: tuple[FrameNo, FrameNo]
    measures: tuple[str, ...]
    truth: Path | None = None


@contextmanager
def opened(request: MeasureRequest, token: CancelToken) -> Iterator[tuple[Pairs, ShotList]]:
    """What is to be compared, with sources of its own; they are closed when the context ends.

    Frames are those that an export at full precision would hold, rounded to the source's own depth. Raises
    MediaError, SettingError, and Cancelled between packets once the token says so.
    """
    media = request.clip.media
    source = open_source(
        media.path,
        missing=media.missing,
        deinterlace=media.deinterlace,
        tags=media.tags,
        between=token.check,
        cache_bytes=_SOURCE_BYTES,
    )
    try:
        graph = graph_of(request.clip, source)
        puller = Puller(graph, REFINED, token, cache_bytes=_PULLED_BYTES)
        size, info = graph.geometry(), source.info

        def ours(number: FrameNo) -> Frame:
            frame = puller.pull(number).frame.quantised()
            return replace(frame, colour=viewing.pinned(frame.colour, info.width, info.height))

        first, last = request.frames
        if request.truth is None:
            scale = size.width // info.width
            theirs, note = enlarging(source, scale), enlargement_note(scale)
            yield Pairs(ours, theirs, range(first, last + 1), scale, "theirs", note), graph.shots
            return
        truth = open_source(request.truth, between=token.check, cache_bytes=_SOURCE_BYTES)
        try:
            theirs = _fitting(truth, (size.width, size.height), info.frame_count, request.frames)
            yield Pairs(ours, theirs, range(first, last + 1), scale=size.width // info.width), graph.shots
        finally:
            truth.close()
    finally:
        source.close()


def _fitting(truth: Source, size: tuple[int, int], frames: int, wanted: tuple[FrameNo, FrameNo]) -> Read:
    """Reads the truth by the clip's frame numbers, whether it holds all frames or just those that are wanted."""
    info = truth.info
    if (info.width, info.height) != size:
        raise MediaError(
            f"{info.path.name} has {info.width}x{info.height} pixels, the restored picture {size[0]}x{size[1]}.",
            "Choose a reference of that size, or compare with the source.",
        )
    first, last = wanted
    if info.frame_count not in (frames, last - first + 1):
        raise MediaError(
            f"{info.path.name} has {info.frame_count} frames, the clip {frames}.",
            f"Choose one with all its frames, or set in and out so that {info.frame_count} frames lie between them.",
        )
    shift = 0 if info.frame_count == frames else first
    return lambda number: truth.read(number - shift)
