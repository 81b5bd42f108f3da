"""The models dialog: lists, imports, measures and removes without the interface waiting; asks before it fetches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.data_folder import HOME_VARIABLE, models_folder
from engines.models.catalogue import OFFERS
from tests.tiny_models import needs_spandrel, srvgg
from ui.dialogs.models_dialog import ModelsDialog

_WAIT_MS = 120_000


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelsDialog:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    made = ModelsDialog()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.list.topLevelItemCount() > 0, timeout=_WAIT_MS)
    return made


def _names(dialog: ModelsDialog) -> list[str]:
    items = [dialog.list.topLevelItem(place) for place in range(dialog.list.topLevelItemCount())]
    return [item.text(0) for item in items if item is not None]


def _choose(dialog: ModelsDialog, name: str) -> None:
    item = dialog.list.topLevelItem(_names(dialog).index(name))
    assert item is not None
    dialog.list.setCurrentItem(item)


def _drop(dialog: ModelsDialog, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    dialog.dropEvent(
        QDropEvent(
            QPointF(50, 50),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def test_what_ships_and_what_can_be_fetched_is_listed(dialog: ModelsDialog) -> None:
    assert "detail" in _names(dialog)
    assert {one.name for one in OFFERS} <= set(_names(dialog))
    _choose(dialog, "detail")
    assert not dialog.remove_button.isEnabled()
    assert not dialog.fetch_button.isEnabled()
    assert "SHA-256" in dialog.about.text()


@needs_spandrel
def test_a_dropped_model_is_imported_measured_and_removed(dialog: ModelsDialog, qtbot: QtBot, tmp_path: Path) -> None:
    _drop(dialog, srvgg(tmp_path / "mine.safetensors", scale=2))
    assert not dialog.import_button.isEnabled()
    qtbot.waitUntil(lambda: "mine" in _names(dialog), timeout=_WAIT_MS)
    line = dialog.chosen()
    assert line is not None
    assert (line.name, line.kind, line.scale) == ("mine", "imported", 2)
    assert dialog.measure_button.isEnabled()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (64, 72, 3), dtype=np.uint8)
    Image.fromarray(noise).save(pictures / "a.png")
    dialog.measure("mine", pictures)
    qtbot.waitUntil(lambda: "mine:" in dialog.said.text(), timeout=_WAIT_MS)
    assert "bicubic:" in dialog.said.text()
    assert "dB" in dialog.said.text()
    dialog.remove_button.click()
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    next(b for b in box.buttons() if b.text() == "Remove").click()
    qtbot.waitUntil(lambda: "mine" not in _names(dialog), timeout=_WAIT_MS)
    assert list(models_folder().iterdir()) == []


def test_what_is_no_model_is_refused_in_a_sentence(dialog: ModelsDialog, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Anna")
    _drop(dialog, tmp_path / "letter.txt")
    qtbot.waitUntil(lambda: "no model file" in dialog.said.text(), timeout=_WAIT_MS)
    qtbot.waitUntil(dialog.import_button.isEnabled, timeout=_WAIT_MS)


def test_nothing_is_fetched_without_consent(dialog: ModelsDialog, qtbot: QtBot) -> None:
    _choose(dialog, "lpips-squeeze")
    dialog.fetch_button.click()
    box = dialog.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    offer = next(one for one in OFFERS if one.name == "lpips-squeeze")
    assert "5.0 MB" in box.text()
    for fact in (offer.sha256, offer.url, offer.licence):
        assert fact in box.informativeText()
    box.reject()
    qtbot.waitUntil(lambda: not box.isVisible(), timeout=_WAIT_MS)
    assert dialog.said.text() == ""
    assert dialog.import_button.isEnabled()
