"""Random access to containers gives the frames of sequential decoding, by number."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from engines.media.open import open_source
from engines.types import PixelFormat
from tests.engines.media.clips_for_reading import digest, picture, sequential, write_clip

Y420 = PixelFormat("yuv", 8, 2, 2)
Y422_10 = PixelFormat("yuv", 10, 2, 1)

_OPEN_GOP = {"g": "12", "bf": "3", "x264-params": "open-gop=1:keyint=12:min-keyint=12:scenecut=0"}
_PYRAMID = {"g": "16", "bf": "5", "x264-params": "b-pyramid=strict:b-adapt=0"}
_HEVC = {"x265-params": "keyint=12:min-keyint=12:bframes=3:open-gop=1:log-level=none:pools=1"}

CASES: dict[str, tuple[str, str, PixelFormat, dict[str, str]]] = {
    "h264.mp4": ("libx264", "yuv420p", Y420, _PYRAMID),
    "h264_open.mkv": ("libx264", "yuv420p", Y420, _OPEN_GOP),
    "h264_open.ts": ("libx264", "yuv420p", Y420, _OPEN_GOP),
    "h264.avi": ("libx264", "yuv420p", Y420, _PYRAMID),
    "h264_refresh.mkv": ("libx264", "yuv420p", Y420, {"x264-params": "intra-refresh=1:keyint=15"}),
    "hevc_open.mp4": ("libx265", "yuv420p", Y420, _HEVC),
    "mpeg2.mkv": ("mpeg2video", "yuv420p", Y420, {"g": "9", "bf": "2"}),
    "mpeg2.mpg": ("mpeg2video", "yuv420p", Y420, {"g": "9", "bf": "2"}),
    "mpeg4.avi": ("mpeg4", "yuv420p", Y420, {"g": "10", "bf": "2"}),
    "prores.mov": ("prores_ks", "yuv422p10le", Y422_10, {}),
    "mjpeg.avi": ("mjpeg", "yuvj420p", Y420, {}),
    "ffv1_long.mkv": ("ffv1", "yuv420p", Y420, {"g": "8", "level": "3", "slices": "4"}),
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_: str(tmp_path / "cache"))


@pytest.mark.parametrize("name", CASES)
def test_random_reads_equal_sequential_decoding(name: str, tmp_path: Path) -> None:
    codec, native, layout, options = CASES[name]
    clip = write_clip(tmp_path / name, codec, native, 48, layout=layout, options=options)
    expected = [digest(frame) for frame in sequential(clip)]
    assert len(expected) == 48
    source = open_source(clip, threads=2)
    assert source.info.frame_count == 48
    chosen = random.Random(name)
    for number in (chosen.randrange(48) for _ in range(200)):
        assert digest(source.read(number)) == expected[number], number
    source.close()


def test_sequential_reads_never_seek(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = write_clip(tmp_path / "a.mkv", options=_OPEN_GOP)
    source = open_source(clip, threads=1)
    seeks: list[Any] = []
    monkeypatch.setattr("engines.media.decoder.Decoder._seek", lambda *a: bool(seeks.append(a)))  # type: ignore[func-returns-value]
    frames = [digest(source.read(number)) for number in range(source.info.frame_count)]
    assert seeks == []
    assert frames == [digest(frame) for frame in sequential(clip)]


@pytest.mark.parametrize(
    ("native", "layout"),
    [
        ("yuv420p", Y420),
        ("yuv422p10le", Y422_10),
        ("yuv444p12le", PixelFormat("yuv", 12)),
        ("yuv444p16le", PixelFormat("yuv", 16)),
        ("gray16le", PixelFormat("gray", 16)),
        ("gbrp16le", PixelFormat("rgb", 16)),
        ("gray", PixelFormat("gray", 8)),
    ],
)
def test_lossless_files_give_back_every_code_value(native: str, layout: PixelFormat, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mkv", "ffv1", native, 3, layout=layout, options={"level": "3"})
    source = open_source(clip)
    assert source.info.format == layout
    for number in range(3):
        read, made = source.read(number), picture(number, layout)
        assert all(np.array_equal(a, b) for a, b in zip(read.planes, made.planes, strict=True))
        assert all(plane.dtype == layout.dtype for plane in read.planes)


def test_variable_rate_keeps_every_time(tmp_path: Path) -> None:
    times = [0, 40, 80, 200, 213, 500, 540, 580, 1000, 1040]
    clip = write_clip(tmp_path / "a.mkv", count=10, times=times, time_base=Fraction(1, 1000))
    info = open_source(clip).info
    assert info.time_base == Fraction(1, 1000)
    assert [t - info.pts[0] for t in info.pts] == times
    assert info.variable_rate
    assert info.rate == Fraction(9 * 1000, 1040).limit_denominator(1001)


def test_millisecond_rounding_is_not_a_variable_rate(tmp_path: Path) -> None:
    times = [round(n * 1001 / 24) for n in range(30)]
    clip = write_clip(tmp_path / "a.mkv", "ffv1", count=30, times=times, time_base=Fraction(1, 1000))
    assert not open_source(clip).info.variable_rate


def test_edit_lists_hide_what_players_do_not_show(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4", options={"g": "12", "bf": "2"})
    cut = tmp_path / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        assert stream.time_base
        frame = int(Fraction(1, 25) / stream.time_base)
        for packet in source.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue
            packet.pts, packet.dts = packet.pts - 18 * frame, packet.dts - 18 * frame  # in the middle of a group
            packet.stream = copy
            if packet.pts >= -6 * frame:  # from the keyframe before
                target.mux(packet)
    expected = [digest(frame) for frame in sequential(cut)]
    source_ = open_source(cut)
    assert source_.info.frame_count == 30
    assert [digest(source_.read(n)) for n in reversed(range(source_.info.frame_count))] == expected[::-1]


def test_numbers_outside_are_refused(tmp_path: Path) -> None:
    source = open_source(write_clip(tmp_path / "a.mp4", count=5))
    for number in (-1, 5):
        with pytest.raises(IndexError):
            source.read(number)


def test_the_stored_table_is_used_and_a_spoilt_one_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = write_clip(tmp_path / "a.mkv")
    before = open_source(clip).info
    stored = list((tmp_path / "cache" / "index").glob("*.npz"))
    assert [file.stem for file in stored] == [before.fingerprint]

    with monkeypatch.context() as patch:
        patch.setattr("engines.media.open.build_index", lambda *_: pytest.fail("counted again"))
        assert open_source(clip).info.pts == before.pts
    for rubbish in (b"", b"not an archive", stored[0].read_bytes()[:200]):
        stored[0].write_bytes(rubbish)
        assert open_source(clip).info.pts == before.pts


def test_info_says_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg2video", rate=Fraction(30000, 1001), options={"bf": "0"})
        sound = container.add_stream("pcm_s16le", rate=48000, layout="stereo")
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        context = stream.codec_context
        context.sample_aspect_ratio = Fraction(10, 11)
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 6, 6, 6
        stream.metadata["timecode"] = "01:00:00;02"
        container.metadata["title"] = "Reel 1"
        container.set_chapters(
            [{"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000), "metadata": {"title": "Leader"}}]
        )
        for number in range(6):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 9600), np.int16), "s16", "stereo")
        samples.sample_rate = 48000
        container.mux(sound.encode(samples))
        container.mux(stream.encode(None))
        container.mux(sound.encode(None))
    info = open_source(path).info
    assert (info.kind, info.codec, info.width, info.height) == ("container", "mpeg2video", 64, 48)
    assert info.rate == Fraction(30000, 1001)
    assert info.sar == Fraction(10, 11)
    assert info.colour.range == "tv"
    assert (info.colour.matrix, info.colour.primaries, info.colour.transfer) == ("smpte170m",) * 3
    assert info.colour.chroma_location == "left"
    assert info.timecode == "01:00:00;02"
    assert [(c.start, c.end, c.title) for c in info.chapters] == [(Fraction(0), Fraction(1, 2), "Leader")]
    assert "audio" in [stream.kind for stream in info.streams]
    assert "48000 Hz" in next(s.detail for s in info.streams if s.kind == "audio")
    assert (info.metadata or {})["title"] == "Reel 1"
    assert len(info.fingerprint) == 64


def test_files_without_tags_are_unknown_not_guessed(tmp_path: Path) -> None:
    colour = open_source(write_clip(tmp_path / "a.mkv", "ffv1", count=2)).info.colour
    assert (colour.range, colour.matrix, colour.primaries, colour.transfer) == ("unknown",) * 4


def test_titles_in_old_encodings_are_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "Kunststueck"
        stream = container.add_stream("mjpeg", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        container.mux(stream.encode(av.VideoFrame(64, 48, "yuvj420p")))
        container.mux(stream.encode(None))
    path.write_bytes(path.read_bytes().replace(b"Kunststueck", b"Kunstst\xfcck\0"))
    title = (open_source(path).info.metadata or {})["title"]
    assert title.startswith("Kunstst")
