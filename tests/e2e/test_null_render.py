"""No stage on: the master is framemd5-identical to the source, with everything else the source holds."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import OpenEXR
import pytest
import tifffile
from av.video.stream import VideoStream

from engines.media.framemd5 import read_framemd5
from engines.media.open import open_source
from engines.media.planes import to_av
from engines.media.readback import decoded_hashes
from tests.clips import clip_frame, write_clip
from tests.e2e.harness import command, render_here

FFV1_LAYOUTS = ["yuv420p", "yuv422p10le", "yuv444p12le", "gray16le", "gbrp16le", "yuva444p10le", "gray", "bgr0"]


@pytest.mark.parametrize("pix_fmt", FFV1_LAYOUTS)
def test_ffv1_masters_are_identical(pix_fmt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=30, pix_fmt=pix_fmt, audio=True, timecode="01:00:00:00")
    master = tmp_path / "out.mkv"
    outcome = render_here(source, "-o", master)
    assert outcome.code == 0, outcome.sentence
    assert list(decoded_hashes(master)) == list(decoded_hashes(source))
    assert list(read_framemd5(tmp_path / "out.mkv.framemd5")) == list(decoded_hashes(source))
    assert _packets(master, "audio") == _packets(source, "audio")
    ours, theirs = open_source(master).info, open_source(source).info
    for name in ("pts", "time_base", "timecode", "sar", "colour", "rate", "native_format", "field_order"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert outcome.result["shares"]["SOURCE"] == 1.0
    verified = command(capsys, "verify", master)
    assert verified.code == 0, verified.sentence
    assert verified.result["frames"] == 30


def _packets(path: Path, kind: str) -> list[tuple[object, bytes]]:
    with av.open(str(path)) as source:
        stream = getattr(source.streams, kind)[0]
        return [(packet.pts, bytes(packet)) for packet in source.demux(stream) if packet.size]


def _write_still(path: Path, codec: str, number: int, pix_fmt: str) -> None:
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as sink:
        stream = sink.add_stream(codec, rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 96, 64, pix_fmt
        sink.mux(stream.encode(to_av(clip_frame(number, 96, 64, pix_fmt), pix_fmt)))
        sink.mux(stream.encode(None))


def _write_dpx(folder: Path, count: int) -> None:
    for number in range(count):
        _write_still(folder / f"scan_{number + 86400:07d}.dpx", "dpx", number, "gbrp10be")


def _write_tiff(folder: Path, count: int) -> None:
    for number in range(count):
        planes = clip_frame(number, 96, 64, "gbrp16le").planes
        tifffile.imwrite(
            folder / f"{number:04d}.tif", np.stack(planes, axis=-1), photometric="rgb", resolution=(300, 300)
        )


def _write_png(folder: Path, count: int) -> None:
    for number in range(count):
        _write_still(folder / f"{number + 1:05d}.png", "png", number, "rgb48be")


def _write_exr(folder: Path, count: int) -> None:
    for number in range(count):
        planes = clip_frame(number, 96, 64, "gbrpf16le").planes
        channels = {name: OpenEXR.Channel(plane) for name, plane in zip("RGB", planes, strict=True)}
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, "owner": "an archive"}
        header["framesPerSecond"] = Fraction(25, 1)
        OpenEXR.File(header, {n: c.pixels for n, c in channels.items()}).write(str(folder / f"f.{number:04d}.exr"))


SEQUENCES = {"dpx": _write_dpx, "tif": _write_tiff, "png": _write_png, "exr": _write_exr}


@pytest.mark.parametrize("suffix", SEQUENCES)
def test_sequences_are_identical(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "scan", tmp_path / "master"
    folder.mkdir()
    SEQUENCES[suffix](folder, 26)
    pattern = out / f"m_%05d.{suffix}"
    out.mkdir()
    outcome = render_here(folder, "-o", pattern)
    assert outcome.code == 0, outcome.sentence
    stills = sorted(out.glob(f"*.{suffix}"))
    assert len(stills) == 26
    source, master = open_source(folder), open_source(pattern)
    assert master.info.native_format == source.info.native_format
    assert master.info.colour == source.info.colour
    assert master.info.first_number == source.info.first_number
    for number in range(26):
        for ours, theirs in zip(master.read(number).planes, source.read(number).planes, strict=True):
            assert ours.dtype == theirs.dtype
            assert np.array_equal(ours, theirs)
    if suffix != "exr":
        assert [*decoded_hashes(stills[3])] == [*decoded_hashes(sorted(folder.iterdir())[3])]
    verified = command(capsys, "verify", pattern)
    assert verified.code == 0, verified.sentence
    assert verified.result["source_samples_compared"] == 26 * 96 * 64 * 3


@pytest.mark.parametrize("rate", [18, 30, 60, 120])
def test_every_rate_keeps_its_times(rate: int, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", frames=50, codec="libx264", pix_fmt="yuv420p", rate=rate)
    outcome = render_here(source, "-o", tmp_path / "out.mkv")
    assert outcome.code == 0, outcome.sentence
    ours, theirs = open_source(tmp_path / "out.mkv").info, open_source(source).info
    assert ours.rate == theirs.rate == rate
    # Matroska counts milliseconds.
    wanted = [float(pts * theirs.time_base) for pts in theirs.pts]
    assert [float(pts * ours.time_base) for pts in ours.pts] == pytest.approx(wanted, abs=0.00051)


def test_a_range_keeps_its_times_and_timecode(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=60, audio=True, timecode="01:00:00:00")
    outcome = render_here(source, "-o", tmp_path / "part.mkv", "--frames", "24-47")
    assert outcome.code == 0, outcome.sentence
    info = open_source(tmp_path / "part.mkv").info
    assert info.frame_count == 24
    assert info.timecode == "01:00:01:00"
    assert [*decoded_hashes(tmp_path / "part.mkv")] == [*decoded_hashes(source)][24:48]


def test_a_still_gives_a_still(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    _write_tiff(folder, 1)
    outcome = render_here(folder / "0000.tif", "-o", tmp_path / "copy.tif")
    assert outcome.code == 0, outcome.sentence
    assert np.array_equal(tifffile.imread(tmp_path / "copy.tif"), tifffile.imread(folder / "0000.tif"))


@pytest.mark.parametrize(
    ("name", "preset"),
    [("a.mov", "prores_hq"), ("b.mov", "prores_4444"), ("c.mov", "dnxhr_hqx"), ("d.mp4", "h264"), ("e.mp4", "hevc")],
)
def test_other_presets_keep_frames_sound_and_say_they_are_not_exact(
    name: str, preset: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_clip(tmp_path / "in.mov", frames=50, width=256, height=128, codec="prores_ks", audio=True)
    outcome = render_here(source, "-o", tmp_path / name, "--preset", preset)
    assert outcome.code == 0, outcome.sentence
    info = open_source(tmp_path / name).info
    assert info.frame_count == 50
    assert [s.kind for s in info.streams if s.kind == "audio"] == ["audio"] or any(
        "audio" in note for note in outcome.result["notes"]
    )
    verified = command(capsys, "verify", tmp_path / name)
    assert verified.code == 0, verified.sentence
    assert any("not compared" in str(event.get("text")) for event in verified.events)


@pytest.mark.parametrize("suffix", SEQUENCES)
def test_random_reads_of_a_sequence_equal_sequential_ones(suffix: str, tmp_path: Path) -> None:
    SEQUENCES[suffix](tmp_path, 24)
    sequential = open_source(tmp_path)
    frames = [sequential.read(number) for number in range(24)]
    source, chosen = open_source(tmp_path), random.Random(suffix)
    for number in (chosen.randrange(24) for _ in range(200)):
        for ours, theirs in zip(source.read(number).planes, frames[number].planes, strict=True):
            assert np.array_equal(ours, theirs)


def test_pcm_out_of_matroska_goes_into_mp4(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=24, audio=True)
    outcome = render_here(source, "-o", tmp_path / "out.mp4")
    assert outcome.code == 0, outcome.sentence
    master, scan = (b"".join(data for _, data in _packets(path, "audio")) for path in (tmp_path / "out.mp4", source))
    assert master == scan
