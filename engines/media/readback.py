"""Decoding what was written, to be sure that it says what it should."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

import av

from engines.cancel import CancelToken
from engines.errors import RenderError
from engines.media.framemd5 import picture_md5
from engines.media.naming import in_folder, is_pattern
from engines.media.still_names import numbered


def read_back(
    path: Path,
    expected: Sequence[str],
    *,
    first_number: int = 0,
    cancel: CancelToken | None = None,
    step: Callable[[], None] = lambda: None,
) -> None:
    """Decode what `stored_hashes` takes and compare every MD5 with `expected`.

    `step` is called after every frame. Raises RenderError that names the first frame that differs, is missing or is
    one too many; Cancelled.
    """
    decoded = stored_hashes(path, first_number, len(expected))
    for number, (found, wanted) in enumerate(zip_longest(decoded, expected)):
        if cancel is not None:
            cancel.check()
        if found == wanted:
            step()
            continue
        if found is None:
            raise RenderError(f"{path.name} ends before frame {number}; {len(expected)} frames were written.")
        if wanted is None:
            raise RenderError(f"{path.name} has more than the {len(expected)} frames that were written.")
        raise RenderError(
            f"Frame {number} of {path.name} differs from what was written.",
            "The disk or its connection may be failing; render again to another place.",
        )


def stored_hashes(path: Path, first_number: int, count: int) -> Iterator[str]:
    """MD5 of each picture of a file, of `count` stills of a pattern from `first_number` on, or of a folder's stills.

    Raises RenderError.
    """
    if path.is_dir():
        yield from chain.from_iterable(map(decoded_hashes, in_folder(path, lambda _: None).files.values()))
    elif is_pattern(path):
        stills = (numbered(path, number) for number in range(first_number, first_number + count))
        yield from chain.from_iterable(map(decoded_hashes, stills))
    else:
        yield from decoded_hashes(path)


def decoded_hashes(path: Path) -> Iterator[str]:
    """MD5 of each decoded picture of a file in its own layout, in display order. Raises RenderError."""
    try:
        with av.open(str(path)) as source:
            stream = source.streams.video[0]
            stream.thread_type = "AUTO"
            for picture in source.decode(stream):
                yield picture_md5(picture)
    except (OSError, av.FFmpegError, IndexError) as error:
        raise RenderError(f"{path.name} was written but cannot be read back: {error}.") from error
