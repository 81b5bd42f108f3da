"""Sequences: exact samples, and the headers that the source's stills carry."""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import pytest
import tifffile

from engines.colour.chosen import ChosenTags
from engines.errors import MediaError, RenderError, SettingError
from engines.media.assemble import assemble
from engines.media.dpx_write import new_header, write_dpx
from engines.media.encode import encode_segment
from engines.media.open import open_source
from engines.media.planes import format_of
from engines.media.presets import PRESETS
from engines.media.readback import read_back
from engines.types import ColourSpec, Frame
from tests.engines.media.write_helpers import clip_of, export, picture, same_planes

LAYOUTS = {
    "dpx": ("gbrp10le", "gbrp12le", "rgb48be", "gray10le", "gray12le", "gray16be", "rgb24", "gray", "rgba64be"),
    "tiff": ("rgb48le", "gray16le", "gray", "rgb24", "rgba64le"),
    "png": ("rgb48be", "gray16be", "gray", "rgb24", "rgba64be", "ya8"),
    "exr": ("gbrpf16le", "gbrpf32le", "grayf16le", "gbrapf16le"),
}


@pytest.mark.parametrize(("preset", "layout"), [(p, layout) for p, all_ in LAYOUTS.items() for layout in all_])
@pytest.mark.parametrize("width", [37, 48])
def test_every_sample(tmp_path: Path, preset: str, layout: str, width: int) -> None:
    frames = [picture(layout, seed, (width, 23)) for seed in range(3)]
    clip = clip_of(layout, 3, (width, 23), first_number=7)
    segments = [
        encode_segment(tmp_path / "a", PRESETS[preset], clip, clip.format, frames[:2], 0),
        encode_segment(tmp_path / "b", PRESETS[preset], clip, clip.format, frames[2:], 2),
    ]
    out = tmp_path / "out"
    assemble(out, segments, PRESETS[preset], clip, 0, 2)
    suffix = PRESETS[preset].suffix
    assert sorted(p.name for p in out.iterdir()) == [f"{n:06d}{suffix}" for n in (7, 8, 9)]
    read_back(out, [digest for segment in segments for digest in segment.hashes])
    written = open_source(out)
    assert all(same_planes(written.read(n), frame) for n, frame in enumerate(frames))


def dpx_sequence(folder: Path, order: str = ">", user: bytes = b"kept user data") -> list[Frame]:
    frames = [picture("gbrp10le", seed) for seed in range(4)]
    folder.mkdir()
    for number, frame in enumerate(frames):
        fresh = bytearray(new_header(Fraction(18), None) + user)
        if order == "<":
            swapped = {"I": (4, 16, 20, 24, 28, 660, 1720), "f": (1724, 1940), "H": (768,)}
            for kind, offsets in swapped.items():
                for offset in offsets:
                    struct.pack_into("<" + kind, fresh, offset, *struct.unpack_from(">" + kind, fresh, offset))
            fresh[:4] = b"XPDS"
        struct.pack_into(order + "I", fresh, 1920, 0x01020300 + number)
        fresh[1732:1744] = b"frame id %03d" % number
        fresh[1664:1690] = b"KODAK0123456789edgecode..."
        write_dpx(folder / f"scan_{number + 100:05d}.dpx", frame, bytes(fresh))
    return frames


@pytest.mark.parametrize("order", [">", "<"])
def test_dpx_headers_are_kept(tmp_path: Path, order: str) -> None:
    dpx_sequence(tmp_path / "in", order)
    export(open_source(tmp_path / "in"), tmp_path / "out", "dpx", tmp_path, cuts=(3,))
    for path in sorted((tmp_path / "in").iterdir()):
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()


def test_dpx_header_of_another_picture(tmp_path: Path) -> None:
    """Enlarged: the picture's own fields change, all else stays."""
    dpx_sequence(tmp_path / "in")
    clip = open_source(tmp_path / "in").info
    large = picture("gbrp10le", 9, (96, 64))
    encode_segment(tmp_path / "s", PRESETS["dpx"], clip, large.format, [large], 2)
    before, after = (
        (p / n).read_bytes() for p, n in ((tmp_path / "in", "scan_00102.dpx"), (tmp_path / "s", "00000102.dpx"))
    )
    changed = {i for i in range(2062) if before[i] != after[i]}
    assert changed <= {*range(16, 20), *range(772, 780)}
    assert struct.unpack_from(">II", after, 772) == (96, 64)


def test_fresh_dpx_header(tmp_path: Path) -> None:
    clip = clip_of("gbrp10le", 2, timecode="01:02:03:23", colour=ColourSpec(transfer="bt709"), rate=Fraction(24))
    encode_segment(tmp_path / "s", PRESETS["dpx"], clip, clip.format, [picture("gbrp10le", colour=clip.colour)], 1)
    data = (tmp_path / "s" / "00000001.dpx").read_bytes()
    assert data[:4] == b"SDPX"
    assert struct.unpack_from(">I", data, 1920)[0] == 0x01020400
    assert struct.unpack_from(">f", data, 1940)[0] == 24.0
    assert data[801] == 6
    assert struct.unpack_from(">I", data, 16)[0] == len(data)


@pytest.mark.parametrize(("transfer", "code"), [("cineon", 1), ("linear", 2), ("smpte170m", 8), ("smpte2084", 0)])
def test_dpx_headers_say_what_the_codes_were_chosen_to_mean(tmp_path: Path, transfer: str, code: int) -> None:
    dpx_sequence(tmp_path / "in")
    chosen = ChosenTags(transfer=transfer, primaries="bt709", range="pc")
    export(open_source(tmp_path / "in", tags=chosen), tmp_path / "out", "dpx", tmp_path)
    for path in sorted((tmp_path / "in").iterdir()):
        before, after = path.read_bytes(), (tmp_path / "out" / path.name).read_bytes()
        assert {i for i in range(len(before)) if before[i] != after[i]} <= {
            801,
            802,
            *range(784, 788),
            *range(792, 796),
        }
        assert (after[801], after[802]) == (code, 6)
        assert struct.unpack_from(">I", after, 792)[0] == 1023


@pytest.mark.parametrize("code", [1, 3])
def test_log_dpx_keeps_its_header_and_samples(tmp_path: Path, code: int) -> None:
    frames = dpx_sequence(tmp_path / "in")
    for path in (tmp_path / "in").iterdir():
        path.write_bytes(path.read_bytes()[:801] + bytes((code,)) + path.read_bytes()[802:])
    source = open_source(tmp_path / "in")
    assert source.info.colour.transfer == "cineon"
    export(source, tmp_path / "out", "dpx", tmp_path)
    for path, frame in zip(sorted((tmp_path / "in").iterdir()), frames, strict=True):
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()
        assert same_planes(open_source(tmp_path / "out" / path.name).read(0), frame)


def test_png_and_exr_say_what_the_codes_were_chosen_to_mean(tmp_path: Path) -> None:
    clip = clip_of("rgb48be", 1, colour=ColourSpec("pc", "rgb", "bt2020", "smpte2084"))
    frame = replace(picture("rgb48be"), colour=clip.colour)
    encode_segment(tmp_path / "png", PRESETS["png"], clip, clip.format, [frame], 0)
    assert b"cICP" + bytes((9, 16, 0, 1)) in (tmp_path / "png" / "00000000.png").read_bytes()
    colour = open_source(tmp_path / "png").info.colour
    assert (colour.primaries, colour.transfer) == ("bt2020", "smpte2084")
    (tmp_path / "in").mkdir()
    (tmp_path / "png" / "00000000.png").rename(tmp_path / "in" / "00000000.png")
    chosen = open_source(tmp_path / "in", tags=ChosenTags(primaries="bt709", transfer="bt709"))
    export(chosen, tmp_path / "again", "png", tmp_path)
    assert b"cICP" + bytes((1, 1, 0, 1)) in (tmp_path / "again" / "00000000.png").read_bytes()
    light = clip_of("gbrpf16le", 1, colour=ColourSpec("pc", "rgb", "bt2020", "linear"))
    picture_of_light = replace(picture("gbrpf16le"), colour=light.colour)
    encode_segment(tmp_path / "exr", PRESETS["exr"], light, light.format, [picture_of_light], 0)
    colour = open_source(tmp_path / "exr").info.colour
    assert (colour.primaries, colour.transfer) == ("bt2020", "linear")


def test_png_chunks_are_kept(tmp_path: Path) -> None:
    clip = clip_of("rgb48be", 1)
    encode_segment(tmp_path / "plain", PRESETS["png"], clip, clip.format, [picture("rgb48be")], 0)
    data = (tmp_path / "plain" / "00000000.png").read_bytes()
    chunks = [(b"gAMA", struct.pack(">I", 45455)), (b"cICP", bytes((9, 16, 0, 1))), (b"tEXt", b"Title\0A film"),
              (b"iCCP", b"name\0\0" + zlib.compress(b"profile"))]  # fmt: skip
    extra = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p_0001.png").write_bytes(data[:33] + extra + data[33:])
    source = open_source(tmp_path / "in")
    export(source, tmp_path / "out", "png", tmp_path)
    written = (tmp_path / "out" / "p_0001.png").read_bytes()
    assert all(kind + body in written for kind, body in chunks)
    assert written.index(b"gAMA") < written.index(b"IDAT")
    assert same_planes(open_source(tmp_path / "out").read(0), source.read(0))


def test_tiff_tags_are_kept(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    samples = np.random.default_rng(0).integers(0, 65536, (32, 48, 3)).astype(np.uint16)
    tags: list[tuple[Any, ...]] = [(34675, 7, 4, b"icc!", True), (315, 2, 0, "An artist", True), (274, 3, 1, 3, True)]
    tifffile.imwrite(
        tmp_path / "in" / "t_01.tif", samples, photometric="rgb", byteorder=">", resolution=(300, 299),
        resolutionunit=2, description="A frame", metadata=None, extratags=tags, compression="zlib",
    )  # fmt: skip
    export(open_source(tmp_path / "in"), tmp_path / "out", "tiff", tmp_path)
    with tifffile.TiffFile(tmp_path / "out" / "t_01.tif") as written:
        page = written.pages.first
        assert written.byteorder == ">"
        assert [page.tags[code].value for code in (270, 315, 274, 34675)] == ["A frame", "An artist", 3, b"icc!"]
        assert (page.tags[282].value, page.tags[283].value, page.tags[296].value) == ((300, 1), (299, 1), 2)
        assert np.array_equal(page.asarray(), samples)
        assert page.compression == tifffile.COMPRESSION.ADOBE_DEFLATE


@pytest.mark.parametrize("compression", [OpenEXR.PIZ_COMPRESSION, OpenEXR.ZIPS_COMPRESSION])
def test_exr_attributes_are_kept(tmp_path: Path, compression: Any) -> None:
    (tmp_path / "in").mkdir()
    rng = np.random.default_rng(0)
    channels = {name: rng.standard_normal((32, 48)).astype(np.float16) for name in "RGB"}
    channels["Z"] = rng.random((32, 48)).astype(np.float32)
    header = {"compression": compression, "type": OpenEXR.scanlineimage, "owner": "archive", "pixelAspectRatio": 2.0}
    OpenEXR.File(header, dict(channels)).write(str(tmp_path / "in" / "e.0001.exr"))
    export(open_source(tmp_path / "in"), tmp_path / "out", "exr", tmp_path)
    written = OpenEXR.File(str(tmp_path / "out" / "e.0001.exr"), separate_channels=True)
    assert (written.header()["owner"], written.header()["pixelAspectRatio"]) == ("archive", 2.0)
    assert written.header()["compression"] == compression
    assert all(np.array_equal(written.channels()[name].pixels, values) for name, values in channels.items())
    assert written.channels()["R"].pixels.dtype == np.float16


def test_lossy_exr_compression_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    channels = {name: np.random.default_rng(0).random((32, 48)).astype(np.float16) for name in "RGB"}
    header = {"compression": OpenEXR.DWAA_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, dict(channels)).write(str(tmp_path / "in" / "e.0001.exr"))
    source = open_source(tmp_path / "in")
    export(source, tmp_path / "out", "exr", tmp_path)
    assert same_planes(open_source(tmp_path / "out").read(0), source.read(0))


def test_along_a_pattern(tmp_path: Path) -> None:
    dpx_sequence(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    pattern = tmp_path / "out" / "new_%04d.dpx"
    segments, _ = export(open_source(tmp_path / "in" / "scan_%05d.dpx"), pattern, "dpx", tmp_path, first=1, last=2)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["new_0101.dpx", "new_0102.dpx", "notes.txt"]
    read_back(pattern, segments[0].hashes, first_number=101)
    with pytest.raises(MediaError, match=r"new_0101\.dpx exists already"):
        assemble(pattern, segments, PRESETS["dpx"], open_source(tmp_path / "in").info, 1, 2)


def test_nothing_is_overwritten_and_nothing_half_placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = clip_of("gray", 3)
    segment = encode_segment(
        tmp_path / "s", PRESETS["png"], clip, clip.format, [picture("gray", n) for n in range(3)], 0
    )
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.png").write_text("x")
    with pytest.raises(MediaError, match="exists already"):
        assemble(out, [segment], PRESETS["png"], clip, 0, 2)
    (out / "mine.png").unlink()
    links: list[Path] = []

    def full(source: Path, name: Path) -> None:
        if len(links) == 2:
            raise OSError(28, "No space left on device")
        links.append(name)
        Path(name).write_bytes(Path(source).read_bytes())

    monkeypatch.setattr("engines.media.assemble_stills._link", full)
    with pytest.raises(RenderError, match="The disk is full"):
        assemble(out, [segment], PRESETS["png"], clip, 0, 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "s"]
    assert list(out.iterdir()) == []


def test_copies_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    clip = clip_of("gray", 2)
    segment = encode_segment(
        tmp_path / "s", PRESETS["png"], clip, clip.format, [picture("gray", n) for n in range(2)], 0
    )
    assemble(tmp_path / "out", [segment], PRESETS["png"], clip, 0, 1)
    read_back(tmp_path / "out", segment.hashes)
    (tmp_path / "s" / "00000001.png").unlink()
    with pytest.raises(RenderError, match=r"00000001\.png is missing"):
        assemble(tmp_path / "again", [segment], PRESETS["png"], clip, 0, 1)


def test_one_still(tmp_path: Path) -> None:
    clip = clip_of("gray16le", 1)
    segment = encode_segment(tmp_path / "s", PRESETS["tiff"], clip, clip.format, [picture("gray16le")], 0)
    assemble(tmp_path / "one.tiff", [segment], PRESETS["tiff"], clip, 0, 0)
    read_back(tmp_path / "one.tiff", segment.hashes)
    several = clip_of("gray16le", 2)
    segment = encode_segment(tmp_path / "s", PRESETS["tiff"], several, clip.format, [picture("gray16le")] * 2, 0)
    with pytest.raises(SettingError, match=r"two_%06d\.tiff"):
        assemble(tmp_path / "two.tiff", [segment], PRESETS["tiff"], several, 0, 1)


def test_a_name_without_a_place_for_numbers(tmp_path: Path) -> None:
    from engines.media.still_names import numbered

    with pytest.raises(SettingError, match="not a pattern"):
        numbered(tmp_path / "a.dpx", 1)


def test_sound_is_not_lost_silently(tmp_path: Path) -> None:
    from engines.media.source import StreamInfo

    clip = clip_of("gray", 1, streams=(StreamInfo(1, "audio", "pcm_s16le"),))
    segment = encode_segment(tmp_path / "s", PRESETS["png"], clip, format_of("gray"), [picture("gray")], 0)
    notes: list[str] = []
    assemble(tmp_path / "out", [segment], PRESETS["png"], clip, 0, 0, notes.append)
    assert notes == ["Stream 1 (audio, pcm_s16le) cannot be stored in stills and was left out."]
