"""Masks of a document as 8-bit grey PNG files by frame number, written once and linked from then on."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from app.atomic import write_through
from app.mask_plane import MaskPlane
from engines.plain_file import check_plain, read_whole


@dataclass(frozen=True)
class StoredMask:
    """A PNG in a project's folder. key: of the plane it shows. digest: SHA-256 of the file."""

    path: Path
    key: str
    digest: str


def store(plane: MaskPlane, path: Path, known: StoredMask | None) -> StoredMask:
    """Write `plane` as `path`, on the disk when this returns; a known file of the same mask is linked or copied.

    Raises OSError.
    """
    if known is not None and known.key == plane.key and _link(known, path):
        return StoredMask(path, plane.key, known.digest)
    data = encoded(plane)
    write_through(path, data)
    return StoredMask(path, plane.key, hashlib.sha256(data).hexdigest())


def read(path: Path) -> MaskPlane:
    """Raises OSError or ValueError where the file is missing, damaged, or no 8-bit grey picture."""
    try:
        check_plain(path)
        with Image.open(path, formats=("PNG",)) as picture:
            if picture.mode != "L":
                raise ValueError(f"{path.name} is not an 8-bit grey PNG")
            return MaskPlane.of(np.asarray(picture))
    except (SyntaxError, Image.DecompressionBombError) as error:  # Pillow's words for a damaged PNG, and one too large
        raise ValueError(f"{path.name} is damaged") from error


def encoded(plane: MaskPlane) -> bytes:
    """PNG bytes."""
    sink = io.BytesIO()
    # Level 1: half the time of the default; masks are mostly empty, so the size hardly differs.
    Image.fromarray(plane.coverage()).save(sink, format="PNG", compress_level=1)
    return sink.getvalue()


def _link(known: StoredMask, path: Path) -> bool:
    """Whether the known file is still what was written, and is now also at `path`."""
    try:
        data = read_whole(known.path)
    except OSError:
        return False  # gone: it is written anew
    if hashlib.sha256(data).hexdigest() != known.digest:
        return False
    try:
        os.link(known.path, path)
    except OSError:
        # Another disk, or one without hard links.
        shutil.copyfile(known.path, path)
    return True
