from pathlib import Path

import numpy as np
import pytest

from engines.benchmark.clips import clean_frames, clips_in, write_x264
from engines.benchmark.held import HeldClip
from engines.errors import MediaError
from engines.media.open import open_source
from engines.metrics.psnr import psnr_y
from tests.clips import clip_frame


def test_compressed_clips_are_real_and_lose_more_at_higher_rates(tmp_path: Path) -> None:
    frames = [clip_frame(n, 160, 96, "yuv420p") for n in range(6)]
    scores = []
    for crf in (20, 40):
        path = tmp_path / f"{crf}.mp4"
        write_x264(path, frames, crf)
        source = open_source(path)
        assert source.info.frame_count == 6
        assert source.info.codec == "h264"
        scores.append(psnr_y(source.read(3), frames[3]))
        source.close()
    assert scores[0] > scores[1] + 5


def test_clean_frames_come_from_the_middle_and_fit_the_box(tmp_path: Path) -> None:
    frames = [clip_frame(n, 160, 96, "yuv420p") for n in range(9)]
    write_x264(tmp_path / "clip.mp4", frames, 4)
    found = clean_frames(tmp_path / "clip.mp4", 3, (80, 96))
    assert [(f.width, f.height) for f in found] == [(80, 48)] * 3
    middle = frames[3].planes[0].astype(float).reshape(48, 2, 80, 2).mean(axis=(1, 3))
    assert np.abs(found[0].planes[0] - middle).mean() < 2.5


def test_sets_take_turns_and_their_absence_is_said(tmp_path: Path) -> None:
    for name in ("a/1.mp4", "a/2.mp4", "b/3.mkv", "b/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [p.name for p in clips_in(tmp_path, ("a", "b"))] == ["1.mp4", "3.mkv", "2.mp4"]
    assert len(clips_in(tmp_path, ("a", "b"), 2)) == 2
    with pytest.raises(MediaError, match="no clips in c"):
        clips_in(tmp_path, ("c",))


def test_held_clips_are_known_by_their_content() -> None:
    one, same, other = (HeldClip([clip_frame(n, 32, 32, "yuv420p")]) for n in (0, 0, 5))
    assert one.info.fingerprint == same.info.fingerprint != other.info.fingerprint
    assert one.info.frame_count == 1
