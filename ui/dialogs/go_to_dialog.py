"""Go to a frame number, a timecode, feet, or an offset; says what it understood while it is typed."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from app.session import Session
from app.time_text import TimeText, feet
from engines.errors import SettingError
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr


class GoToDialog(QDialog):
    """The session must have an active clip."""

    def __init__(self, session: Session, times: TimeText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._times = session, times
        self._target: int | None = None
        purpose = tr("GoToDialog", "A frame (123), a timecode (01:02:03), feet (12 ft 3), or an offset (+24).")
        layout = column(self, tr("GoToDialog", "Go to"), purpose, 380)
        self.field, self.answer = QLineEdit(str(session.playhead)), text("", "muted")
        self.field.setAccessibleName(tr("GoToDialog", "Go to"))
        self.field.setToolTip(purpose)
        self.field.selectAll()
        self.go = button(tr("GoToDialog", "Go"), tr("GoToDialog", "Moves the playhead there."), main=True)
        cancel = button(tr("GoToDialog", "Cancel"), tr("GoToDialog", "Stays on this frame."))
        layout.addWidget(self.field)
        layout.addWidget(self.answer)
        layout.addLayout(row(None, cancel, self.go))
        self.field.textChanged.connect(self._on_text)
        self.go.clicked.connect(self._on_go)
        cancel.clicked.connect(self.reject)
        self._on_text(self.field.text())

    @Slot(str)
    def _on_text(self, typed: str) -> None:
        clip = self._session.clip
        last = clip.media.frame_count - 1 if clip else 0
        try:
            asked = self._times.parse(typed, self._session.playhead)
        except SettingError as error:
            self._target = None
            self._say(error.sentence, bad=True)
            return
        self._target = max(0, min(asked, last))
        said = tr("GoToDialog", "Frame {0}, {1}, {2}").format(
            self._target, self._times.timecode(self._target), feet(self._target)
        )
        beyond = tr("GoToDialog", "{0}: the clip ends there.").format(said)
        self._say(said if asked == self._target else beyond)

    def _say(self, sentence: str, *, bad: bool = False) -> None:
        self.answer.setObjectName("refusal" if bad else "muted")
        self.answer.style().polish(self.answer)
        self.answer.setText(sentence)
        self.go.setEnabled(not bad)

    @Slot()
    def _on_go(self) -> None:
        if self._target is not None:
            self._session.seek(self._target)
            self.accept()
