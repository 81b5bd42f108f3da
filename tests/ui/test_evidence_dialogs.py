"""The dialogs of evidence and delivery, in the whole window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.data_folder import HOME_VARIABLE
from app.export.case import CaseFacts
from app.settings import load_settings
from tests.ui.stand import Stand, stand
from ui.dialogs.case_dialog import CaseDialog

D = TypeVar("D", bound=QDialog)


@pytest.fixture
def stood(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    with stand(qtbot) as made:
        yield made


def shown(kind: type[D]) -> D:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def test_the_case_is_kept_in_the_project_undone_and_the_examiner_is_offered_again(stood: Stand) -> None:
    stood.window.book.trigger("evidence.case")
    dialog = shown(CaseDialog)
    dialog.case.setText(" 2026-114 ")
    dialog.examiner.setText("A. Conti")
    dialog.ok.click()
    assert stood.session.document.case == CaseFacts(case="2026-114", examiner="A. Conti")
    assert load_settings().examiner == "A. Conti"
    stood.session.undo()
    assert stood.session.document.case == CaseFacts()
    stood.window.book.trigger("evidence.case")
    again = shown(CaseDialog)
    assert (again.case.text(), again.examiner.text()) == ("", "A. Conti")
    again.reject()


def test_a_line_of_a_case_that_is_too_long_is_refused_in_one_sentence(stood: Stand) -> None:
    stood.window.book.trigger("evidence.case")
    dialog = shown(CaseDialog)
    dialog.exhibit.setText("7" * 401)
    dialog.ok.click()
    assert dialog.isVisible()
    assert dialog.refusal.text() == "The exhibit is not a line of at most 400 printable characters. Shorten it."
    dialog.reject()
    assert stood.session.document.case == CaseFacts()
