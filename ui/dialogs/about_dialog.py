"""What the program is, what it is made of, and under which terms."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QListWidget, QPlainTextEdit, QSplitter, QWidget

from app.about import Librarian, Library, platform_line, program
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T, monospaced


class AboutDialog(QDialog):
    """Version, terms, and the way to the licences of everything inside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ours = program()
        layout = column(
            self, ours.name, tr("AboutDialog", "Restores film and video, and knows where each pixel came from."), 440
        )
        layout.addWidget(text(tr("AboutDialog", "Version {0}").format(ours.version)))
        layout.addWidget(text(platform_line(), "muted"))
        terms = tr("AboutDialog", "Free software under the {0} licence. It comes without any warranty.")
        layout.addWidget(text(terms.format(ours.terms)))
        layout.addWidget(
            text(tr("AboutDialog", "Nothing is sent anywhere: no usage, no reports, no pictures."), "muted")
        )
        self.licences = button(
            tr("AboutDialog", "Licences..."), tr("AboutDialog", "Every library inside and its terms.")
        )
        self.done_button = button(tr("AboutDialog", "Close"), tr("AboutDialog", "Back to the window."), main=True)
        self.licences.clicked.connect(self._on_licences)
        self.done_button.clicked.connect(self.accept)
        layout.addStretch(1)
        layout.addLayout(row(None, self.licences, self.done_button))

    @Slot()
    def _on_licences(self) -> None:
        dialog = LicencesDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class LicencesDialog(QDialog):
    """A list of libraries; the chosen one's terms in full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        purpose = tr("LicencesDialog", "What Tratteggio is made of, each under its own terms.")
        layout = column(self, tr("LicencesDialog", "Licences"), purpose, 760)
        self.resize(820, 560)
        self.parts: list[Library] = []
        self.list, self.terms = QListWidget(), QPlainTextEdit()
        self._dress()
        split = QSplitter()
        split.addWidget(self.list)
        split.addWidget(self.terms)
        split.setSizes([320, 440])
        layout.addWidget(split, 1)
        close = button(tr("LicencesDialog", "Close"), tr("LicencesDialog", "Back to the window."), main=True)
        close.clicked.connect(self.accept)
        layout.addLayout(row(None, close))
        self.list.currentRowChanged.connect(self._on_row)
        self._librarian = Librarian()
        self._librarian.listed.connect(self._on_listed)
        self.finished.connect(self._on_finished)
        self.list.addItem(tr("LicencesDialog", "Reading..."))
        self._librarian.ask()

    def _dress(self) -> None:
        self.list.setAccessibleName(tr("LicencesDialog", "Libraries"))
        self.list.setToolTip(tr("LicencesDialog", "Choose a library to read its terms."))
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self.terms.setReadOnly(True)
        self.terms.setFont(monospaced(T.small_size))
        self.terms.setAccessibleName(tr("LicencesDialog", "Terms"))
        self.terms.setToolTip(tr("LicencesDialog", "The terms in full, as the library's own package states them."))

    @Slot(object)
    def _on_listed(self, parts: Sequence[Library]) -> None:
        self.list.clear()
        self.parts = list(parts)
        unknown = tr("LicencesDialog", "terms in the text")
        for part in parts:
            self.list.addItem(f"{part.name} {part.version}\n{part.terms or unknown}")
        self.list.setCurrentRow(0)

    @Slot()
    def _on_finished(self) -> None:
        self._librarian.retire()

    @Slot(int)
    def _on_row(self, index: int) -> None:
        if not 0 <= index < len(self.parts):
            return
        part = self.parts[index]
        none = tr("LicencesDialog", "The package holds no text; its terms are: {0}.").format(part.terms or "-")
        self.terms.setPlainText(part.text or none)
