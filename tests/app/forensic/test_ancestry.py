"""Which manifest belongs to a source: beside a file, a pattern, a folder of stills, or one still of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.export.paths import master_paths
from app.forensic.ancestry import manifest_of


@pytest.mark.parametrize(
    ("master", "source"),
    [
        ("reel.mkv", "reel.mkv"),
        ("scans/frame_%06d.tif", "scans/frame_%06d.tif"),
        ("scans/frame_%06d.tif", "scans"),
        ("scans/frame_%06d.tif", "scans/frame_000003.tif"),
        ("scans", "scans"),
        ("scans", "scans/frame_000003.tif"),
    ],
)
def test_a_master_is_known_however_it_is_named(tmp_path: Path, master: str, source: str) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "frame_000003.tif").touch()
    manifest = master_paths(tmp_path / master).manifest
    assert manifest_of(tmp_path / source) is None
    manifest.touch()
    assert manifest_of(tmp_path / source) == manifest


@pytest.mark.parametrize("source", ["other.mkv", "scans/other_000001.tif", "scans/note.mkv"])
def test_what_stands_beside_something_else_says_nothing(tmp_path: Path, source: str) -> None:
    (tmp_path / "scans").mkdir()
    for master in ("reel.mkv", "scans/frame_%06d.tif"):
        master_paths(tmp_path / master).manifest.touch()
    assert manifest_of(tmp_path / source) is None
