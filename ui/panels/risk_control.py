"""How much of what is wrong may stay unflagged: the risk setting of Detail in this shot, and what it promises."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.commands import set_setting
from app.document import ClipWork
from app.session import Session
from app.stage_text import risk_promise, shot_title
from engines.errors import SettingError
from engines.stages.catalogue import STAGES
from ui.panels.gesture import Gesture
from ui.panels.setting_base import setting_types
from ui.panels.setting_row import NumberRow

_STAGE, _KEY = "detail", "risk"


class RiskControl(QWidget):
    """The same setting as the Detail card's. Hidden where the shot has no Detail."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gesture = Gesture(session, self)
        kind = next(kind for kind in setting_types(STAGES[_STAGE].settings_type) if kind.key == _KEY)
        self.row = NumberRow(kind)
        self.promise = QLabel()
        self.promise.setObjectName("muted")
        self.promise.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.row)
        column.addWidget(self.promise)
        self.row.pressed.connect(self._press)
        self.row.moved.connect(self._move)
        self.row.released.connect(self._gesture.release)
        self.row.entered.connect(self._enter)

    def show_shot(self, clip: ClipWork | None, index: int) -> None:
        """Show the risk of shot `index`."""
        use = clip.shots[index].stage(_STAGE) if clip is not None else None
        self.setVisible(use is not None)
        if clip is None or use is None:
            return
        text = use.settings.get(_KEY)
        self.row.show_text(text)
        risk = float(self.row.setting.default if text is None else text)
        self.promise.setText(risk_promise(risk, clip.shots[index]))

    def settle(self) -> None:
        """Another shot is looked at now."""
        self._gesture.settle()

    @Slot()
    def _press(self) -> None:
        self._gesture.press(self._step_name())

    @Slot(str)
    def _move(self, text: str) -> None:
        clip = self._session.clip
        if clip is None:
            return
        if not self.row.held:
            self._gesture.nudge(self._step_name())
        clip_id, index = clip.id, clip.shot_index(self._session.playhead)
        self._gesture.move(lambda: set_setting(self._session.document, clip_id, index, _STAGE, _KEY, text))

    @Slot(str)
    def _enter(self, text: str) -> None:
        clip = self._session.clip
        if clip is None:
            return
        index = clip.shot_index(self._session.playhead)
        try:
            after = set_setting(self._session.document, clip.id, index, _STAGE, _KEY, text)
        except SettingError as error:
            self.row.refuse(str(error))
            return
        self._session.do(self._step_name(), after)

    def _step_name(self) -> str:
        clip = self._session.clip
        shot = shot_title(clip, clip.shot_index(self._session.playhead)) if clip is not None else ""
        return self.tr("Detail Risk of {shot}").format(shot=shot)
