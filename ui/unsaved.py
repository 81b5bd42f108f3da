"""The question before unsaved work would go: save it, let it go, or stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.project_keeper import ProjectKeeper
from app.session import Session


class Unsaved(QObject):
    """Asks once, without a loop of its own: what was meant to happen goes on when the answer has come about."""

    def __init__(self, window: QWidget, session: Session, keeper: ProjectKeeper, save: Callable[[], None]) -> None:
        """save: starts saving; asks for a name where there is none."""
        super().__init__(window)
        self._window, self._session, self._save = window, session, save
        self._then: Callable[[], None] | None = None
        self._box: QMessageBox | None = None
        keeper.saved.connect(self._saved)
        keeper.refused.connect(self.stay)

    def then(self, go_on: Callable[[], None]) -> None:
        """`go_on` at once where nothing is unsaved, else after the answer."""
        if not self._session.dirty:
            go_on()
            return
        if self._box is not None:
            self._box.raise_()
            return
        self._then = go_on
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Unsaved work"))
        name = self._session.path.name if self._session.path else self.tr("this project")
        box.setText(self.tr("Save the changes to {}?").format(name))
        box.setInformativeText(self.tr("Without saving, everything since the last save is let go."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        box.finished.connect(self._answered)
        self._box = box
        box.open()

    @Slot()
    def stay(self, *_: object) -> None:
        """Nothing goes on: saving was refused, or no name was given."""
        self._then = None

    @Slot(int)
    def _answered(self, answer: int) -> None:
        assert self._box is not None
        self._box.deleteLater()
        self._box = None
        match QMessageBox.StandardButton(answer):
            case QMessageBox.StandardButton.Save:
                self._save()
            case QMessageBox.StandardButton.Discard:
                self._go_on()
            case _:
                self.stay()

    @Slot(object)
    def _saved(self, _path: object) -> None:
        """What was done while the save was under way is asked for as well."""
        go_on, self._then = self._then, None
        if go_on is not None:
            self.then(go_on)

    def _go_on(self) -> None:
        go_on, self._then = self._then, None
        if go_on is not None:
            go_on()
