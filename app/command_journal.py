"""The command journal: every committed step as one checksummed line, with only what the step changed.

A line is a CRC-32 (8 hex digits), a space, and JSON: `head` (what the journal starts from), `step` (what changed),
or `saving` (the project was about to be saved as a revision that holds everything above). Changes hold absolute
values, so that a line may be applied twice.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.document import LAYERS, NOTHING, ClipWork, Document, Layer
from app.history import differing
from app.mask_plane import MaskPlane
from app.project_format import (
    Values,
    clip_of,
    clip_values,
    evidence_values,
    with_evidence,
    with_masks_of,
    without_masks,
)
from engines.plain_file import loaded, read_whole

LARGEST_JOURNAL = 2**30
"""Bytes; a new one begins long before."""


def change(before: Document, after: Document) -> Values:
    """What differs: the order of clips, changed clips' values, changed tiles of masks, forensic mode and the case."""
    held = {clip.id: clip for clip in before.clips}
    clips: Values = {}
    for clip in after.clips:
        old = held.get(clip.id)
        if old is clip:
            continue
        entry: Values = {layer: _planes(old, clip, layer) for layer in LAYERS}
        if old is None or without_masks(old) != without_masks(clip):
            entry["values"] = clip_values(clip)
        clips[clip.id] = {key: value for key, value in entry.items() if value}
    said: Values = {"order": [clip.id for clip in after.clips], "clips": clips}
    if evidence_values(before) != evidence_values(after):
        said["evidence"] = evidence_values(after)
    return said


def changed(document: Document, values: Mapping[str, Any]) -> Document:
    """`document` with a change applied. Raises KeyError, TypeError or ValueError where it does not fit."""
    clips = {clip.id: clip for clip in document.clips}
    for clip_id, entry in values["clips"].items():
        clip = clips.get(clip_id)
        if "values" in entry:
            fresh = clip_of(entry["values"])
            clip = fresh if clip is None else with_masks_of(fresh, clip)
        if clip is None:
            raise KeyError(clip_id)
        for layer in LAYERS:
            if layer in entry:
                clip = _with_planes(clip, layer, entry[layer])
        clips[clip_id] = clip
    document = replace(document, clips=tuple(clips[clip_id] for clip_id in values["order"]))
    return with_evidence(document, values["evidence"]) if "evidence" in values else document


def line(values: Values) -> bytes:
    text = json.dumps(values, separators=(",", ":")).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


@dataclass(frozen=True)
class Contents:
    """What a journal holds. broken: lines from the first damaged one on, if that was not a torn last line."""

    entries: tuple[Values, ...]
    broken: int = 0


def read_journal(path: Path) -> Contents:
    """Whole lines up to the first damaged one; a torn last line is what a crash leaves. Raises OSError."""
    lines = read_whole(path, LARGEST_JOURNAL).split(b"\n")
    entries: list[Values] = []
    for number, text in enumerate(lines):
        values = _parsed(text)
        if values is not None:
            entries.append(values)
            continue
        left = len([rest for rest in lines[number:] if rest])
        return Contents(tuple(entries), left if left > 1 else 0)
    return Contents(tuple(entries))


class JournalFile:
    """Appends lines; each call returns once they are on the disk, or raises OSError and leaves none of them."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        self.size = 0

    def append(self, lines: Sequence[bytes]) -> None:
        data = memoryview(b"".join(lines))
        end = self.size + len(data)
        try:
            while data:
                data = data[os.write(self._handle, data) :]
            os.fsync(self._handle)
        except OSError:
            # Half a line would hide those that follow once there is space again.
            os.ftruncate(self._handle, self.size)
            os.lseek(self._handle, self.size, os.SEEK_SET)
            raise
        self.size = end

    def close(self) -> None:
        os.close(self._handle)


def _parsed(text: bytes) -> Values | None:
    if text[8:9] != b" " or text[:8] != b"%08x" % zlib.crc32(text[9:]):
        return None
    try:
        values = loaded(text[9:])
    except ValueError:
        return None
    return values if isinstance(values, dict) else None


def _planes(before: ClipWork | None, after: ClipWork, layer: Layer) -> Values:
    old = before.layer(layer) if before else NOTHING
    new = after.layer(layer)
    return {str(number): _plane(old.get(number), new.get(number)) for number in differing(old, new)}


def _plane(before: MaskPlane | None, after: MaskPlane | None) -> Values | None:
    if after is None:
        return None
    same_size = before is not None and (before.width, before.height) == (after.width, after.height)
    old: Mapping[tuple[int, int], bytes] = before.tiles if before is not None and same_size else {}
    put = {f"{r},{c}": base64.b64encode(t).decode() for (r, c), t in after.tiles.items() if old.get((r, c)) != t}
    drop = [f"{r},{c}" for r, c in old if (r, c) not in after.tiles]
    return {"size": [after.width, after.height], "put": put, "drop": drop}


def _with_planes(clip: ClipWork, layer: Layer, values: Mapping[str, Any]) -> ClipWork:
    planes = dict(clip.layer(layer))
    for number, plane in values.items():
        if plane is None:
            planes.pop(int(number), None)
        else:
            planes[int(number)] = _applied(planes.get(int(number)), plane)
    return clip.with_layer(layer, planes)


def _applied(before: MaskPlane | None, values: Mapping[str, Any]) -> MaskPlane:
    width, height = (int(length) for length in values["size"])
    tiles = dict(before.tiles) if before is not None and (before.width, before.height) == (width, height) else {}
    for place in values["drop"]:
        tiles.pop(_place(place), None)
    for place, packed in values["put"].items():
        tiles[_place(place)] = base64.b64decode(packed)
    return MaskPlane(width, height, MappingProxyType(tiles))


def _place(text: str) -> tuple[int, int]:
    row, column = text.split(",")
    return int(row), int(column)
