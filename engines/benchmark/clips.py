"""Benchmark clips: clean frames cut out of the middle, and real clip files made of them by a real encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np

from engines.errors import MediaError
from engines.media.convert import convert
from engines.media.open import open_source
from engines.media.planes import to_av
from engines.media.sink import refusals
from engines.types import Frame, PixelFormat

YUV420 = PixelFormat("yuv", 8, 2, 2)
BOX = (640, 360)
"""Clean clips are shrunk to fit into this many pixels."""
_SUFFIXES = {".mp4", ".mkv", ".mov", ".avi"}


def clips_in(folder: Path, sets: Sequence[str], limit: int | None = None) -> list[Path]:
    """Clips of the sets, one of each set in turn, at most `limit`. Raises MediaError where there are none."""
    held = [sorted(p for p in (folder / name).glob("*") if p.suffix.lower() in _SUFFIXES) for name in sets]
    rounds = max((len(clips) for clips in held), default=0)
    found = [clips[turn] for turn in range(rounds) for clips in held if turn < len(clips)]
    if not found:
        raise MediaError(f"There are no clips in {', '.join(sets)} of {folder}.", "Put some there, or leave it out.")
    return found[:limit]


def clean_frames(path: Path, count: int, box: tuple[int, int] = BOX) -> list[Frame]:
    """`count` frames (or all there are) from the middle of a clip as 8-bit 4:2:0, limited range, shrunk into `box`.

    Shrinking by area means also takes away what the clip's own encoder left. Raises MediaError.
    """
    source = open_source(path)
    try:
        total = source.info.frame_count
        first = max(0, (total - count) // 2)
        return [_fitted(source.read(n), box) for n in range(first, min(first + count, total))]
    finally:
        source.close()


def _fitted(frame: Frame, box: tuple[int, int]) -> Frame:
    frame = convert(frame, YUV420, replace(frame.colour, range="tv"))
    share = min(1.0, box[0] / frame.width, box[1] / frame.height)
    width, height = (round(side * share) // 2 * 2 for side in (frame.width, frame.height))
    planes = tuple(
        plane[:h, :w].copy() if share == 1.0 else cv2.resize(plane, (w, h), interpolation=cv2.INTER_AREA)
        for plane, (w, h) in zip(frame.planes, (YUV420.plane_size(i, width, height) for i in range(3)), strict=True)
    )
    return frame.with_planes(tuple(np.asarray(plane, dtype=np.uint8) for plane in planes))


def write_x264(path: Path, frames: Sequence[Frame], crf: int) -> None:
    """A real H.264 clip (x264, preset medium, `crf`, 25 frames per second) of 8-bit 4:2:0 frames. Raises "
    "RenderError."""
    options = {"crf": str(crf), "preset": "medium", "x264-params": "log-level=none"}
    with refusals(path), av.open(str(path), "w") as sink:
        stream = sink.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        for frame in frames:
            sink.mux(stream.encode(to_av(frame, "yuv420p")))
        sink.mux(stream.encode(None))
