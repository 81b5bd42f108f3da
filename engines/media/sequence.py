"""Frames from numbered stills, or one still as a clip of one frame."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Literal

from engines.cache import ByteCache
from engines.colour.chosen import AS_TAGGED, ChosenTags
from engines.errors import FrameError, MediaError
from engines.media.fingerprint import fingerprint
from engines.media.naming import Numbered
from engines.media.source import OWN, ClipInfo, Descent, chosen_info
from engines.media.still import Still
from engines.media.stills import codec_of, read_still, signature
from engines.types import Frame, FrameNo, Rate

_DEFAULT_RATE = Fraction(24)
_CACHE_BYTES = 192 * 2**20
# Headers of this many files are compared when a sequence is opened; every file is checked again when it is read.
_COMPARED = 2000


class SequenceSource:
    """Implements `Source` over files by number; a number without a file is a missing frame."""

    def __init__(self, info: ClipInfo, files: dict[int, Path]) -> None:
        self._info = info
        self._files = files
        self._cache: ByteCache[FrameNo, Frame] = ByteCache(_CACHE_BYTES)

    @property
    def info(self) -> ClipInfo:
        return self._info

    def descent(self, number: FrameNo) -> Descent:  # noqa: ARG002 - the same for every frame
        """Always the frame's own samples."""
        return OWN

    def close(self) -> None:
        self._cache.clear()

    def read(self, number: FrameNo) -> Frame:
        """Frame `number`, native samples.

        Raises FrameError where its file is missing, damaged or of another format, IndexError out of range.
        """
        if not 0 <= number < self._info.frame_count:
            raise IndexError(f"frame {number} of {self._info.frame_count}")
        held = self._cache.get(number)
        if held is not None:
            return held
        frame = self._read(number)
        self._cache.put(number, frame)
        return frame

    def _read(self, number: FrameNo) -> Frame:
        file = self._files.get(self._info.first_number + number)
        if file is None:
            sentence = f"Frame {number} (number {self._info.first_number + number}) has no file."
            raise FrameError(number, sentence, "Find it, or hold the last good frame, or use black, to go on.")
        try:
            still = read_still(file)
        except MediaError as error:
            raise FrameError(number, f"Frame {number}: {error.sentence}", error.hint) from error
        if still.size != (self._info.width, self._info.height) or still.format != self._info.format:
            raise FrameError(number, *_odd(file, _short(still), self._info))
        return Frame(still.planes, still.format, self._info.colour)


def open_sequence(
    path: Path,
    found: Numbered,
    rate: Rate | None,
    note: Callable[[str], None],
    tags: ChosenTags = AS_TAGGED,
    kind: Literal["sequence", "still"] = "sequence",
) -> SequenceSource:
    """A source over numbered files. Raises MediaError where the first cannot be read or one differs from the rest."""
    numbers = list(found.files)
    first, last = numbers[0], numbers[-1]
    files = list(found.files.values())
    _compare(files)
    still = _first_readable(files)
    missing = tuple(n - first for n in range(first, last + 1) if n not in found.files)
    if missing:
        note(f"{len(missing)} of {last - first + 1} frames of {found.name} have no file (the first: {missing[0]}).")
    if others := still.facts.get("other_channels"):
        note(f"The other channels of {found.name} are left aside: {others}.")
    speed = rate or still.rate or _DEFAULT_RATE
    width, height = still.size
    info = ClipInfo(
        path=path,
        kind=kind,
        container=files[0].suffix.lower().lstrip("."),
        codec=codec_of(files[0]),
        width=width,
        height=height,
        format=still.format,
        native_format=still.native_format,
        colour=still.colour,
        sar=still.sar,
        rate=speed,
        time_base=1 / speed,
        pts=tuple(range(last - first + 1)),
        timecode=still.timecode,
        metadata=dict(still.facts),
        first_number=first,
        missing=missing,
        fingerprint=fingerprint(files[0] if kind == "still" else files),
    )
    return SequenceSource(chosen_info(info, tags), found.files)


def _compare(files: list[Path]) -> None:
    """Raises MediaError naming the first file whose header differs from that of most."""
    step = -(-len(files) // _COMPARED)
    seen: dict[str, list[Path]] = {}
    for file in files[::step]:
        try:
            seen.setdefault(signature(file), []).append(file)
        except MediaError:
            if len(files) == 1:
                raise
            # A damaged file is a matter of its frame, which says so when it is read.
    if len(seen) > 1:
        usual = max(seen, key=lambda text: len(seen[text]))
        odd_text, odd_files = next((text, named) for text, named in seen.items() if text != usual)
        raise MediaError(
            f"{odd_files[0].name} is {odd_text}, the rest of the sequence {usual}.",
            "Move it elsewhere, or convert it.",
        )


def _first_readable(files: list[Path]) -> Still:
    """The first still that can be read, for what it says of all."""
    problem: MediaError | None = None
    for file in files:
        try:
            return read_still(file)
        except MediaError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _short(still: Still) -> str:
    return f"{still.size[0]}x{still.size[1]} {still.format.name}"


def _odd(file: Path, found: str, info: ClipInfo) -> tuple[str, str]:
    sentence = f"{file.name} is {found}, the rest of the sequence {info.width}x{info.height} {info.format.name}."
    return sentence, "Move it elsewhere, or convert it."
