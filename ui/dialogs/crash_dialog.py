"""After a crash: the report, where it lies, and that it goes nowhere by itself."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QWidget

from app.crash_report import CrashReport
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T, monospaced


class CrashDialog(QDialog):
    """Offered at the start after a crash; closing it any way keeps the report unless it is removed here."""

    def __init__(self, report: CrashReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        when = datetime.fromtimestamp(report.at).strftime("%d.%m.%Y %H:%M")
        purpose = tr("CrashDialog", "Tratteggio ended unexpectedly on {0}. What went wrong was written down.").format(
            when
        )
        layout = column(self, tr("CrashDialog", "Crash report"), purpose, 640)
        self.resize(680, 460)
        self.report = QPlainTextEdit(report.text)
        self.report.setReadOnly(True)
        self.report.setFont(monospaced(T.small_size))
        self.report.setAccessibleName(tr("CrashDialog", "Crash report"))
        self.report.setToolTip(tr("CrashDialog", "The whole report; it holds paths, but no pictures."))
        layout.addWidget(self.report, 1)
        kept = tr("CrashDialog", "Nothing is sent. To help mend it, attach this to an issue report. It lies at {0}")
        layout.addWidget(text(kept.format(report.path), "muted"))
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        remove = button(tr("CrashDialog", "Remove Report"), tr("CrashDialog", "Deletes the file."))
        folder = button(tr("CrashDialog", "Show Folder"), tr("CrashDialog", "Opens the folder the report lies in."))
        self.copy = button(tr("CrashDialog", "Copy"), tr("CrashDialog", "Puts the whole report on the clipboard."))
        keep = button(tr("CrashDialog", "Close"), tr("CrashDialog", "Goes on; the report stays."), main=True)
        remove.clicked.connect(self._on_remove)
        folder.clicked.connect(self._on_folder)
        self.copy.clicked.connect(self._on_copy)
        keep.clicked.connect(self.accept)
        self.remove = remove
        return row(remove, None, folder, self.copy, keep)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report.text)
        self.copy.setText(tr("CrashDialog", "Copied"))

    @Slot()
    def _on_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._report.path.parent)))

    @Slot()
    def _on_remove(self) -> None:
        self._report.remove()
        self.accept()
