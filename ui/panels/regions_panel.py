"""Regions of rendered frames that are not plainly the source: looked for, filtered, stepped through, reverted."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.actions import ACTIONS, NEEDS
from app.region_scan import THUMB
from app.regions_desk import MOST_LISTED, RegionsDesk
from app.render_bridge import RenderBridge
from app.session import Session
from app.time_text import TimeText
from engines.regions import KINDS, Kind
from engines.types import FrameNo
from ui.i18n import tr
from ui.icons import icon
from ui.panels.heading import Heading
from ui.panels.region_rows import PICTURE, WHAT, WHERE, RegionRows, kind_icon, kind_word
from ui.theme import T, px

_VERBS = ("region.search", "region.previous", "region.next", "region.revert")
_LEAST_ROWS = 4


class RegionsPanel(QWidget):
    """Verbs are asked for by the id of their action."""

    wanted = Signal(str)

    def __init__(
        self, session: Session, bridge: RenderBridge, desk: RegionsDesk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._desk = session, bridge, desk
        self.heading = Heading(self.tr("Regions"))
        self.buttons = {name: self._button(name) for name in _VERBS}
        self.bar = QProgressBar()
        self.told, self.summary = QLabel(), QLabel()
        self.filters: dict[Kind, QCheckBox] = {kind: self._filter(kind) for kind in KINDS}
        self.rows = RegionRows(self._timecode, self)
        self.table = QTreeView()
        self._following = False
        self._arrange()
        self._dress_table()
        self._connect()
        self.refresh()

    def _button(self, name: str) -> QPushButton:
        action = ACTIONS[name]
        drawings = {"search": "search", "previous": "step_back", "next": "step_forward", "revert": "layer_original"}
        texts = {
            "region.search": self.tr("Look through in to out"),
            "region.previous": self.tr("Previous"),
            "region.next": self.tr("Next"),
            "region.revert": self.tr("Revert to source"),
        }
        button = QPushButton(icon(drawings[name.partition(".")[2]]), texts[name])
        button.setAccessibleName(tr("", action.text))
        key = f" ({action.keys[0]})" if action.keys else ""
        button.setProperty("tip", f"{tr('', action.text)}{key}\n{tr('', action.tip)}")
        button.setToolTip(button.property("tip"))
        button.clicked.connect(self._ask)
        return button

    def _filter(self, kind: Kind) -> QCheckBox:
        box = QCheckBox(kind_word(kind))
        box.setIcon(kind_icon(kind))
        box.setIconSize(QSize(18, 14))
        box.setChecked(kind in self._desk.kinds)
        tips: dict[Kind, str] = {
            "SYNTHESISED": self.tr("Detail that the source does not determine. Never in forensic renders."),
            "ESTIMATED": self.tr("What a network estimates, as faithful as it can be."),
            "TRANSPORTED": self.tr("Real content that was moved here from another frame."),
            "unrepaired": self.tr(
                "Damage that is known and was left as it is, for no other frame shows what was there."
            ),
        }
        box.setToolTip(f"{kind_word(kind)}\n{tips[kind]}")
        box.toggled.connect(self._on_filter)
        return box

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[1])
        grid, kinds = QGridLayout(), QGridLayout()
        grid.setSpacing(T.space[0])
        grid.addWidget(self.buttons["region.search"], 0, 0, 1, 2)
        grid.addWidget(self.buttons["region.previous"], 1, 0)
        grid.addWidget(self.buttons["region.next"], 1, 1)
        grid.addWidget(self.buttons["region.revert"], 2, 0, 1, 2)
        for place, box in enumerate(self.filters.values()):
            kinds.addWidget(box, place // 2, place % 2)
        layout.addWidget(self.heading)
        layout.addLayout(grid)
        layout.addWidget(self.bar)
        layout.addLayout(kinds)
        layout.addWidget(self.told)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.summary)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName(self.tr("Frames looked at"))
        self.bar.setToolTip(self.tr("Frames looked at"))
        for label in (self.told, self.summary):
            label.setWordWrap(True)
        self.summary.setObjectName("muted")
        self.told.setAccessibleName(self.tr("Region in hand"))
        self.summary.setAccessibleName(self.tr("What was looked at"))

    def _dress_table(self) -> None:
        table = self.table
        table.setModel(self.rows)
        table.setRootIsDecorated(False)
        table.setIndentation(0)
        table.setUniformRowHeights(True)
        table.setIconSize(QSize(*THUMB))
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setAllColumnsShowFocus(True)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setAccessibleName(self.tr("Regions"))
        table.setToolTip(self.tr("Regions\nChoose one to go to its frame and take it in hand."))
        table.setMinimumHeight(px(_LEAST_ROWS * (THUMB[1] + 4)))
        header = table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(40)
        header.resizeSection(PICTURE, THUMB[0] + 8)
        header.resizeSection(WHERE, px(92))
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)

    def _connect(self) -> None:
        desk = self._desk
        desk.changed.connect(self.refresh)
        desk.working_changed.connect(self.refresh)
        desk.current_changed.connect(self._show_current)
        desk.scan.progressed.connect(self._on_progress)
        self._session.clip_changed.connect(self.refresh)
        self._session.playhead_changed.connect(self._show_current)
        self.table.selectionModel().currentRowChanged.connect(self._on_chosen)

    @Slot()
    def refresh(self, *_: object) -> None:
        """Show what is listed as it is now."""
        desk, counts = self._desk, self._desk.counts()
        for kind, box in self.filters.items():
            box.setText(f"{kind_word(kind)} {counts[kind]}" if desk.looked_at else kind_word(kind))
        self._following = True
        self.rows.set_rows(desk.rows)
        self._following = False
        search = self.buttons["region.search"]
        search.setText(self.tr("Stop looking") if desk.working else self.tr("Look through in to out"))
        search.setIcon(icon("cancel" if desk.working else "search"))
        self.bar.setVisible(desk.working)
        self.summary.setText(self._summed())
        self._show_current()

    def _summed(self) -> str:
        desk = self._desk
        if self._session.clip is None:
            return tr("", NEEDS["clip"])
        if desk.outdated:
            return self.tr("The treatment has changed since: look again.")
        if not desk.looked_at:
            return self.tr("Renders every frame and lists what is not plainly the source.")
        parts = [self.tr("{0} frames looked at").format(desk.looked_at)]
        if desk.dropped():
            parts.append(self.tr("{0} smaller regions are not listed").format(desk.dropped()))
        if desk.full:
            parts.append(self.tr("stopped at {0} regions: set in and out closer").format(MOST_LISTED))
        return ", ".join(parts)

    @Slot()
    def _show_current(self, *_: object) -> None:
        desk, current = self._desk, self._desk.current
        there = {"region.search": self._session.clip is not None, "region.revert": desk.can_revert()}
        for name, button in self.buttons.items():
            on = there.get(name, bool(desk.rows))
            button.setEnabled(on)
            button.setToolTip(button.property("tip") + ("" if on else f"\n{tr('', NEEDS[ACTIONS[name].needs])}"))
        if current is None or current not in desk.rows:
            self.told.setText(self.tr("{0} regions, none in hand").format(len(desk.rows)) if desk.rows else "")
            self._select(None)
            return
        place = desk.rows.index(current)
        self.told.setText(
            self.tr("{place} of {count}: frame {frame}, {what}").format(
                place=place + 1, count=len(desk.rows), frame=current.frame, what=kind_word(current.region.kind).lower()
            )
        )
        self._select(place)

    def _select(self, place: int | None) -> None:
        self._following = True
        if place is None:
            self.table.clearSelection()
        else:
            index = self.rows.index(place, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, flags)
            self.table.scrollTo(index)
        self._following = False

    def _timecode(self, frame: FrameNo) -> str:
        clip = self._session.clip
        if clip is None:
            return ""
        info = self._bridge.clip_info(clip.id)
        return TimeText.of(clip.media.rate, info.timecode if info is not None else None).timecode(frame)

    @Slot(int, int)
    def _on_progress(self, done: int, count: int) -> None:
        self.bar.setRange(0, count)
        self.bar.setValue(done)

    @Slot(bool)
    def _on_filter(self, _on: bool) -> None:
        self._desk.show_kinds(frozenset(kind for kind, box in self.filters.items() if box.isChecked()))

    @Slot(QModelIndex, QModelIndex)
    def _on_chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid() and not self._following:
            self._desk.choose(self.rows.rows[index.row()])

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        self.wanted.emit(next(name for name, held in self.buttons.items() if held is button))
