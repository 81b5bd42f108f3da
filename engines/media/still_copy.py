"""Stills that are stored as their sources were: the very file where no sample changed, else all but the samples."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np

from engines.errors import MediaError
from engines.media.framemd5 import picture_md5
from engines.media.headers.block import joined_file
from engines.media.headers.split import packed_samples, split_still
from engines.media.headers.unknown import Unknown
from engines.media.planes import format_of, from_av
from engines.types import Frame, Plane


def stored_alike(path: Path, like: Path, picture: Frame) -> str | None:
    """Write `picture` to `path` as the file `like` holds its own; returns the samples' MD5 as FFmpeg decodes them.

    Every byte that is no sample is `like`'s. None, where its samples are compressed or packed in an unknown way, and
    where FFmpeg reads the result otherwise than we do.
    """
    try:
        data = like.read_bytes()
        stored = _decoded(data)
        if not _fits(stored, picture):
            return None
        if not _same(from_av(stored), picture):
            split = split_still(like, data, None)
            data = joined_file(split.rest, packed_samples(picture.planes, split.recipe), split.recipe)
            stored = _decoded(data)
            if not (_fits(stored, picture) and _same(from_av(stored), picture)):
                return None
    except (OSError, av.FFmpegError, MediaError, Unknown, IndexError, StopIteration):
        return None  # written anew then, which tells what is wrong, if anything is
    path.write_bytes(data)
    return picture_md5(stored)


def _decoded(data: bytes) -> av.VideoFrame:
    with av.open(io.BytesIO(data), "r") as file:
        return next(file.decode(video=0))


def _fits(stored: av.VideoFrame, picture: Frame) -> bool:
    size = stored.width, stored.height
    return size == (picture.width, picture.height) and format_of(stored.format.name) == picture.format


def _same(planes: tuple[Plane, ...], picture: Frame) -> bool:
    """Floats compare by their bits."""
    return all(
        one.dtype == other.dtype and np.array_equal(one.view(np.uint8), np.ascontiguousarray(other).view(np.uint8))
        for one, other in zip(planes, picture.planes, strict=True)
    )
