"""Tests of preferences and recent projects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import ProjectError
from app.recent import MOST, add_recent, forget_recent, recent
from app.settings import Settings, load_settings, save_settings, settings_path

pytestmark = pytest.mark.usefixtures("home")


def test_preferences_are_kept() -> None:
    assert load_settings() == Settings()
    changed = Settings(
        surround="grey",
        autosave_minutes=1.5,
        watts=250.0,
        keys={"file.open": ("Ctrl+O", "F3")},
        window={"repair": "AA="},
    )
    save_settings(changed)
    assert load_settings() == changed


@pytest.mark.parametrize("text", ["", "[]", '{"surround": 5, "watts": "many", "keys": {"a": 1}, "unknown": 1}'])
def test_damaged_preferences_are_the_defaults(text: str) -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text(text)
    assert load_settings() == Settings()


def test_whole_numbers_serve_for_decimals_but_not_for_switches() -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text(json.dumps({"autosave_minutes": 2, "reduce_motion": 1, "threads": True}))
    found = load_settings()
    assert (found.autosave_minutes, found.reduce_motion, found.threads) == (2.0, False, 0)


def test_preferences_that_cannot_be_saved_say_so(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(ProjectError, match="preferences could not be saved"):
        save_settings(Settings())


def test_recent_projects_newest_first_those_there_before_those_gone(tmp_path: Path) -> None:
    assert recent() == []
    paths = [tmp_path / f"{number}.tratteggio" for number in range(MOST + 5)]
    for path in paths:
        add_recent(path)
    add_recent(paths[10])
    paths[7].write_text("")
    found = recent()
    assert len(found) == MOST
    assert found[:3] == [paths[7], paths[10], paths[24]]
    forget_recent(paths[10])
    assert paths[10] not in recent()
