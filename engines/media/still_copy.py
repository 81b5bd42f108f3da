"""Stills whose samples nothing changed, handed through as the very files they came from."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from engines.errors import MediaError
from engines.media.framemd5 import picture_md5
from engines.media.planes import format_of, from_av
from engines.types import Frame


def copied(path: Path, like: Path, picture: Frame) -> str | None:
    """Make `path` a copy of `like` where its samples are `picture`'s; returns their MD5 as FFmpeg decodes them.

    None, and nothing is written, where they are others or where FFmpeg reads the file otherwise than we do.
    """
    try:
        with av.open(str(like)) as file:
            stored = next(file.decode(video=0))
        same = format_of(stored.format.name) == picture.format and _same(from_av(stored), picture)
    except (OSError, av.FFmpegError, MediaError, IndexError, StopIteration):
        return None  # written anew then, which tells what is wrong, if anything is
    if not same:
        return None
    path.write_bytes(like.read_bytes())
    return picture_md5(stored)


def _same(planes: tuple[np.ndarray[tuple[int, ...], np.dtype[np.generic]], ...], picture: Frame) -> bool:
    """Floats compare by their bits."""
    return all(
        one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
        for one, other in zip(planes, picture.planes, strict=True)
    )
