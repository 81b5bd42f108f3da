"""Forensic mode on and off, and the verbs of the list of regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox

from app import commands
from app.forensic.rules import obstacles, without_obstacles
from ui.dialogs.forensic_dialog import ForensicDialog

if TYPE_CHECKING:
    from ui.main_window import MainWindow


class ForensicVerbs(QObject):
    """Lives as long as the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session, self._desk = window, window.session, window.desks.regions
        window.badge.wanted.connect(self.explain)

    def verbs(self) -> Mapping[str, Callable[..., object]]:
        """By the ids of their actions."""
        return {
            "forensic.mode": self.switch,
            "region.search": self.search,
            "region.next": lambda: self._step(1),
            "region.previous": lambda: self._step(-1),
            "region.revert": self._desk.revert,
        }

    @Slot()
    def switch(self) -> None:
        """On, where nothing is in the way or all of it is put right; off."""
        session = self._session
        if session.document.forensic:
            session.do(self.tr("Forensic mode off"), commands.set_forensic(session.document, False))
        elif obstacles(session.document):
            self._mend()
        else:
            session.do(self.tr("Forensic mode"), commands.set_forensic(session.document, True))
        self.renew()

    @Slot()
    def explain(self) -> None:
        """What the badge's button asks for: put right what is in the way, else switch the mode off if so wished."""
        if obstacles(self._session.document):
            self._mend()
            return
        box = QMessageBox(
            QMessageBox.Icon.Question,
            self.tr("Forensic Mode"),
            self.tr("Switch forensic mode off?"),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            self._window,
        )
        box.setInformativeText(self.tr("Renders are not forensic from then on, and their reports say so."))
        box.button(QMessageBox.StandardButton.Yes).setText(self.tr("Switch off"))
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(box.deleteLater)
        box.accepted.connect(self.switch)
        box.open()

    @Slot()
    def search(self) -> None:
        """Look through in to out, or stop looking."""
        if self._desk.working:
            self._desk.stop()
        else:
            self._desk.search()

    def renew(self) -> None:
        """What the window's actions can do now."""
        book, document, desk = self._window.book, self._session.document, self._desk
        book.set_checked("forensic.mode", document.forensic)
        book.set_available("regions", bool(desk.rows))
        book.set_available("region", desk.can_revert())

    def _mend(self) -> None:
        document = self._session.document
        dialog = ForensicDialog(document, obstacles(document), self._window)
        dialog.accepted.connect(self._put_right)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _put_right(self) -> None:
        session = self._session
        after = commands.set_forensic(without_obstacles(session.document), True)
        session.do(self.tr("Forensic mode"), after)
        self.renew()

    def _step(self, direction: int) -> None:
        if not self._desk.step(direction):
            self._session.notify(
                self.tr("There is no region beyond this one.") if self._desk.rows else self.tr("No region is listed.")
            )
