"""Scopes of the source and the restored picture under the playhead, and luma over the shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.pictures import ScopeAnswer
from app.session import Session
from app.view_state import ViewState
from engines.scopes import LumaCurve, ScopeData
from ui.panels.curve_view import CurveView
from ui.panels.later import Later
from ui.panels.scope_views import ScopeView, scope_view
from ui.theme import T

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge

_REST_MS = 80
_PICTURES = {"both": ("source", "restored"), "source": ("source",), "restored": ("restored",), "over": ("restored",)}
_BESIDE = 420
"""From this width on the two pictures stand beside each other."""


class ScopesPanel(QWidget):
    """Asks for figures only while it is seen and the playhead rests."""

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
        self._answer: ScopeAnswer | None = None
        self._curve_of: tuple[str, int] | None = None
        self.kind, self.which = QComboBox(), QComboBox()
        self.curve = CurveView(self.tr("Mean luma over the shot"))
        self._made: dict[tuple[str, str], ScopeView] = {}
        self.views: dict[str, ScopeView] = {}
        self.captions = {"source": QLabel(), "restored": QLabel()}
        self._frames = {"source": QVBoxLayout(), "restored": QVBoxLayout()}
        self.legend = QLabel()
        self._arrange()
        self._later = Later(self, _REST_MS, self._ask, restart=True)
        self._connect()
        self._choose()

    def _arrange(self) -> None:
        choices = QHBoxLayout()
        choices.addWidget(self.kind, 1)
        choices.addWidget(self.which)
        self._fill_choices()
        self._pair = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._pair.setSpacing(T.space[0])
        for whose, column in self._frames.items():
            column.setSpacing(0)
            column.addWidget(self.captions[whose])
            self.captions[whose].setObjectName("muted")
            self._pair.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[0])
        layout.addLayout(choices)
        layout.addLayout(self._pair, 1)
        layout.addWidget(self.curve, 1)
        layout.addWidget(self.legend)
        self.legend.setObjectName("muted")
        self.setMinimumHeight(180)

    def _fill_choices(self) -> None:
        for key, text in (
            ("curve", self.tr("Luma over shot")),
            ("waveform", self.tr("Waveform")),
            ("parade", self.tr("RGB parade")),
            ("vectorscope", self.tr("Vectorscope")),
            ("histogram", self.tr("Histogram")),
        ):
            self.kind.addItem(text, key)
        for key, text in (
            ("both", self.tr("Both")),
            ("source", self.tr("Source")),
            ("restored", self.tr("Restored")),
            ("over", self.tr("Restored over source")),
        ):
            self.which.addItem(text, key)
        self.kind.setAccessibleName(self.tr("Scope"))
        self.kind.setToolTip(self.tr("Scope\nWhat is measured of the picture under the playhead."))
        self.which.setAccessibleName(self.tr("Picture measured"))
        self.which.setToolTip(
            self.tr("Picture measured\nThe source, the restored picture, both, or one over the other.")
        )

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._choose)
        self.which.currentIndexChanged.connect(self._choose)
        self._session.playhead_changed.connect(self._on_playhead)
        self._session.clip_changed.connect(self._on_change)
        self._session.document_changed.connect(self._on_change)
        self._bridge.scope_ready.connect(self._take)
        self._bridge.curve_ready.connect(self._take_curve)
        self._bridge.cache_changed.connect(self._on_cache)

    @Slot()
    def _choose(self) -> None:
        """Show what is chosen."""
        kind, which = str(self.kind.currentData()), str(self.which.currentData())
        shown = () if kind == "curve" else _PICTURES[which]
        for view in self.views.values():
            view.hide()
        self.views = {whose: self._view(kind, whose) for whose in shown}
        for view in self.views.values():
            view.show()
        for whose, caption in self.captions.items():
            caption.setVisible(whose in shown)
        self.curve.setVisible(kind == "curve")
        self.which.setEnabled(kind != "curve")
        self._explain(kind)
        self._show_answer()
        self._curve_of = None
        self._later.ask()

    def _view(self, kind: str, whose: str) -> ScopeView:
        """Made when it is first chosen, then kept: a plot that is deleted while others live takes Qt down with it."""
        if (kind, whose) not in self._made:
            self._made[kind, whose] = view = scope_view(kind, whose)
            self._frames[whose].addWidget(view, 1)
        return self._made[kind, whose]

    def _explain(self, kind: str) -> None:
        strokes = {
            "curve": ((T.failed, "╌╌", self.tr("source")), (T.ready, "──", self.tr("restored"))),
            "histogram": ((T.failed, "──", "R"), (T.ready, "╌╌", "G"), (T.accent, "┈┈", "B")),
        }.get(kind, ())
        parts = [f'<span style="color:{tint}">{stroke}</span> {text}' for tint, stroke, text in strokes]
        if kind == "curve":
            parts.append(self.tr("by frame number"))
        self.legend.setText("&nbsp;&nbsp;&nbsp;".join(parts))
        self.legend.setVisible(bool(parts))

    @Slot()
    def _on_playhead(self) -> None:
        self.curve.show_playhead(self._session.playhead)
        self._later.ask()

    @Slot()
    def _on_change(self) -> None:
        self._curve_of = None
        self._later.ask()

    @Slot(str)
    def _on_cache(self, clip_id: str) -> None:
        """The restored picture may be there now."""
        if clip_id == self._session.clip_id and self.views and (self._answer is None or self._answer.restored is None):
            self._later.ask()

    def _ask(self) -> None:
        clip = self._session.clip
        if clip is None or not self.isVisible():
            return
        if self.views:
            self._bridge.ask_scope(clip.id, self._session.playhead)
            return
        shot = (clip.id, clip.shot_index(self._session.playhead))
        if shot != self._curve_of:
            self._curve_of = shot
            self._bridge.ask_curve(*shot)

    @Slot(object)
    def _take(self, answer: ScopeAnswer) -> None:
        if (answer.clip_id, answer.frame) == (self._session.clip_id, self._session.playhead):
            self._answer = answer
            self._show_answer()

    @Slot(str, int, object)
    def _take_curve(self, clip_id: str, shot: int, curve: LumaCurve) -> None:
        clip = self._session.clip
        if clip is not None and (clip_id, shot) == (clip.id, clip.shot_index(self._session.playhead)):
            self.curve.show_curve(curve)

    def _show_answer(self) -> None:
        answer, over = self._answer, self.which.currentData() == "over"
        source, restored = (answer.source, answer.restored) if answer is not None else (None, None)
        waits = answer is not None and restored is None
        after = self.tr("Restored, bright, over the source, blue") if over else self.tr("Restored")
        self.captions["source"].setText(self._caption(self.tr("Source"), source))
        self.captions["restored"].setText(
            self.tr("Restored: not rendered yet") if waits else self._caption(after, restored)
        )
        for whose, view in self.views.items():
            view.show_data(source if whose == "source" else restored, source if over and restored else None)

    def _caption(self, name: str, data: ScopeData | None) -> str:
        """With what its numbers are of."""
        kind = self.kind.currentData()
        if data is None or kind == "curve":
            return name
        if kind == "vectorscope":
            marks = data.targets
            wide = self.tr(", dashed: BT.709") if marks is not None and marks.inner else ""
            return name if marks is None else self.tr("{0}, targets {1}").format(name, marks.level) + wide
        return name if data.scale.unit == "IRE" else self.tr("{0}, {1}").format(name, "cd/m²")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._later.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._pair.setDirection(direction)
