"""Opens a clip, whatever it is stored in: a file, a numbered pattern, a folder of stills, or one still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engines.colour.chosen import AS_TAGGED, ChosenTags
from engines.errors import MediaError
from engines.media import index_store
from engines.media.container import ContainerSource
from engines.media.counting import build_index
from engines.media.deinterlace import Deinterlaced
from engines.media.fingerprint import fingerprint
from engines.media.missing import Missing, Substitute
from engines.media.naming import STILL_SUFFIXES, Numbered, by_pattern, in_folder, is_pattern
from engines.media.probe import probe
from engines.media.sequence import open_sequence
from engines.media.source import Source, chosen_info
from engines.plain_file import check_plain
from engines.types import Rate


def open_source(
    path: Path,
    *,
    missing: Missing = "stop",
    rate: Rate | None = None,
    deinterlace: bool = False,
    tags: ChosenTags = AS_TAGGED,
    threads: int = 0,
    note: Callable[[str], None] = lambda _: None,
    between: Callable[[], None] = lambda: None,
    cache_bytes: int = 192 * 2**20,
) -> Source:
    """Open `path` for reading by frame number.

    missing: what a damaged or missing frame gives: FrameError ("stop"), the last good frame, or black; the latter two
    tell `note` which. rate: frames per second of stills, instead of their headers' or 24; files keep their own times.
    tags: what code values mean, instead of what the file says; samples stay as they are. threads: of the decoder, 0 =
    as many as there are cores. between: called now and then while a frame is decoded; what it raises leaves `read`.
    cache_bytes: for decoded pictures. Raises MediaError with one sentence, and SettingError for tags that such
    pictures do not have.
    """
    path = Path(path).absolute()
    inner = _open(
        path, rate, tags, note, lambda: _open_container(path, missing, tags, threads, note, between, cache_bytes)
    )
    source: Source = Substitute(inner, missing, note) if missing != "stop" else inner
    return Deinterlaced(source, note) if deinterlace else source


def _open(
    path: Path,
    rate: Rate | None,
    tags: ChosenTags,
    note: Callable[[str], None],
    container: Callable[[], ContainerSource],
) -> Source:
    try:
        if path.is_dir():
            return open_sequence(path, in_folder(path, note), rate, note, tags)
        if not path.exists() and is_pattern(path):
            return open_sequence(path, by_pattern(path), rate, note, tags)
        if not path.exists():
            raise MediaError(f"There is no file {path}.", "Check the path.")
        check_plain(path)
        if path.suffix.lower() in STILL_SUFFIXES:
            return open_sequence(path, Numbered({0: path}, path.name), rate, note, tags, kind="still")
        if rate is not None:
            note(f"{path.name} keeps its own times; a rate is only for stills.")
        return container()
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the disk.") from error


def _open_container(
    path: Path,
    missing: Missing,
    tags: ChosenTags,
    threads: int,
    note: Callable[[str], None],
    between: Callable[[], None],
    cache_bytes: int,
) -> ContainerSource:
    identity = fingerprint(path)
    index = index_store.load(path, identity)
    if index is None:
        index = build_index(path, note)
        index_store.save(path, identity, index)
    info = chosen_info(probe(path, index, identity), tags)
    doubtful = None if missing == "stop" else note
    return ContainerSource(info, index, threads=threads, doubtful=doubtful, between=between, cache_bytes=cache_bytes)
