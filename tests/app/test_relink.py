"""Tests of finding moved media by what it holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app import commands
from app.document import Document, Media
from app.relink import check_same, find_moved, missing_media
from engines.errors import Cancelled, MediaError
from engines.media.fingerprint import fingerprint
from tests.app.works import media


def _reel(path: Path, content: bytes = b"the film") -> Media:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return replace(media(), path=path, fingerprint=fingerprint(path))


def _scans(folder: Path) -> Media:
    folder.mkdir(parents=True)
    files = [folder / f"scan_{number:04d}.dpx" for number in range(3)]
    for number, file in enumerate(files):
        file.write_bytes(b"frame %d" % number)
    return replace(media(), path=folder, fingerprint=fingerprint(files))


def test_a_moved_and_renamed_file_is_found(tmp_path: Path) -> None:
    reel = _reel(tmp_path / "old" / "reel.mov")
    new = tmp_path / "archive" / "deep" / "renamed.MOV"
    new.parent.mkdir(parents=True)
    reel.path.rename(new)
    _reel(tmp_path / "archive" / "reel.mov", b"another film")
    assert find_moved(reel, tmp_path / "archive") == new
    assert find_moved(replace(reel, fingerprint="0" * 64), tmp_path / "archive") is None
    doc, clip_id = commands.add_clip(Document(), reel)
    assert missing_media(doc) == [clip_id]


@pytest.mark.parametrize("pattern", [False, True])
def test_moved_sequences_are_found(pattern: bool, tmp_path: Path) -> None:
    scans = _scans(tmp_path / "old" / "scans")
    if pattern:
        scans = replace(scans, path=scans.path / "scan_%04d.dpx")
    moved = tmp_path / "new" / "other name"
    moved.parent.mkdir()
    (tmp_path / "old" / "scans").rename(moved)
    assert find_moved(scans, tmp_path / "new") == (moved / "scan_%04d.dpx" if pattern else moved)


def test_the_same_name_with_other_content_is_refused(tmp_path: Path) -> None:
    reel = _reel(tmp_path / "reel.mov")
    check_same(reel, reel.path)
    _reel(tmp_path / "other" / "reel.mov", b"another film")
    with pytest.raises(MediaError, match="other content"):
        check_same(reel, tmp_path / "other" / "reel.mov")
    with pytest.raises(MediaError, match="cannot be read"):
        check_same(reel, tmp_path / "nothing.mov")


def test_a_search_can_be_cancelled(tmp_path: Path) -> None:
    reel = _reel(tmp_path / "reel.mov")
    with pytest.raises(Cancelled):
        find_moved(reel, tmp_path, lambda: True)
