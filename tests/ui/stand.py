"""The whole window without a screen, for tests of what its parts do together."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app import commands
from app.cli import parse
from app.notify import Notice
from tests.app.works import disc
from ui.application import Workstation, build


class Stand:
    """A shown window and everything it said."""

    def __init__(self, station: Workstation, qtbot: QtBot) -> None:
        self.station, self.qtbot = station, qtbot
        self.session, self.window = station.session, station.window
        self.said: list[Notice] = []
        self.session.notified.connect(self.said.append)

    def drop(self, *paths: Path) -> None:
        """Let go over the window."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        copy = Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(300, 300), copy, mime, left, none))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(300, 300), copy, mime, left, none))

    def drop_clip(self, path: Path) -> None:
        """A good one."""
        before = len(self.session.document.clips)
        self.drop(path)
        self.qtbot.waitUntil(lambda: len(self.session.document.clips) == before + 1)

    def drop_whole(self, path: Path) -> None:
        """The same, and its cuts are found: nothing changes any more by itself."""
        self.drop_clip(path)
        self.qtbot.waitUntil(lambda: (clip := self.session.clip) is not None and clip.cuts_known)

    def one_message(self, settle_ms: int = 250) -> Notice:
        """The only thing said, on the only toast; waits whether more follows."""
        self.qtbot.waitUntil(lambda: bool(self.said))
        self.qtbot.wait(settle_ms)
        assert len(self.said) == 1, self.said
        assert [toast.notice for toast in self.window.toasts.shown] == self.said
        assert self.said[0].sentence
        return self.said[0]

    def dialogs(self) -> list[QDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

    def dialog(self) -> QDialog:
        """The only one open."""
        self.qtbot.waitUntil(lambda: bool(self.dialogs()))
        (found,) = self.dialogs()
        return found

    def answer(self, button: QMessageBox.StandardButton) -> None:
        """Press a button of the open question."""
        box = self.dialog()
        assert isinstance(box, QMessageBox)
        box.button(button).click()
        self.qtbot.waitUntil(lambda: box not in self.dialogs())

    def press(self, name: str) -> None:
        """A button of the open dialog, by its text."""
        (found,) = [button for button in self.dialog().findChildren(QPushButton) if button.text().strip("&") == name]
        found.click()

    def paint(self, frame: int = 0) -> None:
        clip = self.session.clip
        assert clip is not None
        plane = disc(20 + frame, 20, 9, clip.media.width, clip.media.height)
        self.session.do("Paint", commands.set_mask(self.session.document, clip.id, "damage", frame, plane))

    def save(self, path: Path) -> Path:
        with self.qtbot.waitSignal(self.station.keeper.saved):
            self.station.keeper.save(path)
        return path


@contextlib.contextmanager
def stand(qtbot: QtBot) -> Iterator[Stand]:
    """Opened as from the command line without a path; taken down without a question."""
    made = Stand(build(parse([])), qtbot)
    made.window.show()
    try:
        yield made
    finally:
        made.station.close()
        for dialog in made.dialogs():
            dialog.close()
        made.window.hide()
        made.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
