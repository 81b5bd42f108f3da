"""Look-up tables in .cube files, in the dialects of Adobe (Iridas) and of Resolve, and what they do to colours."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.errors import SettingError
from engines.plain_file import read_whole

Values = NDArray[np.float32]
Three = tuple[float, float, float]
Domain = tuple[Three, Three]
"""The inputs, channel by channel, that the first and the last entry stand for."""

UNIT: Domain = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))

MOST_LINE, MOST_SIDE = 65536, 129
"""Largest tables that are read (OpenColorIO's own limits are above the first and at the second)."""
_MOST_BYTES = 256 * 2**20
_MOST = 1e30
"""Far beyond any colour, far from what overflows."""
_KEPT = 4
"""Tables kept taken apart: settings beside the table are moved, not the table."""
_SHOWN = 40
"""Letters of a faulty line that a message repeats."""


@dataclass(frozen=True, eq=False)
class Cube:
    """What a .cube file holds: curves, a table over all three channels, or curves and then a table.

    line: N x 3. table: side^3 x 3, red fastest, as files have it. Inputs outside a domain take its nearest end.
    digest: SHA-256 of the file.
    """

    title: str
    line: Values | None
    line_domain: Domain
    table: Values | None
    table_domain: Domain
    digest: str

    @property
    def side(self) -> int:
        """Entries of the table along each axis; 0 without a table."""
        return 0 if self.table is None else round(len(self.table) ** (1 / 3))

    def transform(self) -> Any:
        """The same as a GroupTransform of OpenColorIO: linear between a line's entries, tetrahedral in a table."""
        import PyOpenColorIO as ocio  # noqa: N813

        group = ocio.GroupTransform()
        if self.line is not None:
            _append_domain(group, self.line_domain)
            line = ocio.Lut1DTransform(len(self.line), False)
            line.setInterpolation(ocio.INTERP_LINEAR)
            line.setData(np.ascontiguousarray(self.line).ravel())
            group.appendTransform(line)
        if self.table is not None:
            _append_domain(group, self.table_domain)
            table = ocio.Lut3DTransform(self.side)
            table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
            # OpenColorIO wants blue fastest.
            blue_first = self.table.reshape(self.side, self.side, self.side, 3).transpose(2, 1, 0, 3)
            table.setData(np.ascontiguousarray(blue_first).ravel())
            group.appendTransform(table)
        return group


def read_cube(path: Path) -> Cube:
    """The table in a .cube file.

    Read are TITLE, LUT_1D_SIZE, LUT_3D_SIZE, DOMAIN_MIN, DOMAIN_MAX (Adobe Cube LUT Specification 1.0),
    LUT_1D_INPUT_RANGE, LUT_3D_INPUT_RANGE and both sizes in one file (Resolve), comments and blank lines.

    The file is read every time, and taken apart once for as long as it stays the same.

    Raises SettingError: no such file, no text, no or impossible sizes, too few or too many colours, what is no number.
    """
    return _cube(path, _bytes(path))


@lru_cache(_KEPT)
def _cube(path: Path, data: bytes) -> Cube:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise _wrong(path, "is not a text file", "Choose a .cube file, as grading programs export them.")
    header, rows, numbers = _taken_apart(path, text)
    if not rows and not header.sized:
        raise _wrong(path, "holds no look-up table", "Choose a .cube file, as grading programs export them.")
    if not header.sized:
        raise _wrong(path, "says no LUT_1D_SIZE and no LUT_3D_SIZE", _AGAIN)
    colours = _colours(path, rows, numbers)
    first, second = header.line_size, header.side**3
    if len(colours) != first + second:
        said = " and ".join(
            part
            for part in (
                f"{first}" if first else "",
                f"{header.side} x {header.side} x {header.side}" if second else "",
            )
            if part
        )
        raise _wrong(path, f"says {said} colours, {first + second} in all, but holds {len(colours)}", _AGAIN)
    return Cube(
        header.title,
        colours[:first] if first else None,
        header.line_domain or header.domain(),
        colours[first:] if second else None,
        header.table_domain or (UNIT if first else header.domain()),
        hashlib.sha256(data).hexdigest(),
    )


_AGAIN = "It may be cut short: export or copy it again."


class _Header:
    """What the keywords of a file said."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.title = ""
        self.line_size = self.side = 0
        self.line_domain: Domain | None = None
        self.table_domain: Domain | None = None
        self._low, self._high = UNIT

    @property
    def sized(self) -> bool:
        return bool(self.line_size or self.side)

    def domain(self) -> Domain:
        """As the Adobe dialect says it. Raises SettingError."""
        if not all(low < high for low, high in zip(self._low, self._high, strict=True)):
            raise _wrong(self._path, "has a DOMAIN_MAX that is not above its DOMAIN_MIN", _AGAIN)
        return self._low, self._high

    def take(self, line: str, number: int) -> None:
        """A line that starts with a keyword. Raises SettingError."""
        keyword, _, rest = line.partition(" ")
        if keyword == "TITLE":
            self.title = rest.strip().strip('"')
        elif keyword == "LUT_1D_SIZE":
            self.line_size = self._size(rest, number, MOST_LINE)
        elif keyword == "LUT_3D_SIZE":
            self.side = self._size(rest, number, MOST_SIDE)
        elif keyword == "DOMAIN_MIN":
            self._low = self._three(rest, number)
        elif keyword == "DOMAIN_MAX":
            self._high = self._three(rest, number)
        elif keyword == "LUT_1D_INPUT_RANGE":
            self.line_domain = self._range(rest, number)
        elif keyword == "LUT_3D_INPUT_RANGE":
            self.table_domain = self._range(rest, number)
        else:
            raise _wrong(
                self._path,
                f"says {line[:_SHOWN]!r} in line {number}, which is not known",
                "Export the table as a plain .cube file.",
            )

    def _size(self, text: str, number: int, most: int) -> int:
        size = int(text) if text.strip().isascii() and text.strip().isdigit() else 0
        if not 2 <= size <= most:
            raise _wrong(
                self._path,
                f"says a size of {text.strip()[:_SHOWN]!r} in line {number}",
                f"Possible are 2 to {most}.",
            )
        return size

    def _numbers(self, text: str, number: int, count: int) -> list[float]:
        try:
            found = [float(word) for word in text.split()]
        except ValueError:
            found = []
        if len(found) != count or not all(map(math.isfinite, found)):
            raise _wrong(self._path, f"does not say {count} numbers in line {number}", _AGAIN)
        return found

    def _three(self, text: str, number: int) -> Three:
        red, green, blue = self._numbers(text, number, 3)
        return red, green, blue

    def _range(self, text: str, number: int) -> Domain:
        low, high = self._numbers(text, number, 2)
        if not low < high:
            raise _wrong(self._path, f"says a range in line {number} that does not rise", _AGAIN)
        return (low, low, low), (high, high, high)


def _bytes(path: Path) -> bytes:
    try:
        data = read_whole(path, _MOST_BYTES)
    except FileNotFoundError:
        raise SettingError(f"There is no look-up table {path}.", "Choose a .cube file that is there.") from None
    except OSError as error:
        raise _wrong(path, f"cannot be read: {error.strerror}", "Choose another .cube file.") from None
    if not data.strip():
        raise _wrong(path, "is empty", "Choose another .cube file, or copy this one again.")
    return data


def _taken_apart(path: Path, text: str) -> tuple[_Header, list[str], list[int]]:
    """What keywords say, and the lines of colours with their numbers in the file."""
    header, rows, numbers = _Header(path), [], []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line[0] == "#":
            continue
        if line[0].isalpha() and line[:3].lower() not in ("nan", "inf"):
            header.take(line.replace("\t", " "), number)
        else:
            rows.append(line)
            numbers.append(number)
    return header, rows, numbers


def _colours(path: Path, rows: list[str], numbers: list[int]) -> Values:
    """N x 3. Raises SettingError that names the first line that is no colour."""
    try:
        found = np.loadtxt(rows, dtype=np.float64, comments=None, ndmin=2) if rows else np.empty((0, 3))
    except ValueError:
        found = np.empty((0, 0))
    # Written so that a NaN, which compares false with everything, is refused.
    if found.shape[1] == 3 and (np.abs(found) < _MOST).all():
        return np.asarray(found, dtype=np.float32)
    bad = next(index for index, row in enumerate(rows) if not _is_colour(row))
    raise _wrong(path, f"has no colour in line {numbers[bad]}: {rows[bad][:_SHOWN]!r}", "Each line is three numbers.")


def _is_colour(row: str) -> bool:
    try:
        values = [float(word) for word in row.split()]
    except ValueError:
        return False
    return len(values) == 3 and all(abs(value) < _MOST for value in values)


def _wrong(path: Path, what: str, hint: str) -> SettingError:
    return SettingError(f"The look-up table {path.name} {what}.", hint)


def _append_domain(group: Any, domain: Domain) -> None:
    """Inputs of `domain` to 0..1, which tables of OpenColorIO stand for."""
    if domain == UNIT:
        return
    import PyOpenColorIO as ocio  # noqa: N813

    low, high = (np.array(end) for end in domain)
    gain = 1.0 / (high - low)
    matrix, offset = np.diag([*gain, 1.0]), [*(-low * gain), 0.0]
    group.appendTransform(ocio.MatrixTransform(matrix.ravel().tolist(), [float(value) for value in offset]))
