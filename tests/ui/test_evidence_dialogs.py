"""The dialogs of evidence and delivery, in the whole window."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from app.data_folder import HOME_VARIABLE
from app.export.case import CaseFacts
from app.export.job import RenderJob, StageSpec
from app.export.render import render
from app.settings import load_settings
from engines.cancel import CancelToken
from engines.masks import write_mask
from tests.clips import write_clip
from tests.ui.stand import Stand, stand
from ui.dialogs.case_dialog import CaseDialog
from ui.dialogs.master_dialog import MasterDialog
from ui.dialogs.master_log_dialog import MasterLogDialog
from ui.dialogs.package_dialog import PackageDialog

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


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `film.mkv` and `master.mkv` made of it: one painted frame of six was repaired."""
    folder = tmp_path_factory.mktemp("rendered")
    source = write_clip(folder / "film.mkv", frames=6)
    coverage = np.zeros((64, 96), np.uint8)
    coverage[20:30, 40:52] = 255
    write_mask(folder / "masks", 2, coverage)
    case = CaseFacts(case="2026-114")
    job = RenderJob(source, folder / "master.mkv", stages=(StageSpec("inpaint"),), masks=folder / "masks", case=case)
    render(job, lambda _: None, CancelToken())
    return folder


@pytest.fixture
def master(rendered: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    shutil.copytree(rendered, tmp_path / "rendered")
    return tmp_path / "rendered" / "master.mkv"


def about(stood: Stand) -> MasterDialog:
    """Opened, and read."""
    stood.window.book.trigger("evidence.master")
    dialog = shown(MasterDialog)
    stood.qtbot.waitUntil(lambda: dialog.facts is not None)
    return dialog


def test_a_master_says_what_it_is_and_is_verified(stood: Stand, rendered: Path) -> None:
    assert not stood.window.book.action("evidence.master").isEnabled()
    stood.drop_whole(rendered / "master.mkv")
    assert stood.session.clip is not None
    assert stood.session.clip.media.tracked
    dialog = about(stood)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert "case 2026-114" in texts
    assert str(rendered / "film.mkv") in texts
    assert any(text.startswith("SOURCE 99.") and "TRANSPORTED" in text for text in texts)
    assert dialog.chain.line.text.startswith("Chain intact: ")
    dialog.anew.setValue(2)
    with stood.qtbot.waitSignal(stood.station.aftercare.verified, timeout=120_000):
        dialog.verify.click()
        assert not dialog.verify.isEnabled()
        assert dialog.stop.isVisible()
    assert dialog.outcome.line.tone == "ready", dialog.outcome.line.text
    assert "rendered anew and equal: frames " in dialog.outcome.line.text
    assert dialog.verify.isEnabled()
    dialog.reject()


def test_the_audit_log_lists_every_entry(stood: Stand, rendered: Path) -> None:
    stood.drop_whole(rendered / "master.mkv")
    stood.window.book.trigger("evidence.log")
    stood.qtbot.waitUntil(lambda: any(isinstance(one, MasterLogDialog) for one in stood.dialogs()))
    dialog = shown(MasterLogDialog)
    model = dialog.table.model()
    lines = (rendered / "master.mkv.audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert model.rowCount() == len(lines)
    words = [model.index(row, 3).data() for row in range(model.rowCount())]
    assert words[0] == "Started"
    assert {"Stage", "Frames written", "Source", "Sealed"} <= set(words)
    assert dialog.state.line.tone == "ready"
    dialog.table.selectRow(1)
    assert json.loads(lines[1])["digest"] in dialog.entry.toPlainText()
    dialog.reject()


def test_a_log_that_was_edited_is_refused_with_the_line_named(stood: Stand, master: Path) -> None:
    log = master.with_name("master.mkv.audit.jsonl")
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join([*lines[:2], lines[2].replace('"who":"', '"who":"x'), *lines[3:]]), encoding="utf-8")
    stood.drop_whole(master)
    dialog = about(stood)
    assert dialog.chain.line.tone == "failed"
    assert "master.mkv.audit.jsonl is broken: line 3" in dialog.chain.line.text
    assert not dialog.log.isEnabled()
    dialog.reject()


def test_a_master_is_packaged_from_the_window_and_the_package_opens_as_a_master(stood: Stand, master: Path) -> None:
    stood.drop_whole(master)
    stood.window.book.trigger("evidence.package")
    stood.qtbot.waitUntil(lambda: any(isinstance(one, PackageDialog) for one in stood.dialogs()))
    dialog = shown(PackageDialog)
    folder = master.with_name("master_package")
    assert dialog.form.folder.text() == str(folder)
    assert "proves nothing" in dialog.form.signer.currentText()
    dialog.form.rerun.setValue(1)
    with stood.qtbot.waitSignal(stood.station.aftercare.packaged, timeout=180_000) as told:
        dialog.make.click()
    assert told.args == [str(master), True, str(folder)]
    stood.drop_whole(folder)
    clip = stood.session.clip
    assert clip is not None
    assert clip.media.path == folder / "data" / "master.mkv"
    assert clip.media.tracked
    stood.said.clear()
    stood.window.book.trigger("evidence.package")
    stood.qtbot.waitUntil(lambda: bool(stood.said))
    assert stood.said[0].sentence == "master.mkv lies in an archive package already."


def test_a_package_is_not_ordered_without_a_certificate_that_was_chosen(stood: Stand, rendered: Path) -> None:
    dialog = PackageDialog(rendered / "master.mkv", stood.station.dialogs.evidence.proposed_package(rendered))
    assert dialog.make.isEnabled()
    dialog.form.signer.setCurrentIndex(dialog.form.signer.findData("own"))
    assert not dialog.make.isEnabled()
    assert dialog.why.text() == "Choose your certificate and its key, or another way to sign."
    dialog.form.certificate.setText("/keys/chain.pem")
    dialog.form.key.setText("/keys/key.pem")
    assert dialog.make.isEnabled()
    dialog.form.folder.setText("package")
    assert dialog.why.text() == "Name a new folder for the package."
    dialog.deleteLater()
