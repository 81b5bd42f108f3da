"""Reads Cineon stills (Kodak, "Cineon Digital Film Tool, image file format", version 4.5): 10-bit film log R, G, B."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.media.still import Still
from engines.types import ColourSpec, PixelFormat, Plane, Rate

_MAGIC = {b"\x80\x2a\x5f\xd7": ">", b"\xd7\x5f\x2a\x80": "<"}
_GENERIC, _WITH_FILM = 1024, 2048
_UNDEFINED = 0xFFFFFFFF
_LEFT_JUSTIFIED, _RIGHT_JUSTIFIED = 5, 6
_SHIFTS = {_LEFT_JUSTIFIED: (22, 12, 2), _RIGHT_JUSTIFIED: (20, 10, 0)}
_UPRIGHT = (0, 0xFF)
_MOST = 2**16


@dataclass(frozen=True)
class CineonHeader:
    """What one file says of itself. order: of its bytes, as `struct` writes it. shifts: of R, G, B in a 32-bit word."""

    width: int
    height: int
    order: str
    offset: int
    shifts: tuple[int, int, int]
    rate: Rate | None
    texts: dict[str, str]

    @property
    def signature(self) -> str:
        """What all files of a sequence must share."""
        return f"{self.width}x{self.height}, 10 bit RGB"


def read_cineon_header(path: Path) -> CineonHeader:
    """Raises MediaError where the file is no Cineon, cut short, or holds other than upright 10-bit RGB."""
    with path.open("rb") as file:
        data = file.read(_WITH_FILM)
    order = _MAGIC.get(data[:4])
    if order is None or len(data) < _GENERIC:
        raise MediaError(f"{path.name} is not a whole Cineon file.", "Scan or copy it again.")
    offset, orientation, channels = _number(data, order, 4), data[192], data[193]
    bits = {data[198 + 28 * channel] for channel in range(min(channels, 8))}
    width, height = _number(data, order, 200), _number(data, order, 204)
    interleave, packing, sign, negative = data[680:684]
    sizes = {tuple(data[200 + 28 * channel : 208 + 28 * channel]) for channel in range(min(channels, 8))}
    if not (0 < width < _MOST and 0 < height < _MOST and offset >= _GENERIC):
        raise MediaError(f"The header of {path.name} is damaged.", "Scan or copy it again.")
    padded = _number(data, order, 684) not in (0, _UNDEFINED)
    if channels != 3 or bits != {10} or len(sizes) != 1 or packing not in _SHIFTS or interleave or padded:
        said = f"{channels} channels of {', '.join(map(str, sorted(bits))) or 'no'} bits, packing {packing}"
        raise MediaError(f"{path.name} is a Cineon file of a kind that is not read ({said}).", "Convert it to DPX.")
    if orientation not in _UPRIGHT or sign or negative not in (0, 0xFF):
        raise MediaError(f"{path.name} is stored turned or inverted.", "Convert it to DPX.")
    return CineonHeader(
        width, height, order, offset, _SHIFTS[packing], _rate(data, order, offset), _texts(data, offset)
    )


def read_cineon(path: Path) -> Still:
    """Code values as stored, which are printing densities. Raises MediaError."""
    header = read_cineon_header(path)
    with path.open("rb") as file:
        file.seek(header.offset)
        data = file.read(header.width * header.height * 4)
    if len(data) < header.width * header.height * 4:
        raise MediaError(f"{path.name} is cut short.", "Scan or copy it again.")
    words = np.frombuffer(data, dtype=header.order + "u4").reshape(header.height, header.width)
    planes = tuple(_component(words, shift) for shift in header.shifts)
    colour = ColourSpec(range="pc", matrix="rgb", transfer="cineon")
    return Still(planes, PixelFormat("rgb", 10), "gbrp10le", colour, header.texts, header.rate)


def _component(words: NDArray[np.uint32], shift: int) -> Plane:
    return np.asarray((words >> shift) & 0x3FF, dtype=np.uint16)


def _number(data: bytes, order: str, offset: int) -> int:
    return int(struct.unpack_from(order + "I", data, offset)[0])


def _rate(data: bytes, order: str, offset: int) -> Rate | None:
    if offset < _WITH_FILM or len(data) < _WITH_FILM or _number(data, order, 1072) == _UNDEFINED:
        return None
    value = float(struct.unpack_from(order + "f", data, 1072)[0])
    return Fraction(value).limit_denominator(1001) if math.isfinite(value) and 1 <= value <= 1000 else None


def _texts(data: bytes, offset: int) -> dict[str, str]:
    def text(start: int, length: int) -> str:
        raw = data[start : start + length].split(b"\0")[0].strip(b"\xff")
        return raw.decode("ascii", "replace").strip()

    places = {
        "source_file": (32, 100),
        "creation_time": (132, 12),
        "label": (452, 200),
        "input_device": (844, 64),
        "input_model": (908, 32),
        "input_serial": (940, 32),
    }
    if offset >= _WITH_FILM:
        places |= {"film_format": (1036, 32), "frame_attribute": (1076, 32), "slate": (1108, 200)}
    found = {name: text(*place) for name, place in places.items()}
    return {"transfer_characteristic": "printing-density"} | {name: value for name, value in found.items() if value}
