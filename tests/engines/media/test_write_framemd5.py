"""Checksums against FFmpeg's own muxer, their text, and reading back."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from engines.errors import MediaError, RenderError
from engines.media.encode import encode_segment
from engines.media.framemd5 import frame_md5, read_framemd5, write_framemd5
from engines.media.planes import format_of, to_av
from engines.media.presets import PRESETS
from engines.media.readback import read_back
from tests.engines.media.write_helpers import clip_of, picture


@pytest.mark.parametrize("layout", ["yuv420p", "yuv422p10le", "gbrp16le", "rgb48be", "gray", "yuv410p", "gbrpf16le"])
def test_equals_ffmpegs_muxer(tmp_path: Path, layout: str) -> None:
    frames = [picture(layout, seed, (37, 23)) for seed in range(2)]
    with av.open(str(tmp_path / "theirs"), "w", format="framemd5") as sink:
        stream = sink.add_stream("rawvideo", rate=24)
        stream.width, stream.height, stream.pix_fmt = 37, 23, layout
        for number, frame in enumerate(frames):
            image = to_av(frame, layout)
            image.pts = number
            sink.mux(stream.encode(image))
        sink.mux(stream.encode(None))
    assert read_framemd5(tmp_path / "theirs") == tuple(frame_md5(frame, layout) for frame in frames)


def test_text_round_trip(tmp_path: Path) -> None:
    hashes = tuple(frame_md5(picture("gray", seed), "gray") for seed in range(3))
    path = tmp_path / "x.framemd5"
    write_framemd5(path, hashes, (0, 2, 3), Fraction(1001, 24000), (48, 32), 48 * 32)
    assert read_framemd5(path) == hashes
    lines = path.read_text().splitlines()
    assert lines[:3] == ["#format: frame checksums", "#version: 2", "#hash: MD5"]
    assert "#tb 0: 1001/24000" in lines
    assert lines[-3] == f"0,          0,          0,        2,     1536, {hashes[0]}"


@pytest.mark.parametrize("content", ["0, 0, 0, 1, 5, short", "hello", "\udcff"])
def test_other_text(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.framemd5"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(MediaError, match="frame checksums"):
        read_framemd5(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be read"):
        read_framemd5(tmp_path / "none")


def test_read_back_names_the_frame(tmp_path: Path) -> None:
    clip = clip_of("yuv420p", 4)
    frames = [picture("yuv420p", seed) for seed in range(4)]
    segment = encode_segment(tmp_path / "s.mkv", PRESETS["ffv1"], clip, format_of("yuv420p"), frames, 0, threads=1)
    wrong = (*segment.hashes[:2], "0" * 32, segment.hashes[3])
    with pytest.raises(RenderError, match=r"Frame 2 of s\.mkv"):
        read_back(segment.path, wrong)
    with pytest.raises(RenderError, match="ends before frame 4"):
        read_back(segment.path, (*segment.hashes, "0" * 32))
    with pytest.raises(RenderError, match="more than the 3"):
        read_back(segment.path, segment.hashes[:3])
    with pytest.raises(RenderError, match="cannot be read back"):
        read_back(tmp_path / "none.mkv", segment.hashes)
