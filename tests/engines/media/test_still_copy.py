"""Stills with new samples in the source's own file: nothing but samples differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engines.media.headers.split import split_still
from engines.media.readback import decoded_hashes
from engines.media.still_copy import stored_alike
from engines.media.stills import read_still
from engines.types import ColourSpec, Frame
from tests.engines.media.headers import stills_kit as kit
from tests.engines.media.write_helpers import picture, same_planes

SIZE = (48, 16)
MADE: dict[str, Callable[[Path], Path]] = {
    "dpx": lambda folder: kit.dpx(folder / "a.dpx", "gbrp10le", SIZE, user=b"u" * 500),
    "little-endian dpx": lambda folder: kit.swapped_dpx(folder / "a.dpx", SIZE),
    "packed dpx": lambda folder: kit.packed_12_bits(folder / "a.dpx", SIZE),
    "tiff in strips": lambda folder: kit.tiff(folder / "a.tif", "rgb48le", SIZE, rowsperstrip=3, byteorder=">"),
    "exr": lambda folder: kit.exr(folder / "a.exr", "gbrpf16le", SIZE),
}


def frame_of(path: Path) -> Frame:
    still = read_still(path)
    return Frame(still.planes, still.format, ColourSpec())


@pytest.mark.parametrize("make", MADE.values(), ids=MADE.keys())
def test_new_samples_in_the_same_file(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    like = make(tmp_path)
    old = frame_of(like)
    planes = tuple(np.ascontiguousarray(plane[::-1]) for plane in old.planes)
    new, out = old.with_planes(planes), tmp_path / f"out{like.suffix}"
    digest = stored_alike(out, like, new)
    assert digest is not None
    assert same_planes(frame_of(out), new)
    assert list(decoded_hashes(out)) == [digest]
    was, now = (split_still(path, path.read_bytes(), None) for path in (like, out))
    assert (now.rest, now.recipe) == (was.rest, was.recipe)


@pytest.mark.parametrize("make", MADE.values(), ids=MADE.keys())
def test_the_same_samples_are_the_same_file(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    like = make(tmp_path)
    out = tmp_path / f"out{like.suffix}"
    assert stored_alike(out, like, frame_of(like)) is not None
    assert out.read_bytes() == like.read_bytes()


def test_what_cannot_be_stored_alike_is_left_to_others(tmp_path: Path) -> None:
    out = tmp_path / "out.tif"
    deflated = kit.tiff(tmp_path / "a.tif", "rgb24", SIZE, compression="zlib")
    assert stored_alike(out, deflated, picture("rgb24", 9, SIZE)) is None
    assert stored_alike(out, deflated, picture("rgb48le", 9, SIZE)) is None
    assert stored_alike(out, deflated, picture("rgb24", 9, (96, 32))) is None
    # FFmpeg, which reads back what was written, knows no tiles.
    tiled = kit.tiff(tmp_path / "b.tif", "gray16le", SIZE, tile=(16, 16))
    assert stored_alike(out, tiled, frame_of(tiled)) is None
    assert stored_alike(out, tmp_path / "missing.tif", picture("rgb24", 9, SIZE)) is None
    assert not out.exists()
