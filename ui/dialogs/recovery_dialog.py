"""After a crash: work that no project file holds, to take up again, compare or let go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QWidget

from app.comparison import Comparison
from app.recovery import Recoverable
from engines.errors import TratteggioError
from ui import theme
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T


class RecoveryDialog(QDialog):
    """Nothing is lost by closing it: what is not discarded is offered again at the next start."""

    recover_chosen = Signal(object)
    """Recoverable: becomes the session's document, unsaved."""
    saved_chosen = Signal(object)
    """Recoverable whose project is to be opened as it was last saved."""
    discard_chosen = Signal(object)
    """Recoverable to be removed for good."""

    def __init__(self, found: Sequence[Recoverable], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found = list(found)
        self._sure = False
        self._compared: dict[Recoverable, str] = {}
        self._comparison = Comparison()
        purpose = tr("Recovery", "The program ended before this work was saved. Every finished step was kept.")
        layout = column(self, tr("Recovery", "Unsaved work was found"), purpose, 640)
        self.list, self.details = QListWidget(), text("")
        self.list.setAccessibleName(tr("Recovery", "Unsaved work"))
        self.list.setToolTip(tr("Recovery", "Choose what to take up again."))
        self.list.setFixedHeight(8 * theme.px(T.text_size) + 4 * T.space[2])
        self.list.setWordWrap(True)
        self.details.setAccessibleName(tr("Recovery", "Details"))
        self.details.setMinimumHeight(96)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.details.setContentsMargins(T.space[0], 0, 0, 0)
        layout.addWidget(self.list)
        layout.addWidget(self.details, 1)
        layout.addLayout(self._buttons())
        self._comparison.compared.connect(self._on_compared)
        self._comparison.refused.connect(self._on_refused)
        self.finished.connect(self._on_finished)
        self.list.currentRowChanged.connect(self._on_row)
        self._fill()

    def _buttons(self) -> QHBoxLayout:
        self.discard = button(tr("Recovery", "Discard"), tr("Recovery", "Removes this unsaved work for good."))
        self.compare = button(tr("Recovery", "Compare"), tr("Recovery", "Lists what differs from the saved project."))
        self.saved = button(tr("Recovery", "Open Saved"), tr("Recovery", "Opens the project as it was last saved."))
        self.later = button(tr("Recovery", "Later"), tr("Recovery", "Keeps it; it is offered again at the next start."))
        self.recover = button(tr("Recovery", "Recover"), tr("Recovery", "Goes on with this work."), main=True)
        self.discard.clicked.connect(self._on_discard)
        self.compare.clicked.connect(self._on_compare)
        self.saved.clicked.connect(self._on_saved)
        self.later.clicked.connect(self.reject)
        self.recover.clicked.connect(self._on_recover)
        return row(self.discard, None, self.compare, self.saved, self.later, self.recover)

    def _fill(self) -> None:
        self.list.clear()
        for known in self._found:
            self.list.addItem(f"{_name(known)}\n{_when(known)}")
        self.list.setCurrentRow(0)

    @property
    def _current(self) -> Recoverable | None:
        index = self.list.currentRow()
        return self._found[index] if 0 <= index < len(self._found) else None

    @Slot()
    def _on_row(self) -> None:
        known = self._current
        self._sure = False
        self.discard.setText(tr("Recovery", "Discard"))
        usable = known is not None and known.steps > 0
        self.recover.setEnabled(usable)
        self.compare.setEnabled(usable)
        self.saved.setEnabled(known is not None and known.project is not None)
        self.details.setText(self._compared.get(known, _summary(known)) if known else "")

    @Slot()
    def _on_compare(self) -> None:
        if self._current is not None:
            self.details.setText(tr("Recovery", "Comparing with the saved project..."))
            self._comparison.ask(self._current)

    @Slot(object, object)
    def _on_compared(self, known: Recoverable, lines: Sequence[str]) -> None:
        head = tr("Recovery", "It differs from the saved project in:") if known.project else tr("Recovery", "It holds:")
        listed = "\n".join(f"\N{BULLET} {line}" for line in lines)
        self._tell(known, f"{head}\n{listed}" if lines else tr("Recovery", "It is the same as the saved project."))

    @Slot(object, object)
    def _on_refused(self, known: Recoverable, error: TratteggioError) -> None:
        self._tell(known, str(error))

    def _tell(self, known: Recoverable, words: str) -> None:
        self._compared[known] = words
        if known == self._current:
            self.details.setText(words)

    @Slot()
    def _on_recover(self) -> None:
        if self._current is not None:
            self.recover_chosen.emit(self._current)
            self.accept()

    @Slot()
    def _on_saved(self) -> None:
        if self._current is not None:
            self.saved_chosen.emit(self._current)
            self.accept()

    @Slot()
    def _on_discard(self) -> None:
        """Asked twice, on the same button: this cannot be undone."""
        known = self._current
        if known is None:
            return
        if not self._sure:
            self._sure = True
            self.discard.setText(tr("Recovery", "Really Discard"))
            self.details.setText(tr("Recovery", "Press again to remove this work for good. It cannot be brought back."))
            return
        self._found.remove(known)
        self.discard_chosen.emit(known)
        if self._found:
            self._fill()
        else:
            self.accept()

    @Slot()
    def _on_finished(self) -> None:
        self._comparison.retire()


def _name(known: Recoverable) -> str:
    return known.project.name if known.project else tr("Recovery", "A project that was never saved")


def _when(known: Recoverable) -> str:
    when = datetime.fromtimestamp(known.at).strftime("%d.%m.%Y %H:%M")
    if known.project is None:
        return tr("Recovery", "{0}, {1} steps").format(when, known.steps)
    if known.steps == 1:
        return tr("Recovery", "{0}, 1 step since the last save").format(when)
    return tr("Recovery", "{0}, {1} steps since the last save").format(when, known.steps)


def _summary(known: Recoverable) -> str:
    lines = [str(known.project)] if known.project else []
    if known.names:
        lines.append(tr("Recovery", "Last steps: {0}").format(", ".join(known.names)))
    return "\n".join([*lines, known.note] if known.note else lines)
