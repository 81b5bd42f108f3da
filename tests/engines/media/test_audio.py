"""Any stretch of a clip's sound, to the sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.errors import MediaError
from engines.media.audio import Samples, SoundReader
from tests.clips import write_clip


def tone(start: int, count: int) -> Samples:
    wave = np.rint(np.sin(2 * np.pi * 440 * (np.arange(count) + start) / 48000) * 9000) / 32768
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("sound") / "tone.mov", frames=72, codec="mpeg4", pix_fmt="yuv420p", audio=True
    )


def test_every_stretch_is_exact_whatever_the_order(clip: Path) -> None:
    reader = SoundReader(clip)
    for start in (0, 4800, 9600, 100000, 100, 143000 - 5000):
        assert np.abs(reader.read(start, 4800) - tone(start, 4800)).max() < 1e-4
    reader.close()


def test_matroska_is_within_a_millisecond(tmp_path: Path) -> None:
    reader = SoundReader(write_clip(tmp_path / "tone.mkv", frames=72, audio=True))
    reader.read(0, 4800)
    late = reader.read(138000, 4800)
    assert min(float(np.abs(late - tone(138000 + shift, 4800)).max()) for shift in range(-48, 49)) < 1e-4
    reader.close()


def test_beyond_the_end_there_is_silence(clip: Path) -> None:
    reader = SoundReader(clip)
    samples = reader.read(143000, 4800)
    assert np.abs(samples[:1000] - tone(143000, 1000)).max() < 1e-4
    assert not samples[1000:].any()
    reader.close()


def test_other_rates_are_resampled(clip: Path) -> None:
    reader = SoundReader(clip, 24000)
    half = tone(0, 48000)[::2]
    assert np.abs(reader.read(2400, 9600) - half[2400:12000]).max() < 0.01
    reader.close()


def test_compressed_sound_is_found_again_after_a_seek(shared_data: Path) -> None:
    path = shared_data / "bench" / "oldfilm" / "his_girl_friday_1940.mp4"
    if not path.exists():
        pytest.skip("needs the public clip his_girl_friday_1940.mp4")
    reader = SoundReader(path)
    straight = reader.read(0, 3 * 48000)
    again = reader.read(48000, 24000)
    assert straight.std() > 0.001
    assert np.abs(again - straight[48000:72000]).max() < 0.01
    reader.close()


def test_a_clip_without_sound_says_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "mute.mkv", frames=2)
    with pytest.raises(MediaError, match=r"mute\.mkv has no sound"):
        SoundReader(path)
