"""A setting that names a file: chosen, dropped or typed; what cannot be used is refused with its reason."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.file_check import FileCheck
from engines.types import FrameNo
from ui.panels.setting_base import LabelledRow, SettingType
from ui.theme import T

OWN = "frame:"
"""Before the number of a frame of the clip itself."""


class FileRow(LabelledRow):
    """The name and buttons, and the file's name below; the tooltip has the whole path."""

    def __init__(self, setting: SettingType, parent: QWidget | None = None) -> None:
        label = setting.about.label
        self.choose, self.clear, self.field = QPushButton(), QPushButton(), QLineEdit()
        self.here = QPushButton() if setting.about.file == "still" else None
        super().__init__(setting, self.choose, parent)
        self._frame: FrameNo = 0
        self._path = self._asked = ""
        row = QHBoxLayout()
        row.setSpacing(T.space[0])
        row.addWidget(self.field, 1)
        if self.here is not None:
            row.addWidget(self.here)
            self._name(self.here, self.tr("This frame"), self.tr("The frame under the playhead, of the clip itself."))
            self.here.clicked.connect(self._take_frame)
        row.addWidget(self.clear)
        self.column.insertLayout(1, row)
        self._name(self.choose, self.tr("Choose…"), self.tr("A file from the disk; it can be dropped here as well."))
        self._name(self.clear, self.tr("None"), self.tr("No file is used."))
        self.field.setAccessibleName(label)
        self.field.setPlaceholderText(self.tr("none"))
        self.field.textEdited.connect(self._edit)
        self.field.editingFinished.connect(self._finish)
        self.choose.clicked.connect(self._ask)
        self.clear.clicked.connect(self._none)
        self.setAcceptDrops(True)

    def show_text(self, text: str | None, follows: float | None = None) -> None:  # noqa: ARG002 - as the others
        path = text or ""
        if path != self._path or not path:
            self.refuse("")
        if path and path != self._path and not path.startswith(OWN):
            self._look(path)
        self._path = path
        if not self.field.isModified():
            self._write()
        self.clear.setEnabled(bool(path))
        self._mark(self.label, bool(path))

    def show_frame(self, frame: FrameNo) -> None:
        self._frame = frame

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if self.isEnabled() and _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        path = _dropped(event)
        if path:
            event.acceptProposedAction()
            self._take(path)

    def _name(self, button: QPushButton, verb: str, tip: str) -> None:
        button.setText(verb)
        button.setAccessibleName(f"{self.setting.about.label}: {verb.rstrip('…').lower()}")
        button.setToolTip(f"{verb}\n{tip}")

    def _write(self) -> None:
        """The file's name, or what stands for a frame."""
        if self._path.startswith(OWN):
            shown = self.tr("frame {0} of this clip").format(self._path[len(OWN) :])
        else:
            shown = Path(self._path).name if self._path else ""
        self.field.setText(shown)
        self.field.setCursorPosition(0)
        self.field.setToolTip("\n".join(part for part in (self.tip(), self._path) if part))

    @Slot()
    def _edit(self) -> None:
        self.refuse("")

    @Slot()
    def _finish(self) -> None:
        if self.field.isModified():
            self.field.setModified(False)
            self._take(self.field.text().strip())

    @Slot()
    def _take_frame(self) -> None:
        self.entered.emit(f"{OWN}{self._frame}")

    @Slot()
    def _none(self) -> None:
        self.entered.emit("")

    @Slot()
    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), self.setting.about.label)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        kinds = {
            "cube": self.tr("Look-up tables (*.cube *.CUBE)"),
            "manifest": self.tr("Manifests of masters (*.tratteggio.json)"),
        }
        if kind := kinds.get(self.setting.about.file):
            dialog.setNameFilters([kind, self.tr("All files (*)")])
        if self._path and not self._path.startswith(OWN):
            dialog.setDirectory(str(Path(self._path).parent))
        dialog.fileSelected.connect(self._take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _take(self, path: str) -> None:
        """It counts once it was looked at: what cannot be used changes nothing."""
        if not path or path.startswith(OWN) or path == self._path:
            self._asked = ""
            self.entered.emit(path)
            return
        self._asked = path
        self._look(path)

    def _look(self, path: str) -> None:
        check = FileCheck(self.setting.about.file)
        check.checked.connect(self._on_checked)
        check.ask(path)

    @Slot(str, str)
    def _on_checked(self, path: str, wrong: str) -> None:
        wanted, held = path == self._asked, path == self._path
        if wanted:
            self._asked = ""
        if wrong and (wanted or held):
            self.refuse(wrong)
            if wanted:
                self._write()
        elif wanted:
            self.entered.emit(path)


def _dropped(event: QDropEvent) -> str:
    """The first file that is dropped; empty for none."""
    return next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
