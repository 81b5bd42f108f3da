"""The stages of the shot under the playhead, a card each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.commands import add_stage
from app.document import ClipWork, StageUse
from app.forensic.rules import honest
from app.session import Session
from app.stage_text import shot_title, stage_title
from app.view_state import ViewState
from engines.errors import SettingError
from engines.stages.catalogue import STAGES
from ui.icons import icon
from ui.panels.heading import Heading
from ui.panels.later import Later
from ui.panels.shot_chooser import CopyMenu
from ui.panels.stage_card import StageCard
from ui.theme import T

if TYPE_CHECKING:
    from app.proposals_desk import ProposalsDesk
    from app.render_bridge import RenderBridge
    from app.summaries_desk import SummariesDesk


class StagesPanel(QWidget):
    """The current stage is the one whose card was used last.

    Cards are kept while the chain has the same stages, so that nothing folds or loses the focus by itself.
    """

    current_changed = Signal()

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,
        state: ViewState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bridge = bridge
        self._state = state
        self._proposals: ProposalsDesk | None = None
        self._summaries: SummariesDesk | None = None
        self._cards: dict[str, StageCard] = {}
        self._current = ""
        self._shown: tuple[str, int] | None = None
        self.heading = Heading(self.tr("Stages"))
        self.empty = QLabel()
        self.add_button = QPushButton(self.tr("Add stage…"))
        self.copy_button = QPushButton(self.tr("Copy to shots…"))
        self.add_button.setAccessibleName(self.tr("Add stage"))
        self.copy_button.setAccessibleName(self.tr("Copy to shots"))
        self._arrange()
        self._later = Later(self, 120, self.refresh)
        self._connect()
        self.refresh()

    def show_proposals(self, desk: ProposalsDesk) -> None:
        """Cards of detectors tell what the desk found from now on."""
        self._proposals = desk
        desk.changed.connect(self._later.ask)

    def show_summaries(self, desk: SummariesDesk) -> None:
        """Cards of stages that measure their shots tell what came of it from now on."""
        self._summaries = desk
        desk.changed.connect(self._later.ask)

    @property
    def cards(self) -> tuple[StageCard, ...]:
        """In the order of the chain."""
        return tuple(self._cards.values())

    def card(self, name: str) -> StageCard:
        """Raises KeyError."""
        return self._cards[name]

    def current_stage(self) -> str:
        """Its name, "" = none."""
        return self._current

    @Slot(str)
    def set_current(self, name: str) -> None:
        """Choose the stage that the verbs of the menu act on."""
        if name != self._current:
            self._current = name
            self._state.set("stage", name)
            for card in self.cards:
                card.show_current(card.name == name)
            self.current_changed.emit()

    @Slot()
    def toggle_current(self) -> None:
        """Switch the current stage on or off in this shot."""
        card = self._cards.get(self._current)
        if card is not None and card.switch is not None:
            card.switch.click()

    @Slot()
    def reset_current(self) -> None:
        if self._current in self._cards:
            self._cards[self._current].reset()

    @Slot()
    def remove_current(self) -> None:
        if self._current in self._cards:
            self._cards[self._current].remove()

    def move_current(self, by: int) -> None:
        """-1: it works earlier, 1: later."""
        if self._current in self._cards:
            self._cards[self._current].move_by(by)

    def _arrange(self) -> None:
        self._column = QVBoxLayout()
        self._column.setSpacing(T.space[0])
        verbs = QHBoxLayout()
        verbs.setSpacing(T.space[1])
        verbs.addWidget(self.add_button)
        verbs.addWidget(self.copy_button)
        verbs.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[1])
        layout.addWidget(self.heading)
        layout.addWidget(self.empty)
        layout.addLayout(self._column)
        layout.addLayout(verbs)
        layout.addStretch(1)
        self.empty.setWordWrap(True)
        self.empty.setObjectName("muted")

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.add_stage)
        self.copy_button.clicked.connect(self.copy_treatment)
        self._session.document_changed.connect(self._on_document)
        self._session.clip_changed.connect(self.refresh)
        self._session.playhead_changed.connect(self._on_playhead)
        self._bridge.cache_changed.connect(self._on_cache)
        self._bridge.computed_known.connect(self._on_cache)
        self._bridge.clip_info_ready.connect(self._on_cache)
        self._state.changed.connect(self._on_state)

    @Slot()
    def _on_document(self) -> None:
        """The handle that is held shows its own value; the picture comes before what else the cards say."""
        if self._session.gesturing:
            self._later.ask()
        else:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the document as it is now."""
        clip = self._session.clip
        index = clip.shot_index(self._session.playhead) if clip else 0
        place = (clip.id, index) if clip else None
        if place != self._shown:
            for card in self.cards:
                card.settle()
            self._shown = place
        self._title(clip, index)
        names = tuple(use.name for use in clip.shots[index].stages if use.name in STAGES) if clip else ()
        if names != tuple(self._cards):
            self._rebuild(names)
        if clip is not None:
            self._fill(clip, index)
        self._allow(clip, names)

    def _title(self, clip: ClipWork | None, index: int) -> None:
        title = self.tr("Stages · {shot}").format(shot=shot_title(clip, index)) if clip else self.tr("Stages")
        self.heading.set_title(title)

    def _rebuild(self, names: tuple[str, ...]) -> None:
        """Cards that stay are moved, not made again."""
        kept = self._cards
        self._cards = {name: kept.pop(name) if name in kept else self._make(name) for name in names}
        for card in kept.values():
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        if self._current not in self._cards:
            self.set_current("")
        for place, card in enumerate(self.cards):
            self._column.insertWidget(place, card)
            card.show()

    def _make(self, name: str) -> StageCard:
        card = StageCard(self._session, name, self)
        card.moved.connect(self._keep_focus)
        card.used.connect(self.set_current)
        card.drawing_wanted.connect(self._on_drawing_wanted)
        return card

    @Slot(str)
    def _keep_focus(self, name: str) -> None:
        self._cards[name].more.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, clip: ClipWork, index: int) -> None:
        flagged, computed = self._bridge.flagged(clip.id), self._bridge.computed(clip.id, index)
        for use in clip.shots[index].stages:
            if use.name in self._cards:
                told = self._told(clip, index, use.name)
                self._cards[use.name].show_use(clip, index, use, flagged, computed.get(use.name), told)

    def _told(self, clip: ClipWork, index: int, stage: str) -> str:
        """What the stage found in the shot, or what came of measuring it."""
        found = self._proposals.told(clip, index, stage) if self._proposals is not None else ""
        if found or self._summaries is None:
            return found
        return self._summaries.told(clip, index, stage, self._bridge.clip_info(clip.id))

    def _allow(self, clip: ClipWork | None, names: tuple[str, ...]) -> None:
        if clip is None:
            self.empty.setText(self.tr("Open a clip to see what is done to its shots."))
        else:
            self.empty.setText(self.tr("Nothing is done to this clip: add a stage."))
        self.empty.setVisible(not names)
        missing = [name for name in STAGES if name not in names]
        self.add_button.setEnabled(clip is not None and bool(missing))
        all_in = self.tr("Every stage is in use already.") if clip else self.empty.text()
        self.add_button.setToolTip(
            self.tr("Add stage\nThe stage joins the end of every shot's chain, switched on.")
            if missing and clip
            else all_in
        )
        several = clip is not None and len(clip.shots) > 1
        self.copy_button.setEnabled(several)
        self.copy_button.setToolTip(
            self.tr("Copy to shots\nOther shots get these stages, settings and this fidelity.")
            if several
            else self.tr("There is no other shot to copy to.")
        )

    @Slot()
    def _on_playhead(self) -> None:
        clip = self._session.clip
        index = clip.shot_index(self._session.playhead) if clip else 0
        if clip is None or self._shown != (clip.id, index):
            self.refresh()
            return
        for card in self.cards:
            card.show_frame(self._session.playhead)

    @Slot(object)
    def _on_drawing_wanted(self, drawing: tuple[str, str] | None) -> None:
        self._state.set("drawing", drawing)

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name == "drawing":
            for card in self.cards:
                card.show_drawing(self._state.drawing)

    @Slot(str)
    def _on_cache(self, clip_id: str) -> None:
        if clip_id == self._session.clip_id:
            self._later.ask()

    @Slot()
    def add_stage(self) -> None:
        """Offer the stages that are not in the chain."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for name, kind in STAGES.items():
            if name not in self._cards:
                action = menu.addAction(icon(f"stage_{name}"), stage_title(name))
                action.setToolTip(kind.purpose)
                action.setData(name)
                if self._session.document.forensic and not honest(StageUse(name)).enabled:
                    action.setEnabled(False)
                    action.setToolTip(self.tr("Forensic mode refuses it: nobody vouches for what it adds."))
        menu.triggered.connect(lambda action: self.add(str(action.data())))
        menu.popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def add(self, name: str) -> None:
        clip = self._session.clip
        if clip is not None:
            try:
                after = add_stage(self._session.document, clip.id, name)
            except SettingError as error:
                self._session.notify_error(error)
                return
            self._session.do(self.tr("Add {stage}").format(stage=stage_title(name)), after)

    @Slot()
    def copy_treatment(self) -> None:
        """Ask which shots get the treatment of this one."""
        clip = self._session.clip
        if clip is not None:
            menu = CopyMenu(self._session, clip.shot_index(self._session.playhead), self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.copy_button.mapToGlobal(self.copy_button.rect().bottomLeft()))
