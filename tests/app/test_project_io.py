"""Tests of project files: round trips, refusals, and saves that are cut off or fail."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app import commands, mask_files
from app.document import Document
from app.errors import ProjectError
from app.project_io import load_project, masks_folder, read_project, revision_of, save_project
from engines.masks import MaskFolder
from tests.app.works import disc, media, one_clip, painted, random_document

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", range(25))
def test_what_was_saved_is_read_again(seed: int, tmp_path: Path) -> None:
    doc, path = random_document(seed), tmp_path / "work.tratteggio"
    save_project(doc, path)
    assert load_project(path) == doc
    other = random_document(seed + 1000)
    save_project(other, path)
    assert load_project(path) == other


def test_masks_are_plain_pngs_that_the_command_line_reads(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    revision = save_project(painted(), path)
    folder = tmp_path / "work.masks" / revision / "c1" / "damage"
    assert sorted(entry.name for entry in folder.iterdir()) == ["000000.png", "000001.png", "000002.png"]
    assert MaskFolder(folder, 320, 270, 40).numbers() == (0, 1, 2)
    assert mask_files.read(folder / "000001.png") == disc(51, 60)


def test_only_the_last_revision_and_nothing_foreign_is_in_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    (tmp_path / "work.masks" / "mine").mkdir(parents=True)
    save_project(painted(), path)
    revision = save_project(painted(4), path)
    assert sorted(entry.name for entry in (tmp_path / "work.masks").iterdir()) == sorted(["mine", revision])
    save_project(one_clip(), path)
    assert [entry.name for entry in (tmp_path / "work.masks").iterdir()] == ["mine"]


def test_unchanged_masks_are_linked_and_changed_files_are_written_again(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    first = save_project(painted(), path)
    place = Path("c1/damage/000000.png")
    number = (masks_folder(path) / first / place).stat().st_ino
    second = save_project(painted(), path)
    assert (masks_folder(path) / second / place).stat().st_ino == number
    mask_files.encoded(disc(5, 5))
    (masks_folder(path) / second / place).write_bytes(mask_files.encoded(disc(5, 5)))
    save_project(painted(), path)
    assert load_project(path) == painted()


def test_a_project_of_before_there_was_a_layer_of_no_damage_is_read(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    save_project(painted(), path)
    held = json.loads(path.read_text())
    del held["clips"][0]["masks"]["protect"]
    path.write_text(json.dumps(held))
    assert load_project(path) == painted()


def test_media_that_moved_with_the_project_are_found(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "scans").mkdir(parents=True)
    reel = here / "scans" / "reel.mov"
    reel.write_bytes(b"film")
    doc, _ = commands.add_clip(Document(), replace(media(), path=reel))
    save_project(doc, here / "work.tratteggio")
    here.rename(there)
    assert load_project(there / "work.tratteggio").clips[0].media.path == there / "scans" / "reel.mov"
    (there / "scans" / "reel.mov").unlink()
    assert load_project(there / "work.tratteggio").clips[0].media.path == reel


def _json(path: Path) -> dict[str, object]:
    held = json.loads(path.read_text())
    assert isinstance(held, dict)
    return held


def test_a_newer_format_is_refused_with_the_version_that_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    save_project(one_clip(), path)
    path.write_text(json.dumps({**_json(path), "format": 2, "program": "9.0"}))
    with pytest.raises(ProjectError, match=r"newer version of Tratteggio \(9\.0\)"):
        load_project(path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', "\x00\xff", '{"format": 1, "clips": [{}]}'])
def test_broken_files_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ProjectError, match=r"work\.tratteggio is not a whole project"):
        load_project(path)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_values_are_refused_or_harmless_but_never_another_error(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    save_project(painted(1), path)
    rng = random.Random(seed)
    held = _json(path)
    place: object = held
    while True:
        assert isinstance(place, dict | list)
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = rng.choice([key for key in keys if key != "format"])
        if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.8:
            place = place[key]
            continue
        place[key] = rng.choice((None, -1, "../../etc", [], {}, 1e400, "1/0"))
        break
    path.write_text(json.dumps(held))
    with contextlib.suppress(ProjectError):
        load_project(path)


def test_a_missing_project_and_missing_masks_are_said(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    with pytest.raises(ProjectError, match="There is no project"):
        load_project(path)
    revision = save_project(painted(), path)
    folder = masks_folder(path) / revision / "c1" / "damage"
    (folder / "000001.png").write_bytes(b"no picture")
    (folder / "000002.png").write_bytes(mask_files.encoded(disc(5, 5, width=64, height=64)))
    with pytest.raises(ProjectError, match=r"2 masks of work\.tratteggio are missing or damaged \(c1/damage/000001"):
        load_project(path)
    left = read_project(path, missing="skip")
    assert left.document == painted(1)
    assert len(left.missing) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(ProjectError, match="writing is not allowed there"):
        save_project(painted(), folder / "work.tratteggio")


def test_a_disk_that_refuses_to_write_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ProjectError, match="was not saved: writing is not allowed there"):
        save_project(painted(), tmp_path / "work.tratteggio")
    assert not (tmp_path / "work.tratteggio").exists()


@pytest.mark.parametrize("fails_at", [0, 2, 5])
def test_a_full_disk_leaves_the_old_project_whole(
    fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "work.tratteggio"
    save_project(painted(2), path)
    calls = iter(range(100))
    real = os.fsync

    def full(handle: int) -> None:
        if next(calls) >= fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProjectError, match="there is no space left on the disk") as caught:
        save_project(painted(4, x=90), path)
    assert "kept in memory" in caught.value.sentence
    monkeypatch.undo()
    assert load_project(path) == painted(2)
    assert len(list(masks_folder(path).iterdir())) == 1
    assert [entry.name for entry in tmp_path.iterdir() if "part" in entry.name] == []


_KILLED = """
import os, sys, random
from pathlib import Path
from app import project_io
from tests.app.works import painted
STEPS = ("open", "os.rename", "os.mkdir", "os.link", "os.remove", "os.rmdir", "os.scandir", "os.listdir")
path, seeds = Path(sys.argv[1]), range(int(sys.argv[2]), int(sys.argv[3]))
docs = [painted(2), painted(4, x=90)]
for seed in seeds:
    left = [random.Random(seed).randrange(150)]
    child = os.fork()
    if child == 0:
        def trace(event, args):
            if event in STEPS:
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)
        sys.addaudithook(trace)
        project_io.save_project(docs[seed % 2], path)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    held = project_io.load_project(path)
    assert held in docs, seed
    print(code, docs.index(held), seed % 2, flush=True)
"""


def test_a_save_killed_at_any_file_operation_leaves_a_whole_project(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    save_project(painted(4, x=90), path)
    work = [sys.executable, "-c", _KILLED, str(path), "0", "200"]
    done = subprocess.run(work, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 200
    killed = [line for line in lines if line[0] == "9"]
    assert len(killed) > 40
    assert all(held == meant for code, held, meant in lines if code == "0")
    # Both outcomes of a kill must occur, or the kills were not where it matters.
    assert {held == meant for _, held, meant in killed} == {True, False}
    save_project(painted(2), path)
    assert len(list(masks_folder(path).iterdir())) == 1


def test_each_save_is_a_new_revision(tmp_path: Path) -> None:
    path = tmp_path / "work.tratteggio"
    first = save_project(one_clip(), path)
    assert revision_of(path) == first
    assert save_project(one_clip(), path) != first


def test_masks_are_taken_from_another_project(tmp_path: Path) -> None:
    path, copy = tmp_path / "work.tratteggio", tmp_path / "copy.tratteggio"
    first = save_project(painted(), path)
    second = save_project(painted(), copy, like=path)
    files = [masks_folder(path) / first / "c1/damage/000000.png", masks_folder(copy) / second / "c1/damage/000000.png"]
    assert files[0].stat().st_ino == files[1].stat().st_ino
    shutil.rmtree(masks_folder(path))
    assert load_project(copy) == painted()
