"""A stage's setting as a row: made from its description, so that a stage never writes an interface."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from ui.panels.setting_base import LabelledRow, SettingRow, SettingType, spelt
from ui.panels.setting_colour import ColourRow
from ui.panels.setting_curve import CurveRow
from ui.panels.setting_file import FileRow
from ui.panels.setting_lists import NameRow, PickRow
from ui.panels.setting_places import KeysRow, PointsRow, RectRow
from ui.theme import T
from ui.widgets.segmented_bar import SegmentedBar
from ui.widgets.switch import Switch
from ui.widgets.value_slider import ValueSlider

_FIELD_LETTERS = 9
"""What a slider's field holds; longer units stand below it."""
_FINE_SPAN = 5
"""Ranges up to this have two decimals."""
_SIDE_BY_SIDE = 3
"""So many answers have room beside their name."""


class NumberRow(SettingRow):
    """A slider and a field; "auto" beside them where the stage may decide.

    A number that is as good as the next has a button for the next in place of the slider.
    """

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        about = setting.about
        self._low, self._high = float(about.low or 0), float(about.high if about.high is not None else 100)
        self._decimals = 0 if setting.kind is int else 2 if self._high - self._low <= _FINE_SPAN else 1
        letters = len(f"{self._high:.{self._decimals}f} {about.unit}")
        short = about.unit if letters <= _FIELD_LETTERS else ""
        default = self._low if setting.default is None else float(setting.default)
        self.slider = ValueSlider(
            about.label, self._low, self._high, default, unit=short, decimals=self._decimals, tip=about.help
        )
        self.auto = QToolButton() if setting.optional else None
        self.another = QToolButton() if about.another else None
        self._pressing = False
        self._arrange("" if short else about.unit)
        self._connect()

    def _arrange(self, unit_below: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(T.space[1])
        row.addWidget(self.slider, 1)
        self.column.addLayout(row)
        if self.auto is not None:
            self.auto.setText(self.tr("auto"))
            self.auto.setCheckable(True)
            self.auto.setAccessibleName(self.tr("{setting}: auto").format(setting=self.setting.about.label))
            self.auto.setToolTip(self.tr("Auto\nThe stage measures the shot and decides by itself."))
            row.addWidget(self.auto, 0, Qt.AlignmentFlag.AlignTop)
        if self.another is not None:
            self.slider.track.hide()
            self.another.setText(self.tr("another"))
            self.another.setAccessibleName(self.tr("{setting}: another").format(setting=self.setting.about.label))
            self.another.setToolTip(self.tr("Another") + "\n" + self.setting.about.another)
            row.addWidget(self.another, 0, Qt.AlignmentFlag.AlignTop)
        if unit_below:
            unit = QLabel(unit_below)
            unit.setObjectName("muted")
            self.column.addWidget(unit)

    def _connect(self) -> None:
        self.slider.label.installEventFilter(self)
        self.slider.track.sliderPressed.connect(self._press)
        self.slider.track.sliderReleased.connect(self._release)
        self.slider.changed.connect(self._change)
        self.slider.text_entered.connect(self._type)
        if self.auto is not None:
            self.auto.clicked.connect(self._toggle_auto)
        if self.another is not None:
            self.another.clicked.connect(self._go_on)

    def show_text(self, text: str | None, follows: float | None = None) -> None:
        auto = self.auto is not None and (text is None or text == "auto")
        value = self.setting.default if text is None or auto else float(text)
        if text is None and follows is not None:
            value = follows
        if not self._pressing:
            self.slider.set_value(self._low if value is None else float(value))
        self._mark(self.slider.label, text is not None and (follows is not None or self._is_other(text)))
        if self.auto is not None:
            self.auto.setChecked(auto)
            self.slider.track.setEnabled(not auto)
            self.slider.field.setPlaceholderText(self.tr("auto"))
            if auto:
                self.slider.field.setText(self.tr("auto"))

    @property
    def held(self) -> bool:
        return self._pressing

    def refuse(self, sentence: str) -> None:
        self.slider.refuse(sentence)

    def _is_other(self, text: str) -> bool:
        if self.setting.default is None or text == "auto":
            return text != "auto"
        return float(text) != float(self.setting.default)

    @Slot()
    def _press(self) -> None:
        self._pressing = True
        self.pressed.emit()

    @Slot()
    def _release(self) -> None:
        self._pressing = False
        self.released.emit()

    @Slot(float)
    def _change(self, value: float) -> None:
        self.moved.emit(f"{value:.{self._decimals}f}")

    @Slot(str)
    def _type(self, text: str) -> None:
        unit = self.setting.about.unit
        self.entered.emit(text.removesuffix(unit).strip().replace(",", ".") if unit else text)

    @Slot(bool)
    def _toggle_auto(self, on: bool) -> None:
        self.entered.emit("" if on else f"{self._low:.{self._decimals}f}")

    @Slot()
    def _go_on(self) -> None:
        following = self.slider.value + 1
        self.entered.emit(f"{self._low if following > self._high else following:.{self._decimals}f}")


class ChoiceRow(LabelledRow):
    """A few answers side by side."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        unit = "×" if setting.about.unit == "x" else setting.about.unit
        tip = f"{setting.about.label}\n{setting.about.help}"
        segments = [(str(choice), spelt(choice, unit), tip) for choice in setting.about.choices]
        self.bar = SegmentedBar(setting.about.label, segments)
        super().__init__(setting, self.bar, parent)
        self.bar.chosen.connect(self.entered)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        chosen = str(self.setting.default) if text is None else text
        self.bar.set_current(chosen)
        self._mark(self.label, chosen != str(self.setting.default))
        self.refuse("")


class SwitchRow(LabelledRow):
    """On or off."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        self.switch = Switch(setting.about.label, setting.about.help)
        super().__init__(setting, self.switch, parent)
        self.switch.clicked.connect(self._click)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        on = bool(self.setting.default) if text is None else text.lower() in ("on", "true", "1")
        self.switch.setChecked(on)
        self._mark(self.label, on != bool(self.setting.default))
        self.refuse("")

    @Slot(bool)
    def _click(self, on: bool) -> None:
        self.entered.emit("on" if on else "off")


class TextRow(LabelledRow):
    """Free text."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        self.field = QLineEdit()
        self.field.setAccessibleName(setting.about.label)
        self.field.setToolTip(f"{setting.about.label}\n{setting.about.help}")
        super().__init__(setting, self.field, parent)
        self.field.editingFinished.connect(self._finish)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        self.field.setText(str(self.setting.default or "") if text is None else text)
        self._mark(self.label, text is not None and text != str(self.setting.default))
        self.refuse("")

    @Slot()
    def _finish(self) -> None:
        if self.field.isModified():
            self.entered.emit(self.field.text().strip())


def setting_row(setting: SettingType) -> SettingRow:
    """The row that suits the setting's type."""
    if setting.about.names:
        return NameRow(setting)
    if setting.about.draws == "rect":
        return RectRow(setting)
    if setting.about.draws == "points":
        return PointsRow(setting)
    if setting.about.keyed:
        return KeysRow(setting)
    if setting.about.file:
        return FileRow(setting)
    if setting.about.curve:
        return CurveRow(setting)
    if setting.about.colour:
        return ColourRow(setting)
    if setting.about.choices:
        return ChoiceRow(setting) if len(setting.about.choices) <= _SIDE_BY_SIDE else PickRow(setting)
    if setting.kind is bool:
        return SwitchRow(setting)
    return NumberRow(setting) if setting.kind in (int, float) else TextRow(setting)
