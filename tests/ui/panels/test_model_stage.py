"""Stage `model` in the panel: does nothing until a model is chosen, then in every shot; the list follows the folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.data_folder import HOME_VARIABLE, models_folder
from app.project_job import shot_specs
from app.stage_text import stage_line
from app.view_state import ViewState
from tests.ui.panels import fakes
from ui.panels.setting_lists import NameRow
from ui.panels.stages_panel import StagesPanel


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


def _card(name: str, kind: str = "imported") -> None:
    models_folder().mkdir(parents=True, exist_ok=True)
    (models_folder() / f"{name}.json").write_text(json.dumps({"kind": kind, "sha256": "0" * 64}))


def _texts(row: NameRow) -> list[str]:
    return [row.box.itemText(place) for place in range(row.box.count())]


def test_a_model_is_chosen_from_the_folder(home: Path, qtbot: QtBot) -> None:
    _card("sharp")
    _card("mine", "tuned")
    session = fakes.session()
    panel = StagesPanel(session, fakes.bridge(), ViewState())
    fakes.hold(qtbot, panel)
    panel.show()
    panel.add("model")
    row = panel.card("model").rows["name"]
    assert isinstance(row, NameRow)
    qtbot.waitUntil(lambda: _texts(row) == ["choose…", "sharp"])

    clip = session.document.clip("c1")
    assert "until Model is chosen" in stage_line(clip, 0, clip.shots[0].stages[-1], {}).text
    assert not any(shot.stages[-1].enabled for shot in shot_specs(clip))

    row.box.setCurrentIndex(1)
    row.box.activated.emit(1)
    clip = session.document.clip("c1")
    # A model may enlarge, and one clip has one size: it is chosen in all shots.
    assert [shot.stages[-1].settings["name"] for shot in shot_specs(clip)] == ["sharp"] * len(clip.shots)
    assert all(shot.stages[-1].enabled for shot in shot_specs(clip))
    assert row.box.currentText() == "sharp"

    _card("other")
    row.box.showPopup()
    qtbot.waitUntil(lambda: _texts(row) == ["choose…", "other", "sharp"])
    row.box.hidePopup()
    assert row.box.currentText() == "sharp"


def test_a_model_that_is_gone_is_still_named(home: Path, qtbot: QtBot) -> None:
    session = fakes.session()
    panel = StagesPanel(session, fakes.bridge(), ViewState())
    fakes.hold(qtbot, panel)
    panel.add("model")
    row = panel.card("model").rows["name"]
    assert isinstance(row, NameRow)
    row.show_text("lost")
    assert row.box.currentText() == "lost"
    row.show_text(None)
    assert row.box.currentText() == "choose…"
