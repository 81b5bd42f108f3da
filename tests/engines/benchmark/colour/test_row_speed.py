"""Row speed: what it pulls is what an export pulls, and its table has a line per kind of picture and a bar per goal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.benchmark.bench import Bench
from engines.benchmark.colour import row_speed
from engines.types import PixelFormat


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    picture = np.random.default_rng(1).random((3, 90, 192)).astype(np.float32)
    monkeypatch.setattr(row_speed, "_enlarged", lambda _: picture)
    monkeypatch.setattr(row_speed, "_MASTER", (160, 90))
    monkeypatch.setattr(row_speed, "_PREVIEW", (80, 45))
    monkeypatch.setattr(row_speed, "SETTINGS", {"grade": row_speed.SETTINGS["grade"]})
    return picture


def test_a_line_per_kind_of_picture_and_a_bar_per_goal(small: np.ndarray, tmp_path: Path) -> None:
    (table,) = row_speed.row_speed(Bench(tmp_path, limit=3))
    assert [row[0] for row in table.rows] == ["160x90 yuv420p", "160x90 yuv422p10", "80x45 yuv420p"]
    assert all(isinstance(value, float) and value > 0 for row in table.rows for value in row[1:])
    assert [bar.unit for bar in table.bars] == ["frames/s", "frames/s", "ms"]


def test_pictures_without_a_folder_are_said_to_be_missing(tmp_path: Path) -> None:
    (table,) = row_speed.row_speed(Bench(tmp_path, limit=1))
    assert not table.rows
    assert "pictures" in " ".join(table.notes)


def test_frames_are_the_picture_as_video_that_pans(small: np.ndarray) -> None:
    frames = row_speed._clip(small, (160, 90), PixelFormat("yuv", 10, 2, 1))
    assert [plane.shape for plane in frames[0].planes] == [(90, 160), (90, 80), (90, 80)]
    np.testing.assert_array_equal(frames[1].planes[0][:, :-8], frames[0].planes[0][:, 8:])
    luma = np.tensordot(np.array([0.2126, 0.7152, 0.0722], np.float32), small[:, :, :160], 1)
    np.testing.assert_allclose(frames[0].planes[0], 64 + 876 * luma, atol=1.0)
