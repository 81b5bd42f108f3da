"""What cannot be opened is refused in one clear sentence."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from engines.errors import MediaError
from engines.media.open import open_source
from tests.engines.media.clips_for_reading import write_clip


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_: str(tmp_path / "cache"))


def refusal(path: Path, capfd: pytest.CaptureFixture[str]) -> MediaError:
    with pytest.raises(MediaError) as caught:
        open_source(path)
    assert "\n" not in str(caught.value)
    assert caught.value.sentence.endswith(".")
    assert caught.value.hint
    printed = capfd.readouterr()
    assert printed.out + printed.err == ""
    return caught.value


def test_missing_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "no file" in refusal(tmp_path / "none.mkv", capfd).sentence


def test_empty_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.mp4").touch()
    assert "empty" in refusal(tmp_path / "a.mp4", capfd).sentence


def test_text_that_calls_itself_a_film(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.mkv").write_text("Dear archive,\n" * 400)
    assert "not a video file" in refusal(tmp_path / "a.mkv", capfd).sentence


def test_mp4_without_index(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    whole = write_clip(tmp_path / "whole.mp4").read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: whole.index(b"moov") - 4])
    assert "moov" in refusal(cut, capfd).sentence


def test_sound_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0" * 16000)
    assert "no pictures, only audio" in refusal(tmp_path / "a.wav", capfd).sentence


def test_folder_without_stills(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("none")
    assert "no stills" in refusal(tmp_path, capfd).sentence


def test_pattern_without_files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "No file matches" in refusal(tmp_path / "scan_%06d.dpx", capfd).sentence
    assert "no folder" in refusal(tmp_path / "none" / "scan_%06d.dpx", capfd).sentence


@pytest.mark.parametrize("name", ["a.png", "a.dpx", "a.tif", "a.jpg", "a.bmp"])
def test_stills_that_are_none(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_bytes(b"nothing of the kind")
    assert name in refusal(tmp_path / name, capfd).sentence
    (tmp_path / name).write_bytes(b"")
    assert name in refusal(tmp_path / name, capfd).sentence


def test_exr_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.exr").write_bytes(b"nothing of the kind")
    with pytest.raises(MediaError, match=r"a\.exr"):
        open_source(tmp_path / "a.exr")
