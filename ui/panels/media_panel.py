"""The clips of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.commands import remove_clip
from app.document import ClipWork
from app.session import Session
from app.stage_text import StateLine, frames_text
from app.time_text import TimeText
from app.view_state import ViewState
from ui.panels.colour_fold import ColourFold
from ui.panels.heading import Heading
from ui.panels.row_list import THUMB, Row, RowList
from ui.theme import T

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge

_SHOWN = 3
"""Clips seen at once before the list scrolls: the shots need the room."""


class MediaPanel(QWidget):
    """Choosing a clip makes it the active one."""

    open_wanted = Signal()

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,
        state: ViewState,  # noqa: ARG002 - every panel is made alike
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self.heading = Heading(self.tr("Media"))
        self.list = RowList(bridge, self.tr("Clips"), self.tr("The clip that is chosen is shown and worked on."))
        self.colour = ColourFold(session, bridge)
        self.empty = _Empty()
        self.empty.open_button.clicked.connect(self.open_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[1])
        layout.addWidget(self.heading)
        layout.addWidget(self.list)
        layout.addWidget(self.empty)
        layout.addWidget(self.colour)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.list.chosen.connect(self._choose)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.setEditTriggers(RowList.EditTrigger.NoEditTriggers)
        self._session.document_changed.connect(self._on_document)
        self._session.clip_changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Show the document's clips."""
        clips = self._session.document.clips
        self.heading.set_aside(str(len(clips)) if clips else "")
        self.list.rows.set_rows([self._row(clip) for clip in clips])
        row = max(self.list.sizeHintForRow(0), THUMB.height())
        self.list.setFixedHeight(row * min(max(len(clips), 1), _SHOWN) + 2)
        self.list.setVisible(bool(clips))
        self.empty.setVisible(not clips)
        ids = [clip.id for clip in clips]
        if self._session.clip_id in ids:
            self.list.follow(ids.index(self._session.clip_id))

    def _row(self, clip: ClipWork) -> Row:
        media = clip.media
        size = f"{media.width} × {media.height}, {float(media.rate):.5g} fps"
        length = f"{TimeText(media.rate).seconds(media.frame_count)}, {frames_text(media.frame_count)}"
        return Row(
            clip.id, media.path.name, (size, length), self._shots(clip), (clip.id, min(12, media.frame_count // 2))
        )

    def _shots(self, clip: ClipWork) -> StateLine:
        if not clip.cuts_known:
            return StateLine(self.tr("cuts not searched yet"))
        count = len(clip.shots)
        return StateLine(self.tr("1 shot") if count == 1 else self.tr("{count} shots").format(count=count))

    @Slot()
    def _on_document(self) -> None:
        if [self._row(clip) for clip in self._session.document.clips] != list(self.list.rows.rows):
            self.refresh()

    @Slot(int)
    def _choose(self, row: int) -> None:
        self._session.set_clip(self._session.document.clips[row].id)

    @Slot(QPoint)
    def _menu(self, where: QPoint) -> None:
        index = self.list.indexAt(where)
        if index.isValid():
            self._choose(index.row())
            self.menu().popup(self.list.viewport().mapToGlobal(where))

    def menu(self) -> QMenu:
        """What can be done with the active clip; deletes itself when it closes."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        remove = menu.addAction(self.tr("Remove from project"))
        remove.setToolTip(
            self.tr("Takes the clip and its work out of the project; the file stays, undo brings it back.")
        )
        remove.triggered.connect(self.remove)
        return menu

    @Slot()
    def remove(self) -> None:
        """Take the active clip out of the project."""
        clip = self._session.clip
        if clip is not None:
            name = self.tr("Remove {clip}").format(clip=clip.media.path.name)
            self._session.do(name, remove_clip(self._session.document, clip.id))


class _Empty(QWidget):
    """What to do where there is no clip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = QLabel(self.tr("Drop a film scan here: a file, a folder of frames, or a project."))
        words.setWordWrap(True)
        words.setObjectName("muted")
        self.open_button = QPushButton(self.tr("Open…"))
        self.open_button.setAccessibleName(self.tr("Open media"))
        self.open_button.setToolTip(self.tr("Open media (Ctrl+O)\nThe file is only read, never changed."))
        self.open_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(T.space[1])
        layout.addWidget(words)
        layout.addWidget(self.open_button)
