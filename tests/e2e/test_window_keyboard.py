"""A day without a mouse: open, step, paint, change a setting, slide, save, export; all by keys, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import parse
from app.verbs.verify import run as verify
from tests.clips import write_clip
from tests.e2e.screen import Person

_FRAMES = 8
_MOST_TABS = 120


@pytest.mark.timeout(600)
def test_a_day_without_a_mouse(display: str, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", frames=_FRAMES)
    person = Person(display, tmp_path / "home")
    try:
        _open(person, clip)
        _step(person)
        _paint(person)
        _treat(person)
        _save(person, tmp_path / "work.tratteggio")
        _export(person, tmp_path / "master.mkv")
    finally:
        person.leave()
    assert verify(parse(["verify", str(tmp_path / "master.mkv")])) == 0


def _open(person: Person, clip: Path) -> None:
    person.back()
    person.keys("ctrl+o")
    person.file_dialog(clip)
    person.sees("clips", 1)
    person.back()
    person.sees("focus", "Picture")


def _step(person: Person) -> None:
    person.keys("End")
    person.sees("playhead", _FRAMES - 1)
    person.keys("Home", "Right", "Right")
    person.sees("playhead", 2)


def _paint(person: Person) -> None:
    """Two touches of the brush beside each other, one of them taken back."""
    person.keys("b", "ctrl+shift+Right", "Return")
    person.sees("damage", [2])
    (first,) = person.state()["keys"]
    person.keys("ctrl+shift+Down", "ctrl+shift+Down", "Return")
    person.until(lambda: person.state()["keys"] != [first])
    person.keys("ctrl+z")
    person.sees("keys", [first])


def _treat(person: Person) -> None:
    """Detail on by its switch, then the slider."""
    _tab_to(person, "Detail")
    person.keys("space")
    person.until(lambda: ["detail", True] in person.state()["stages"])
    _tab_to(person, "Fidelity, 0 faithful to 1 perceptual", back=True)
    person.keys("Right", "Right")
    person.until(lambda: person.state()["sliders"][0] > 0)


def _save(person: Person, path: Path) -> None:
    person.keys("ctrl+s")
    person.file_dialog(path)
    person.sees("path", str(path))
    person.sees("dirty", False)
    person.back()


def _export(person: Person, path: Path) -> None:
    person.export_dialog(path)
    person.keys("Return")
    person.sees("jobs", ["done"])


def _tab_to(person: Person, name: str, *, back: bool = False) -> None:
    for _ in range(_MOST_TABS):
        if person.state()["focus"] == name:
            return
        person.keys("shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not reach {name!r}")
