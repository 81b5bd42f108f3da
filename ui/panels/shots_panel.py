"""The shots of the active clip: where they begin and end, what was done, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from app.commands import add_cut, name_shot, remove_cut
from app.document import ClipWork
from app.session import Session
from app.stage_text import shot_line, shot_title
from app.time_text import TimeText
from app.view_state import ViewState
from ui.panels.heading import Heading
from ui.panels.later import Later
from ui.panels.row_list import Row, RowList
from ui.panels.shot_chooser import CopyMenu
from ui.theme import T

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge


class ShotsPanel(QWidget):
    """The selection follows the playhead; choosing a shot goes to its first frame."""

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
        self.heading = Heading(self.tr("Shots"))
        self.list = RowList(bridge, self.tr("Shots"), self.tr("Choose a shot to go to its first frame; F2 names it."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[1])
        layout.addWidget(self.heading)
        layout.addWidget(self.list, 1)
        self.empty = QLabel(self.tr("The shots of a clip stand here once one is open."))
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.setObjectName("muted")
        layout.addWidget(self.empty, 1)
        # Figures may wait; a list that is rebuilt for every slider event may not.
        self._later = Later(self, 120, self.refresh)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.list.chosen.connect(self._go)
        self.list.rows.renamed.connect(self.rename)
        self.list.customContextMenuRequested.connect(self._menu)
        self._session.document_changed.connect(self._on_document)
        self._session.clip_changed.connect(self.refresh)
        self._session.playhead_changed.connect(self._follow)
        self._bridge.cache_changed.connect(self._on_clip_news)
        self._bridge.clip_info_ready.connect(self._on_clip_news)

    @Slot()
    def refresh(self) -> None:
        """Show the document as it is now."""
        clip = self._session.clip
        count = len(clip.shots) if clip else 0
        self.heading.set_aside(str(count) if count else "")
        self.list.rows.set_rows(self._rows(clip) if clip else ())
        self.list.setVisible(clip is not None)
        self.empty.setVisible(clip is None)
        self._follow()

    def _rows(self, clip: ClipWork) -> list[Row]:
        flagged, states = self._bridge.flagged(clip.id), self._bridge.cache_states(clip.id)
        info = self._bridge.clip_info(clip.id)
        time = TimeText.of(clip.media.rate, info.timecode if info else None)
        rows = []
        for index, shot in enumerate(clip.shots):
            first, last = clip.shot_range(index)
            times = (time.timecode(first), time.timecode(last))
            line = shot_line(clip, index, flagged, states)
            middle = first + min((last - first) // 2, 12)
            rows.append(
                Row(f"{clip.id} {shot.start}", shot_title(clip, index), times, line, (clip.id, middle), figures=True)
            )
        return rows

    @Slot()
    def _on_document(self) -> None:
        clip = self._session.clip
        if clip is None or len(clip.shots) != len(self.list.rows.rows):
            self.refresh()
        else:
            self._later.ask()

    @Slot(str)
    def _on_clip_news(self, clip_id: str) -> None:
        if clip_id == self._session.clip_id:
            self._later.ask()

    @Slot()
    def _follow(self) -> None:
        clip = self._session.clip
        if clip is not None:
            self.list.follow(clip.shot_index(self._session.playhead))

    @Slot(int)
    def _go(self, index: int) -> None:
        clip = self._session.clip
        if clip is not None and clip.shot_index(self._session.playhead) != index:
            self._session.seek(clip.shots[index].start)

    @Slot(int, str)
    def rename(self, index: int, name: str) -> None:
        """Give a shot a name; none, and it is numbered again."""
        clip = self._session.clip
        if clip is not None:
            self._session.do(self.tr("Rename shot"), name_shot(self._session.document, clip.id, index, name))

    @Slot()
    def split(self) -> None:
        """A new shot begins at the playhead."""
        clip = self._session.clip
        if clip is not None:
            after = add_cut(self._session.document, clip.id, self._session.playhead)
            self._session.do(self.tr("Split shot"), after)

    @Slot()
    def merge(self) -> None:
        """The shot under the playhead joins the one before it."""
        clip = self._session.clip
        if clip is not None:
            start = clip.shots[clip.shot_index(self._session.playhead)].start
            self._session.do(self.tr("Merge shots"), remove_cut(self._session.document, clip.id, start))

    @Slot()
    def copy_treatment(self) -> None:
        """Ask which shots get the treatment of the one under the playhead."""
        clip = self._session.clip
        if clip is not None:
            menu = CopyMenu(self._session, clip.shot_index(self._session.playhead), self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.list.mapToGlobal(self.list.visualRect(self.list.currentIndex()).bottomLeft()))

    @Slot()
    def begin_rename(self) -> None:
        self.list.edit(self.list.currentIndex())

    @Slot(QPoint)
    def _menu(self, where: QPoint) -> None:
        index = self.list.indexAt(where)
        if index.isValid():
            self._go(index.row())
            menu = self.menu(index.row())
            menu.popup(self.list.viewport().mapToGlobal(where))

    def menu(self, index: int) -> QMenu:
        """What can be done with shot `index`, which holds the playhead; deletes itself when it closes."""
        clip = self._session.clip
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        split = self._verb(menu, self.tr("Split at playhead"), self.split)
        starts = {shot.start for shot in clip.shots} if clip else set()
        self._explain(split, self._session.playhead not in starts, self.tr("A shot begins at the playhead already."))
        merge = self._verb(menu, self.tr("Merge with the shot before"), self.merge)
        self._explain(merge, index > 0, self.tr("This is the first shot."))
        self._verb(menu, self.tr("Rename…"), self.begin_rename)
        menu.addMenu(CopyMenu(self._session, index, self))
        return menu

    def _verb(self, menu: QMenu, text: str, slot: object) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(slot)
        return action

    def _explain(self, action: QAction, enabled: bool, why: str) -> None:
        action.setEnabled(enabled)
        if not enabled:
            action.setToolTip(why)
