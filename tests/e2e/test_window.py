"""A person restores a real reel in the real window: drop, scrub, compare, paint, undo, slide, save, export."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from app.cli import parse
from app.verbs.verify import run as verify
from engines.media.readback import decoded_hashes
from tests.e2e.harness import render_here
from tests.e2e.screen import Person

_FRAMES = 12


@pytest.fixture
def reel(shared_data: Path, tmp_path: Path) -> Path:
    """Twelve frames of a scanned street scene of the 1900s, at half its size: they are rendered twice."""
    folder = tmp_path / "reel"
    folder.mkdir()
    held = sorted((shared_data / "bench" / "oldfilm" / "london_street").glob("*.png"))
    for path in held[:_FRAMES]:
        scan = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert scan is not None
        half = cv2.resize(scan, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(folder / path.name), half)
    return folder


@pytest.mark.timeout(600)
def test_from_drop_to_verified_master(display: str, reel: Path, tmp_path: Path) -> None:
    person = Person(display, tmp_path / "home")
    try:
        person.drop([reel], "Viewer")
        person.sees("clips", 1)
        _scrub(person)
        _wipe(person)
        keys = _paint(person)
        _undo_and_redo(person, keys)
        _slide(person)
        project = _save(person, tmp_path / "reel.tratteggio")
        master = _export(person, tmp_path / "master.mkv")
    finally:
        person.leave()
    _verified(master)
    ours = render_here(project, "-o", tmp_path / "again.mkv")
    assert ours.code == 0, ours.sentence
    assert [*decoded_hashes(master)] == [*decoded_hashes(tmp_path / "again.mkv")]


def _scrub(person: Person) -> None:
    left, right = person.point("Timeline", 0.2, 0.12), person.point("Timeline", 0.95, 0.12)
    person.drag(left, right)
    person.until(lambda: person.state()["playhead"] >= _FRAMES - 3)
    person.keys("Home", "Right", "Right")
    person.sees("playhead", 2)


def _wipe(person: Person) -> None:
    person.keys("3")
    person.sees("compare", "wipe")
    x, y = person.point("Picture")
    person.drag((x, y), (x - 120, y))


def _paint(person: Person) -> list[str]:
    person.keys("2", "b")
    for frame in (2, 3, 4):
        person.sees("playhead", frame)
        x, y = person.point("Picture", 0.45, 0.4)
        person.drag((x, y), (x + 60, y + 30))
        person.sees("damage", list(range(2, frame + 1)))
        person.keys("Right")
    keys: list[str] = person.state()["keys"]
    return keys


def _undo_and_redo(person: Person, keys: list[str]) -> None:
    person.keys("ctrl+z", "ctrl+z")
    person.sees("damage", [2])
    person.keys("ctrl+shift+z", "ctrl+shift+z")
    person.sees("keys", keys)


def _slide(person: Person) -> None:
    person.click("Let the slider act")
    person.until(lambda: ["detail", True] in person.state()["stages"])
    slider = "Fidelity, 0 faithful to 1 perceptual"
    person.drag(person.point(slider, 0.03), person.point(slider, 0.5))
    person.until(lambda: 0.3 < person.state()["sliders"][0] < 0.7)


def _save(person: Person, path: Path) -> Path:
    person.keys("ctrl+s")
    person.file_dialog(path)
    person.sees("path", str(path))
    person.sees("dirty", False)
    return path


def _export(person: Person, path: Path) -> Path:
    person.back()
    person.export_dialog(path)
    person.keys("Tab")
    person.click("Export")
    person.sees("jobs", ["done"], seconds=180)
    return path


def _verified(master: Path) -> None:
    assert verify(parse(["verify", str(master)])) == 0
