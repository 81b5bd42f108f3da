"""The models: what ships, what was imported, tuned or fetched, and what can be fetched; import, measure, removal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMessageBox,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.models_desk import Measurement, ModelLine, ModelsDesk
from engines.errors import TratteggioError
from ui.dialogs.model_words import facts, kind_text, measurement_text, size_text
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T, colour

_LINE = Qt.ItemDataRole.UserRole
_PLAIN_NOISE = 25.0
"""Where a model that does not enlarge is measured: the middle of the usual three."""


class ModelsDialog(QDialog):
    """Everything runs on the desk's thread; the dialog may close at any time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = ModelsDesk()
        self._wanted = ""
        purpose = tr(
            "Models",
            "Models of others run as stage Model; whatever they change is flagged as invented. Drop a file here.",
        )
        layout = column(self, tr("Models", "Models"), purpose, 820)
        self.list, self.about, self.said, self.bar = QTreeWidget(), text(""), text(""), QProgressBar()
        self._dress()
        layout.addWidget(self.list, 1)
        layout.addWidget(self.about)
        layout.addWidget(self.said)
        layout.addWidget(self.bar)
        layout.addLayout(self._buttons())
        self.setAcceptDrops(True)
        self._connect()
        self._busy(False)
        self._desk.look()

    def chosen(self) -> ModelLine | None:
        """The line that is marked."""
        item = self.list.currentItem()
        held = item.data(0, _LINE) if item is not None else None
        return held if isinstance(held, ModelLine) else None

    def take(self, path: Path) -> None:
        """Import a file."""
        self._begin(tr("Models", "Reading and trying {0}…").format(path.name))
        self._desk.take(path)

    def fetch(self, name: str) -> None:
        """Download what the user agreed to."""
        self._begin(tr("Models", "Fetching {0}…").format(name), stoppable=True)
        self._desk.fetch(name)

    def measure(self, name: str, folder: Path) -> None:
        """Run it beside stage detail on the pictures of a folder."""
        self._begin(tr("Models", "Measuring {0} on {1}…").format(name, folder.name), stoppable=True)
        self._desk.measure(name, folder, self.noise.value())

    def _dress(self) -> None:
        self.list.setAccessibleName(tr("Models", "Models"))
        self.list.setToolTip(tr("Models", "Models\nWhat is here, and what can be fetched."))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setMinimumHeight(T.space[3] * 14)
        self.list.setHeaderLabels(
            [
                tr("Models", "Model"),
                tr("Models", "Kind"),
                tr("Models", "Scale"),
                tr("Models", "Size"),
                tr("Models", "Licence"),
            ]
        )
        for place in range(4):
            self.list.header().setSectionResizeMode(place, QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setStretchLastSection(True)
        self.about.setMinimumHeight(T.space[3] * 5)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.bar.setAccessibleName(tr("Models", "Progress"))
        self.bar.setToolTip(tr("Models", "How far the fetching or measuring is."))

    def _buttons(self) -> QHBoxLayout:
        self.import_button = button(
            tr("Models", "Import…"), tr("Models", "Takes in an image model (.safetensors or .pth), after trying it.")
        )
        self.fetch_button = button(
            tr("Models", "Fetch…"), tr("Models", "Shows size, licence and digest, and asks before anything is loaded.")
        )
        self.measure_button = button(
            tr("Models", "Measure…"), tr("Models", "Compares it with stage Detail on pictures of yours.")
        )
        self.remove_button = button(tr("Models", "Remove"), tr("Models", "Deletes the file; projects keep its name."))
        self.stop_button = button(tr("Models", "Stop"), tr("Models", "Ends it; what was fetched so far is kept."))
        self.close_button = button(
            tr("Models", "Close"), tr("Models", "A download stops and can go on later."), main=True
        )
        self.noise = QDoubleSpinBox()
        self.noise.setRange(0.0, 100.0)
        self.noise.setDecimals(0)
        self.noise.setPrefix(tr("Models", "noise "))
        self.noise.setSuffix(tr("Models", " codes"))
        self.noise.setAccessibleName(tr("Models", "Noise to measure with"))
        self.noise.setToolTip(
            tr("Models", "Noise to measure with\nStandard deviation added to the pictures first, in 8-bit codes.")
        )
        return row(
            self.import_button,
            self.fetch_button,
            self.remove_button,
            self.measure_button,
            self.noise,
            None,
            self.stop_button,
            self.close_button,
        )

    def _connect(self) -> None:
        self.import_button.clicked.connect(self._on_import)
        self.fetch_button.clicked.connect(self._on_fetch)
        self.measure_button.clicked.connect(self._on_measure)
        self.remove_button.clicked.connect(self._on_remove)
        self.stop_button.clicked.connect(self._desk.stop)
        self.close_button.clicked.connect(self.accept)
        self.list.currentItemChanged.connect(self._on_chosen)
        self._desk.listed.connect(self._on_listed)
        self._desk.changed.connect(self._on_changed)
        self._desk.refused.connect(self._on_refused)
        self._desk.progressed.connect(self._on_progress)
        self._desk.measured.connect(self._on_measured)
        self.finished.connect(self._desk.retire)

    def _begin(self, sentence: str, *, stoppable: bool = False) -> None:
        self.said.setText(sentence)
        self.bar.setRange(0, 0)
        self._busy(True, stoppable=stoppable)

    def _busy(self, busy: bool, *, stoppable: bool = False) -> None:
        self._working = busy
        self.bar.setVisible(busy)
        self.stop_button.setVisible(busy and stoppable)
        self._allow()

    def _allow(self) -> None:
        line, free = self.chosen(), not self._working
        self.import_button.setEnabled(free)
        self.fetch_button.setEnabled(free and line is not None and line.kind == "offered")
        self.remove_button.setEnabled(free and line is not None and line.own)
        self.measure_button.setEnabled(free and line is not None and line.measurable)
        self.noise.setEnabled(self.measure_button.isEnabled())

    @Slot(object, object)
    def _on_listed(self, lines: Sequence[ModelLine], problems: Sequence[str]) -> None:
        line = self.chosen()
        wanted = self._wanted or (line.name if line is not None else "")
        self._wanted = ""
        self.list.clear()
        for one in lines:
            item = QTreeWidgetItem([one.name, kind_text(one), f"×{one.scale}" if one.scale else ""])
            item.setText(3, size_text(one.nbytes))
            item.setText(4, one.licence)
            item.setData(0, _LINE, one)
            item.setToolTip(0, one.purpose)
            if one.kind == "offered":
                for place in range(5):
                    item.setForeground(place, colour("muted"))
            self.list.addTopLevelItem(item)
            if one.name == wanted:
                self.list.setCurrentItem(item)
        first = self.list.topLevelItem(0)
        if self.list.currentItem() is None and first is not None:
            self.list.setCurrentItem(first)
        if problems:
            self.said.setText("\n".join(problems))
        self._busy(False)

    @Slot()
    def _on_chosen(self) -> None:
        line = self.chosen()
        self.about.setText(facts(line) if line is not None else "")
        if line is not None:
            self.noise.setValue(0.0 if line.scale != 1 else _PLAIN_NOISE)
        self._allow()

    @Slot(str, str)
    def _on_changed(self, what: str, name: str) -> None:
        done = {
            "imported": tr("Models", "{0} was imported: add stage Model and choose it there."),
            "fetched": tr("Models", "{0} was fetched and verified."),
            "removed": tr("Models", "{0} was removed."),
        }
        self.said.setText(done[what].format(name))
        self._wanted = name

    @Slot(object)
    def _on_refused(self, error: TratteggioError) -> None:
        self.said.setText(str(error))
        self._busy(False)

    @Slot(int, int)
    def _on_progress(self, done: int, total: int) -> None:
        # In thousandths: files are larger than the bar counts.
        self.bar.setRange(0, 1000 if total else 0)
        if total:
            self.bar.setValue(done * 1000 // total)

    @Slot(object)
    def _on_measured(self, found: Measurement) -> None:
        self.said.setText(measurement_text(found))
        self._busy(False)

    @Slot()
    def _on_import(self) -> None:
        dialog = QFileDialog(self, tr("Models", "Choose a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Models", "Image models (*.safetensors *.pth)"))
        dialog.fileSelected.connect(lambda path: self.take(Path(path)))
        dialog.open()

    @Slot()
    def _on_fetch(self) -> None:
        line = self.chosen()
        if line is None or line.kind != "offered":
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Models", "Fetch {0}").format(line.name))
        box.setText(tr("Models", "Fetch {0} ({1})?").format(line.name, size_text(line.nbytes)))
        box.setInformativeText(facts(line))
        agree = box.addButton(tr("Models", "Fetch"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        agree.clicked.connect(lambda: self.fetch(line.name))
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot()
    def _on_measure(self) -> None:
        line = self.chosen()
        if line is None:
            return
        dialog = QFileDialog(self, tr("Models", "Choose a folder of clean pictures"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self.measure(line.name, Path(path)))
        dialog.open()

    @Slot()
    def _on_remove(self) -> None:
        line = self.chosen()
        if line is None or not line.own:
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(tr("Models", "Remove {0}").format(line.name))
        box.setText(tr("Models", "Remove {0} from this machine?").format(line.name))
        box.setInformativeText(tr("Models", "Clips that use it cannot be rendered until it is here again."))
        agree = box.addButton(tr("Models", "Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        agree.clicked.connect(lambda: self._desk.remove(line.name))
        box.finished.connect(box.deleteLater)
        box.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if not self._working and _files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        files = _files(event.mimeData())
        if files and not self._working:
            event.acceptProposedAction()
            self.take(files[0])


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
