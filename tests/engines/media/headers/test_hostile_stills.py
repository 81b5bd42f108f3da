"""Stills that are damaged or made to harm: kept, in parts or whole, and given back as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.errors import MediaError
from engines.media.headers.keep import keep_headers
from engines.media.headers.restore import KeptHeaders
from engines.media.stills import read_still
from engines.types import Frame
from tests.engines.media.headers import stills_kit as kit

SIZE = (24, 10)
HEADER = 3000


@pytest.fixture(scope="module")
def stills(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("stills")
    return [
        kit.dpx(folder / "a.dpx", "gbrp10le", SIZE),
        kit.packed_12_bits(folder / "b.dpx", SIZE),
        kit.tiff(folder / "c.tif", "rgb48le", SIZE, rowsperstrip=3),
        kit.tiff(folder / "d.tif", "rgb24", SIZE, compression="zlib"),
        kit.exr(folder / "e.exr", "gbrpf16le", SIZE),
        kit.cineon(folder / "f.cin", SIZE),
    ]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 5), edits=st.lists(st.tuples(st.integers(0, HEADER), st.integers(0, 255)), max_size=6))
def test_whatever_a_header_says(stills: list[Path], tmp_path: Path, which: int, edits: list[tuple[int, int]]) -> None:
    data = bytearray(stills[which].read_bytes())
    for place, value in edits:
        data[place % len(data)] = value
    path = tmp_path / f"edited{stills[which].suffix}"
    path.write_bytes(bytes(data))
    keep_headers({0: path}, tmp_path / "h.zip")
    with KeptHeaders(tmp_path / "h.zip") as headers:
        assert headers.rebuilt(0, _frame(path)) == bytes(data)


def _frame(path: Path) -> Frame | None:
    try:
        still = read_still(path)
    except MediaError:
        return None
    return Frame(still.planes, still.format, still.colour)
