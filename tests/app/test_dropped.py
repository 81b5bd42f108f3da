"""Dropped paths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from app.dropped import meant
from engines.media.open import open_source


def test_a_series_of_stills_becomes_one_clip(tmp_path: Path) -> None:
    for number in range(98, 103):
        Image.fromarray(np.full((8, 8), number, np.uint8)).save(tmp_path / f"scan_{number:06d}.png")
    found = meant(sorted(tmp_path.iterdir()))
    assert len(found.media) == 1
    assert open_source(found.media[0]).info.frame_count == 5


def test_numbers_without_leading_zeros(tmp_path: Path) -> None:
    for number in range(8, 12):
        Image.fromarray(np.full((8, 8), number, np.uint8)).save(tmp_path / f"{number}.png")
    (pattern,) = meant([*tmp_path.iterdir()]).media
    assert open_source(pattern).info.frame_count == 4


def test_one_still_stays_a_still_and_projects_stand_apart(tmp_path: Path) -> None:
    found = meant([tmp_path / "a_001.tif", tmp_path / "film.mkv", tmp_path / "work.tratteggio", tmp_path / "folder"])
    assert [path.name for path in found.projects] == ["work.tratteggio"]
    assert [path.name for path in found.media] == ["a_001.tif", "film.mkv", "folder"]


def test_percent_signs_survive(tmp_path: Path) -> None:
    for number in (1, 2):
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / f"100%_{number:02d}.png")
    (pattern,) = meant([*tmp_path.iterdir()]).media
    assert open_source(pattern).info.frame_count == 2


def test_timelines_are_neither_projects_nor_media(tmp_path: Path) -> None:
    found = meant([tmp_path / "cut.OTIO", tmp_path / "reel.mkv", tmp_path / "cut.edl"])
    assert found.timelines == (tmp_path / "cut.OTIO", tmp_path / "cut.edl")
    assert found.media == (tmp_path / "reel.mkv",)
    assert found.projects == ()
