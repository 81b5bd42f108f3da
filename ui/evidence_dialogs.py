"""The dialogs of evidence and delivery: what the project says of its case, and what a master says of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from app import commands
from app.export.case import CaseFacts
from ui.dialogs.case_dialog import CaseDialog

if TYPE_CHECKING:
    from ui.application import Workstation


class EvidenceDialogs(QObject):
    """One method per dialog."""

    def __init__(self, station: Workstation) -> None:
        super().__init__(station.window)
        self._station, self._window, self._session = station, station.window, station.session

    def case(self) -> None:
        """Whose picture it is and who works on it."""
        settings = self._station.settings
        known = CaseFacts(examiner=settings.examiner, organisation=settings.organisation)
        dialog = CaseDialog(self._session.document.case, known, self._window)
        dialog.case_chosen.connect(self._keep_case)
        self._open(dialog)

    @Slot(object)
    def _keep_case(self, case: CaseFacts) -> None:
        session, settings = self._session, self._station.settings
        session.do(self.tr("Case or collection"), commands.set_case(session.document, case))
        told = replace(settings, examiner=case.examiner, organisation=case.organisation)
        if told != settings:
            self._station.keep(told)

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
