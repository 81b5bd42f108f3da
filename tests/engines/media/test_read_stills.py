"""Sequences and single stills: exact code values, numbers, gaps, odd files, headers."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import OpenEXR
import PIL.Image
import pytest
import tifffile

from engines.errors import FrameError, MediaError
from engines.media.dpx_header import read_dpx_header
from engines.media.open import open_source
from engines.media.planes import to_av
from engines.types import Frame, PixelFormat
from tests.engines.media.clips_for_reading import HEIGHT, WIDTH, picture

RGB8, RGB16 = PixelFormat("rgb", 8), PixelFormat("rgb", 16)


def write_still(path: Path, frame: Frame, codec: str, native: str) -> None:
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, native
    encoder.time_base = Fraction(1, 24)
    packets = [*encoder.encode(to_av(frame, native)), *encoder.encode(None)]
    path.write_bytes(b"".join(bytes(packet) for packet in packets))


def write_series(folder: Path, numbers: range | list[int], name: str = "scan_%06d.png") -> Path:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        write_still(folder / (name % number), picture(number, RGB8), "png", "rgb24")
    return folder


def same(one: Frame, other: Frame) -> bool:
    return one.format == other.format and all(
        a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(one.planes, other.planes, strict=True)
    )


@pytest.mark.parametrize(
    ("suffix", "codec", "native", "layout"),
    [
        ("dpx", "dpx", "rgb24", RGB8),
        ("dpx", "dpx", "gbrp10be", PixelFormat("rgb", 10)),
        ("dpx", "dpx", "gbrp12be", PixelFormat("rgb", 12)),
        ("dpx", "dpx", "rgb48be", RGB16),
        ("png", "png", "rgb24", RGB8),
        ("png", "png", "rgb48be", RGB16),
        ("png", "png", "gray16be", PixelFormat("gray", 16)),
        ("bmp", "bmp", "bgr24", RGB8),
    ],
)
def test_code_values_come_out_exactly(
    suffix: str, codec: str, native: str, layout: PixelFormat, tmp_path: Path
) -> None:
    for number in (7, 8):
        write_still(tmp_path / f"f{number}.{suffix}", picture(number, layout), codec, native)
    source = open_source(tmp_path)
    assert source.info.format == layout
    assert (source.info.kind, source.info.first_number, source.info.frame_count) == ("sequence", 7, 2)
    assert same(source.read(0), picture(7, layout))
    assert same(source.read(1), picture(8, layout))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_tiff_is_exact(dtype: type, channels: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    samples = rng.integers(0, 256, (HEIGHT, WIDTH, channels)).astype(dtype) * dtype(3)
    photometric = "minisblack" if channels == 1 else "rgb"
    extra = ["unassalpha"] if channels == 4 else None
    stored = samples[..., 0] if channels == 1 else samples
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric=photometric, compression="zlib", extrasamples=extra)
    frame = open_source(tmp_path / "a.tif").read(0)
    assert frame.format.alpha == (channels == 4)
    assert all(np.array_equal(plane, samples[..., index]) for index, plane in enumerate(frame.planes))
    assert frame.planes[0].dtype == dtype


def test_tiff_with_lzw_is_exact(tmp_path: Path) -> None:
    samples = np.random.default_rng(3).integers(0, 9, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    PIL.Image.fromarray(samples).save(tmp_path / "a.tiff", compression="tiff_lzw")
    frame = open_source(tmp_path / "a.tiff").read(0)
    assert all(np.array_equal(frame.planes[index], samples[..., index]) for index in range(3))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_exr_keeps_its_samples(dtype: type, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    channels: dict[str, Any] = {
        name: (rng.random((HEIGHT, WIDTH)) * 20 - 2).astype(dtype) for name in ("R", "G", "B", "Z")
    }
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, dict(channels)).write(str(tmp_path / "a_0001.exr"))
    said: list[str] = []
    source = open_source(tmp_path / "a_%04d.exr", note=said.append)
    frame = source.read(0)
    assert frame.format == PixelFormat("rgb", np.dtype(dtype).itemsize * 8, floating=True)
    assert all(np.array_equal(frame.planes[index], channels[name]) for index, name in enumerate("RGB"))
    assert (source.info.metadata or {})["other_channels"] == "Z"
    assert any("Z" in sentence for sentence in said)
    assert source.info.colour.transfer == "linear"


def test_damaged_exr_is_a_damaged_frame(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).random((HEIGHT, WIDTH)).astype(np.float16)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    for number in (1, 2):
        OpenEXR.File(header, {"Y": noise}).write(str(tmp_path / f"a{number}.exr"))
    data = (tmp_path / "a2.exr").read_bytes()
    (tmp_path / "a2.exr").write_bytes(data[:-200])
    source = open_source(tmp_path)
    assert np.array_equal(source.read(0).planes[0], noise)
    with pytest.raises(FrameError, match=r"a2\.exr is damaged"):
        source.read(1)


def test_jpeg_is_full_range(tmp_path: Path) -> None:
    PIL.Image.fromarray(np.full((HEIGHT, WIDTH, 3), 90, np.uint8)).save(tmp_path / "a.jpg")
    info = open_source(tmp_path / "a.jpg").info
    assert (info.kind, info.frame_count, info.colour.range) == ("still", 1, "pc")


def test_gaps_are_missing_frames(tmp_path: Path) -> None:
    write_series(tmp_path / "reel", [998, 999, 1001, 1002])
    said: list[str] = []
    source = open_source(tmp_path / "reel" / "scan_%06d.png", note=said.append)
    assert source.info.missing == (2,)
    assert source.info.first_number == 998
    assert source.info.frame_count == 5
    assert "1 of 5 frames" in said[0]
    assert same(source.read(3), picture(1001, RGB8))
    with pytest.raises(FrameError, match="number 1000"):
        source.read(2)

    said.clear()
    held = open_source(tmp_path / "reel", missing="hold", note=said.append)
    assert same(held.read(2), picture(999, RGB8))
    assert "Frame 1 is held" in said[-1]
    assert not open_source(tmp_path / "reel", missing="black").read(2).planes[0].any()


def test_numbers_count_not_letters(tmp_path: Path) -> None:
    write_series(tmp_path / "reel", [8, 9, 10, 11], "take2_%d.png")
    source = open_source(tmp_path / "reel")
    assert (source.info.first_number, source.info.frame_count) == (8, 4)
    assert same(source.read(2), picture(10, RGB8))


def test_other_files_are_left_aside_aloud(tmp_path: Path) -> None:
    write_series(tmp_path / "reel", range(3))
    (tmp_path / "reel" / "notes.txt").write_text("leader missing")
    (tmp_path / "reel" / ".hidden").write_text("")
    said: list[str] = []
    assert open_source(tmp_path / "reel", note=said.append).info.frame_count == 3
    assert said == ["1 other file in reel left aside (notes.txt)."]


@pytest.mark.parametrize("width", [WIDTH, WIDTH + 2])
def test_the_odd_file_is_named(width: int, tmp_path: Path) -> None:
    write_series(tmp_path / "reel", range(4))
    layout, native = (RGB8, "rgb24") if width != WIDTH else (RGB16, "rgb48be")
    write_still(tmp_path / "reel" / "scan_000002.png", picture(2, layout, width), "png", native)
    with pytest.raises(MediaError, match=r"scan_000002\.png"):
        open_source(tmp_path / "reel")


def test_a_damaged_still_is_one_damaged_frame(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "reel", range(4))
    data = bytearray((folder / "scan_000001.png").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / "scan_000001.png").write_bytes(data)
    (folder / "scan_000002.png").write_bytes(b"")
    source = open_source(folder)
    for number in (1, 2):
        with pytest.raises(FrameError, match=f"Frame {number}"):
            source.read(number)
    assert same(source.read(3), picture(3, RGB8))


def test_rate_of_stills(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "reel", range(2))
    assert open_source(folder).info.rate == 24
    info = open_source(folder, rate=Fraction(18)).info
    assert (info.rate, info.time_base) == (Fraction(18), Fraction(1, 18))
    assert info.pts == (0, 1)


def test_dpx_header(tmp_path: Path) -> None:
    path = tmp_path / "a.dpx"
    write_still(path, picture(0, PixelFormat("rgb", 10)), "dpx", "gbrp10be")
    data = bytearray(path.read_bytes())
    order = ">" if data[:4] == b"SDPX" else "<"
    data[801:803] = bytes((3, 6))  # logarithmic, BT.709
    struct.pack_into(order + "I", data, 784, 0)
    struct.pack_into(order + "I", data, 792, 1023)
    data[1664:1680] = b"01" + b"02" + b"17" + b"123456" + b"7890"
    struct.pack_into(order + "f", data, 1724, 23.976)
    struct.pack_into(order + "I", data, 1920, 0x01020304)
    struct.pack_into(order + "II", data, 1628, 2, 1)
    data[160:170] = b"Lab scan\0\0"
    path.write_bytes(data)
    info = open_source(path).info
    assert info.rate == Fraction(24000, 1001)
    assert info.timecode == "01:02:03:04"
    assert info.sar == 2
    assert (info.colour.range, info.colour.primaries, info.colour.transfer) == ("pc", "bt709", "cineon")
    facts = info.metadata or {}
    assert facts["film_edge_code"] == "01 02 17 123456 7890"
    assert facts["creator"] == "Lab scan"
    assert facts["transfer_characteristic"] == "logarithmic"


def test_dpx_with_undefined_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.dpx"
    write_still(path, picture(0, RGB8), "dpx", "rgb24")
    data = bytearray(path.read_bytes())
    for start, end in ((784, 796), (1556, 2048)):
        data[start:end] = b"\xff" * (end - start)
    path.write_bytes(data)
    header = read_dpx_header(path)
    assert header.rate is None
    assert header.timecode is None
    assert header.low_code is None
    assert header.aspect == 1
    assert "input_device" not in header.texts
