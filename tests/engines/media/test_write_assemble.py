"""The finished file: the source's pictures, times, tags and other streams, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import AttachmentStream

from engines.errors import MediaError, RenderError
from engines.media.assemble import assemble
from engines.media.encode import encode_segment
from engines.media.open import open_source
from engines.media.planes import to_av
from engines.media.presets import PRESETS
from engines.media.readback import decoded_hashes, read_back
from engines.media.source import Source
from engines.types import ColourSpec, Frame
from tests.engines.media.write_helpers import clip_of, export, frames_of, packets_of, picture, same_planes, smooth

RATE = Fraction(25)
COUNT = 20


def write_clip(
    path: Path,
    layout: str,
    codec: str = "ffv1",
    sound: Sequence[str] = ("pcm_s16le",),
    pts: Sequence[int] | None = None,
    frames: Sequence[Frame] | None = None,
    sar: Fraction = Fraction(1),
    extras: bool = False,
    **tags: str,
) -> Path:
    """A clip of noise with sines, and with `extras` chapters, an attachment and metadata."""
    with av.open(str(path), "w") as sink:
        options = {"color_range": "tv", "colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}
        video: Any = sink.add_stream(codec, rate=RATE, options=options)
        video.width, video.height, video.pix_fmt = 48, 32, layout
        video.codec_context.time_base = Fraction(1, 1000) if pts is not None else 1 / RATE
        video.codec_context.sample_aspect_ratio = sar
        video.metadata.update(tags)
        tracks: list[Any] = []
        for index, name in enumerate(sound):
            track: Any = sink.add_stream(name, rate=48000)
            track.metadata["language"] = ("fra", "deu")[index]
            tracks.append(track)
        if extras:
            sink.metadata.update(title="The Film", artist="Someone")
            base = Fraction(1, 1000)
            sink.set_chapters(
                [
                    {"id": n, "start": n * 400, "end": n * 400 + 400, "time_base": base, "metadata": {"title": title}}
                    for n, title in enumerate(("One", "Two"))
                ]
            )
            if path.suffix == ".mkv":
                sink.add_attachment("font.ttf", "font/ttf", b"glyphs")
        for number in range(COUNT):
            frame = frames[number] if frames else picture(layout, number)
            image = to_av(frame, layout)
            image.pts = number if pts is None else pts[number]
            image.time_base = video.codec_context.time_base
            sink.mux(video.encode(image))
            for index, track in enumerate(tracks):
                sink.mux(track.encode(sine(number, index, track)))
        for stream in (video, *tracks):
            sink.mux(stream.encode(None))
    return path


def sine(number: int, index: int, track: Any) -> av.AudioFrame:
    time = (np.arange(1920) + number * 1920) / 48000
    planar = track.codec_context.format.is_planar
    wave = 0.5 * np.sin(2 * np.pi * (440 + 110 * index) * time)
    dtype = np.float32 if "flt" in track.codec_context.format.name else np.int16
    samples = np.stack((wave, wave)) * (1 if dtype is np.float32 else 32000)
    data = samples.astype(dtype) if planar else samples.T.reshape(1, -1).astype(dtype)
    block = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), track.codec_context.format.name, "stereo")
    block.sample_rate, block.pts = 48000, number * 1920
    return block


def times(source: Source) -> list[Fraction]:
    return [time * source.info.time_base for time in source.info.pts]


@pytest.mark.parametrize("layout", ["yuv420p", "yuv422p10le", "yuv444p12le", "gray16le", "gbrp16le"])
def test_null_path(tmp_path: Path, layout: str) -> None:
    """Read, encode in three segments, assemble: what decodes is the source, frame by frame, packet by packet."""
    path = write_clip(
        tmp_path / "in.mkv",
        layout,
        sar=Fraction(16, 15),
        extras=True,
        sound=("pcm_s16le", "flac"),
        timecode="10:00:00:05",
    )
    source = open_source(path)
    segments, notes = export(source, tmp_path / "out.mkv", "ffv1", tmp_path, cuts=(7, 8))
    out = tmp_path / "out.mkv"
    assert notes == []
    assert list(decoded_hashes(out)) == list(decoded_hashes(path))
    read_back(out, [digest for segment in segments for digest in segment.hashes])
    written = open_source(out)
    was, now = source.info, written.info
    assert times(written) == times(source)
    assert (now.sar, now.rate, now.colour, now.timecode) == (was.sar, was.rate, was.colour, was.timecode)
    assert now.timecode == "10:00:00:05"
    assert now.chapters == was.chapters
    assert [c.title for c in now.chapters] == ["One", "Two"]
    assert now.streams == was.streams
    assert {k: v for k, v in (now.metadata or {}).items() if k.lower() in ("title", "artist")} == {
        k: v for k, v in (was.metadata or {}).items() if k.lower() in ("title", "artist")
    }
    assert packets_of(out, "audio") == packets_of(path, "audio")
    with av.open(str(out)) as container:
        attached = [s for s in container.streams if isinstance(s, AttachmentStream)]
        assert [(s.name, s.data) for s in attached] == [("font.ttf", b"glyphs")]


def test_segments_equal_one_piece(tmp_path: Path) -> None:
    source = open_source(write_clip(tmp_path / "in.mkv", "yuv422p10le"))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    export(source, tmp_path / "one.mkv", "ffv1", tmp_path / "a")
    export(source, tmp_path / "three.mkv", "ffv1", tmp_path / "b", cuts=(1, 13))
    assert list(decoded_hashes(tmp_path / "one.mkv")) == list(decoded_hashes(tmp_path / "three.mkv"))
    assert packets_of(tmp_path / "one.mkv", "video") == packets_of(tmp_path / "three.mkv", "video")


@pytest.mark.parametrize("sar", [Fraction(16, 15), Fraction(8, 9), Fraction(117, 113)])
def test_aspect_ratio_in_matroska(tmp_path: Path, sar: Fraction) -> None:
    source = open_source(write_clip(tmp_path / "in.mov", "yuv420p", "libx264", sar=sar, title="Reel 3"))
    export(source, tmp_path / "out.mkv", "ffv1", tmp_path)
    with av.open(str(tmp_path / "out.mkv")) as written:
        video = written.streams.video[0]
        assert video.sample_aspect_ratio == sar
        assert video.metadata.get("title") == source_title(tmp_path / "in.mov")


def source_title(path: Path) -> str | None:
    with av.open(str(path)) as source:
        return source.streams.video[0].metadata.get("title")


def test_variable_rate(tmp_path: Path) -> None:
    pts = [40 * n + (17 * n * n) % 23 for n in range(COUNT)]
    source = open_source(write_clip(tmp_path / "in.mkv", "yuv420p", pts=pts))
    export(source, tmp_path / "out.mkv", "ffv1", tmp_path, cuts=(5,))
    assert times(open_source(tmp_path / "out.mkv")) == times(source) == [Fraction(time, 1000) for time in pts]


@pytest.mark.parametrize(("preset", "suffix"), [("h264", ".mp4"), ("hevc", ".mp4"), ("prores_hq", ".mov")])
def test_delivery(tmp_path: Path, preset: str, suffix: str) -> None:
    """From H.264 with B-frames: times, sound and timecode kept, decoding times ascending and before showing."""
    frames = [smooth("yuv420p", shift) for shift in range(COUNT)]
    path = write_clip(
        tmp_path / "in.mov", "yuv420p", "libx264", sound=("aac", "pcm_s16le"), frames=frames, sar=Fraction(8, 9),
        timecode="01:02:03:04", extras=True,
    )  # fmt: skip
    source = open_source(path)
    larger = (96, 64) if preset == "hevc" else (48, 32)
    cuts = ((0, 7), (7, 8), (8, 20))
    segments = [
        encode_segment(
            tmp_path / f"s{a}", PRESETS[preset], source.info, source.info.format,
            (replace(smooth("yuv420p", n, larger), colour=source.info.colour) for n in range(a, b)), a, threads=1,
        )
        for a, b in cuts
    ]  # fmt: skip
    out, notes = tmp_path / f"out{suffix}", list[str]()
    assemble(out, segments, PRESETS[preset], source.info, 0, COUNT - 1, notes.append)
    read_back(out, [digest for segment in segments for digest in segment.hashes])
    written = open_source(out)
    assert notes == []
    assert times(written) == times(source)
    assert (written.info.sar, written.info.rate, written.info.timecode) == (Fraction(8, 9), RATE, "01:02:03:04")
    assert written.info.colour.matrix == "bt709"
    assert packets_of(out, "audio") == packets_of(path, "audio")
    assert [c.title for c in written.info.chapters] == ["One", "Two"]
    assert (written.info.metadata or {})["artist"] == "Someone"
    with av.open(str(out)) as container:
        packets = [p for p in container.demux(container.streams.video[0]) if p.size]
        decoding = [p.dts for p in packets]
        assert all(a < b for a, b in pairwise(decoding) if a is not None and b is not None)
        assert all(p.dts <= p.pts for p in packets if p.dts is not None and p.pts is not None)
        if preset == "hevc":
            assert container.streams.video[0].codec_context.codec_tag == "hvc1"


def test_a_range(tmp_path: Path) -> None:
    """Starts at 0; PCM cut to the sample, timecode and chapters moved along."""
    path = write_clip(tmp_path / "in.mkv", "yuv420p", extras=True, timecode="10:00:00:05")
    source = open_source(path)
    export(source, tmp_path / "out.mkv", "ffv1", tmp_path, cuts=(8,), first=5, last=14)
    written = open_source(tmp_path / "out.mkv")
    assert times(written) == [Fraction(n, 25) for n in range(10)]
    assert all(map(same_planes, frames_of(written), frames_of(source, 5, 14)))
    assert written.info.timecode == "10:00:00:10"
    assert [c.title for c in written.info.chapters] == ["One", "Two"]
    assert [(c.start, c.end) for c in written.info.chapters] == [
        (0, Fraction(1, 5)),
        (Fraction(1, 5), Fraction(2, 5)),
    ]
    whole = b"".join(data for _, _, data in packets_of(path, "audio"))
    kept = packets_of(tmp_path / "out.mkv", "audio")
    assert b"".join(data for _, _, data in kept) == whole[5 * 1920 * 4 : 15 * 1920 * 4]
    assert kept[0][1] == 0


def test_pcm_packets_that_straddle_the_ends(tmp_path: Path) -> None:
    """AVI keeps sound in packets that begin anywhere."""
    path = write_clip(tmp_path / "in.avi", "yuv420p")
    source = open_source(path)
    export(source, tmp_path / "out.mov", "prores_hq", tmp_path, first=3, last=9)
    whole = b"".join(data for _, _, data in packets_of(path, "audio"))
    cut = b"".join(data for _, _, data in packets_of(tmp_path / "out.mov", "audio"))
    assert cut == whole[3 * 1920 * 4 : 10 * 1920 * 4]


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "in.mkv", "yuv422p10le", sound=("flac",), extras=True)
    _, notes = export(open_source(path), tmp_path / "out.mov", "prores_hq", tmp_path)
    assert len(notes) == 2
    assert "flac" in notes[0]
    assert "attachment" in notes[1]
    assert all(note.endswith("cannot be stored in QuickTime / MOV and was left out.") for note in notes)


@pytest.mark.parametrize(("label", "said"), [("01:00:00;02", "does not exist at 25"), ("soon", "not understood")])
def test_a_timecode_that_cannot_be(tmp_path: Path, label: str, said: str) -> None:
    clip = clip_of("yuv422p10le", 1, timecode=label, rate=RATE, time_base=1 / RATE)
    segment = encode_segment(tmp_path / "s", PRESETS["prores_hq"], clip, clip.format, [smooth("yuv422p10le")], 0)
    notes: list[str] = []
    assemble(tmp_path / "out.mov", [segment], PRESETS["prores_hq"], clip, 0, 0, notes.append)
    assert len(notes) == 1
    assert said in notes[0]


def test_field_order(tmp_path: Path) -> None:
    colour = ColourSpec("tv", "smpte170m", "smpte170m", "smpte170m", "left")
    clip = clip_of("yuv420p", 2, field_order="tff", colour=colour)
    frames = [picture("yuv420p", n, colour=colour) for n in range(2)]
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, frames, 0, threads=1)
    assemble(tmp_path / "out.mkv", [segment], PRESETS["ffv1"], clip, 0, 1)
    info = open_source(tmp_path / "out.mkv").info
    assert (info.field_order, info.colour) == ("tff", colour)


def test_segments_must_fit_together(tmp_path: Path) -> None:
    clip = clip_of("gray", 4)
    first, second = (
        encode_segment(
            tmp_path / f"s{a}", PRESETS["ffv1"], clip, clip.format, [picture("gray", n) for n in (a, a + 1)], a
        )
        for a in (0, 2)
    )
    out = tmp_path / "out.mkv"
    with pytest.raises(RenderError, match="Frame 0 is in no segment"):
        assemble(out, [second], PRESETS["ffv1"], clip, 0, 3)
    with pytest.raises(RenderError, match="end at frame 1, not 3"):
        assemble(out, [first], PRESETS["ffv1"], clip, 0, 3)
    second.path.unlink()
    with pytest.raises(RenderError, match="s2 cannot be read"):
        assemble(out, [first, second], PRESETS["ffv1"], clip, 0, 3)
    first.path.replace(second.path)
    encode_segment(first.path, PRESETS["ffv1"], clip, clip.format, [picture("gray")], 0)
    with pytest.raises(RenderError, match="s0 has lost frames"):
        assemble(out, [first, second], PRESETS["ffv1"], clip, 0, 3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s0", "s2"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    clip = clip_of("gray", 1)
    segment = encode_segment(tmp_path / "s", PRESETS["ffv1"], clip, clip.format, [picture("gray")], 0)
    (tmp_path / "out.mkv").write_text("mine")
    with pytest.raises(MediaError, match=r"out\.mkv exists already"):
        assemble(tmp_path / "out.mkv", [segment], PRESETS["ffv1"], clip, 0, 0)
    assert (tmp_path / "out.mkv").read_text() == "mine"
