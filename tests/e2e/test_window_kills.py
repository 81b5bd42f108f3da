"""The window killed while somebody paints or exports: at the next start every finished step is offered back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import commands
from app.cli import parse
from app.data_folder import HOME_VARIABLE
from app.document import Document, Media
from app.project_io import load_project, save_project
from app.recovery import find_recoverable, recover
from app.verbs.verify import run as verify
from engines.media.open import open_source
from tests.clips import write_clip
from tests.e2e.screen import Person

_FRAMES = 6
RECOVERY = "Unsaved work was found"


@pytest.fixture
def reel(shared_data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "reel"
    folder.mkdir()
    held = sorted((shared_data / "bench" / "oldfilm" / "london_street").glob("*.png"))
    for path in held[:_FRAMES]:
        shutil.copy(path, folder / path.name)
    return folder


Start = Callable[..., Person]


@pytest.fixture
def start(display: str, tmp_path: Path) -> Iterator[Start]:
    """Opens the window as from the command line; none is left behind."""
    people: list[Person] = []

    def opened(*argv: object) -> Person:
        people.append(Person(display, tmp_path / "home", *argv))
        return people[-1]

    yield opened
    for person in people:
        if person.window.poll() is None:
            person.kill()


def _paint(person: Person, frame: int) -> None:
    person.sees("playhead", frame)
    x, y = person.point("Picture", 0.45, 0.4)
    person.drag((x, y), (x + 60, y + 30), steps=6)
    person.sees("damage", list(range(frame + 1)))
    person.keys("Right")


def _take_the_brush(person: Person) -> None:
    person.sees("clips", 1)
    person.back()
    person.keys("2", "b", "Home")


def _begin_another(person: Person, frame: int) -> None:
    """Pressed and drawn, not let go."""
    person.sees("playhead", frame)
    x, y = person.point("Picture", 0.5, 0.5)
    person.hands("mousemove", x, y, "mousedown", 1, "mousemove", x + 30, y + 20, "sleep", 0.2)
    person.hands("mousemove", x + 60, y + 20, "sleep", 0.3)
    person.sees("stroke", True)


def _killed(person: Person) -> None:
    person.kill()
    person.hands("mouseup", 1)


@pytest.mark.timeout(600)
def test_every_stroke_but_the_one_in_progress_comes_back(
    start: Start, reel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = start("open", reel)
    _take_the_brush(person)
    for frame in range(3):
        _paint(person, frame)
    keys = person.state()["keys"]
    _begin_another(person, 3)
    _killed(person)

    again = start()
    again.until(lambda: RECOVERY in again.state()["dialogs"])
    again.click("Recover")
    again.sees("keys", keys)
    now = again.state()
    assert (now["damage"], now["dirty"], now["undo"]) == ([0, 1, 2], True, "")
    assert RECOVERY not in now["dialogs"]
    again.leave()
    # Asked to end while work is unsaved: nobody was there to answer, so it is offered once more.
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    (left,) = find_recoverable()
    assert [clip.damage[n].key for clip in recover(left).clips for n in sorted(clip.damage)] == keys


@pytest.mark.timeout(600)
def test_what_was_done_after_the_last_save_comes_back(start: Start, reel: Path, tmp_path: Path) -> None:
    project = _project(reel, tmp_path / "reel.tratteggio")
    person = start("open", project)
    _take_the_brush(person)
    _paint(person, 0)
    _paint(person, 1)
    person.keys("ctrl+s")
    person.sees("dirty", False)
    _paint(person, 2)
    keys = person.state()["keys"]
    _begin_another(person, 3)
    _killed(person)
    assert [sorted(clip.damage) for clip in load_project(project).clips] == [[0, 1]]

    again = start()
    again.until(lambda: RECOVERY in again.state()["dialogs"])
    again.click("Recover")
    again.sees("keys", keys)
    now = again.state()
    assert (now["path"], now["dirty"], now["undo"]) == (str(project), True, "")
    again.back()
    again.keys("ctrl+s")
    again.sees("dirty", False)
    again.leave()
    assert [sorted(clip.damage) for clip in load_project(project).clips] == [[0, 1, 2]]


def _project(media: Path, path: Path) -> Path:
    """Saved with one clip, nothing done to it."""
    source = open_source(media)
    info = source.info
    source.close()
    held = Media(info.path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    save_project(commands.add_clip(Document(), held)[0], path)
    return path


@pytest.mark.timeout(600)
def test_a_killed_export_is_offered_again_and_goes_on(start: Start, tmp_path: Path) -> None:
    reel = write_clip(tmp_path / "reel.mkv", frames=32)
    master = tmp_path / "master.mkv"
    person = start("open", _project(reel, tmp_path / "reel.tratteggio"))
    person.sees("clips", 1)
    person.back()
    person.click("Let the slider act")
    person.until(lambda: ["detail", True] in person.state()["stages"])
    _export(person, master)
    person.until(lambda: bool(_finished(master)))
    person.kill()
    assert not master.exists()

    again = start()
    again.sees("jobs", ["interrupted"])
    again.until(lambda: RECOVERY in again.state()["dialogs"])
    again.click("Later")
    again.until(lambda: RECOVERY not in again.state()["dialogs"])
    again.until(lambda: again.where("Resume all interrupted exports") is not None)
    done = len(_finished(master))
    again.click("Resume all interrupted exports")
    again.sees("jobs", ["done"])
    again.leave()
    assert done
    assert verify(parse(["verify", str(master)])) == 0


def _export(person: Person, path: Path) -> None:
    person.back()
    person.export_dialog(path)
    person.keys("Tab")
    person.click("Export")
    person.sees("jobs", ["running"])


def _finished(master: Path) -> list[str]:
    """Segments that the journal of the export names."""
    journal = master.with_name(f"{master.name}.parts") / "journal.jsonl"
    return journal.read_text().splitlines() if journal.exists() else []
