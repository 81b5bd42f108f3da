"""TIFF files whose directory says what no writer meant: one sentence, never a failure of the library's."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest

from engines.errors import MediaError
from engines.media.stills import read_still, signature
from tests.engines.media.headers import stills_kit as kit


def entry(data: bytes, tag: int) -> int:
    """Where the value of a tag of the first directory stands."""
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    places = range(at + 2, at + 2 + 12 * count, 12)
    return next(place for place in places if struct.unpack_from("<H", data, place)[0] == tag) + 8


@pytest.mark.parametrize(
    ("tag", "value", "compression"),
    [
        (259, 8, None),
        (259, 60000, None),
        (262, 60000, None),
        (258, 0, None),
        (277, 0, None),
        (278, 0, "zlib"),
        (256, 0xFFFF, None),
        (317, 60000, "zlib"),
        (259, 1, "zlib"),
    ],
)
def test_a_directory_that_lies(tmp_path: Path, tag: int, value: int, compression: str | None) -> None:
    path = kit.tiff(tmp_path / "a.tif", "rgb24", (24, 10), compression=compression, predictor=compression is not None)
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, entry(bytes(data), tag), value)
    path.write_bytes(bytes(data))
    for look in (signature, read_still):
        # Some of it can be read all the same; nothing but a MediaError may be raised where it cannot.
        with contextlib.suppress(MediaError):
            look(path)
