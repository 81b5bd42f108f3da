"""Cineon files are read sample for sample, as film log; damage and odd kinds are one sentence each."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.colour.chosen import ChosenTags
from engines.errors import FrameError, MediaError
from engines.media.encode import encode_segment
from engines.media.open import open_source
from engines.media.presets import PRESETS

WIDTH, HEIGHT = 13, 7


def codes(seed: int = 0) -> NDArray[np.uint16]:
    return np.random.default_rng(seed).integers(0, 1024, (3, HEIGHT, WIDTH)).astype(np.uint16)


def write_cineon(path: Path, samples: NDArray[np.uint16], order: str = ">", packing: int = 5) -> bytearray:
    """A file of `samples` as a film scanner writes it."""
    _, height, width = samples.shape
    shifts = (22, 12, 2) if packing == 5 else (20, 10, 0)
    header = bytearray(2048)
    magic = b"\x80\x2a\x5f\xd7" if order == ">" else b"\xd7\x5f\x2a\x80"
    size = 2048 + width * height * 4
    struct.pack_into(order + "4s5I8s", header, 0, magic, 2048, 1024, 1024, 0, size, b"V4.5")
    header[192:194] = bytes((0, 3))
    for channel in range(3):
        struct.pack_into(order + "BBBBII", header, 196 + 28 * channel, 0, channel + 1, 10, 0, width, height)
    header[680:684] = bytes((0, packing, 0, 0))
    header[452:458] = b"REEL 7"
    struct.pack_into(order + "f", header, 1072, 24.0)
    words = sum(plane.astype(np.uint32) << shift for plane, shift in zip(samples, shifts, strict=True))
    data = header + np.asarray(words).astype(order + "u4").tobytes()
    path.write_bytes(data)
    return data


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("packing", [5, 6])
def test_samples_are_those_in_the_file(tmp_path: Path, order: str, packing: int) -> None:
    for number in range(3):
        write_cineon(tmp_path / f"s_{number:04d}.cin", codes(number), order, packing)
    source = open_source(tmp_path)
    info = source.info
    assert (info.width, info.height, info.frame_count, info.codec) == (WIDTH, HEIGHT, 3, "cineon")
    assert (info.colour.transfer, info.colour.matrix, info.format.name) == ("cineon", "rgb", "gbrp10")
    assert info.rate == Fraction(24)
    assert (info.metadata or {})["label"] == "REEL 7"
    for number in range(3):
        assert np.array_equal(np.stack(source.read(number).planes), codes(number))


def test_as_dpx_it_is_the_same_film_log(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_cineon(tmp_path / "in" / "s_0001.cin", codes())
    source = open_source(tmp_path / "in")
    encode_segment(tmp_path / "out", PRESETS["dpx"], source.info, source.info.format, [source.read(0)], 0)
    written = open_source(tmp_path / "out")
    assert written.info.colour.transfer == "cineon"
    assert (written.info.metadata or {})["transfer_characteristic"] == "printing-density"
    assert np.array_equal(np.stack(written.read(0).planes), codes())


def test_a_person_may_call_it_something_else(tmp_path: Path) -> None:
    write_cineon(tmp_path / "s_0001.cin", codes())
    info = open_source(tmp_path, tags=ChosenTags(transfer="linear")).info
    assert info.colour.transfer == "linear"
    assert info.tagged is not None
    assert info.tagged.transfer == "cineon"


def _changed(data: bytearray, place: int, value: bytes) -> bytes:
    return bytes(data[:place]) + value + bytes(data[place + len(value) :])


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, b"SDPX", "not a whole Cineon"),
        (200, struct.pack(">I", 0), "damaged"),
        (200, struct.pack(">I", 0xFFFFFFFF), "damaged"),
        (4, struct.pack(">I", 12), "damaged"),
        (193, b"\1", "kind that is not read"),
        (193, b"\xff", "kind that is not read"),
        (198, b"\x10", "kind that is not read"),
        (681, b"\0", "kind that is not read"),
        (680, b"\1", "kind that is not read"),
        (192, b"\3", "turned or inverted"),
        (683, b"\1", "turned or inverted"),
    ],
)
def test_what_is_damaged_or_odd_is_said(tmp_path: Path, place: int, value: bytes, words: str) -> None:
    path = tmp_path / "a.cin"
    data = write_cineon(path, codes())
    path.write_bytes(_changed(data, place, value))
    with pytest.raises(MediaError, match=words):
        open_source(path)


@pytest.mark.parametrize("length", [1, 900, 1500, 2100, 2101])
def test_files_cut_short_are_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.cin"
    data = write_cineon(path, codes())
    path.write_bytes(data[:length])
    with pytest.raises(MediaError):
        open_source(path)


def test_one_damaged_file_is_a_matter_of_its_frame(tmp_path: Path) -> None:
    for number in range(3):
        data = write_cineon(tmp_path / f"s_{number:04d}.cin", codes(number))
    (tmp_path / "s_0001.cin").write_bytes(data[:2100])
    source = open_source(tmp_path)
    assert np.array_equal(source.read(2).planes[0], codes(2)[0])
    with pytest.raises(FrameError, match="Frame 1"):
        source.read(1)
