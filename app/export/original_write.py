"""Writes a rebuilt source: a film in FFV1, or stills, byte for byte where what is not samples of them was kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.export.original_frames import RebuiltFrames
from app.export.original_target import Target
from app.export.placing import place_file, place_sequence
from app.export.source_facts import SourceFacts
from engines.errors import MediaError, RenderError
from engines.media.assemble import assemble
from engines.media.encode import encode_segment
from engines.media.framemd5 import frame_md5
from engines.media.headers.restore import KeptHeaders, restore_file
from engines.media.identity import SourceIdentity
from engines.media.naming import is_pattern
from engines.media.presets import Preset
from engines.media.readback import read_back
from engines.media.source import ClipInfo
from engines.media.still_names import numbered
from engines.media.still_write import write_still
from engines.media.stills import read_still
from engines.media.timecode import shift_timecode
from engines.types import Frame

Step = Callable[[], None]
Say = Callable[[str], None]


def write_film(target: Target, work: Path, frames: RebuiltFrames, step: Step, say: Say) -> None:
    """As FFV1 in Matroska, with the source's times and tags, and the master's other streams. Raises RenderError."""
    clip, preset = _clip(frames), _lossless(target)
    pictures = _stepping(frames.frames, step)
    made = work / "assembled.mkv"
    segment = encode_segment(work / "pictures", preset, clip, frames.facts.layout, pictures, 0, threads=frames.threads)
    if segment.count != clip.frame_count:
        raise RenderError(f"Only {segment.count} of {clip.frame_count} frames were rebuilt.")
    assemble(made, [segment], preset, clip, 0, clip.frame_count - 1, say)
    read_back(made, segment.hashes)
    place_file(made, target.out)


def write_sequence(
    target: Target,
    work: Path,
    frames: RebuiltFrames,
    headers: Path | None,
    identity: Mapping[str, Any],
    step: Step,
    say: Say,
) -> int:
    """As stills; returns how many are the source's files byte for byte. Raises RenderError, MediaError."""
    folder = work / "stills"
    folder.mkdir()
    facts = frames.facts
    made: dict[int, Path] = {}
    exact = 0
    files = SourceIdentity.from_json(identity).files if identity else ()
    known = {file.name: file.sha256 for file in files}
    with _kept(headers) as kept:
        if kept is None and facts.names:
            say(
                "What the source's files held beside samples is not given back: samples are identical, headers are new."
            )
        for index, frame in enumerate(_stepping(frames.frames, step)):
            number = facts.first + index
            if facts.kind == "sequence" and not facts.names[index]:
                continue
            path = folder / _name(facts, index, target)
            if kept is not None and number in kept.files:
                restore_file(kept, number, frame, path)
                _compare(path, kept.files[number].sha256, known)
                exact += 1
            else:
                _write(path, _lossless(target), _clip(frames), frame, number, facts.summed)
            made[facts.first_number + number] = path
    if not made:
        raise RenderError("The source had no file for any of these frames.")
    place_sequence(made, target.out)
    return exact


def _stepping(frames: Iterator[Frame], step: Step) -> Iterator[Frame]:
    for frame in frames:
        yield frame
        step()


def _clip(frames: RebuiltFrames) -> ClipInfo:
    """The source as a clip; streams, chapters and tags are those that the master carries."""
    facts, master = frames.facts, frames.master
    film = master.kind == "container"
    start = facts.pts[0] if facts.first > 0 else 0
    return replace(
        master,
        kind="container" if film else "still",
        width=facts.width,
        height=facts.height,
        format=facts.layout,
        native_format=facts.summed,
        colour=facts.colour,
        sar=facts.sar,
        rate=facts.rate,
        time_base=facts.time_base,
        pts=tuple(time - start for time in facts.pts),
        variable_rate=facts.variable_rate,
        timecode=_timecode(facts),
        field_order=facts.field_order,
        hdr=None,
        tagged=None,
    )


def _timecode(facts: SourceFacts) -> str | None:
    if facts.timecode is None:
        return None
    try:
        return shift_timecode(facts.timecode, facts.first, facts.rate)
    except ValueError:
        return facts.timecode


def _lossless(target: Target) -> Preset:
    if target.preset is None:
        raise RenderError("The source's files were not kept.", "Name a .mkv file.")
    return target.preset


def _kept(headers: Path | None) -> contextlib.AbstractContextManager[KeptHeaders | None]:
    """What was kept of the source's files, to be closed; None where they are not asked for."""
    if headers is None:
        return contextlib.nullcontext()
    if not headers.is_file():
        raise MediaError(f"{headers.name} is missing beside the master.", "Put it back from a good copy.")
    return KeptHeaders(headers)


def _name(facts: SourceFacts, index: int, target: Target) -> str:
    number = facts.first_number + facts.first + index
    if is_pattern(target.out):
        return numbered(target.out, number).name
    if target.out.suffix:
        return target.out.name
    if target.files:
        return facts.names[index]
    suffix = _lossless(target).suffix
    return f"{Path(facts.names[index]).stem}{suffix}" if facts.names else f"{number:06d}{suffix}"


def _compare(path: Path, digest: str, known: Mapping[str, str]) -> None:
    """Raises RenderError where the manifest knows the source's file by another SHA-256 than its kept headers do."""
    if known.get(path.name, digest) != digest:
        raise RenderError(f"{path.name} is not the file that the manifest identifies as the source's.")


def _write(path: Path, preset: Preset, clip: ClipInfo, frame: Frame, number: int, summed: str) -> None:
    """One still under new headers, read again. Raises RenderError where it does not hold the samples."""
    write_still(path, preset, replace(clip, kind="container"), frame, number)
    still = read_still(path)
    if still.format != frame.format or frame_md5(Frame(still.planes, still.format, frame.colour), summed) != frame_md5(
        frame, summed
    ):
        raise RenderError(f"{path.name} was written but does not hold the source's samples.", "Is the disk failing?")
