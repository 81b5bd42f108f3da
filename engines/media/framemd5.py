"""Checksums of pictures, equal to those of FFmpeg's framemd5 muxer, and its text format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext

from engines.errors import MediaError
from engines.media.planes import to_av
from engines.media.sink import whole_file
from engines.plain_file import read_whole
from engines.types import Frame

# Where the byte without meaning lies; decoders leave it 0.
_PADDING = {"bgr0": 3, "rgb0": 3, "0rgb": 0, "0bgr": 0}

_LARGEST = 256 * 2**20


def frame_md5(frame: Frame, pix_fmt: str) -> str:
    """MD5 of the (quantised) frame as raw `pix_fmt` bytes without padding, rows and planes in FFmpeg's order.

    Raises MediaError where `pix_fmt` does not hold the frame's format.
    """
    return picture_md5(to_av(frame, pix_fmt))


def picture_md5(picture: av.VideoFrame) -> str:
    """The same of a decoded picture, in its own layout."""
    return hashlib.md5(raw_bytes(picture), usedforsecurity=False).hexdigest()


def raw_bytes(picture: av.VideoFrame) -> bytes:
    """The picture as FFmpeg's rawvideo encoder writes it, which is what its framemd5 muxer sums."""
    encoder = VideoCodecContext.create("rawvideo", "w")
    encoder.width, encoder.height = picture.width, picture.height
    encoder.pix_fmt = picture.format.name
    encoder.time_base = Fraction(1, 25)
    data = bytearray(b"".join(bytes(packet) for packet in encoder.encode(picture)))
    if picture.format.name in _PADDING:
        data[_PADDING[picture.format.name] :: 4] = bytes(len(data) // 4)
    return bytes(data)


def write_framemd5(
    path: Path, hashes: Sequence[str], pts: Sequence[int], time_base: Fraction, size: tuple[int, int], frame_bytes: int
) -> None:
    """Write FFmpeg's framemd5 text of one video stream of `size` (width, height), `frame_bytes` raw bytes a frame.

    Durations are the distances of the `pts` (in `time_base` units); the last repeats the one before.
    """
    steps = [b - a for a, b in pairwise(pts)]
    durations = [*steps, steps[-1] if steps else 1]
    header = (
        "#format: frame checksums",
        "#version: 2",
        "#hash: MD5",
        "#software: Tratteggio",
        f"#tb 0: {time_base.numerator}/{time_base.denominator}",
        "#media_type 0: video",
        "#codec_id 0: rawvideo",
        f"#dimensions 0: {size[0]}x{size[1]}",
        "#sar 0: 0/1",
        "#stream#, dts,        pts, duration,     size, hash",
    )
    lines = (
        f"0, {time:>10}, {time:>10}, {duration:>8}, {frame_bytes:>8}, {digest}"
        for time, duration, digest in zip(pts, durations, hashes, strict=True)
    )
    with whole_file(path) as partial:
        partial.write_text("\n".join((*header, *lines)) + "\n", encoding="ascii")


def read_framemd5(path: Path, stream: int = 0) -> tuple[str, ...]:
    """Checksums of one stream's frames, in order. Raises MediaError where the file is not framemd5 text."""
    try:
        lines = read_whole(path, _LARGEST).decode("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise MediaError(
            f"{path.name} cannot be read as frame checksums: {why}.", "Restore it from a good copy."
        ) from error
    return tuple(_hashes(lines, stream, path.name))


def _hashes(lines: Iterable[str], stream: int, name: str) -> Iterable[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(",")]
        if len(fields) < 6 or not fields[0].isdigit() or len(fields[5]) != 32:
            raise MediaError(f"{name} is not frame checksums: line {number} is not understood.")
        if int(fields[0]) == stream:
            yield fields[5].lower()
