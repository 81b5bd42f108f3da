"""Masks on disk: a folder of 8-bit PNGs named by frame number, white where painted, black where not.

Grey is a soft edge: such a pixel counts as damaged, too, but its repair is laid over the picture with that share only
(64 of 255 is a quarter). Save masks without smoothed edges where none are wanted.
"""

from __future__ import annotations

import hashlib
import os
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engines.cache import ByteCache
from engines.errors import MaskError
from engines.plain_file import check_plain, read_whole
from engines.types import FrameNo

Mask = NDArray[np.bool_]
Coverage = NDArray[np.uint8]
"""H x W; 0 = untouched, 255 = fully painted, between = a soft edge."""

_CACHE_BYTES = 64 * 2**20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB = 0, 2
_NAMING = "Name masks by frame number counted from 0, such as 000012.png."


class MaskFolder:
    """The masks of one clip (a `MaskSource`). Headers are checked at once, pixels are read when asked for."""

    def __init__(self, folder: Path, width: int, height: int, frame_count: int) -> None:
        """Raises MaskError, naming the file, where the folder or a file does not fit a clip of this size and length."""
        self._width, self._height = width, height
        self._files = _numbered(folder, frame_count)
        for path in self._files.values():
            _check_header(path, width, height)
        self._keys: dict[FrameNo, tuple[tuple[int, int], str]] = {}
        self._pixels: ByteCache[str, Coverage] = ByteCache(_CACHE_BYTES)

    def numbers(self) -> tuple[FrameNo, ...]:
        """Frames that have a mask, ascending."""
        return tuple(self._files)

    def coverage(self, number: FrameNo) -> Coverage | None:
        """None where the frame has no mask. Raises MaskError for an unreadable file."""
        path = self._files.get(number)
        if path is None:
            return None
        key = self.key(number)
        coverage = self._pixels.get(key)
        if coverage is None:
            _check_header(path, self._width, self._height)
            coverage = _read(path)
            coverage.setflags(write=False)
            self._pixels.put(key, coverage)
        return coverage

    def key(self, number: FrameNo) -> str:
        """SHA-256 of the file, empty where the frame has none; hashed again only after the file changed."""
        path = self._files.get(number)
        if path is None:
            return ""
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._keys.get(number)
            if known is None or known[0] != stamp:
                known = (stamp, hashlib.sha256(read_whole(path)).hexdigest())
                self._keys[number] = known
        except OSError as error:
            raise _unreadable(path) from error
        return known[1]


class NoMasks:
    """A `MaskSource` of a clip on which nothing was painted yet."""

    def numbers(self) -> tuple[FrameNo, ...]:
        """None."""
        return ()

    def coverage(self, number: FrameNo) -> Coverage | None:  # noqa: ARG002 - the protocol's
        """None."""
        return None

    def key(self, number: FrameNo) -> str:  # noqa: ARG002 - the protocol's
        """Empty."""
        return ""


def write_mask(folder: Path, number: FrameNo, mask: Mask | Coverage) -> Path:
    """Store an H x W mask as `folder/000012.png`, made beside its final name; returns the path. Raises MaskError."""
    grey = np.where(mask, np.uint8(255), np.uint8(0)) if mask.dtype == np.bool_ else mask.astype(np.uint8)
    path = folder / f"{number:06d}.png"
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(grey).save(partial, format="PNG")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise MaskError(f"The mask {path} cannot be written.", "Check the folder's permissions and space.") from error
    return path


def fitted(mask: Coverage, width: int, height: int, reduction: int = 1) -> Coverage:
    """A source-size mask for pictures of `width` x `height` under a policy's `reduction`.

    A reduced pixel is painted as much as the most painted of its source pixels; pictures that a stage enlarged by a
    whole factor get each pixel repeated. Raises MaskError for any other size.
    """
    if reduction > 1:
        padded = np.pad(mask, ((0, -mask.shape[0] % reduction), (0, -mask.shape[1] % reduction)))
        cells = padded.reshape(padded.shape[0] // reduction, reduction, padded.shape[1] // reduction, reduction)
        mask = np.asarray(cells.max(axis=(1, 3)))
    if mask.shape == (height, width):
        return mask
    factor = max(height // mask.shape[0], 1)
    if mask.shape[0] * factor != height or mask.shape[1] * factor != width:
        raise MaskError(
            f"A mask of {mask.shape[1]}x{mask.shape[0]} does not fit a picture of {width}x{height}.",
            "Make masks at the size of the source.",
        )
    return mask.repeat(factor, axis=0).repeat(factor, axis=1)


def _numbered(folder: Path, frame_count: int) -> dict[FrameNo, Path]:
    if not folder.is_dir():
        raise MaskError(f"The mask folder {folder} does not exist.", "Give a folder of PNG files.")
    files: dict[FrameNo, Path] = {}
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() == ".png" and not p.name.startswith(".")):
        if not (path.stem.isascii() and path.stem.isdigit()):
            raise MaskError(f"The mask {path.name} has a name that is not a frame number.", _NAMING)
        number = int(path.stem)
        if number >= frame_count:
            last = frame_count - 1
            raise MaskError(f"The mask {path.name} is beyond the clip, whose last frame is {last}.", _NAMING)
        if number in files:
            raise MaskError(f"The masks {files[number].name} and {path.name} are for the same frame.", "Remove one.")
        files[number] = path
    if not files:
        raise MaskError(f"The mask folder {folder} holds no PNG file.", _NAMING)
    return dict(sorted(files.items()))


def _check_header(path: Path, width: int, height: int) -> None:
    try:
        check_plain(path)
        with path.open("rb") as file:
            head = file.read(26)
    except OSError as error:
        raise _unreadable(path) from error
    if len(head) < 26 or head[:8] != _SIGNATURE or head[12:16] != b"IHDR":
        raise _unreadable(path)
    found_width, found_height, depth, colour = struct.unpack(">IIBB", head[16:26])
    if (found_width, found_height) != (width, height):
        raise MaskError(
            f"The mask {path.name} is {found_width}x{found_height}, but the clip is {width}x{height}.",
            "Make masks at the size of the source.",
        )
    # Read from the header itself: imaging libraries reduce 16-bit and palette pictures silently.
    if depth != 8 or colour not in (_GREY, _RGB):
        raise MaskError(f"The mask {path.name} is not an 8-bit grey or RGB picture.", "Save it as an 8-bit grey PNG.")


def _read(path: Path) -> Coverage:
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            return np.asarray(picture.convert("L"), np.uint8)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> MaskError:
    return MaskError(f"The mask {path.name} is not a readable PNG file.", "Save it again as an 8-bit grey PNG.")
