"""Packages made of small masters: what is in them, what others read of them, what is refused and what stays."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from app.audit.log import read_log
from app.export.events import Event
from app.export.job import RenderJob
from app.export.manifest import read_manifest
from app.export.render import render
from app.export.verify import verify
from app.package import make as making
from app.package.building import Building
from app.package.certificate_trial import trial_signatory
from app.package.check import check_package
from app.package.layout import master_of
from app.package.make import Choices, make_package
from engines.cancel import CancelToken
from engines.errors import Cancelled, MediaError, RenderError
from engines.media.framemd5 import read_framemd5
from tests.app.package.conftest import nothing

QUICK = Choices(rerun=0)


def test_a_package_holds_what_explains_the_master(package: Path) -> None:
    names = {path.relative_to(package / "data").as_posix() for path in package.rglob("data/**/*") if path.is_file()}
    beside = {"framemd5", "provenance.mkv", "tratteggio.json", "audit.jsonl", "report.html", "c2pa"}
    assert names >= {"reel.mkv", *(f"reel.mkv.{name}" for name in beside), "timeline.otio", "masks/000003.png"}
    assert names >= {f"metadata/{name}.xml" for name in ("premis", "mediainfo", "ebucore", "pbcore")}


def test_it_is_a_bag_for_others_too(package: Path) -> None:
    judged = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", "--quiet", str(package)], capture_output=True, check=False
    )
    assert judged.returncode == 0, judged.stderr
    assert (package / "bagit.txt").read_text("ascii").startswith("BagIt-Version: 1.0\n")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum, which this system does not have")
@pytest.mark.parametrize("name", ["tagmanifest-sha256.txt", "manifest-sha256.txt"])
def test_it_is_checked_with_sha256sum_as_the_readme_says(package: Path, name: str) -> None:
    assert f"sha256sum -c {name}" in (package / "README.txt").read_text("utf-8")
    assert subprocess.run(["sha256sum", "--quiet", "-c", name], cwd=package, check=False).returncode == 0


def test_the_readme_says_how_to_know_the_source_and_whether_it_was_changed(package: Path, master: Path) -> None:
    text = (package / "README.txt").read_text("utf-8")
    digest = hashlib.sha256(master.with_name("source.mkv").read_bytes()).hexdigest()
    assert f"SHA-256 of the source: {digest}\n" in text
    changed = read_manifest(master.with_name("reel.mkv.tratteggio.json")).shares["SOURCE"] < 1
    assert ("THIS IS A PROCESSED IMAGE" in text) == changed
    assert max(map(len, text.splitlines())) < 200


def test_the_packaged_master_verifies_and_renders_again(package: Path) -> None:
    result = verify(package, None, nothing, rerun=2, seed=1)
    assert result["verified"]
    assert result["rerun"]["pixels"]


def test_the_log_goes_on_in_the_package_alone(package: Path, master: Path) -> None:
    outside = read_log(master.with_name("reel.mkv.audit.jsonl"))
    inside = read_log(package / "data" / "reel.mkv.audit.jsonl")
    assert inside[: len(outside)] == outside
    assert [entry.event for entry in inside[len(outside) :]] == [
        "resumed",
        "verified",
        "signed",
        "packaged files",
        "packaged",
    ]


def test_technical_metadata_names_no_place_of_this_machine(package: Path) -> None:
    for name in ("mediainfo", "ebucore", "pbcore"):
        text = (package / "data" / "metadata" / f"{name}.xml").read_text("utf-8")
        assert str(package.parent) not in text
        assert etree.fromstring(text.encode()) is not None
        assert "reel.mkv" in text or name == "ebucore"


def test_a_master_whose_frames_were_changed_is_not_packaged(moved: Callable[[str], Path]) -> None:
    master = moved("reel.mkv")
    path = master.with_name("reel.mkv.framemd5")
    first = read_framemd5(path)[0]
    path.write_text(path.read_text("ascii").replace(first, "0" * 32), encoding="ascii")
    with pytest.raises(RenderError, match="framemd5"):
        make_package(master, master.parent / "package", nothing, QUICK)
    assert not list(master.parent.glob("package*"))


def test_masks_that_were_changed_since_are_refused(master: Path, moved: Callable[[str], Path]) -> None:
    copy = moved("reel.mkv")
    mask = master.parent / "painted" / "000003.png"
    whole = mask.read_bytes()
    try:
        mask.write_bytes(whole + b"\0")
        with pytest.raises(RenderError, match="masks that reel"):
            make_package(copy, copy.parent / "package", nothing, QUICK)
    finally:
        mask.write_bytes(whole)


def test_without_its_source_a_master_is_packaged_only_unrepeated(
    master: Path, moved: Callable[[str], Path], tmp_path: Path
) -> None:
    copy, source = moved("reel.mkv"), master.with_name("source.mkv")
    source.rename(tmp_path / "elsewhere.mkv")
    try:
        with pytest.raises(MediaError, match="--rerun 0"):
            make_package(copy, tmp_path / "package", nothing, Choices(rerun=1))
        told = Choices(rerun=1, seed=2, source=tmp_path / "elsewhere.mkv")
        assert make_package(copy, tmp_path / "told", nothing, told)["verified"]["source_identified"]
        assert not make_package(copy, tmp_path / "bare", nothing, QUICK)["verified"]["source_identified"]
    finally:
        (tmp_path / "elsewhere.mkv").rename(source)


def test_nothing_is_overwritten(package: Path, master: Path) -> None:
    with pytest.raises(RenderError, match="exists already"):
        make_package(master, package, nothing, QUICK)
    with pytest.raises(MediaError, match="does not exist"):
        make_package(master, package / "no" / "where", nothing, QUICK)


def test_a_disk_that_is_too_small_is_foreseen(
    moved: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    master = moved("reel.mkv")
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr("app.package.placing.shutil.disk_usage", lambda _: usage)
    with pytest.raises(RenderError, match="GB free"):
        make_package(master, tmp_path / "package", nothing, QUICK)


def test_a_moved_master_is_in_the_package_alone(moved: Callable[[str], Path], tmp_path: Path) -> None:
    master = moved("reel.mkv")
    digest = read_framemd5(master.with_name("reel.mkv.framemd5"))
    make_package(master, tmp_path / "package", nothing, Choices(rerun=0, move=True))
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
    check_package(tmp_path / "package")
    assert read_framemd5(tmp_path / "package" / "data" / "reel.mkv.framemd5") == digest


def test_a_move_that_fails_leaves_the_master(moved: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    master = moved("reel.mkv")
    before = {path.name: path.read_bytes() for path in master.parent.iterdir()}

    def fail(*_: object) -> None:
        raise RenderError("The disk is full.")

    monkeypatch.setattr(making, "make_bag", fail)
    with pytest.raises(RenderError, match="full"):
        make_package(master, master.parent / "package", nothing, Choices(rerun=0, move=True))
    assert {path.name: path.read_bytes() for path in master.parent.iterdir()} == before


def test_stopping_leaves_nothing(moved: Callable[[str], Path]) -> None:
    master, cancel = moved("reel.mkv"), CancelToken()

    def stop(event: Event) -> None:
        if event["event"] == "progress" and event["phase"] == "verify":
            cancel.cancel()

    with pytest.raises(Cancelled):
        make_package(master, master.parent / "package", stop, Choices(rerun=1), cancel)
    assert not list(master.parent.glob("package*"))


def test_what_a_killed_maker_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    killed = Building(folder)
    killed.__enter__()
    (killed.root / "half").write_text("x", encoding="ascii")
    killed._lock.release()
    with Building(folder) as building:
        assert not list(building.root.iterdir())
        building.name_it()
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
    folder.rmdir()
    (tmp_path / "package.packing").mkdir()
    (tmp_path / "package.packing" / "mine.txt").write_text("x", encoding="ascii")
    with pytest.raises(RenderError, match="in the way"), Building(folder):
        pass
    assert (tmp_path / "package.packing" / "mine.txt").exists()


@pytest.mark.parametrize(("name", "preset"), [("still_%04d.tif", "tiff"), ("folder", "png"), ("clip.mov", "prores_hq")])
def test_masters_that_carry_their_credentials_inside(tmp_path: Path, master: Path, name: str, preset: str) -> None:
    job = RenderJob(master.with_name("source.mkv"), tmp_path / name, preset=preset)
    render(job, nothing, CancelToken())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    choices = Choices(rerun=1, seed=1, signatory=trial_signatory(tmp_path.parent))
    make_package(tmp_path / name, tmp_path / "package", nothing, choices)
    assert {path: path.read_bytes() for path in before} == before
    assert verify(tmp_path / "package", None, nothing)["verified"]
    log = read_log(next((tmp_path / "package" / "data").glob("*.audit.jsonl")))
    signed = next(entry for entry in log if entry.event == "signed")
    assert signed.facts["sidecar"] is None
    assert signed.facts["files"] != signed.facts["before"]


def test_a_package_of_a_name_of_ours_is_refused(tmp_path: Path, master: Path) -> None:
    job = RenderJob(master.with_name("source.mkv"), tmp_path / "masks", preset="png", frames=(0, 1))
    render(job, nothing, CancelToken())
    with pytest.raises(RenderError, match="has a part of that name"):
        make_package(tmp_path / "masks", tmp_path / "package", nothing, QUICK)


def test_hostile_manifests_lead_nowhere(copied: Path) -> None:
    path = copied / "data" / "reel.mkv.tratteggio.json"
    held = json.loads(path.read_text("utf-8"))
    for name in ("../reel.mkv", "/etc/passwd", "..", "", 7, "a\nb"):
        path.write_text(json.dumps(held | {"master": name}), encoding="utf-8")
        with pytest.raises((RenderError, MediaError)):
            master_of(copied)
