"""A stage of the shot as a card: switch, name, what it did to this shot, and its settings."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from app.commands import FOLLOWING, move_stage, remove_stage, set_enabled, set_setting
from app.document import ClipWork, Document, StageUse
from app.forensic.rules import locked_settings, plainly, refused, without_obstacles
from app.session import Session
from app.stage_text import StateLine, shot_title, stage_line, stage_title
from engines.errors import SettingError
from engines.stages.catalogue import STAGES
from engines.stages.computed import Computed
from engines.types import FrameNo
from ui.panels.gesture import Gesture
from ui.panels.setting_base import SettingRow, SettingType, setting_types
from ui.panels.setting_places import PlaceRow
from ui.panels.setting_row import setting_row
from ui.widgets.card import Card
from ui.widgets.fold import Fold


class StageCard(Card):
    """Shows one stage of the shot under the playhead, and changes it there."""

    used = Signal(str)
    """The stage's name: the focus went into the card."""
    moved = Signal(str)
    """The stage's name, after it was moved by key, so that the focus can follow."""
    drawing_wanted = Signal(object)
    """Stage and setting whose rectangle or spots are to be set on the picture; None: no longer."""

    def __init__(self, session: Session, name: str, parent: QWidget | None = None) -> None:
        kind = STAGES[name]
        super().__init__(stage_title(name), tip=kind.purpose, parent=parent)
        self.name = name
        self._session = session
        self._line = StateLine("")
        self._gesture = Gesture(session, self)
        self.rows: dict[str, SettingRow] = {}
        self.said = QLabel()
        self.said.setObjectName("muted")
        self.said.setWordWrap(True)
        self.body.addWidget(self.said)
        settings = setting_types(kind.settings_type)
        for setting in settings:
            if not setting.about.rare:
                self._add_row(setting.key, setting_row(setting), self.body)
        self._rare = {setting.key for setting in settings if setting.about.rare}
        self.told = QLabel()
        self.rest = self._rest(settings) if self._rare else None
        self.more = QToolButton()
        self._add_more()
        self._switch_tip = self.switch.toolTip() if self.switch is not None else ""
        if self.switch is not None:
            self.switch.clicked.connect(self._switch)
        for part in (self, *self.findChildren(QWidget)):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.MouseButtonPress):
            self.used.emit(self.name)
        return super().eventFilter(watched, event)

    def _rest(self, settings: list[SettingType]) -> Fold:
        labels = ", ".join(setting.about.label for setting in settings if setting.about.rare)
        fold = Fold(self.tr("More settings"), self.tr("Rarely needed: {settings}.").format(settings=labels))
        self.told.setObjectName("muted")
        self.told.setWordWrap(True)
        fold.body.addWidget(self.told)
        for setting in settings:
            if setting.about.rare:
                self._add_row(setting.key, setting_row(setting), fold.body)
        self.body.addWidget(fold)
        return fold

    def _add_row(self, key: str, row: SettingRow, body: QVBoxLayout) -> None:
        self.rows[key] = row
        body.addWidget(row)
        row.pressed.connect(self._press)
        row.released.connect(self._gesture.release)
        row.moved.connect(self._move)
        row.entered.connect(self._enter)
        if isinstance(row, PlaceRow):
            row.draw_wanted.connect(self._draw)

    def _add_more(self) -> None:
        self.more.setText("⋯")
        self.more.setObjectName("flat")
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more.setAccessibleName(self.tr("More about {stage}").format(stage=stage_title(self.name)))
        self.more.setToolTip(
            self.tr("More\nMove the stage (Alt+Up, Alt+Down), reset its settings, or take it out of the clip.")
        )
        self.more.clicked.connect(self._show_menu)
        self.head.insertWidget(self.head.count() - 1, self.more)

    def show_use(
        self,
        clip: ClipWork,
        index: int,
        use: StageUse,
        flagged: Mapping[FrameNo, float],
        computed: Computed | None = None,
        found: str = "",
    ) -> None:
        """Show the stage as it is in shot `index`; what computes it and what it found there, where that is known."""
        self._line = stage_line(clip, index, use, flagged, computed, found)
        self._elide()
        if self.switch is not None:
            self.switch.setChecked(use.enabled)
        self._lock(use)
        shot = clip.shots[index]
        for key, row in self.rows.items():
            follows = shot.slider if (self.name, key) in FOLLOWING else None
            row.show_text(use.settings.get(key), follows)
            row.show_frame(self._session.playhead)
        if self.rest is not None:
            self.told.setText(self._line.more)
            self.told.setVisible(bool(self._line.more))
            self.rest.mark(not self._rare.isdisjoint(use.settings))

    def _lock(self, use: StageUse) -> None:
        """What forensic mode refuses is greyed and says why."""
        forensic = self._session.document.forensic
        locked = locked_settings(self.name) if forensic else {}
        for key, row in self.rows.items():
            row.lock(self.tr("Forensic mode: {reason}").format(reason=plainly(locked[key])) if key in locked else "")
        reason = refused(self.name, use.settings) if forensic and not use.enabled else ""
        if self.switch is not None:
            self.switch.setEnabled(not reason)
            why = self.tr("Forensic mode: {reason}").format(reason=plainly(reason))
            self.switch.setToolTip(why if reason else self._switch_tip)

    def show_frame(self, frame: FrameNo) -> None:
        """The playhead moved within the shot."""
        for row in self.rows.values():
            row.show_frame(frame)

    def show_drawing(self, drawing: tuple[str, str] | None) -> None:
        """Which setting's rectangle or spots the picture waits for."""
        for key, row in self.rows.items():
            if isinstance(row, PlaceRow):
                row.show_drawing(drawing == (self.name, key))

    def settle(self) -> None:
        """Another shot is looked at now."""
        self._gesture.settle()

    def menu(self) -> QMenu:
        """Order and presence of the stage; deletes itself when it closes."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        place, count = self._place(), self._count()
        earlier, later = menu.addAction(self.tr("Earlier (Alt+Up)")), menu.addAction(self.tr("Later (Alt+Down)"))
        earlier.triggered.connect(lambda: self.move_by(-1))
        later.triggered.connect(lambda: self.move_by(1))
        earlier.setEnabled(place > 0)
        later.setEnabled(place + 1 < count)
        menu.addAction(self.tr("Reset settings")).triggered.connect(self.reset)
        menu.addSeparator()
        remove = menu.addAction(self.tr("Remove from all shots"))
        remove.setToolTip(self.tr("The stage and its settings go; undo brings them back."))
        remove.triggered.connect(self.remove)
        return menu

    def show_current(self, on: bool) -> None:
        """Outline the card that the menu's verbs act on."""
        self.setProperty("current", on)
        self.style().unpolish(self)
        self.style().polish(self)

    def move_by(self, by: int) -> None:
        """-1: the stage works earlier, 1: later; nothing at the ends."""
        self._move_to(self._place() + by)

    @Slot()
    def reset(self) -> None:
        """Every setting back to its default, in this shot."""
        target = self._target()
        if target is None:
            return
        clip, index = target
        document = self._session.document
        for key in self.rows:
            document = set_setting(document, clip.id, index, self.name, key, "")
        document = without_obstacles(document) if document.forensic else document
        self._session.do(self.tr("Reset {stage}").format(stage=stage_title(self.name)), document)

    @Slot()
    def remove(self) -> None:
        """Take the stage out of every shot."""
        target = self._target()
        if target is not None:
            after = remove_stage(self._session.document, target[0].id, self.name)
            self._session.do(self.tr("Remove {stage}").format(stage=stage_title(self.name)), after)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        line = self._line
        self.set_summary(line.text)
        if line.more:
            self.summary.setToolTip(f"{line.text}\n{line.more}")
        metrics = self.summary.fontMetrics()
        shown = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, self.summary.width())
        self.summary.setText(shown)
        # What the head has no room for is read in full where the card is open.
        self.said.setText(line.text)
        self.said.setVisible(shown != line.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and event.key() == Qt.Key.Key_Up:
            self.move_by(-1)
        elif alt and event.key() == Qt.Key.Key_Down:
            self.move_by(1)
        else:
            super().keyPressEvent(event)

    def _move_to(self, place: int) -> None:
        target = self._target()
        if target is not None and 0 <= place < self._count():
            after = move_stage(self._session.document, target[0].id, self.name, place)
            self._session.do(self.tr("Move {stage}").format(stage=stage_title(self.name)), after)
            self.moved.emit(self.name)

    def _target(self) -> tuple[ClipWork, int] | None:
        """The active clip and the shot under the playhead, where that has the stage."""
        clip = self._session.clip
        if clip is None:
            return None
        index = clip.shot_index(self._session.playhead)
        return None if clip.shots[index].stage(self.name) is None else (clip, index)

    def _names(self) -> list[str]:
        target = self._target()
        return [use.name for use in target[0].shots[target[1]].stages] if target else []

    def _place(self) -> int:
        names = self._names()
        return names.index(self.name) if self.name in names else 0

    def _count(self) -> int:
        return len(self._names())

    @Slot()
    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        target = self._target()
        if target is not None:
            clip, index = target
            name = self.tr("{stage} on") if on else self.tr("{stage} off")
            after = set_enabled(self._session.document, clip.id, index, self.name, on)
            self._session.do(name.format(stage=stage_title(self.name)), after)

    @Slot()
    def _press(self) -> None:
        self._gesture.press(self._step_name(self._sending()))

    @Slot(str)
    def _move(self, text: str) -> None:
        target, key = self._target(), self._sending()
        if target is None:
            return
        clip, index = target
        row = self.rows[key]
        if not row.held:
            self._gesture.nudge(self._step_name(key))
        self._gesture.move(lambda: set_setting(self._session.document, clip.id, index, self.name, key, text))

    @Slot(str)
    def _enter(self, text: str) -> None:
        target, key = self._target(), self._sending()
        if target is None:
            return
        clip, index = target
        try:
            after: Document = set_setting(self._session.document, clip.id, index, self.name, key, text)
        except SettingError as error:
            self.rows[key].refuse(str(error))
            return
        self._session.do(self._step_name(key), after)

    @Slot(bool)
    def _draw(self, on: bool) -> None:
        self.drawing_wanted.emit((self.name, self._sending()) if on else None)

    def _sending(self) -> str:
        sender = self.sender()
        return sender.setting.key if isinstance(sender, SettingRow) else ""

    def _step_name(self, key: str) -> str:
        target = self._target()
        shot = shot_title(*target) if target else ""
        label = self.rows[key].setting.about.label
        return self.tr("{stage} {setting} of {shot}").format(stage=stage_title(self.name), setting=label, shot=shot)
