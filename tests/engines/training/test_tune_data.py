from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.errors import SettingError
from engines.training.tune_data import load_footage
from tests.clips import write_clip


def _still(path: Path, seed: int, side: int = 128) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).random((8, 8)).astype(np.float32) * 255
    cv2.imwrite(str(path), cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC))
    return path


def test_a_single_scene_is_split_by_time_with_a_guard_between(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "one.mkv", frames=60, width=128, height=96)
    footage = load_footage([clip])
    assert footage.rule.startswith("the last fifth")
    assert len(footage.held_out) == 12
    # A twentieth of the reel on this side of the held-out part belongs to neither.
    assert len(footage.training) == 60 - 12 - 2
    assert footage.training[0].dtype == np.uint8
    assert footage.training[0].shape == (96, 128)
    assert footage.items[0].frames == 60


def test_different_stills_are_held_out_whole_and_the_same_ones_every_time(tmp_path: Path) -> None:
    for number in range(20):
        _still(tmp_path / f"photo{number}.png", number)
    first, second = load_footage([tmp_path]), load_footage([tmp_path])
    assert first.rule.startswith("whole scenes")
    assert 3 <= len(first.held_out) <= 6
    assert [p.tobytes() for p in first.held_out] == [p.tobytes() for p in second.held_out]
    assert not {p.tobytes() for p in first.held_out} & {p.tobytes() for p in first.training}
    assert first.digest == second.digest


def test_what_cannot_be_used_is_named_and_passed_over(tmp_path: Path) -> None:
    for number in range(20):
        _still(tmp_path / f"photo{number}.png", number)
    _still(tmp_path / "tiny.png", 99, side=40)
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    (tmp_path / "notes.txt").write_text("not looked at")
    said: list[str] = []
    footage = load_footage([tmp_path], said.append)
    assert len(said) == 2
    assert any("broken.mp4" in sentence for sentence in said)
    assert any("tiny.png" in sentence and "40x40" in sentence for sentence in said)
    assert footage.skipped == tuple(said)


@pytest.mark.parametrize(("make", "words"), [(0, "no clips or stills"), (3, "too little")])
def test_too_little_is_refused(tmp_path: Path, make: int, words: str) -> None:
    for number in range(make):
        _still(tmp_path / f"photo{number}.png", number)
    with pytest.raises(SettingError, match=words):
        load_footage([tmp_path])


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="no file or folder"):
        load_footage([tmp_path / "nowhere"])


def test_changed_footage_has_another_digest(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "one.mkv", frames=40, width=128, height=96)
    other = write_clip(tmp_path / "two.mkv", frames=41, width=128, height=96)
    assert load_footage([clip]).digest != load_footage([other]).digest
