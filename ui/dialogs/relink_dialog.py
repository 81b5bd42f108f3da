"""Clips whose media is not where it was: choose the file, or have a folder searched; known by its content."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from app.commands import relink
from app.document import Media
from app.relinker import Relinker
from app.session import Session
from engines.errors import TratteggioError
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.icons import icon

_ID = Qt.ItemDataRole.UserRole


class RelinkDialog(QDialog):
    """Each clip found is linked at once, as a step that can be undone."""

    def __init__(self, session: Session, clips: Sequence[str], parent: QWidget | None = None) -> None:
        """clips: those to look at; what is in its place is said to be."""
        super().__init__(parent)
        self._session = session
        self._missing = list(clips)
        self._other: dict[str, Path] = {}
        self._relinker = Relinker()
        purpose = tr("Relink", "Work is kept; pictures come back as soon as their files are found.")
        layout = column(self, tr("Relink", "Find missing media"), purpose, 640)
        self.list, self.said = QListWidget(), text("")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(tr("Relink", "Clips"))
        self.list.setToolTip(tr("Relink", "Clips whose media is not where it was."))
        self.said.setMinimumHeight(48)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.said)
        layout.addLayout(self._buttons())
        self._relinker.found.connect(self._on_found)
        self._relinker.refused.connect(self._on_refused)
        self._relinker.searched.connect(self._on_searched)
        self.finished.connect(self._on_finished)
        self.list.currentRowChanged.connect(self._on_row)
        for clip_id in self._missing:
            self._add(clip_id)
        self.list.setCurrentRow(0)
        self._relinker.looked.connect(self._on_looked)
        self._relinker.look({clip_id: self._media(clip_id) for clip_id in clips})

    def take_file(self, path: Path) -> None:
        """Link the chosen clip to `path` if it holds the same pictures."""
        clip_id = self._chosen()
        if clip_id:
            self._say(tr("Relink", "Comparing {0}...").format(path.name))
            self._relinker.check(clip_id, self._media(clip_id), path)

    def search_folder(self, folder: Path) -> None:
        """Look for everything that is still missing."""
        self._say(tr("Relink", "Searching {0}...").format(folder))
        self.search.setText(tr("Relink", "Stop Searching"))
        self._relinker.search({clip_id: self._media(clip_id) for clip_id in self._missing}, folder)

    def _buttons(self) -> QHBoxLayout:
        self.file = button(tr("Relink", "Choose File..."), tr("Relink", "Links the chosen clip to a file."), main=True)
        self.folder = button(
            tr("Relink", "Choose Stills..."), tr("Relink", "Links the chosen clip to a folder of stills.")
        )
        self.search = button(tr("Relink", "Search Folder..."), tr("Relink", "Looks for all clips below a folder."))
        self.force = button(tr("Relink", "Link All the Same"), tr("Relink", "Takes the other file; masks may not fit."))
        self.close_button = button(tr("Relink", "Close"), tr("Relink", "What is still missing can be found later."))
        self.file.clicked.connect(self._on_file)
        self.folder.clicked.connect(self._on_folder)
        self.search.clicked.connect(self._on_search)
        self.force.clicked.connect(self._on_force)
        self.close_button.clicked.connect(self.accept)
        return row(self.file, self.folder, self.search, self.force, None, self.close_button)

    def _add(self, clip_id: str) -> None:
        media = self._media(clip_id)
        item = QListWidgetItem(icon("warning", "approximate"), f"{media.path.name}\n{media.path.parent}")
        item.setData(_ID, clip_id)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, tr("Relink", "{0}, missing").format(media.path.name))
        self.list.addItem(item)

    def _media(self, clip_id: str) -> Media:
        return self._session.document.clip(clip_id).media

    def _chosen(self) -> str:
        index = self.list.currentRow()
        clip_id = str(self.list.item(index).data(_ID)) if index >= 0 else ""
        return clip_id if clip_id in self._missing else ""

    def _choose(self, clip_id: str) -> None:
        """Go to the row of a clip."""
        rows = [self.list.item(index).data(_ID) for index in range(self.list.count())]
        self.list.setCurrentRow(rows.index(clip_id))

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)

    @Slot()
    def _on_row(self) -> None:
        clip_id = self._chosen()
        for one in (self.file, self.folder):
            one.setEnabled(bool(clip_id))
        self.search.setEnabled(bool(self._missing))
        self.force.setVisible(clip_id in self._other)

    def _show_found(self, clip_id: str, media: Media) -> None:
        for index in range(self.list.count()):
            item = self.list.item(index)
            if item.data(_ID) == clip_id:
                item.setIcon(icon("ready", "ready"))
                item.setText(f"{media.path.name}\n{media.path.parent}")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, tr("Relink", "{0}, found").format(media.path.name))

    @Slot(object)
    def _on_looked(self, missing: Sequence[str]) -> None:
        for clip_id in [held for held in self._missing if held not in missing]:
            self._missing.remove(clip_id)
            self._show_found(clip_id, self._media(clip_id))
        if not self._missing:
            self._say(tr("Relink", "Every clip's media is in its place."))
        elif not self._chosen():
            self._choose(self._missing[0])
        self._on_row()

    @Slot(str, object)
    def _on_found(self, clip_id: str, media: Media) -> None:
        session = self._session
        try:
            document = relink(session.document, clip_id, media)
        except (TratteggioError, KeyError) as error:
            self._say(str(error) if isinstance(error, TratteggioError) else tr("Relink", "The clip was removed."))
            return
        session.do(tr("Relink", "Relink {0}").format(media.path.name), document)
        self._missing.remove(clip_id)
        self._other.pop(clip_id, None)
        self._show_found(clip_id, media)
        self._say(tr("Relink", "Found {0}.").format(media.path))
        self._on_row()

    @Slot(str, object, object)
    def _on_refused(self, clip_id: str, path: Path, error: TratteggioError) -> None:
        if path.is_file():
            self._other[clip_id] = path
        self._say(str(error))
        self._on_row()

    @Slot(int, int)
    def _on_searched(self, found: int, asked: int) -> None:
        self.search.setText(tr("Relink", "Search Folder..."))
        self._say(tr("Relink", "Found {0} of {1}.").format(found, asked))
        self._on_row()

    @Slot()
    def _on_file(self) -> None:
        dialog = QFileDialog(self, tr("Relink", "Choose the file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_path)
        dialog.open()

    @Slot()
    def _on_folder(self) -> None:
        dialog = QFileDialog(self, tr("Relink", "Choose the folder of stills"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_path)
        dialog.open()

    @Slot()
    def _on_search(self) -> None:
        if self.search.text() == tr("Relink", "Stop Searching"):
            self._relinker.stop()
            return
        dialog = QFileDialog(self, tr("Relink", "Search below"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_search_below)
        dialog.open()

    @Slot(str)
    def _on_path(self, path: str) -> None:
        self.take_file(Path(path))

    @Slot(str)
    def _on_search_below(self, path: str) -> None:
        self.search_folder(Path(path))

    @Slot()
    def _on_force(self) -> None:
        clip_id = self._chosen()
        if clip_id in self._other:
            self._relinker.force(clip_id, self._media(clip_id), self._other[clip_id])

    @Slot()
    def _on_finished(self) -> None:
        self._relinker.retire()
