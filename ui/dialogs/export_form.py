"""The left half of the export dialog: format, range, destination."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.jobs.destination import Destination
from app.jobs.preset_facts import PresetFacts
from engines.media.presets import PRESETS
from ui.dialogs.delivery_choice import DeliveryChoice
from ui.dialogs.delivery_extras import DeliveryExtras
from ui.dialogs.export_words import keeps, light_line
from ui.theme import T

_LIGHT = Qt.ItemDataRole.UserRole + 1
Range = tuple[str, str, str, bool]
"""Key, title, what it spans, whether it can be chosen."""


class ExportForm(QWidget):
    """Shows and edits; decides nothing."""

    preset_picked = Signal(str)
    range_picked = Signal(str)
    out_edited = Signal(object)
    replace_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(T.space[2])
        self._grid.setVerticalSpacing(T.space[1])
        self._grid.setColumnStretch(1, 1)
        self.delivery = DeliveryChoice()
        self._row(0, self.tr("&Delivery"), self.delivery, self.delivery.kinds)
        self._build_format()
        self._build_ranges()
        self._build_destination()
        self.extras = DeliveryExtras()
        self._grid.addWidget(self.extras, 7, 1)
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def _build_format(self) -> None:
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        self.format.setToolTip(self.tr("Format\nDecides what the master can hold, and how large it becomes."))
        self.format.currentIndexChanged.connect(self._on_format)
        self.note = _note()
        self._row(1, self.tr("&Format"), self.format)
        self._grid.addWidget(self.note, 2, 1)

    def _build_ranges(self) -> None:
        self.ranges = QButtonGroup(self)
        self._range_keys: list[str] = []
        self._range_box = QVBoxLayout()
        self._range_box.setSpacing(T.space[0])
        label = QLabel(self.tr("Frames"))
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(label, 3, 0)
        self._grid.addLayout(self._range_box, 3, 1)
        self.ranges.idToggled.connect(self._on_range)

    def _build_destination(self) -> None:
        self.out = QLineEdit()
        self.out.setAccessibleName(self.tr("Destination"))
        self.out.textEdited.connect(self._on_out)
        self.browse = QPushButton(self.tr("&Browse…"))
        self.browse.setAccessibleName(self.tr("Choose the destination"))
        self.browse.setToolTip(self.tr("Choose the destination\nOpens a window to pick a folder and a name."))
        self.browse.clicked.connect(self._on_browse)
        line = QHBoxLayout()
        line.addWidget(self.out, 1)
        line.addWidget(self.browse)
        box = QWidget()
        box.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        self._row(4, self.tr("&Save as"), box, self.out)
        self.place = _note()
        self._grid.addWidget(self.place, 5, 1)
        self.replace = QCheckBox(self.tr("&Replace what is there"))
        self.replace.setAccessibleName(self.tr("Replace what is there"))
        self.replace.setToolTip(self.tr("Replace\nThe old master goes only once the new one is whole and checked."))
        self.replace.toggled.connect(self.replace_toggled)
        self.replace.hide()
        self._grid.addWidget(self.replace, 6, 1)

    def _row(self, row: int, title: str, widget: QWidget, buddy: QWidget | None = None) -> None:
        label = QLabel(title)
        # Beside the first line of what has a note below it.
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        label.setMargin(T.space[0])
        label.setBuddy(buddy or widget)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(widget, row, 1)

    def show_presets(self, facts: Sequence[PresetFacts], chosen: str) -> None:
        """Formats that cannot hold the clip are listed, and say why when chosen."""
        self.format.blockSignals(True)
        self.format.clear()
        for index, fact in enumerate(facts):
            self.format.addItem(fact.preset.title, fact.preset.name)
            self.format.setItemData(index, keeps(fact), Qt.ItemDataRole.ToolTipRole)
            self.format.setItemData(index, light_line(fact.made) if not fact.refusal else "", _LIGHT)
            if fact.preset.name == chosen:
                self.format.setCurrentIndex(index)
                self._show_notes(index)
        self.format.blockSignals(False)

    def show_ranges(self, ranges: Sequence[Range], chosen: str) -> None:
        self.ranges.blockSignals(True)
        for button in self.ranges.buttons():
            self.ranges.removeButton(button)
            button.deleteLater()
        self._range_keys = [key for key, *_ in ranges]
        for index, (key, title, span, usable) in enumerate(ranges):
            button = QRadioButton(f"{title}   {span}" if span else title)
            button.setAccessibleName(title)
            button.setToolTip(f"{title}\n{span}")
            button.setEnabled(usable)
            button.setChecked(key == chosen)
            self.ranges.addButton(button, index)
            self._range_box.addWidget(button)
        self.ranges.blockSignals(False)

    def show_out(self, out: Path) -> None:
        if Path(self.out.text()) != out:
            self.out.setText(str(out))
        self.out.setToolTip(f"{self.tr('Destination')}\n{out}")

    def show_destination(self, found: Destination | None) -> None:
        """What is known of the chosen place; None while nobody has looked yet."""
        existing = found.existing if found else None
        self.replace.setVisible(existing is not None)
        self.place.setText(self.tr("{0} exists already.").format(existing.name) if existing else "")
        self.place.setVisible(existing is not None)

    def _show_notes(self, index: int) -> None:
        """What the format keeps, and what an HDR master says of itself."""
        parts = [str(self.format.itemData(index, role) or "") for role in (Qt.ItemDataRole.ToolTipRole, _LIGHT)]
        self.note.setText("\n".join(part for part in parts if part))

    @Slot(int)
    def _on_format(self, index: int) -> None:
        if index >= 0:
            self._show_notes(index)
            self.preset_picked.emit(self.format.itemData(index))

    @Slot(int, bool)
    def _on_range(self, index: int, on: bool) -> None:
        if on:
            self.range_picked.emit(self._range_keys[index])

    @Slot(str)
    def _on_out(self, text: str) -> None:
        self.replace.setChecked(False)
        self.out_edited.emit(Path(text))

    @Slot()
    def _on_browse(self) -> None:
        preset = PRESETS[self.format.currentData()]
        pattern = "" if preset.kind == "sequence" else f"{preset.title} (*{preset.suffix})"
        options = QFileDialog.Option.DontConfirmOverwrite
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the master as"), self.out.text(), pattern, options=options
        )
        if path:
            self.show_out(Path(path))
            self._on_out(path)


def _note() -> QLabel:
    label = QLabel()
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label
