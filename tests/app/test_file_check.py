"""Files that settings name: looked at on a thread, refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.file_check import FileCheck


@pytest.mark.parametrize(("kind", "sentence"), [("cube", "none"), ("still", "none"), ("manifest", "is missing")])
def test_a_file_that_is_not_there_is_refused(kind: str, sentence: str, qtbot: QtBot, tmp_path: Path) -> None:
    check = FileCheck(kind)
    with qtbot.waitSignal(check.checked) as told:
        check.ask(str(tmp_path / "none"))
    path, wrong = told.args
    assert path == str(tmp_path / "none")
    assert sentence in wrong
