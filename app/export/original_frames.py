"""The source's frames out of a master, one after the other, each compared with what the source's frame was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

from app.export.paths import MasterPaths
from app.export.segment_delta import DELTA_PRESET, stored_frames
from app.export.source_facts import SourceFacts
from engines.cancel import CancelToken
from engines.errors import FrameError, RenderError
from engines.media.delta import restored
from engines.media.delta_layout import Stack
from engines.media.framemd5 import frame_md5, read_framemd5
from engines.media.open import open_source
from engines.media.readback import stored_hashes
from engines.media.source import ClipInfo, Source
from engines.types import Frame, FrameNo


@dataclass(frozen=True)
class RebuiltFrames:
    """Frames first..last of the source; `frames` may be gone through once. master: what its file says of itself."""

    facts: SourceFacts
    master: ClipInfo
    frames: Iterator[Frame]
    threads: int


@contextmanager
def rebuilt_frames(
    paths: MasterPaths, facts: SourceFacts, delta: Path | None, cancel: CancelToken, threads: int
) -> Iterator[RebuiltFrames]:
    """Opens what is needed. Raises MediaError, RenderError, and while frames are taken RenderError and Cancelled."""
    with ExitStack() as opened:
        master = open_source(paths.master, threads=threads)
        opened.callback(master.close)
        found = master.info.frame_count
        if found != len(facts.pts):
            raise RenderError(f"The master has {found} frames where its manifest says {len(facts.pts)}.")
        if delta is None:
            frames = _same(master, facts, read_framemd5(paths.framemd5), cancel)
        else:
            frames = _restored(master, facts, delta, cancel)
        yield RebuiltFrames(facts, master.info, frames, threads)


def _restored(master: Source, facts: SourceFacts, delta: Path, cancel: CancelToken) -> Iterator[Frame]:
    stack = Stack(facts.layout, facts.width, facts.height)
    ended: Iterator[None] = repeat(None)
    pictures = chain(stored_frames(delta, DELTA_PRESET, 0, len(facts.pts)), ended)
    for index, picture in zip(range(len(facts.pts)), pictures, strict=False):
        cancel.check()
        if picture is None:
            raise RenderError(f"{delta.name} ends before frame {facts.first + index}.", "Restore it from a good copy.")
        frame = restored(picture, _read(master, index), stack, facts.colour)
        if frame_md5(frame, facts.summed) != facts.md5[index]:
            raise RenderError(
                f"Frame {facts.first + index} of the source does not come back: "
                f"frame {index} of {master.info.path.name} was changed or is damaged.",
                "Restore the master from a good copy.",
            )
        yield frame


def _same(master: Source, facts: SourceFacts, hashes: tuple[str, ...], cancel: CancelToken) -> Iterator[Frame]:
    """Of a master whose samples are the source's: those, as long as they are what was rendered."""
    stored = stored_hashes(master.info.path, master.info.first_number, len(hashes))
    for index, digest in zip(range(len(facts.pts)), stored, strict=False):
        cancel.check()
        frame = _read(master, index)
        if frame.format != facts.layout or digest != hashes[index]:
            raise RenderError(
                f"Frame {index} of {master.info.path.name} differs from its checksum: it was changed or is damaged.",
                "Restore the master from a good copy.",
            )
        yield frame


def _read(master: Source, index: FrameNo) -> Frame:
    try:
        return master.read(index)
    except FrameError as error:
        raise RenderError(
            f"Frame {index} of {master.info.path.name} cannot be decoded: it was changed or is damaged.",
            "Restore the master from a good copy.",
        ) from error
