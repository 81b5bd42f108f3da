"""The Detail card: rare settings are folded away, what computes it is named, weights are chosen, seeds step on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.commands import set_setting
from app.data_folder import HOME_VARIABLE, models_folder
from app.session import Session
from app.view_state import ViewState
from engines.models.runtime import Choice
from engines.stages.computed import Computed
from tests.ui.panels import fakes
from ui import theme
from ui.panels.setting_lists import NameRow, PickRow
from ui.panels.setting_row import NumberRow
from ui.panels.stage_card import StageCard
from ui.panels.stages_panel import StagesPanel
from ui.widgets.value_slider import DOT

_EXACT = Choice("torch", "cpu", "float32", "the same answer whatever else is installed")


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    theme.reduce_motion(True)
    yield
    theme.reduce_motion(False)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return fakes.session(detail=True)


def _panel(qtbot: QtBot, session: Session) -> tuple[StagesPanel, fakes.FakeBridge]:
    bridge = fakes.bridge()
    panel = StagesPanel(session, bridge, ViewState())
    fakes.hold(qtbot, panel)
    panel.resize(320, 900)
    panel.show()
    panel.card("detail").set_folded(False)
    return panel, bridge


def _card(qtbot: QtBot, session: Session) -> StageCard:
    return _panel(qtbot, session)[0].card("detail")


def _settings(session: Session) -> dict[str, str]:
    use = session.document.clip("c1").shots[0].stage("detail")
    assert use is not None
    return dict(use.settings)


def test_settings_stand_in_the_order_of_need_and_the_rare_ones_are_folded(qtbot: QtBot, session: Session) -> None:
    card = _card(qtbot, session)
    assert card.rest is not None
    assert [key for key, row in card.rows.items() if row.isVisible()] == [
        "scale",
        "noise",
        "compression",
        "perceptual",
        "seed",
        "risk",
    ]
    assert "Tier, Fast, Neighbours, Weights" in card.rest.button.toolTip()
    narrow = card.minimumSizeHint().width()
    QTest.mouseClick(card.rest.button, Qt.MouseButton.LeftButton)
    assert all(row.isVisible() for row in card.rows.values())
    assert card.minimumSizeHint().width() == narrow


def test_a_closed_fold_tells_that_something_in_it_was_changed(qtbot: QtBot, session: Session) -> None:
    card = _card(qtbot, session)
    assert card.rest is not None
    assert DOT not in card.rest.button.text()
    session.do("x", set_setting(session.document, "c1", 0, "detail", "temporal", "1"))
    assert card.rest.folded
    assert DOT in card.rest.button.text()
    session.undo()
    assert DOT not in card.rest.button.text()


def test_another_steps_the_seed_and_begins_again_after_the_last(qtbot: QtBot, session: Session) -> None:
    card = _card(qtbot, session)
    row = card.rows["seed"]
    assert isinstance(row, NumberRow)
    assert row.another is not None
    assert "plausible" in row.another.toolTip()
    for expected in ("1", "2"):
        QTest.mouseClick(row.another, Qt.MouseButton.LeftButton)
        assert _settings(session)["seed"] == expected
    assert session.undo_name == "Detail Seed of Shot 1"
    session.do("x", set_setting(session.document, "c1", 0, "detail", "seed", "9999"))
    QTest.mouseClick(row.another, Qt.MouseButton.LeftButton)
    assert "seed" not in _settings(session)
    assert row.slider.field.text() == "0"


def test_the_tier_is_picked(qtbot: QtBot, session: Session) -> None:
    row = _card(qtbot, session).rows["tier"]
    assert isinstance(row, PickRow)
    assert [row.box.itemText(at) for at in range(row.box.count())] == ["auto", "draft", "standard", "best"]
    row.box.setCurrentIndex(1)
    row.box.activated.emit(1)
    assert _settings(session) == {"tier": "draft"}
    assert DOT in row.label.text()
    row.show_text(None)
    assert row.box.currentText() == "auto"


def test_weights_are_chosen_among_the_tuned_models(qtbot: QtBot, session: Session) -> None:
    models_folder().mkdir(parents=True)
    for name, kind in (("my-reel", "tuned"), ("sharp", "imported")):
        (models_folder() / f"{name}.json").write_text(json.dumps({"kind": kind, "sha256": "0" * 64}))
    row = _card(qtbot, session).rows["weights"]
    assert isinstance(row, NameRow)
    qtbot.waitUntil(lambda: [row.box.itemText(at) for at in range(row.box.count())] == ["shipped", "my-reel"])
    row.box.setCurrentIndex(1)
    row.box.activated.emit(1)
    assert _settings(session) == {"weights": "my-reel"}
    row.box.setCurrentIndex(0)
    row.box.activated.emit(0)
    assert _settings(session) == {}


def test_what_computes_it_is_told_once_it_is_known(qtbot: QtBot, session: Session) -> None:
    panel, bridge = _panel(qtbot, session)
    card = panel.card("detail")
    assert "PyTorch" not in card.summary.toolTip()
    bridge.by = {"detail": Computed("standard", "chosen by itself: it is quick", True, _EXACT, {})}
    bridge.computed_known.emit("c1")
    qtbot.waitUntil(lambda: "PyTorch" in card.summary.toolTip())
    first, *lines = card.summary.toolTip().split("\n")
    assert first.startswith("×1 · standard (auto) · PyTorch float32 · ")
    assert lines[:2] == ["Model standard: chosen by itself: it is quick.", _EXACT.sentence]
    assert card.summary.text().startswith("×1 · standard")
    assert card.rest is not None
    assert not card.told.isVisible()
    card.rest.set_folded(False)
    assert card.told.isVisible()
    assert _EXACT.sentence in card.told.text()
