"""Whose picture it is and who works on it: what reports, audit logs and packages of this project say of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QWidget

from app.export.case import CaseFacts
from engines.errors import SettingError
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T


class CaseDialog(QDialog):
    """`case_chosen` sends the facts when OK is pressed; who listens keeps them."""

    case_chosen = Signal(object)
    """app.export.case.CaseFacts."""

    def __init__(self, case: CaseFacts, known: CaseFacts, parent: QWidget | None = None) -> None:
        """known: examiner and organisation as they were told last, offered where the project says none."""
        super().__init__(parent)
        purpose = tr(
            "Case", "Printed in the report, kept in the audit log and in the archive package. All may be empty."
        )
        layout = column(self, tr("Case", "Case or collection"), purpose, 480)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(T.space[3])
        self._form.setVerticalSpacing(T.space[1])
        layout.addLayout(self._form)
        self._build(case, known)
        self.refusal = text("", "refusal")
        self.refusal.hide()
        layout.addWidget(self.refusal)
        layout.addStretch(1)
        self.ok = button(tr("Case", "OK"), tr("Case", "Keeps this in the project; it can be undone."), main=True)
        cancel = button(tr("Case", "Cancel"), tr("Case", "Everything stays as it was."))
        self.ok.clicked.connect(self._on_ok)
        cancel.clicked.connect(self.reject)
        layout.addLayout(row(None, cancel, self.ok))
        self.case.setFocus()

    def _build(self, case: CaseFacts, known: CaseFacts) -> None:
        self._section(tr("Case", "What it is"))
        self.case = self._field(tr("Case", "Case"), case.case, tr("Case", "Number or name of the forensic case."))
        self.exhibit = self._field(
            tr("Case", "Exhibit"), case.exhibit, tr("Case", "The item's own number in that case.")
        )
        self.collection = self._field(
            tr("Case", "Collection"),
            case.collection,
            tr("Case", "Where an archive keeps the item, with its identifier."),
        )
        self._section(tr("Case", "Who works on it"))
        self.examiner = self._field(
            tr("Case", "Examiner or restorer"),
            case.examiner or known.examiner,
            tr("Case", "The person who answers for the work; offered again in the next project."),
        )
        self.organisation = self._field(
            tr("Case", "Organisation"),
            case.organisation or known.organisation,
            tr("Case", "Whom they work for; offered again in the next project."),
        )

    def _section(self, title: str) -> None:
        self._form.addRow(text(title, "sectionTitle"))

    def _field(self, title: str, value: str, tip: str) -> QLineEdit:
        field = QLineEdit(value)
        field.setAccessibleName(title)
        field.setToolTip(f"{title}\n{tip}")
        field.setPlaceholderText(tip)
        self._form.addRow(title, field)
        return field

    @Slot()
    def _on_ok(self) -> None:
        fields = (self.case, self.exhibit, self.collection, self.examiner, self.organisation)
        try:
            facts = CaseFacts(*(field.text().strip() for field in fields))
        except SettingError as error:
            self.refusal.setText(str(error))
            self.refusal.show()
            return
        self.case_chosen.emit(facts)
        self.accept()
