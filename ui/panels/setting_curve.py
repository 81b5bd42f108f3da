"""A setting that is a curve: bent on a pad, typed as points, or straight."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from engines.errors import SettingError
from engines.stages.setting_texts import parsed_curve
from ui.panels.curve_pad import ENDS, CurvePad
from ui.panels.setting_base import LabelledRow, SettingType
from ui.theme import T, monospaced

_TOKENS = {"red": "channel_red", "green": "channel_green", "blue": "channel_blue"}
"""Curves of one channel are drawn in its colour."""


class CurveRow(LabelledRow):
    """The name and a button for the straight line, the pad, and the points as text."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        label = setting.about.label
        self.straight, self.pad = QPushButton(), CurvePad(label, _TOKENS.get(setting.key, "text"))
        self.field = QLineEdit()
        super().__init__(setting, self.straight, parent)
        self.column.insertWidget(1, self.pad)
        self.column.insertWidget(2, self.field)
        self.straight.setText(self.tr("Straight"))
        self.straight.setAccessibleName(self.tr("{setting}: straight").format(setting=label))
        self.straight.setToolTip(self.tr("Straight\nThe curve changes nothing again."))
        self.field.setFont(monospaced(T.small_size))
        self.field.setPlaceholderText(self.tr("straight"))
        self.field.setAccessibleName(self.tr("{setting}: points").format(setting=label))
        self.field.setToolTip(
            f"{label}\n{setting.about.help}\n" + self.tr("x,y of 0 to 1 from left to right, as in 0,0 0.5,0.6 1,1.")
        )
        self.pad.started.connect(self.pressed)
        self.pad.changed.connect(self._change)
        self.pad.finished.connect(self.released)
        self.field.editingFinished.connect(self._finish)
        self.straight.clicked.connect(self._none)

    @property
    def held(self) -> bool:
        return self.pad.held

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        shown = text or ""
        try:
            points = parsed_curve(self.setting.about.label, shown, self.setting.key)
            self.refuse("")
        except SettingError as error:
            points = ()
            self.refuse(str(error))
        self.pad.show_points(points or ENDS)
        if not self.field.isModified():
            self.field.setText(shown)
            self.field.setCursorPosition(0)
        self.straight.setEnabled(bool(shown))
        self._mark(self.label, bool(shown))

    @Slot()
    def _change(self) -> None:
        self.moved.emit(" ".join(f"{x:g},{y:g}" for x, y in self.pad.points))

    @Slot()
    def _finish(self) -> None:
        if self.field.isModified():
            self.field.setModified(False)
            self.entered.emit(" ".join(self.field.text().split()))

    @Slot()
    def _none(self) -> None:
        self.entered.emit("")
