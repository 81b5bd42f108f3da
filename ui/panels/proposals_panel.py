"""What detectors propose, one by one: where it is, how sure it is, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.actions import ACTIONS, NEEDS
from app.proposals_desk import STATES, ProposalsDesk, Spot, State
from app.session import Session
from app.stage_text import stage_title
from app.view_state import ViewState
from ui.i18n import tr
from ui.icons import icon
from ui.panels.gesture import Gesture
from ui.panels.heading import Heading
from ui.panels.later import Later
from ui.theme import T, colour, px
from ui.timeline.lanes import PROPOSAL_TOKENS
from ui.widgets.value_slider import ValueSlider

_PACE_MS = 80
_ROW = 22
_VERBS = ("proposal.previous", "proposal.next", "proposal.accept", "proposal.reject", "proposal.repair_from")
_SIGNS: Mapping[State, str] = {"repaired": "■", "left": "□", "accepted": "✓", "rejected": "✕"}
_PLACE = Qt.ItemDataRole.UserRole


class ProposalsPanel(QWidget):
    """Verbs are asked for by the id of their action."""

    wanted = Signal(str)

    def __init__(self, session: Session, state: ViewState, desk: ProposalsDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._state, self._desk = session, state, desk
        self._gesture = Gesture(session, self)
        self.heading = Heading(self.tr("Proposals"))
        self.told, self.summary = QLabel(), QLabel()
        self.buttons = {name: self._button(name) for name in _VERBS}
        self.threshold = ValueSlider(
            self.tr("Repair from"),
            0,
            100,
            50,
            unit="%",
            decimals=0,
            tip=self.tr("What is at least this sure is repaired in this shot; the stage's own setting."),
        )
        self.table = QTreeWidget()
        self._arrange()
        self._later = Later(self, _PACE_MS, self.refresh)
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[1])
        grid = QGridLayout()
        grid.setSpacing(T.space[0])
        for place, name in enumerate(_VERBS[:4]):
            grid.addWidget(self.buttons[name], place // 2, place % 2)
        grid.addWidget(self.buttons[_VERBS[4]], 2, 0, 1, 2)
        layout.addWidget(self.heading)
        layout.addWidget(self.told)
        layout.addLayout(grid)
        layout.addWidget(self.threshold)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.summary)
        self.told.setWordWrap(True)
        self.summary.setWordWrap(True)
        self.summary.setObjectName("muted")
        self.summary.setAccessibleName(self.tr("All proposals of this shot"))
        self.told.setAccessibleName(self.tr("Proposal in hand"))
        table = self.table
        table.setHeaderLabels([self.tr("State"), self.tr("Kind"), self.tr("Size"), self.tr("Sure")])
        table.setRootIsDecorated(False)
        table.setIndentation(0)
        table.setUniformRowHeights(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setAccessibleName(self.tr("Proposals of this frame"))
        table.setToolTip(self.tr("Proposals of this frame\nChoose one to take it in hand."))
        table.setMinimumHeight(px(6 * _ROW))
        header = table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)

    def _button(self, name: str) -> QPushButton:
        action = ACTIONS[name]
        texts = {
            "proposal.previous": self.tr("Previous"),
            "proposal.next": self.tr("Next"),
            "proposal.accept": self.tr("Accept"),
            "proposal.reject": self.tr("Reject"),
            "proposal.repair_from": self.tr("Accept all as sure as this"),
        }
        drawings = {
            "proposal.previous": "step_back",
            "proposal.next": "step_forward",
            "proposal.accept": "style_check",
            "proposal.reject": "close",
            "proposal.repair_from": "ready",
        }
        button = QPushButton(icon(drawings[name]), texts[name])
        button.setAccessibleName(tr("", action.text))
        key = f" ({action.keys[0]})" if action.keys else ""
        button.setProperty("tip", f"{tr('', action.text)}{key}\n{tr('', action.tip)}")
        button.clicked.connect(self._ask)
        return button

    def _connect(self) -> None:
        session, desk = self._session, self._desk
        for signal in (session.clip_changed, session.document_changed, session.playhead_changed):
            signal.connect(self._later.ask)
        self._state.changed.connect(self._on_state)
        desk.changed.connect(self._later.ask)
        desk.current_changed.connect(self._later.ask)
        self.table.itemSelectionChanged.connect(self._on_chosen)
        self.threshold.started.connect(self._press)
        self.threshold.changed.connect(self._move)
        self.threshold.finished.connect(self._gesture.release)

    @Slot()
    def refresh(self) -> None:
        """Show the frame's proposals and the one in hand as they are now; while it plays nobody could read them."""
        if self._state.playing:
            return
        spots, current = self._desk.spots(self._session.playhead), self._desk.current
        self.told.setText(self._sentence(spots, current))
        self._fill(spots, current)
        self._show_threshold(spots, current)
        met = {"proposal": current is not None, "proposals": self._desk.any}
        for name, button in self.buttons.items():
            needs = ACTIONS[name].needs
            button.setEnabled(met[needs])
            button.setToolTip(button.property("tip") + ("" if met[needs] else f"\n{tr('', NEEDS[needs])}"))
        self.summary.setText(self._counted())

    def _sentence(self, spots: tuple[Spot, ...], current: Spot | None) -> str:
        if self._session.clip is None:
            return tr("", NEEDS["clip"])
        frame = self._session.playhead
        if current is not None:
            head = self.tr("Frame {frame}, {place} of {count}").format(
                frame=frame, place=[spot.place for spot in spots].index(current.place) + 1, count=len(spots)
            )
            return f"{head}: {self._kind(current)}, {self._size(current)}, {self._sure(current)}"
        if spots:
            return self.tr("Frame {frame}: {count} proposals, none in hand").format(frame=frame, count=len(spots))
        if self._desk.any:
            return self.tr("Nothing is proposed on frame {frame}.").format(frame=frame)
        return self.tr("Nothing is proposed yet: add Dirt or Scratch to the stages, and the clip is searched.")

    def _fill(self, spots: tuple[Spot, ...], current: Spot | None) -> None:
        table = self.table
        table.blockSignals(True)
        table.clear()
        for spot in spots:
            texts = [f"{_SIGNS[spot.state]} {self._state_word(spot.state)}", self._kind(spot), self._size(spot)]
            item = QTreeWidgetItem(table, [*texts, self._sure(spot)])
            item.setData(0, _PLACE, spot.place)
            item.setForeground(0, colour(PROPOSAL_TOKENS[spot.state]))
            for column in (2, 3):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if current is not None and spot.place == current.place:
                table.setCurrentItem(item)
        table.blockSignals(False)

    def _show_threshold(self, spots: tuple[Spot, ...], current: Spot | None) -> None:
        spot = current or (spots[0] if spots else None)
        self.threshold.setEnabled(spot is not None)
        clip = self._session.clip
        if spot is not None and clip is not None and not self.threshold.track.isSliderDown():
            value = self._desk.threshold(clip, self._session.playhead, spot.place[0])
            self.threshold.set_value(round(value * 100))

    def _counted(self) -> str:
        clip = self._session.clip
        if clip is None or not self._desk.any:
            return ""
        first, last = clip.shot_range(clip.shot_index(self._session.playhead))
        totals = dict.fromkeys(STATES, 0)
        for frame, counts in self._desk.counts().items():
            if first <= frame <= last:
                for state, count in counts.items():
                    totals[state] += count
        parts = [
            f"{_SIGNS[state]} {totals[state]} {self._state_word(state)}"
            for state in STATES
            if totals[state] or state in ("repaired", "left")
        ]
        return self.tr("This shot: {counts}").format(counts="   ".join(parts))

    def _kind(self, spot: Spot) -> str:
        words = {"bright": self.tr("bright"), "dark": self.tr("dark")}
        return f"{stage_title(spot.proposal.kind)}, {words[spot.proposal.polarity]}"

    def _size(self, spot: Spot) -> str:
        return self.tr("{0} px").format(spot.proposal.area)

    def _sure(self, spot: Spot) -> str:
        return self.tr("{0} %").format(round(spot.proposal.confidence * 100))

    def _state_word(self, state: State) -> str:
        return {
            "repaired": self.tr("repaired"),
            "left": self.tr("left"),
            "accepted": self.tr("accepted"),
            "rejected": self.tr("rejected"),
        }[state]

    def _stage(self) -> str:
        spots, current = self._desk.spots(self._session.playhead), self._desk.current
        spot = current or (spots[0] if spots else None)
        return spot.place[0] if spot is not None else ""

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name == "playing":
            self._later.ask()

    @Slot()
    def _on_chosen(self) -> None:
        items = self.table.selectedItems()
        if items:
            stage, number = items[0].data(0, _PLACE)
            self._desk.choose(self._session.playhead, (str(stage), int(number)))

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        self.wanted.emit(next(name for name, held in self.buttons.items() if held is button))

    @Slot()
    def _press(self) -> None:
        self._gesture.press(self.tr("Repair from"))

    @Slot(float)
    def _move(self, value: float) -> None:
        stage = self._stage()
        if stage:
            self._gesture.move(lambda: self._desk.with_threshold(stage, value / 100))
