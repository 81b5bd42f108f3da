"""Reads one still of any format we know, and tells cheaply whether stills belong together."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import av
import PIL.Image

from engines.errors import MediaError
from engines.media.cineon import read_cineon, read_cineon_header
from engines.media.colour_tags import colour_of
from engines.media.dpx_header import read_dpx_header
from engines.media.exr import exr_signature, read_exr
from engines.media.planes import format_of, from_av
from engines.media.still import Still
from engines.media.tiff import NeedsFfmpeg, read_tiff, tiff_signature
from engines.plain_file import check_plain, read_whole

# FFmpeg's decoder by suffix. TIFF is here for the compressions that tifffile has no codec for.
_DECODERS = {
    ".dpx": "dpx",
    ".png": "png",
    ".jpg": "mjpeg",
    ".jpeg": "mjpeg",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".webp": "webp",
    ".bmp": "bmp",
    ".tga": "targa",
    ".pgm": "pgm",
    ".ppm": "ppm",
}
_TIFF = (".tif", ".tiff")
_OURS = {".exr": "exr", ".cin": "cineon"}
"""Formats that FFmpeg's decoders do not read, or not as they are stored."""

_LARGEST = 2**31


def codec_of(path: Path) -> str:
    """Name of the still format: dpx, tiff, exr, cineon, png, mjpeg, ..."""
    return _OURS.get(path.suffix.lower()) or _DECODERS[path.suffix.lower()]


def signature(path: Path) -> str:
    """Size and sample layout from the header alone: what all files of a sequence must share. Raises MediaError."""
    kind = codec_of(path)
    try:
        check_plain(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror}.", "Copy it again from its origin.") from error
    if path.stat().st_size == 0:
        raise MediaError(f"{path.name} is empty.", "Copy it again from its origin.")
    if kind == "exr":
        return exr_signature(path)
    if kind == "cineon":
        return read_cineon_header(path).signature
    if kind == "dpx":
        return read_dpx_header(path).signature
    if kind == "tiff":
        return tiff_signature(path)
    if kind == "png":
        return _png_signature(path)
    try:
        with PIL.Image.open(path) as picture:
            return f"{picture.width}x{picture.height}, {picture.mode}"
    except (OSError, PIL.Image.DecompressionBombError) as error:
        raise MediaError(f"{path.name} is not a readable {kind} picture.", "Is it whole?") from error


def read_still(path: Path) -> Still:
    """Raises MediaError for files that are missing, damaged or of a layout we do not read."""
    try:
        if path.suffix.lower() == ".exr":
            return read_exr(path)
        if path.suffix.lower() == ".cin":
            return read_cineon(path)
        if path.suffix.lower() in _TIFF:
            return read_tiff(path)
        still = _decode(path)
    except NeedsFfmpeg:
        return _decode(path)
    except FileNotFoundError as error:
        raise MediaError(f"There is no file {path.name} in {path.parent}.", "Check the path.") from error
    return _with_dpx_header(still, path) if path.suffix.lower() == ".dpx" else still


def _decode(path: Path) -> Still:
    try:
        data = read_whole(path, _LARGEST)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror}.", "Copy it again from its origin.") from error
    decoder = av.CodecContext.create(_DECODERS[path.suffix.lower()], "r")
    assert isinstance(decoder, av.VideoCodecContext)
    # Without these FFmpeg returns what it could make of a damaged still as if it were whole.
    decoder.options = {"err_detect": "crccheck+explode"}
    decoder.thread_count = 1
    try:
        pictures = [*decoder.decode(av.Packet(data)), *decoder.decode(None)] if data else []
    except av.FFmpegError:
        pictures = []
    if not pictures or pictures[0].is_corrupt:
        raise MediaError(f"{path.name} is damaged or not a {decoder.name} picture.", "Copy it again from its origin.")
    picture = pictures[0]
    sar = decoder.sample_aspect_ratio
    still = Still(
        from_av(picture), format_of(picture.format.name), picture.format.name, colour_of(picture), _facts(picture)
    )
    return replace(still, sar=sar) if sar else still


def _facts(picture: av.VideoFrame) -> dict[str, str]:
    try:
        return {str(key): str(value) for key, value in picture.metadata.items()}
    except UnicodeDecodeError:
        return {}  # PyAV reads them as UTF-8 or not at all; a title is no reason to refuse a still


def _with_dpx_header(still: Still, path: Path) -> Still:
    header = read_dpx_header(path)
    colour = still.colour
    told = {
        "range": header.range_name,
        "transfer": header.transfer_name,
        "primaries": header.primaries_name,
    }
    colour = replace(colour, **{key: value for key, value in told.items() if value != "unknown"})
    facts = {
        **still.facts,
        **header.texts,
        "transfer_characteristic": header.transfer,
        "colorimetric_specification": header.colorimetric,
    }
    return replace(still, colour=colour, facts=facts, rate=header.rate, timecode=header.timecode, sar=header.aspect)


def _png_signature(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(26)
    if len(head) < 26 or head[:8] != b"\x89PNG\r\n\x1a\n":
        raise MediaError(f"{path.name} is not a whole PNG file.", "Copy it again from its origin.")
    width, height, depth, colour = struct.unpack(">IIBB", head[16:26])
    return f"{width}x{height}, {depth} bit, PNG colour type {colour}"
