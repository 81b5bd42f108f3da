"""The delta of a whole master: assembled, read back, and what the manifest says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.export.segment_delta import DELTA_PRESET, plain, summed_layout
from app.export.source_facts import facts_of
from engines.cancel import CancelToken
from engines.media.assemble import assemble
from engines.media.delta_layout import Stack
from engines.media.encode import Segment
from engines.media.readback import read_back

if TYPE_CHECKING:
    from app.export.finished import FinishedSegments

_BLOCK = 1 << 20


def assemble_delta(done: FinishedSegments, step: Callable[[], None]) -> Path | None:
    """The verified delta in the work folder; None where the job asked for none. Raises RenderError, Cancelled."""
    if done.raw is None:
        return None
    stack = Stack(done.raw.format, done.raw.width, done.raw.height)
    width, height = stack.size
    segments = []
    for s in done.done:
        assert s.delta is not None
        path = done.paths.parts / s.delta
        segments.append(Segment(path, s.first, s.count, s.delta_hashes, width, height, stack.grey))
    made = done.paths.parts / "assembled.delta.mkv"
    made.unlink(missing_ok=True)
    assemble(made, segments, DELTA_PRESET, plain(done.raw), done.first, done.last)
    read_back(made, delta_hashes(done), cancel=done.puller.cancel, step=step)
    return made


def delta_hashes(done: FinishedSegments) -> tuple[str, ...]:
    """MD5 of the delta's frames."""
    return tuple(digest for segment in done.done for digest in segment.delta_hashes)


def delta_fields(done: FinishedSegments, reversal: dict[str, Any]) -> dict[str, Any]:
    """What of the manifest is about the way back to the source; `reversal` as `source_facts` gives it."""
    name = done.paths.delta.name if done.raw is not None else None
    return {"delta": name, "delta_hashes": delta_hashes(done), "reversal": reversal}


def delta_said(path: Path, reversal: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a render's result says of its delta: the file, bytes, and bytes per byte of the master. None: no delta."""
    size, master = reversal["delta_bytes"], reversal["master_bytes"]
    if not size:
        return None
    return {"file": str(path), "bytes": size, "master_bytes": master, "share": round(size / max(master, 1), 6)}


def source_facts(done: FinishedSegments, delta: Path | None, master: Path | None) -> dict[str, Any]:
    """`Manifest.reversal`. delta, master: the finished files, the master by any of its own where it is stills."""
    raw = done.raw or done.clip
    facts = facts_of(raw, summed_layout(raw), done.first, done.last)
    if delta is not None:
        facts = replace(
            facts,
            md5=tuple(digest for segment in done.done for digest in segment.source_hashes),
            stand_ins=tuple(number for segment in done.done for number in segment.stand_ins),
            delta_sha256=sha256_of(delta, done.puller.cancel),
            delta_bytes=delta.stat().st_size,
            master_bytes=_size(master),
        )
    return facts.to_json()


def sha256_of(path: Path, cancel: CancelToken) -> str:
    """Of a file's bytes. Raises OSError, Cancelled."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            cancel.check()
            digest.update(block)
    return digest.hexdigest()


def _size(master: Path | None) -> int:
    if master is None:
        return 0
    files = master.iterdir() if master.is_dir() else [master]
    return sum(file.stat().st_size for file in files)
