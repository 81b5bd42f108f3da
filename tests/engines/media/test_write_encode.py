"""Segments: what is in them, what their checksums say, what stops them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

import engines.media.encode as encoding
from engines.errors import RenderError, SettingError
from engines.media.encode import encode_segment
from engines.media.framemd5 import frame_md5
from engines.media.planes import format_of, from_av
from engines.media.presets import PRESETS
from engines.media.readback import decoded_hashes, read_back
from engines.types import ColourSpec, Frame
from tests.engines.media.write_helpers import clip_of, picture, same_planes, smooth

EXACT = ("yuv420p", "yuv422p10le", "yuv444p12le", "gray16le", "gbrp16le", "gbrp10le", "yuva444p10le", "yuv411p", "gray")


def decoded(path: Path) -> list[Frame]:
    with av.open(str(path)) as source:
        return [Frame(from_av(p), format_of(p.format.name), ColourSpec()) for p in source.decode(video=0)]


@pytest.mark.parametrize("layout", EXACT)
def test_ffv1_holds_every_sample(tmp_path: Path, layout: str) -> None:
    frames = [picture(layout, seed) for seed in range(3)]
    clip = clip_of(layout, 10)
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, iter(frames), 4, threads=1)
    assert (segment.first, segment.count, segment.layout) == (4, 3, clip.format)
    assert segment.hashes == tuple(frame_md5(frame, layout) for frame in frames)
    assert all(map(same_planes, decoded(segment.path), frames))
    read_back(segment.path, segment.hashes)
    assert list(tmp_path.iterdir()) == [segment.path]


@pytest.mark.parametrize("layout", ["gbrpf16le", "grayf16le"])
def test_ffv1_version_4_holds_every_half_float(tmp_path: Path, layout: str) -> None:
    patterns = np.arange(2**16, dtype=np.uint16).reshape(256, 256)
    planes = [np.roll(patterns, 17 * index, axis=1).view(np.float16) for index in range(3)]
    clip = clip_of(layout, 1, (256, 256))
    frame = Frame(tuple(planes[: clip.format.plane_count]), clip.format, ColourSpec())
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1_half"], clip, clip.format, [frame], 0, threads=1)
    (back,) = decoded(segment.path)
    assert [plane.tobytes() for plane in back.planes] == [plane.tobytes() for plane in frame.planes]


@pytest.mark.parametrize("size", [(37, 23), (2, 2), (17, 16)])
def test_ffv1_of_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    clip = clip_of("yuv420p", 1, size)
    frame = picture("yuv420p", size=size)
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, [frame], 0, threads=1)
    assert same_planes(decoded(segment.path)[0], frame)


def test_rgb_of_eight_bits_reads_back(tmp_path: Path) -> None:
    clip = clip_of("rgb24", 2)
    frames = [picture("rgb24", seed) for seed in range(2)]
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, frames, 0, threads=1)
    read_back(segment.path, segment.hashes)
    assert all(map(same_planes, decoded(segment.path), frames))


def test_float_planes_are_rounded_once(tmp_path: Path) -> None:
    frame = picture("yuv420p10le")
    worked = frame.with_planes(tuple(plane.astype("float32") + 0.4 for plane in frame.planes))
    clip = clip_of("yuv420p10le", 1)
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, [worked], 0, threads=1)
    assert same_planes(decoded(segment.path)[0], frame)


@pytest.mark.parametrize(
    ("preset", "layout", "size"),
    [
        ("prores_hq", "yuv422p10le", (48, 32)),
        ("prores_4444", "yuva444p10le", (48, 32)),
        ("dnxhr_hqx", "yuv422p10le", (256, 120)),
        ("dnxhr_444", "gbrp10le", (256, 120)),
        ("h264", "yuv420p", (48, 32)),
        ("hevc", "yuv420p10le", (64, 64)),
    ],
)
def test_lossy_checksums_are_of_decoded_pictures(
    tmp_path: Path, preset: str, layout: str, size: tuple[int, int]
) -> None:
    clip = clip_of(layout, 12, size)
    frames = [smooth(layout, shift, size) for shift in range(12)]
    segment = encode_segment(tmp_path / "s", PRESETS[preset], clip, clip.format, frames, 0, threads=1)
    assert segment.hashes == tuple(decoded_hashes(segment.path))
    assert len(set(segment.hashes)) == 12
    with av.open(str(segment.path)) as source:
        stream = source.streams.video[0]
        packets = [p for p in source.demux(stream) if p.size]
        assert packets[0].is_keyframe
        assert sorted(round((p.pts or 0) * p.time_base * 24) for p in packets) == list(range(12))
    assert (segment.reorder > 0) == (preset in ("h264", "hevc"))


def test_larger_than_the_clip(tmp_path: Path) -> None:
    clip = clip_of("yuv420p", 1)
    segment = encode_segment(
        tmp_path / "s", PRESETS["ffv1"], clip, format_of("yuv420p"), [picture("yuv420p", size=(96, 64))], 0, threads=1
    )
    assert (segment.width, segment.height) == (96, 64)


def test_tags_and_shape(tmp_path: Path) -> None:
    colour = ColourSpec("tv", "bt709", "bt709", "bt709", "left")
    clip = clip_of("yuv420p", 1, colour=colour, field_order="tff", rate=Fraction(30000, 1001))
    frame = picture("yuv420p", colour=colour)
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, [frame], 0, threads=1)
    with av.open(str(segment.path)) as source:
        context = source.streams.video[0].codec_context
        assert (context.color_range, context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1, 1)
        assert source.streams.video[0].average_rate == Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("preset", "layout", "said"),
    [
        ("dnxhr_hqx", "yuv422p10le", "256x120"),
        ("prores_hq", "yuva444p10le", "cannot hold"),
        ("ffv1", "gbrpf32le", "exr"),
    ],
)
def test_what_a_preset_cannot_hold(tmp_path: Path, preset: str, layout: str, said: str) -> None:
    clip = clip_of(layout, 1)
    with pytest.raises(SettingError, match=said):
        encode_segment(tmp_path / "s", PRESETS[preset], clip, clip.format, [picture(layout)], 0)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_source_leaves_nothing(tmp_path: Path) -> None:
    def frames() -> Iterator[Frame]:
        yield picture("yuv420p")
        raise RenderError("stop")

    clip = clip_of("yuv420p", 2)
    with pytest.raises(RenderError, match="stop"):
        encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, frames(), 0, threads=1)
    assert list(tmp_path.iterdir()) == []


def test_pictures_must_be_alike(tmp_path: Path) -> None:
    clip = clip_of("yuv420p", 2)
    frames = [picture("yuv420p"), picture("yuv420p", size=(64, 32))]
    with pytest.raises(RenderError, match="from 48x32 yuv420p to 64x32"):
        encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, frames, 0, threads=1)
    with pytest.raises(RenderError, match="no frames"):
        encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, [], 0)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "is read-only"),
        (errno.EIO, "could not be written"),
    ],
)
def test_what_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(encoding, "_encode", refuse)
    clip = clip_of("yuv420p", 1)
    with pytest.raises(RenderError, match=said):
        encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, [picture("yuv420p")], 0, threads=1)
    assert list(tmp_path.iterdir()) == []


def test_a_full_device(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs the device that is always full")
    (tmp_path / "s.partial").symlink_to("/dev/full")
    clip = clip_of("yuv420p", 1)
    with pytest.raises(RenderError, match="The disk is full"):
        encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, [picture("yuv420p")], 0, threads=1)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    clip = clip_of("yuv420p", 1)
    with pytest.raises(RenderError, match="not a folder"):
        encode_segment(tmp_path / "file" / "s", PRESETS["ffv1"], clip, clip.format, [picture("yuv420p")], 0)


def test_decoding_times_of_a_segment_shorter_than_the_delay(tmp_path: Path) -> None:
    """x265 leaves them uninitialised: after a longer segment they hold what is left of its times."""
    for count in (12, 2, 1, 12, 2):
        frames = [smooth("yuv420p", shift, (128, 64)) for shift in range(count)]
        clip = clip_of("yuv420p", count, (128, 64))
        encode_segment(tmp_path / "s", PRESETS["hevc"], clip, format_of("yuv420p"), frames, 0)
        with av.open(str(tmp_path / "s")) as held:
            packets = [packet for packet in held.demux(video=0) if packet.size]
        times = [(Fraction(packet.dts or 0), Fraction(packet.pts or 0)) for packet in packets]
        tick = Fraction(1, 24) / (packets[0].time_base or Fraction(1))
        assert [dts / tick for dts, _ in times] == [number - 2 for number in range(count)]
        assert sorted(pts / tick for _, pts in times) == list(range(count))
