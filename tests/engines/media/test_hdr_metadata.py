"""HDR metadata: into MP4, QuickTime and Matroska without encoding again, read back equal, refused where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from engines.errors import RenderError, SettingError
from engines.media.assemble import Said, assemble
from engines.media.describe import as_dict, as_text
from engines.media.encode import Segment, encode_segment
from engines.media.hdr_metadata import HdrMetadata, LightLevel, MasteringDisplay, metadata_of
from engines.media.hevc_sei import sei, with_sei
from engines.media.open import open_source
from engines.media.preset_colour import check_colour
from engines.media.presets import PRESETS
from engines.media.readback import read_back
from engines.media.tag_check import check_tags
from engines.types import ColourSpec, PixelFormat
from tests.engines.media.write_helpers import clip_of, smooth

PQ = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084", "left")
SDR = ColourSpec("tv", "bt709", "bt709", "bt709", "left")
SAID = HdrMetadata(MasteringDisplay.of("p3", 0.005, 1000.0), LightLevel(987, 123), "as a test makes it")
SIZE = (96, 64)
MASTERS = [
    ("hevc_hdr10", "a.mp4", "yuv420p10le"),
    ("hevc_hdr10", "a.mov", "yuv420p10le"),
    ("prores_4444", "a.mov", "yuv444p10le"),
    ("ffv1", "a.mkv", "yuv422p12le"),
]


def _segments(folder: Path, preset: str, name: str, cuts: Sequence[int] = (0, 4, 8)) -> list[Segment]:
    clip = clip_of(name, cuts[-1], SIZE)
    return [
        encode_segment(
            folder / f"s{a}", PRESETS[preset], clip, clip.format,
            (replace(smooth(name, n, SIZE), colour=PQ) for n in range(a, b)), a, threads=1,
        )
        for a, b in pairwise(cuts)
    ]  # fmt: skip


def _written(folder: Path, preset: str, file: str, name: str, said: Said | None) -> Path:
    out = folder / file
    segments = _segments(folder, preset, name)
    assemble(out, segments, PRESETS[preset], clip_of(name, 8, SIZE), 0, 7, said=said)
    read_back(out, [digest for segment in segments for digest in segment.hashes])
    return out


@pytest.mark.parametrize(("preset", "file", "name"), MASTERS)
def test_what_is_said_is_read_back(tmp_path: Path, preset: str, file: str, name: str) -> None:
    out = _written(tmp_path, preset, file, name, Said(PQ, SAID))
    info = open_source(out).info
    assert info.hdr == SAID
    assert (info.colour.matrix, info.colour.primaries, info.colour.transfer) == ("bt2020nc", "bt2020", "smpte2084")
    assert as_dict(info)["hdr"]["max_cll"] == 987
    assert "P3-D65, 0.005 to 1000 cd/m2" in as_text(info)
    with av.open(str(out)) as source:
        assert all(metadata_of(picture).codes() == SAID.codes() for picture in source.decode(video=0))


def test_every_keyframe_of_hevc_says_it(tmp_path: Path) -> None:
    """Broadcast tools read the stream, not the container: the same pictures in a file that says nothing itself."""
    out = _written(tmp_path, "hevc_hdr10", "a.mp4", "yuv420p10le", Said(PQ, SAID))
    bare = tmp_path / "bare.hevc"
    with av.open(str(out)) as source, av.open(str(bare), "w", format="hevc") as sink:
        stream = source.streams.video[0]
        copy = sink.add_stream_from_template(stream, opaque=True)
        keyframes = 0
        for packet in source.demux(stream):
            if packet.size:
                keyframes += packet.is_keyframe
                packet.stream = copy
                sink.mux(packet)
    assert keyframes == 2
    assert bare.read_bytes().count(sei(SAID)) == keyframes
    with av.open(str(bare)) as source:
        assert metadata_of(next(source.decode(video=0))).codes() == SAID.codes()


def test_nothing_is_said_of_sdr(tmp_path: Path) -> None:
    out = _written(tmp_path, "hevc", "a.mp4", "yuv420p10le", Said(PQ))
    assert open_source(out).info.hdr is None


@pytest.mark.parametrize("wrong", [replace(PQ, transfer="arib-std-b67"), replace(PQ, primaries="bt709"), SDR])
def test_wrong_tags_are_never_written(tmp_path: Path, wrong: ColourSpec) -> None:
    with pytest.raises(RenderError, match="wrong tags"):
        _written(tmp_path, "ffv1", "a.mkv", "yuv422p12le", Said(wrong, SAID))
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("a.mkv")]


def test_wrong_metadata_is_found(tmp_path: Path) -> None:
    out = _written(tmp_path, "ffv1", "a.mkv", "yuv422p12le", Said(PQ, SAID))
    check_tags(out, PQ, SAID)
    with pytest.raises(RenderError, match=r"MaxCLL 987 cd/m2, MaxFALL 123 .* MaxCLL 988"):
        check_tags(out, PQ, replace(SAID, light=LightLevel(988, 123)))


def test_a_message_is_escaped() -> None:
    """Black and peak of few bits leave zeros in a row, which would look like the start of a unit."""
    unit = sei(HdrMetadata(MasteringDisplay.of("bt2020", 0.0, 1.0), LightLevel(1, 0)))
    assert unit[:2] == b"\x4e\x01"
    assert not any(unit[i : i + 2] == b"\x00\x00" and unit[i + 2] < 3 for i in range(len(unit) - 2))


def test_a_message_goes_before_the_picture() -> None:
    parameters, picture = b"\x40\x01abc", b"\x26\x01def"
    packet = b"".join(len(unit).to_bytes(4, "big") + unit for unit in (parameters, picture))
    assert with_sei(packet, b"\x4e\x01m") == packet[:9] + b"\x00\x00\x00\x03\x4e\x01m" + packet[9:]
    with pytest.raises(RenderError, match="no picture"):
        with_sei(packet[:9], b"\x4e\x01m")


@pytest.mark.parametrize(
    ("preset", "layout", "colour", "sentence"),
    [
        ("hevc_hdr10", PixelFormat("yuv", 8, 2, 2), SDR, "needs PQ, and this is SDR. Put --stage hdr last"),
        ("hevc_hlg", PixelFormat("yuv", 10, 2, 2), PQ, "needs HLG, and this is PQ. Put --stage hdr:transfer=hlg"),
        ("h264", PixelFormat("yuv", 10, 2, 2), PQ, "PQ needs 10 bits, and H.264 in MP4, access copy stores 8"),
        ("ffv1", PixelFormat("yuv", 8, 2, 2), PQ, "this picture has 8. Put --stage convert:depth=10 last"),
        ("dnxhr_hqx", PixelFormat("yuv", 10, 2, 1), PQ, "says BT.709"),
        ("exr", PixelFormat("rgb", 10), PQ, "OpenEXR sequence holds linear light, and this is PQ. Choose png or ffv1"),
    ],
)
def test_what_a_format_cannot_say_is_refused(
    preset: str, layout: PixelFormat, colour: ColourSpec, sentence: str
) -> None:
    with pytest.raises(SettingError) as refused:
        check_colour(PRESETS[preset], layout, colour)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("preset", ["hevc_hdr10", "hevc", "prores_hq", "prores_4444", "ffv1", "tiff"])
def test_what_a_format_can_say_passes(preset: str) -> None:
    check_colour(PRESETS[preset], PixelFormat("yuv", 10, 2, 1) if preset != "tiff" else PixelFormat("rgb", 10), PQ)


def test_metadata_in_words() -> None:
    custom = MasteringDisplay(((0.7, 0.3), (0.2, 0.7), (0.14, 0.05)), (0.3127, 0.3290), 0.01, 600.0)
    assert HdrMetadata(custom).words() == "custom, 0.01 to 600 cd/m2"
    assert not HdrMetadata()
    assert Fraction(MasteringDisplay.of("p3", 0.00004, 1000.0).darkest) == 0
