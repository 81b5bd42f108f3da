"""A stage's setting as a row: made from its description, so that a stage never writes an interface."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass, fields
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.model_names import ModelNames
from engines.stages.settings import Described, described
from ui.theme import T
from ui.widgets.segmented_bar import SegmentedBar
from ui.widgets.switch import Switch
from ui.widgets.value_slider import DOT, ValueSlider

_FIELD_LETTERS = 9
"""What a slider's field holds; longer units stand below it."""
_SIDE_BY_SIDE = 3
"""So many answers have room beside their name."""


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

    def refuse(self, sentence: str) -> None:
        """Say why what was entered was not taken."""
        raise NotImplementedError

    def tip(self) -> str:
        return f"{self.setting.about.label}\n{self.setting.about.help}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.MouseButtonDblClick and self.isEnabled():
            self.entered.emit("")
            return True
        return super().eventFilter(watched, event)

    def _mark(self, label: QLabel, changed: bool) -> None:
        label.setText(f"{self.setting.about.label} {DOT}" if changed else self.setting.about.label)


class NumberRow(SettingRow):
    """A slider and a field; "auto" beside them where the stage may decide.

    A number that is as good as the next has a button for the next in place of the slider.
    """

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        about = setting.about
        self._low, self._high = float(about.low or 0), float(about.high if about.high is not None else 100)
        self._decimals = 0 if setting.kind is int else 2 if self._high - self._low <= 2 else 1
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


class _LabelledRow(SettingRow):
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


class ChoiceRow(_LabelledRow):
    """A few answers side by side."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        unit = "×" if setting.about.unit == "x" else setting.about.unit
        tip = f"{setting.about.label}\n{setting.about.help}"
        segments = [(str(choice), f"{choice} {unit}".strip(), tip) for choice in setting.about.choices]
        self.bar = SegmentedBar(setting.about.label, segments)
        super().__init__(setting, self.bar, parent)
        self.bar.chosen.connect(self.entered)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        chosen = str(self.setting.default) if text is None else text
        self.bar.set_current(chosen)
        self._mark(self.label, chosen != str(self.setting.default))
        self.refuse("")


class PickRow(_LabelledRow):
    """More answers than have room side by side."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        self.box = QComboBox()
        self.box.setAccessibleName(setting.about.label)
        self.box.setToolTip(f"{setting.about.label}\n{setting.about.help}")
        for choice in setting.about.choices:
            self.box.addItem(f"{choice} {setting.about.unit}".strip(), str(choice))
        super().__init__(setting, self.box, parent)
        self.box.activated.connect(self._on_activated)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        chosen = str(self.setting.default) if text is None else text
        self.box.setCurrentIndex(self.box.findData(chosen))
        self._mark(self.label, chosen != str(self.setting.default))
        self.refuse("")

    @Slot()
    def _on_activated(self) -> None:
        self.entered.emit(str(self.box.currentData()))


class SwitchRow(_LabelledRow):
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


class NameRow(_LabelledRow):
    """One of the user's models, by name. The list is read anew, on a thread, whenever it is opened."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        self.box = _NameBox()
        self.box.setAccessibleName(setting.about.label)
        self.box.setToolTip(f"{setting.about.label}\n{setting.about.help}")
        super().__init__(setting, self.box, parent)
        self._chosen = ""
        self._names: tuple[str, ...] = ()
        self.box.opened.connect(self._look)
        self.box.activated.connect(self._on_activated)
        self._fill()
        self._look()

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        self._chosen = text or ""
        if self._chosen and self.box.findData(self._chosen) < 0:
            self.box.addItem(self._chosen, self._chosen)
        self.box.setCurrentIndex(max(0, self.box.findData(self._chosen)))
        self._mark(self.label, bool(self._chosen))
        self.refuse("")

    @Slot()
    def _look(self) -> None:
        names = ModelNames(self.setting.about.names)
        names.listed.connect(self._on_listed)
        names.look()

    @Slot(object)
    def _on_listed(self, names: tuple[str, ...]) -> None:
        # The list may be open: it is not touched unless there is news.
        if names != self._names:
            self._names = names
            self._fill()

    def _fill(self) -> None:
        none = self.tr("choose…") if self.setting.about.needed else self.tr("shipped")
        self.box.clear()
        self.box.addItem(none, "")
        for name in self._names:
            self.box.addItem(name, name)
        if self._chosen and self._chosen not in self._names:
            self.box.addItem(self._chosen, self._chosen)
        self.box.setCurrentIndex(max(0, self.box.findData(self._chosen)))

    @Slot()
    def _on_activated(self) -> None:
        self.entered.emit(str(self.box.currentData() or ""))


class _NameBox(QComboBox):
    opened = Signal()

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        self.opened.emit()
        super().showPopup()


class TextRow(_LabelledRow):
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
    if setting.about.choices:
        return ChoiceRow(setting) if len(setting.about.choices) <= _SIDE_BY_SIDE else PickRow(setting)
    if setting.kind is bool:
        return SwitchRow(setting)
    return NumberRow(setting) if setting.kind in (int, float) else TextRow(setting)
