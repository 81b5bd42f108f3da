"""DPX stills (SMPTE 268M): samples packed by us, so that the source's own header can be carried over byte for byte."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.media.colour_tags import NOTHING_NEW
from engines.media.dpx_header import PRIMARY_NAMES, TRANSFER_NAMES
from engines.media.planes import native_name
from engines.types import ColourSpec, Frame, PixelFormat, Rate

_HEADER = 2048
_IMAGE_HEADER_END = 1664
_MAGIC = {b"SDPX": ">", b"XPDS": "<"}
_UNDEFINED = 0xFFFFFFFF
_DESCRIPTOR = {("gray", False): 6, ("rgb", False): 50, ("rgb", True): 51}
_TRANSFER = {name: code for code, name in reversed(TRANSFER_NAMES.items())}
_COLORIMETRIC = {name: code for code, name in PRIMARY_NAMES.items()}
_USER_DEFINED = 0
"""SMPTE 268M's code for what its list does not have."""


def write_dpx(path: Path, frame: Frame, header: bytes, retold: ColourSpec = NOTHING_NEW) -> str:
    """Write a grey or RGB frame of 8, 10, 12 or 16 bits under `header`, whose picture fields are updated.

    retold: range, primaries and transfer that the header is to say anew; what is "unknown" there stays as it is.
    Returns FFmpeg's pix_fmt of the file, which follows the header's byte order.
    """
    frame = frame.quantised()
    order = _MAGIC[header[:4]]
    data = _packed(frame, order)
    described = bytearray(_described(header, frame, len(data), order))
    _retell(described, frame.format.depth, order, retold)
    path.write_bytes(described + data)
    return _pix_fmt(frame.format, "be" if order == ">" else "le")


def _pix_fmt(layout: PixelFormat, suffix: str) -> str:
    """16 bits are read in the file's byte order, 10 and 12 are unpacked to the machine's."""
    if layout.depth in (10, 12):
        return native_name(layout)
    if layout.family == "gray":
        return "gray" if layout.depth == 8 else "gray16" + suffix
    packed = {8: ("rgb24", "rgba"), 16: ("rgb48" + suffix, "rgba64" + suffix)}
    return packed[layout.depth][layout.alpha]


def read_header(path: Path) -> bytes:
    """Everything before the picture: all header sections and user data. Raises MediaError."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
            order = _MAGIC.get(start[:4])
            if order is None:
                raise MediaError(f"{path.name} is not a DPX file.")
            offset = int(struct.unpack(order + "I", start[4:])[0])
            header = start + file.read(offset - 8)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read.", str(error)) from error
    if offset < _IMAGE_HEADER_END or len(header) < offset:
        raise MediaError(f"The header of {path.name} is damaged.")
    return header


def new_header(rate: Rate, timecode: str | None) -> bytes:
    """A header for pictures that came from no DPX file: undefined but for rate and timecode."""
    header = bytearray(b"\xff" * _HEADER)
    struct.pack_into(">4sI8sIIII", header, 0, b"SDPX", _HEADER, b"V2.0", 0, 1, 1664, 384)
    _put(header, ">", "I", 32, 0)
    # Texts are empty where undefined; numbers are all ones.
    for start, end in ((36, 660), (820, 852), (1432, 1620), (1664, 1712), (1732, 1864)):
        header[start:end] = bytes(end - start)
    _put(header, ">", "H", 768, 0)
    header[801] = header[802] = _USER_DEFINED
    _put(header, ">", "f", 1724, float(rate))
    _put(header, ">", "f", 1940, float(rate))
    if timecode is not None:
        digits = "".join(c for c in timecode if c.isdigit())
        _put(header, ">", "I", 1920, int(digits[:8], 16))
    return bytes(header)


def _described(header: bytes, frame: Frame, size: int, order: str) -> bytes:
    """The header with every field that speaks of the stored picture set for `frame`."""
    layout = frame.format
    out = bytearray(header)
    _put(out, order, "I", 4, len(out))
    _put(out, order, "I", 16, len(out) + size)
    _put(out, order, "H", 770, 1)
    _put(out, order, "I", 772, frame.width)
    _put(out, order, "I", 776, frame.height)
    if out[803] != layout.depth:
        # Reference codes count in the old depth; undefined means the whole range.
        _put(out, order, "I", 784, _UNDEFINED)
        _put(out, order, "I", 792, _UNDEFINED)
    _put(out, order, "I", 780, 0)
    out[800] = _DESCRIPTOR[layout.family, layout.alpha]
    out[803] = layout.depth
    _put(out, order, "H", 804, 1 if layout.depth in (10, 12) else 0)
    _put(out, order, "H", 806, 0)
    _put(out, order, "I", 808, len(out))
    _put(out, order, "I", 812, 0)
    _put(out, order, "I", 816, 0)
    return bytes(out)


def _retell(header: bytearray, depth: int, order: str, colour: ColourSpec) -> None:
    if colour.transfer != "unknown":
        header[801] = _TRANSFER.get(colour.transfer, _USER_DEFINED)
    if colour.primaries != "unknown":
        header[802] = _COLORIMETRIC.get(colour.primaries, _USER_DEFINED)
    scale = 2 ** (depth - 8)
    codes = {"pc": (0, 2**depth - 1), "tv": (16 * scale, 235 * scale)}.get(colour.range)
    if codes is not None:
        _put(header, order, "I", 784, codes[0])
        _put(header, order, "I", 792, codes[1])


def _put(header: bytearray, order: str, kind: str, offset: int, value: float) -> None:
    struct.pack_into(order + kind, header, offset, value)


def _packed(frame: Frame, order: str) -> bytes:
    samples = np.stack(frame.planes, axis=-1).reshape(frame.height, -1)
    depth = frame.format.depth
    rows: NDArray[Any]
    if depth == 10:
        rows = _ten_bits(samples, frame.format.family == "gray").astype(order + "u4")
    elif depth == 12:
        rows = (samples << 4).astype(order + "u2")
    else:
        rows = samples.astype(order + f"u{depth // 8}")
    row_bytes = rows.view(np.uint8).reshape(frame.height, -1)
    # Rows start on 32-bit words.
    return np.pad(row_bytes, ((0, 0), (0, -row_bytes.shape[1] % 4))).tobytes()


def _ten_bits(samples: NDArray[Any], grey: bool) -> NDArray[Any]:
    """Three to a word, filled method A: RGB from the high bits down, a single component from the low bits up."""
    padded = np.pad(samples, ((0, 0), (0, -samples.shape[1] % 3))).astype(np.uint32)
    first, second, third = (padded[:, i::3] for i in range(3))
    if grey:
        return first << 2 | second << 12 | third << 22
    return first << 22 | second << 12 | third << 2
