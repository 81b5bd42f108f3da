"""What to tune with: footage from the project or the disk, minutes, a name, what to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.tune_job import SHIPPED, TuneRequest
from ui.dialogs.parts import button, row
from ui.i18n import tr
from ui.theme import T

_PATH = Qt.ItemDataRole.UserRole


class TuneForm(QWidget):
    """`changed` after every edit."""

    changed = Signal()

    def __init__(self, media: Sequence[Path]) -> None:
        """media: of the project's clips, offered unticked: only the user knows which are clean."""
        super().__init__()
        self.list, self.name, self.minutes, self.start = QListWidget(), QLineEdit(), QDoubleSpinBox(), QComboBox()
        self.files = button(tr("Tune", "Add Files…"), tr("Tune", "Adds clean clips or stills."))
        self.folder = button(tr("Tune", "Add Folder…"), tr("Tune", "Adds all clips and stills of a folder and below."))
        self.files.clicked.connect(self._on_files)
        self.folder.clicked.connect(self._on_folder)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(T.space[1])
        box.addWidget(self.list, 1)
        box.addLayout(row(self.files, self.folder, None))
        box.addLayout(self._fields())
        self._dress()
        for path in dict.fromkeys(media):
            self._add(path, ticked=False)
        self.list.itemChanged.connect(self.changed)
        self.name.textChanged.connect(self.changed)

    def add(self, paths: Sequence[Path]) -> None:
        """Ticked; what is listed already is ticked only."""
        for path in paths:
            listed = next((item for item in self._items() if item.data(_PATH) == str(path)), None)
            if listed is None:
                self._add(path, ticked=True)
            else:
                listed.setCheckState(Qt.CheckState.Checked)
        self.changed.emit()

    def paths(self) -> tuple[Path, ...]:
        """The ticked ones."""
        return tuple(Path(item.data(_PATH)) for item in self._items() if item.checkState() == Qt.CheckState.Checked)

    def request(self, folder: Path) -> TuneRequest:
        """What the form says now; models are kept in `folder`."""
        start = self.start.currentData()
        return TuneRequest(self.name.text().strip(), self.paths(), self.minutes.value(), folder, str(start))

    def show_models(self, tuned: Sequence[str]) -> None:
        """What a run can begin with, beside the shipped weights."""
        held = self.start.currentData()
        self.start.clear()
        self.start.addItem(tr("Tune", "The shipped model"), SHIPPED)
        for name in tuned:
            self.start.addItem(name, name)
        self.start.setCurrentIndex(max(0, self.start.findData(held)))

    def _fields(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(T.space[3])
        form.setVerticalSpacing(T.space[1])
        form.addRow(tr("Tune", "Begin with"), self.start)
        form.addRow(tr("Tune", "Time"), self.minutes)
        form.addRow(tr("Tune", "Name"), self.name)
        return form

    def _dress(self) -> None:
        self.minutes.setRange(1.0, 1440.0)
        self.minutes.setDecimals(0)
        self.minutes.setValue(10.0)
        self.minutes.setSuffix(tr("Tune", " min"))
        self.name.setText(tr("Tune", "my-archive"))
        self.list.setMinimumHeight(T.space[3] * 7)
        for widget, name, tip in (
            (self.list, tr("Tune", "Clean footage"), tr("Tune", "Tick what looks as your archive should look.")),
            (self.start, tr("Tune", "Begin with"), tr("Tune", "The model that is carried on.")),
            (self.minutes, tr("Tune", "Time"), tr("Tune", "Of computing in the background; ten minutes are usual.")),
            (self.name, tr("Tune", "Name"), tr("Tune", "What to call the new model: letters, digits, dashes.")),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(f"{name}\n{tip}")
        self.show_models(())

    def _add(self, path: Path, *, ticked: bool) -> None:
        item = QListWidgetItem(path.name)
        item.setData(_PATH, str(path))
        item.setToolTip(str(path))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.addItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    @Slot()
    def _on_files(self) -> None:
        dialog = QFileDialog(self, tr("Tune", "Choose clean clips or stills"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_folder(self) -> None:
        dialog = QFileDialog(self, tr("Tune", "Choose a folder of clean footage"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.filesSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot("QStringList")
    def _on_chosen(self, paths: Sequence[str]) -> None:
        self.add([Path(path) for path in paths])
