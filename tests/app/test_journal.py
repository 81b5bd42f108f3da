"""The journal trusts only what is whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.export.journal import DoneSegment, Journal, digest_of


def _segment(folder: Path, key: str) -> DoneSegment:
    picture, track = folder / f"{key}.picture", folder / f"{key}.provenance"
    picture.write_bytes(key.encode() * 100)
    track.write_bytes(b"labels")
    return DoneSegment(
        key, 0, 2, picture.name, digest_of(picture), track.name, digest_of(track), ("a", "b"), ("c", "d"), 0,
        ((5, 0, 0, 0, 0), (4, 0, 1, 0, 0)),
    )  # fmt: skip


def test_finished_segments_are_found_again(tmp_path: Path) -> None:
    done = [_segment(tmp_path, key) for key in ("one", "two")]
    for segment in done:
        Journal(tmp_path).append(segment)
    assert Journal(tmp_path).load() == {segment.key: segment for segment in done}


def test_a_line_torn_by_a_crash_is_ignored_and_written_after(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    one, two = _segment(tmp_path, "one"), _segment(tmp_path, "two")
    journal.append(one)
    with journal.path.open("a") as sink:
        sink.write('{"key": "of another version"}\n{"key": "torn", "fir')
    journal.append(two)
    assert set(journal.load()) == {"one", "two"}


def test_changed_or_lost_files_do_not_count(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    one, two = _segment(tmp_path, "one"), _segment(tmp_path, "two")
    journal.append(one)
    journal.append(two)
    (tmp_path / one.picture).write_bytes(b"something else")
    (tmp_path / two.provenance).unlink()
    assert journal.load() == {}


def test_folders_are_digested_by_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "stills"
    folder.mkdir()
    (folder / "1.dpx").write_bytes(b"x")
    before = digest_of(folder)
    (folder / "1.dpx").rename(folder / "2.dpx")
    assert digest_of(folder) != before


def test_an_empty_folder_has_an_empty_journal(tmp_path: Path) -> None:
    assert Journal(tmp_path).load() == {}


def test_a_segment_whose_delta_is_not_whole_counts_without_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    plain, delta = _segment(tmp_path, "one"), tmp_path / "one.delta"
    delta.write_bytes(b"difference")
    whole = replace(
        plain, delta=delta.name, delta_digest=digest_of(delta), delta_hashes=("e", "f"), source_hashes=("g", "h")
    )
    journal.append(plain)
    journal.append(whole)
    assert journal.load() == {"one": whole}
    delta.write_bytes(b"something else")
    assert journal.load() == {"one": plain}
