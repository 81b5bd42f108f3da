"""What a DPX header says of film and time: SMPTE 268M, which FFmpeg's decoder reads only in part."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engines.errors import MediaError
from engines.types import Rate

_LENGTH = 2048
_TRANSFERS = {
    1: "printing-density",
    2: "linear",
    3: "logarithmic",
    4: "unspecified-video",
    5: "smpte240m",
    6: "bt709",
    7: "bt470bg",
    8: "smpte170m",
    9: "composite-ntsc",
    10: "composite-pal",
    11: "z-linear",
    12: "z-homogeneous",
    13: "adx",
}
# The codes above that we have a name for: FFmpeg's, and our own of film log.
TRANSFER_NAMES = {1: "cineon", 2: "linear", 3: "cineon", 5: "smpte240m", 6: "bt709", 7: "bt470bg", 8: "smpte170m"}
PRIMARY_NAMES = {5: "smpte240m", 6: "bt709", 7: "bt470bg", 8: "smpte170m"}
_DESCRIPTORS = {6: "Y", 50: "RGB", 51: "RGBA", 52: "ABGR", 100: "CbYCrY", 102: "CbYCr"}


@dataclass(frozen=True)
class DpxHeader:
    """Fields of one file; None or empty where the writer left them undefined (all ones)."""

    width: int
    height: int
    bits: int
    descriptor: int
    """SMPTE 268M's image element descriptor: 6 luma, 50 RGB, 51 RGBA, 102 CbYCr ..."""
    transfer: str
    colorimetric: str
    codes: tuple[int, int]
    """The numbers of the transfer characteristic and of the colorimetric specification."""
    rate: Rate | None
    timecode: str | None
    aspect: Fraction
    low_code: int | None
    high_code: int | None
    texts: dict[str, str]
    """Creator, project, input device, film edge code, ... by name."""

    @property
    def signature(self) -> str:
        """What all files of a sequence must share."""
        return f"{self.width}x{self.height}, {self.bits} bit {_DESCRIPTORS.get(self.descriptor, self.descriptor)}"

    @property
    def transfer_name(self) -> str:
        """As in `ColourSpec`; "cineon" for printing density and for the unspecific "logarithmic"."""
        return TRANSFER_NAMES.get(self.codes[0], "unknown")

    @property
    def primaries_name(self) -> str:
        return PRIMARY_NAMES.get(self.codes[1], "unknown")

    @property
    def range_name(self) -> str:
        """From the reference codes: 0 to peak is "pc", 64 to 940 (at 10 bit) is "tv"."""
        peak = 2**self.bits - 1
        if (self.low_code, self.high_code) == (0, peak):
            return "pc"
        scale = 2 ** (self.bits - 8)
        return "tv" if (self.low_code, self.high_code) == (16 * scale, 235 * scale) else "unknown"


def read_dpx_header(path: Path) -> DpxHeader:
    """Raises MediaError where the file is no DPX or cut short."""
    with path.open("rb") as file:
        data = file.read(_LENGTH)
    if len(data) < _LENGTH or data[:4] not in (b"SDPX", b"XPDS"):
        raise MediaError(f"{path.name} is not a whole DPX file.", "Scan or copy it again.")
    order = ">" if data[:4] == b"SDPX" else "<"

    def number(offset: int, kind: str = "I") -> int:
        return int(struct.unpack_from(order + kind, data, offset)[0])

    def real(offset: int) -> float | None:
        raw, value = number(offset), float(struct.unpack_from(order + "f", data, offset)[0])
        return None if raw == 0xFFFFFFFF or not math.isfinite(value) else value

    def code(offset: int) -> int | None:
        value = number(offset)
        return None if value == 0xFFFFFFFF else value

    def text(offset: int, length: int) -> str:
        raw = data[offset : offset + length].split(b"\0")[0].strip(b"\xff")
        return raw.decode("ascii", "replace").strip()

    # Film manufacturer, type, offset in perforations, prefix and count: 2, 2, 2, 6 and 4 digits.
    parts = (text(1664, 2), text(1666, 2), text(1668, 2), text(1670, 6), text(1676, 4))
    edge_code = " ".join(part for part in parts if part)
    texts = {
        "creator": text(160, 100),
        "project": text(260, 200),
        "copyright": text(460, 200),
        "creation_time": text(136, 24),
        "source_file": text(1432, 100),
        "input_device": text(1556, 32),
        "input_serial": text(1588, 32),
        "film_edge_code": edge_code,
        "film_format": text(1680, 32),
        "slate": text(1864, 100),
    }
    return DpxHeader(
        width=number(772),
        height=number(776),
        bits=data[803],
        descriptor=data[800],
        transfer=_TRANSFERS.get(data[801], "unknown"),
        colorimetric=_TRANSFERS.get(data[802], "unknown"),
        codes=(data[801], data[802]),
        rate=_rate(real(1724)) or _rate(real(1940)),
        timecode=_timecode(code(1920)),
        aspect=_aspect(code(1628), code(1632)),
        low_code=code(784),
        high_code=code(792),
        texts={name: value for name, value in texts.items() if value},
    )


def _rate(value: float | None) -> Rate | None:
    """24000/1001 and its like are stored as rounded floats."""
    if value is None or not 1 <= value <= 1000:
        return None
    pulled = Fraction(round(value * 1.001) * 1000, 1001)
    return (
        Fraction(round(value))
        if abs(value - round(value)) < 1e-3
        else (pulled if abs(value - pulled) < 1e-3 else Fraction(value).limit_denominator(1001))
    )


def _timecode(bcd: int | None) -> str | None:
    """Eight binary-coded decimal digits, HHMMSSFF."""
    digits = f"{bcd:08x}" if bcd is not None else ""
    return ":".join(digits[i : i + 2] for i in range(0, 8, 2)) if digits.isdecimal() and len(digits) == 8 else None


def _aspect(horizontal: int | None, vertical: int | None) -> Fraction:
    return Fraction(horizontal, vertical) if horizontal and vertical else Fraction(1)
