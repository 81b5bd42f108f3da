"""Settings that are chosen out of a list that opens: more answers than have room, or the user's models."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from app.model_names import ModelNames
from ui.panels.setting_base import LabelledRow, SettingType, spelt


class PickRow(LabelledRow):
    """More answers than have room side by side."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        self.box = QComboBox()
        self.box.setAccessibleName(setting.about.label)
        self.box.setToolTip(f"{setting.about.label}\n{setting.about.help}")
        for choice in setting.about.choices:
            self.box.addItem(spelt(choice, setting.about.unit), str(choice))
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


class NameRow(LabelledRow):
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
