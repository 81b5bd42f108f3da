"""Reads a timeline file, OTIO or EDL by what it holds, within bounds."""

from __future__ import annotations

from pathlib import Path

from app.interchange import edl_reading, otio_reading
from app.interchange.cutting import Cutting, MediaName
from engines.errors import MediaError
from engines.types import Rate

LARGEST = 32 * 2**20
"""Bytes: 50,000 clips with their metadata."""
_OTHERS = "Export OTIO or a CMX 3600 EDL from the editing program; both are read."


def read_timeline(path: Path, rate: Rate | None = None) -> Cutting:
    """What the timeline at `path` says. rate: of the media, for EDLs, which do not say it.

    Raises MediaError where it cannot be read, is none or is absurd, and for an EDL without a rate.
    """
    text = _text(path)
    if text.lstrip().startswith("{"):
        return otio_reading.cutting_of_text(text, path.name)
    if rate is None:
        raise MediaError(f"{path.name} is an EDL, which does not say its rate.", "Say which media it is of.")
    return edl_reading.cutting_of_text(text, path.name, rate)


def media_of_timeline(path: Path) -> tuple[MediaName, ...]:
    """The media that a timeline speaks of, each once; needs no rate. Raises MediaError."""
    text = _text(path)
    if text.lstrip().startswith("{"):
        return otio_reading.cutting_of_text(text, path.name).media()
    return edl_reading.names_of_text(text, path.name)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise MediaError(f"There is no timeline {path}.", "Check the path.")
        with path.open("rb") as file:
            held = file.read(LARGEST + 1)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the disk.") from error
    if len(held) > LARGEST:
        raise MediaError(f"{path.name} is larger than any timeline ({LARGEST // 2**20} MiB).", _OTHERS)
    if b"\0" in held[:4096]:
        raise MediaError(f"{path.name} is no timeline in text form.", _OTHERS)
    try:
        text = held.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Editors on Windows wrote EDLs in the system's own coding; only names can differ.
        text = held.decode("cp1252", "replace")
    if text.lstrip().startswith("<"):
        raise MediaError(f"{path.name} is XML.", _OTHERS)
    return text
