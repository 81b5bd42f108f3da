"""Find media that was moved: the same content, wherever it lies now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from app.document import Document, Media
from engines.errors import Cancelled, MediaError, TratteggioError
from engines.media.fingerprint import fingerprint
from engines.media.naming import STILL_SUFFIXES, by_pattern, in_folder, is_pattern


def is_there(media: Media) -> bool:
    """Whether something lies at the media's path; its content is not looked at."""
    path = media.path
    return path.exists() or (is_pattern(path) and path.parent.is_dir())


def missing_media(document: Document) -> list[str]:
    """Ids of clips whose media is not where it was. Touches the disk: not for the interface thread."""
    return [clip.id for clip in document.clips if not is_there(clip.media)]


def check_same(media: Media, path: Path) -> None:
    """Raises MediaError where `path` holds other pictures than `media` was made of, or cannot be read."""
    try:
        found = _identity(path)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the disk.") from error
    if found != media.fingerprint:
        raise MediaError(
            f"{path.name} has other content than the {media.path.name} that this work was made on.",
            "Choose the same film, or link it all the same if you know that the frames match.",
        )


def find_moved(media: Media, folder: Path, cancelled: Callable[[], bool] = lambda: False) -> Path | None:
    """Where under `folder` the media lies now: same name first, then same kind of file. Reads files: for a worker.

    Raises Cancelled. What cannot be read is passed over.
    """
    for path in _candidates(media, folder):
        if cancelled():
            raise Cancelled
        try:
            if _identity(path) == media.fingerprint:
                return path
        except (OSError, TratteggioError):
            continue  # it is looked for, not asked for
    return None


def _identity(path: Path) -> str:
    """As opening would compute it. Raises OSError, MediaError."""
    if is_pattern(path) and not path.exists():
        return fingerprint(list(by_pattern(path).files.values()))
    if path.is_dir():
        return fingerprint(list(in_folder(path, lambda _: None).files.values()))
    return fingerprint(path)


def _candidates(media: Media, folder: Path) -> Iterator[Path]:
    old = media.path
    if is_pattern(old):
        folders = [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]
        yield from (path / old.name for path in folders)
        return
    if not old.suffix or old.is_dir():
        # A folder of stills is known by its files, so it may have another name.
        everything = [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]
        yield from (path for path in sorted(everything, key=lambda path: path.name != old.name) if _holds_stills(path))
    files = (path for path in folder.rglob("*") if path.suffix.lower() == old.suffix.lower() and path.is_file())
    yield from sorted(files, key=lambda path: (path.name != old.name, path))


def _holds_stills(folder: Path) -> bool:
    return any(path.suffix.lower() in STILL_SUFFIXES for path in folder.iterdir())
