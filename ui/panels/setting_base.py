"""What every row of a stage's setting is: made from its description, it sends texts."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass, fields
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engines.colour.tags import said
from engines.stages.settings import Described, described
from engines.types import FrameNo
from ui.widgets.value_slider import DOT


@dataclass(frozen=True)
class SettingType:
    """A field of a settings dataclass. optional: `None`, written "auto", is allowed."""

    key: str
    about: Described
    kind: type[Any]
    optional: bool
    default: Any


def setting_types(settings_type: type[Any]) -> list[SettingType]:
    """Every setting of a stage, in order."""
    hints, about = typing.get_type_hints(settings_type), described(settings_type)
    made = []
    for held in fields(settings_type):
        hint = hints[held.name]
        optional = isinstance(hint, types.UnionType) and type(None) in typing.get_args(hint)
        kind = next(part for part in typing.get_args(hint) if part is not type(None)) if optional else hint
        made.append(SettingType(held.name, about[held.name], kind, optional, held.default))
    return made


def spelt(choice: object, unit: str) -> str:
    """A choice as it is shown: "as_is" reads "as is", "smpte432" reads "Display P3"."""
    return f"{said(str(choice))} {unit}".strip().replace("_", " ")


_TIP = "tip of the free row"


class SettingRow(QWidget):
    """Sends texts as the command line writes them; "" = back to the default. `show_text` sends nothing."""

    pressed = Signal()
    moved = Signal(str)
    """While a handle is held, or by a key on it."""
    released = Signal()
    entered = Signal(str)
    """A whole change at once."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self._locked = ""
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)

    @property
    def held(self) -> bool:
        """Whether a handle is being dragged."""
        return False

    def show_text(self, text: str | None, follows: float | None = None) -> None:
        """The value that is set, None = the default. follows: the value a default takes from elsewhere."""
        raise NotImplementedError

    def show_frame(self, frame: FrameNo) -> None:
        """Where the playhead is, for settings that change over the frames."""

    def refuse(self, sentence: str) -> None:
        """Say why what was entered was not taken."""
        raise NotImplementedError

    def lock(self, reason: str) -> None:
        """Grey, saying why wherever one points; "" = free again."""
        if reason == self._locked:
            return
        for part in (self, *self.findChildren(QWidget)):
            if not self._locked:
                part.setProperty(_TIP, part.toolTip())
            part.setToolTip(reason or part.property(_TIP) or "")
        self._locked = reason
        self.setEnabled(not reason)

    def tip(self) -> str:
        return f"{self.setting.about.label}\n{self.setting.about.help}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.MouseButtonDblClick and self.isEnabled():
            self.entered.emit("")
            return True
        return super().eventFilter(watched, event)

    def _mark(self, label: QLabel, changed: bool) -> None:
        label.setText(f"{self.setting.about.label} {DOT}" if changed else self.setting.about.label)


class LabelledRow(SettingRow):
    """The name on the left, a control on the right."""

    def __init__(self, setting: SettingType, control: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.label, self.error = QLabel(setting.about.label), QLabel()
        self.label.setToolTip(self.tip() + "\n" + self.tr("Double-click the name to reset."))
        self.label.installEventFilter(self)
        self.error.setObjectName("refusal")
        self.error.setWordWrap(True)
        self.error.hide()
        row = QHBoxLayout()
        row.addWidget(self.label, 1)
        row.addWidget(control)
        self.column.addLayout(row)
        self.column.addWidget(self.error)

    def refuse(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
