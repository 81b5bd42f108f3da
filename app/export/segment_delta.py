"""The third file of a segment, of reversible masters: what its pictures lack to be the source's again.

Made from the finished pictures, as they decode, and the source: segments that an earlier run or an older master had
without it get it without being rendered again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import av

from app.export.job import RenderJob
from app.export.journal import DoneSegment, digest_of
from engines.cancel import CancelToken
from engines.errors import RenderError
from engines.media.delta import VERSION, make_delta
from engines.media.delta_layout import Stack
from engines.media.encode import encode_segment
from engines.media.framemd5 import frame_md5
from engines.media.open import open_source
from engines.media.planes import format_of, from_av, native_name
from engines.media.presets import PRESETS, Preset
from engines.media.source import OWN, ClipInfo, Source
from engines.media.still_names import segment_still
from engines.media.stills import read_still
from engines.types import ColourSpec, Frame

# Differences are small or none: few contexts learn faster, and the finer table tells small ones apart.
_CODED = {"context": "0", "qtable": "greater8bit"}
DELTA_PRESET = replace(PRESETS["ffv1"], options=tuple((dict(PRESETS["ffv1"].options) | _CODED).items()))
# Decoded to the same bits everywhere, by their standards; of other codecs only the lossless may be guessed from.
_EXACT = ("libx264", "libx265")


@dataclass(frozen=True)
class DeltaKitchen:
    """What all deltas of a render share. source: as it is in its file, before anything is done to its frames."""

    source: Source
    preset: Preset
    folder: Path
    threads: int
    cancel: CancelToken


@contextmanager
def delta_kitchen(job: RenderJob, preset: Preset, folder: Path, cancel: CancelToken) -> Iterator[DeltaKitchen | None]:
    """None where the job asks for no delta. Opens the source a second time: without what the job does to its frames.

    Raises MediaError, SettingError.
    """
    if not job.reversible:
        yield None
        return
    source = open_source(job.source, missing=job.missing, tags=job.tags, threads=job.threads)
    try:
        yield DeltaKitchen(source, preset, folder, job.threads, cancel)
    finally:
        source.close()


def summed_layout(info: ClipInfo) -> str:
    """FFmpeg's name of the layout in which a clip's frames are summed: its own, where it is not expanded on reading."""
    exact = info.native_format not in ("pal8", "monob", "monow") and format_of(info.native_format) == info.format
    return info.native_format if exact else native_name(info.format)


def with_delta(done: DoneSegment, kitchen: DeltaKitchen) -> DoneSegment:
    """The segment with its delta in the work folder. Raises FrameError, MediaError, RenderError, Cancelled."""
    path = kitchen.folder / f"{done.key[:24]}.delta{VERSION}.segment"
    info = kitchen.source.info
    sums: list[str] = []
    stand_ins: list[int] = []

    def deltas() -> Iterator[Frame]:
        exact = kitchen.preset.master or kitchen.preset.codec in _EXACT
        pictures = stored_frames(
            kitchen.folder / done.picture, kitchen.preset, info.first_number + done.first, done.count
        )
        for number, stored in enumerate(pictures, start=done.first):
            kitchen.cancel.check()
            frame = kitchen.source.read(number)
            if kitchen.source.descent(number) != OWN:
                stand_ins.append(number)
            sums.append(frame_md5(frame, summed_layout(info)))
            yield make_delta(frame, stored if exact else None)

    layout = Stack(info.format, info.width, info.height).grey
    made = encode_segment(path, DELTA_PRESET, plain(info), layout, deltas(), done.first, threads=kitchen.threads)
    if made.count != done.count:
        raise RenderError(f"The segment {done.picture} has lost frames.", "Render it again.")
    return replace(
        done,
        delta=path.name,
        delta_digest=digest_of(path),
        delta_hashes=made.hashes,
        source_hashes=tuple(sums),
        stand_ins=tuple(stand_ins),
    )


def plain(info: ClipInfo) -> ClipInfo:
    """The clip's times without anything else it says: a delta is no picture to look at."""
    return replace(
        info, kind="sequence", sar=type(info.sar)(1), field_order="progressive", streams=(), chapters=(), metadata=None
    )


def stored_frames(path: Path, preset: Preset, first_number: int, count: int) -> Iterator[Frame]:
    """A segment's pictures as they decode, in the order of display. Raises RenderError, MediaError."""
    if preset.kind == "sequence":
        for number in range(first_number, first_number + count):
            still = read_still(segment_still(path, number, preset.suffix))
            yield Frame(still.planes, still.format, still.colour)
        return
    try:
        with av.open(str(path)) as file:
            stream = file.streams.video[0]
            stream.thread_type = "AUTO"
            for picture in file.decode(stream):
                yield Frame(from_av(picture), format_of(picture.format.name), ColourSpec())
    except (OSError, av.FFmpegError) as error:
        raise RenderError(f"{path.name} was written but cannot be read back: {error}.") from error
