"""A setting that is three numbers, one for each of red, green and blue."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from engines.errors import SettingError
from engines.stages.setting_texts import parsed_colour
from ui.i18n import tr
from ui.panels.setting_base import LabelledRow, SettingType
from ui.theme import T, monospaced
from ui.widgets.track import Track

_FIELD_WIDTH = 56
_TOKENS = ("channel_red", "channel_green", "channel_blue")


class ColourRow(LabelledRow):
    """The name and a button that resets, and a line for each channel: its letter, a slider and a field."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        label = setting.about.label
        self.reset = QPushButton()
        super().__init__(setting, self.reset, parent)
        self._default = parsed_colour(label, str(setting.default), setting.key)
        low = -1.0 if setting.about.low is None else setting.about.low
        high = 1.0 if setting.about.high is None else setting.about.high
        names = (self.tr("red"), self.tr("green"), self.tr("blue"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(T.space[1])
        grid.setVerticalSpacing(0)
        self.column.insertLayout(1, grid)
        self.channels = tuple(Channel(name, token, low, high) for name, token in zip(names, _TOKENS, strict=True))
        for line, (name, channel) in enumerate(zip(names, self.channels, strict=True)):
            channel.describe(f"{label}: {name}", f"{label}: {name}\n{setting.about.help}")
            for place, part in enumerate((channel.letter, channel.track, channel.field)):
                grid.addWidget(part, line, place)
            channel.started.connect(self.pressed)
            channel.changed.connect(self._change)
            channel.finished.connect(self.released)
            channel.entered.connect(self._enter)
            channel.refused.connect(self.refuse)
        self.reset.setText(self.tr("Reset"))
        self.reset.setAccessibleName(self.tr("{setting}: reset").format(setting=label))
        self.reset.setToolTip(self.tr("Reset\nAll three channels back to where they change nothing."))
        self.reset.clicked.connect(self._reset)

    @property
    def held(self) -> bool:
        return any(channel.track.isSliderDown() for channel in self.channels)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        values = self._default
        try:
            if text:
                values = parsed_colour(self.setting.about.label, text, self.setting.key)
            self.refuse("")
        except SettingError as error:
            self.refuse(str(error))
        for channel, value in zip(self.channels, values, strict=True):
            channel.show_value(value)
        changed = values != self._default
        self.reset.setEnabled(changed)
        self._mark(self.label, changed)

    def _text(self) -> str:
        return ",".join(f"{channel.value:g}" for channel in self.channels)

    @Slot()
    def _change(self) -> None:
        self.moved.emit(self._text())

    @Slot()
    def _enter(self) -> None:
        self.entered.emit(self._text())

    @Slot()
    def _reset(self) -> None:
        self.entered.emit("")


class Channel(QWidget):
    """One of the three; its parts stand in its row's grid. `entered` is a whole change, by typing."""

    started = Signal()
    changed = Signal()
    finished = Signal()
    entered = Signal()
    refused = Signal(str)

    def __init__(self, name: str, token: str, low: float, high: float) -> None:
        super().__init__()
        self._low, self._high = low, high
        self._digits = 3 if high - low <= 1.0 else 2
        self.value = low
        self.letter, self.field = QLabel(name[:1].upper()), QLineEdit()
        self.track = Track(round((high - low) * 10**self._digits))
        self.letter.setStyleSheet(f"color: {getattr(T, token)};")
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFont(monospaced(T.small_size))
        self.track.sliderPressed.connect(self.started)
        self.track.sliderReleased.connect(self.finished)
        self.track.valueChanged.connect(self._slid)
        self.field.editingFinished.connect(self._typed)

    def describe(self, name: str, tip: str) -> None:
        """How who cannot see it hears of it, and its tooltip."""
        for part in (self.track, self.field):
            part.setAccessibleName(name)
        for labelled in (self.letter, self.track, self.field):
            labelled.setToolTip(tip)

    def show_value(self, value: float) -> None:
        """Silent; nothing moves under a hand that drags."""
        if self.track.isSliderDown():
            return
        self.value = min(max(value, self._low), self._high)
        self.track.blockSignals(True)
        self.track.setValue(round((self.value - self._low) * 10**self._digits))
        self.track.blockSignals(False)
        self._write()

    def _write(self) -> None:
        self.field.setText(f"{self.value:.{self._digits}f}")

    @Slot(int)
    def _slid(self, step: int) -> None:
        self.value = round(self._low + step / 10**self._digits, self._digits)
        self._write()
        self.changed.emit()

    @Slot()
    def _typed(self) -> None:
        if not self.field.isModified():
            return
        self.field.setModified(False)
        try:
            value = float(self.field.text().replace(",", "."))
        except ValueError:
            value = math.nan
        if self._low <= value <= self._high:
            self.value = value
            self.entered.emit()
            return
        self._write()
        self.refused.emit(tr("Channel", "Type a number from {0:g} to {1:g}.").format(self._low, self._high))
