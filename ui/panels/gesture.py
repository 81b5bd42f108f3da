"""A handle that moves the document: press to release is one undo step, and so is a run of key presses."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from app.document import Document
from app.session import Session
from ui.panels.later import Later

_FRAME_MS = 16
_SETTLE_MS = 700
"""Key presses closer than this are one step."""


class Gesture(QObject):
    """Updates come at the display's pace, however fast the handle moves."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._mine = False
        self._make: Callable[[], Document | None] | None = None
        self._push = Later(self, _FRAME_MS, self._update, at_once=True)
        self._rest = Later(self, _SETTLE_MS, self.release, restart=True)

    @property
    def active(self) -> bool:
        """False, too, where undo took the gesture back or another one began."""
        return self._mine and self._session.gesturing

    def press(self, name: str) -> None:
        self._rest.drop()
        self._session.begin(name)
        self._mine = True

    def nudge(self, name: str) -> None:
        """A key moved the handle; the step ends by itself when no other follows."""
        if not self.active:
            self.press(name)
        self._rest.ask()

    def move(self, make: Callable[[], Document | None]) -> None:
        """`make` is called when the display is ready for the next document; None = nothing to show."""
        self._make = make
        self._push.ask()

    @Slot()
    def release(self) -> None:
        self._push.now()
        self._rest.drop()
        if self.active:
            self._session.commit()
        self._mine = False

    def settle(self) -> None:
        """End a run of key presses at once: something else is being looked at now."""
        self._rest.now()

    def _update(self) -> None:
        after = self._make() if self._make is not None and self.active else None
        if after is not None:
            self._session.update(after)
