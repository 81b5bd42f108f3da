"""Damaged frames are refused, or replaced aloud; the good ones around them keep their numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.errors import FrameError
from engines.media.dependence import is_disposable
from engines.media.open import open_source
from engines.types import PixelFormat
from tests.engines.media.clips_for_reading import digest, picture, scrambled, sequential, shortened, write_clip

Y420 = PixelFormat("yuv", 8, 2, 2)
FFV1 = {"level": "3", "slicecrc": "1", "g": "1", "slices": "4"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_: str(tmp_path / "cache"))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("spoil", [scrambled(12), shortened(12)], ids=["scrambled", "shortened"])
@pytest.mark.parametrize(
    ("name", "codec", "native", "layout", "options"),
    [
        ("a.mkv", "ffv1", "yuv420p", Y420, FFV1),
        ("a.mov", "prores_ks", "yuv422p10le", PixelFormat("yuv", 10, 2, 1), {}),
        ("a.avi", "mjpeg", "yuvj420p", Y420, {}),
        ("png.mov", "png", "gray", PixelFormat("gray", 8), {}),
    ],
)
def test_one_damaged_frame_leaves_the_others_alone(
    name: str, codec: str, native: str, layout: PixelFormat, options: dict[str, str], spoil: object, threads: int,
    tmp_path: Path,
) -> None:  # fmt: skip
    sound = write_clip(tmp_path / f"sound_{name}", codec, native, 24, layout=layout, options=options)
    hurt = write_clip(tmp_path / name, codec, native, 24, layout=layout, options=options, spoil=spoil)  # type: ignore[arg-type]
    expected = [digest(frame) for frame in sequential(sound)]
    source = open_source(hurt, threads=threads)
    assert source.info.frame_count == 24
    for number in (13, 12, 11, 12, 23, 0, 12, *range(24)):
        if number == 12:
            with pytest.raises(FrameError, match=r"Frame 12 .* damaged") as caught:
                source.read(number)
            assert caught.value.frame == 12
        else:
            assert digest(source.read(number)) == expected[number], number


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        # Without CABAC, whose decoders find a meaning in most noise: nothing can notice that.
        ("a.mp4", "libx264", {"g": "12", "bf": "2", "x264-params": "scenecut=0:cabac=0"}),
        ("b.mkv", "mpeg2video", {"g": "12", "bf": "2"}),
    ],
)
@pytest.mark.parametrize("spoil", [scrambled(15), shortened(15)], ids=["scrambled", "shortened"])
def test_what_is_predicted_from_damage_is_refused_until_the_next_keyframe(
    name: str, codec: str, options: dict[str, str], spoil: object, tmp_path: Path
) -> None:
    hurt = write_clip(tmp_path / name, codec, count=48, options=options, spoil=spoil)  # type: ignore[arg-type]
    expected = [digest(f) for f in sequential(write_clip(tmp_path / f"s{name}", codec, count=48, options=options))]
    verdicts = []
    for threads, order in ((1, range(48)), (2, reversed(range(48)))):
        source = open_source(hurt, threads=threads)
        assert source.info.frame_count == 48
        refused = set()
        for number in order:
            try:
                assert digest(source.read(number)) == expected[number], number
            except FrameError:
                refused.add(number)
        verdicts.append(refused)
    assert verdicts[0] == verdicts[1]
    assert verdicts[0]
    assert min(verdicts[0]) >= 12
    assert max(verdicts[0]) < 25  # the group of the damaged packet ends there, leading pictures included


def test_hold_repeats_the_last_good_frame_and_says_so(tmp_path: Path) -> None:
    hurt = write_clip(tmp_path / "a.mkv", "ffv1", count=20, options=FFV1, spoil=scrambled(7))
    said: list[str] = []
    source = open_source(hurt, missing="hold", note=said.append)
    assert digest(source.read(7)) == digest(picture(6, Y420))
    assert digest(source.read(8)) == digest(picture(8, Y420))
    assert len(said) == 1
    assert "Frame 6 is held in place of frame 7" in said[0]
    source.read(7)
    assert len(said) == 1


def test_black_is_black_and_said(tmp_path: Path) -> None:
    hurt = write_clip(tmp_path / "a.mkv", "ffv1", count=20, options=FFV1, spoil=scrambled(7))
    said: list[str] = []
    luma, blue, red = open_source(hurt, missing="black", note=said.append).read(7).planes
    assert np.all(luma == 16)
    assert np.all(blue == 128)
    assert np.all(red == 128)
    assert "Frame 7 is black" in said[0]


def test_a_damaged_first_frame_is_noticed(tmp_path: Path) -> None:
    hurt = write_clip(tmp_path / "a.mkv", "ffv1", count=8, options=FFV1, spoil=scrambled(0))
    source = open_source(hurt)
    with pytest.raises(FrameError):
        source.read(0)
    assert digest(source.read(1)) == digest(picture(1, Y420))


def test_ffv1_without_checksums_is_not_suspected(tmp_path: Path) -> None:
    options = {"level": "3", "slicecrc": "0", "g": "1"}
    source = open_source(write_clip(tmp_path / "a.mkv", "ffv1", count=6, options=options))
    assert [digest(source.read(n)) for n in range(6)] == [digest(picture(n, Y420)) for n in range(6)]


def test_a_file_cut_short_gives_what_it_has(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mkv", "ffv1", count=20, options=FFV1)
    data = whole.read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(data[: len(data) * 6 // 10])
    source = open_source(cut)
    count = source.info.frame_count
    assert 8 <= count <= 13
    for number in range(count - 1):
        assert digest(source.read(number)) == digest(picture(number, Y420))


def test_disposable_pictures_are_told_from_their_first_bytes() -> None:
    assert is_disposable("h264", b"\0\0\0\1\x01slice")
    assert not is_disposable("h264", b"\0\0\0\1\x41slice")
    assert is_disposable("h264", b"\0\0\0\5\x06sei \0\0\0\5\x01slic")
    assert not is_disposable("h264", b"\0\0\0\5\x65slic")
    assert is_disposable("mpeg2video", b"\0\0\1\0\0\x18\0\0")
    assert not is_disposable("mpeg2video", b"\0\0\1\0\0\x10\0\0")
    assert not is_disposable("vp9", b"anything")


def test_hold_shows_what_is_predicted_from_damage_and_says_so(tmp_path: Path) -> None:
    options = {"g": "12", "bf": "0"}
    hurt = write_clip(tmp_path / "a.mkv", "mpeg2video", count=30, options=options, spoil=scrambled(14))
    said: list[str] = []
    source = open_source(hurt, missing="hold", note=said.append)
    assert digest(source.read(14)) == digest(source.read(13))
    assert "Frame 13 is held in place of frame 14" in said[-1]
    assert digest(source.read(15)) != digest(source.read(13))
    assert "Frame 15" in said[-1]
    assert "predicted from frame 14" in said[-1]
    said.clear()
    source.read(24)
    assert said == []


def test_damaged_clips_close_while_their_threads_are_busy(tmp_path: Path) -> None:
    hurt = write_clip(tmp_path / "a.mkv", "libx264", count=30, options={"g": "10"}, spoil=shortened(14))
    for number in range(30):
        source = open_source(hurt, missing="black", threads=4)
        source.read(number)
        source.close()
