"""The timeline: lanes, scroll bar, and a line that says where the range begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from app import commands, navigate
from app.document import Document
from app.view_state import ViewState
from engines.types import FrameNo
from ui.theme import T, colour, monospaced
from ui.timeline.canvas import NAMES_WIDTH, Canvas
from ui.timeline.drags import Drag, grip_at
from ui.timeline.lanes import default_name
from ui.timeline.scale import Scale

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge
    from app.session import Session

_Change = Callable[[Document, str, FrameNo], Document]
_ZOOM = 1.25
_TEN = 10


class Timeline(QWidget):
    """Scrub on it, zoom with Ctrl and the wheel, drag cuts and the ends of the range."""

    def __init__(self, session: Session, bridge: RenderBridge, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._state = session, bridge, state
        self.setAccessibleName(self.tr("Timeline"))
        self.setToolTip(self.tr("Timeline: drag to scrub, Ctrl+wheel zooms, drag a cut to move it."))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = Canvas(session, bridge, self)
        self.canvas.setMouseTracking(True)
        self.canvas.installEventFilter(self)
        self._bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self._bar.setAccessibleName(self.tr("Scroll the timeline"))
        self._bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The lanes and the picture above stay where they are when it comes and goes.
        kept = self._bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(kept)
        self._bar.valueChanged.connect(self._on_bar)
        self._line = QLabel(self)
        self._drag: Drag | None = None
        self._editor: QLineEdit | None = None
        self._renamed = 0
        self._build()
        self.canvas.scale_changed.connect(self._on_scale)
        session.document_changed.connect(self._tell_range)
        session.clip_changed.connect(self._tell_range)
        bridge.clip_info_ready.connect(self._tell_range)
        session.playhead_changed.connect(self._follow)
        self._on_scale()
        self._tell_range()

    def _build(self) -> None:
        self._line.setFont(monospaced(T.small_size))
        self._line.setAccessibleName(self.tr("Range"))
        bottom = QHBoxLayout()
        bottom.setContentsMargins(T.space[2], 0, T.space[2], 0)
        bottom.addWidget(self._line, 1)
        for text, name, tip, verb in (
            ("−", self.tr("Zoom out"), self.tr("Zoom out (-): more of the clip on the timeline."), self.zoom_out),
            (self.tr("Fit"), self.tr("Fit"), self.tr("Fit (0): the whole clip on the timeline."), self.fit),
            ("+", self.tr("Zoom in"), self.tr("Zoom in (+): more room for each frame."), self.zoom_in),
        ):
            button = QToolButton(self)
            button.setText(text)
            button.setAccessibleName(name)
            button.setToolTip(tip)
            button.clicked.connect(verb)
            bottom.addWidget(button)
        layout = QVBoxLayout(self)
        # The outermost pixels belong to the focus ring.
        layout.setContentsMargins(2, T.space[1], 2, T.space[1])
        layout.setSpacing(T.space[0])
        layout.addWidget(self.canvas)
        bar_row = QHBoxLayout()
        bar_row.setContentsMargins(NAMES_WIDTH, 0, T.space[2], 0)
        bar_row.addWidget(self._bar)
        layout.addLayout(bar_row)
        layout.addLayout(bottom)
        layout.addStretch(1)

    # --- zoom and scroll ------------------------------------------------------------------------------------------

    @Slot()
    def zoom_in(self) -> None:
        self._zoom(_ZOOM, self.canvas.scale.x(self._session.playhead + 0.5))

    @Slot()
    def zoom_out(self) -> None:
        self._zoom(1 / _ZOOM, self.canvas.scale.x(self._session.playhead + 0.5))

    @Slot()
    def fit(self) -> None:
        """The whole clip."""
        scale = self.canvas.scale
        self.canvas.set_scale(Scale.fitted(scale.count, scale.width))

    def _zoom(self, factor: float, x: float) -> None:
        self.canvas.set_scale(self.canvas.scale.zoomed(factor, min(max(x, 0.0), self.canvas.scale.width)))

    @Slot()
    def _on_scale(self) -> None:
        scale = self.canvas.scale
        page = scale.width / scale.per_frame
        self._bar.blockSignals(True)
        self._bar.setRange(0, max(0, round(scale.count - page)))
        self._bar.setPageStep(max(1, round(page)))
        self._bar.setValue(round(scale.first))
        self._bar.blockSignals(False)
        self._bar.setVisible(not scale.whole)

    @Slot(int)
    def _on_bar(self, value: int) -> None:
        self.canvas.set_scale(self.canvas.scale.scrolled(value))

    @Slot(int)
    def _follow(self, frame: FrameNo) -> None:
        """Turn the page when the playhead leaves it; while scrubbing move only as far as needed."""
        scale = self.canvas.scale
        first, last = scale.first, scale.first + scale.width / scale.per_frame
        if first <= frame and frame + 1 <= last:
            return
        if self._drag is not None:
            self.canvas.set_scale(scale.scrolled(frame if frame < first else frame + 1 - (last - first)))
        else:
            self.canvas.set_scale(scale.scrolled(frame - (0.1 if self._state.playing >= 0 else 0.9) * (last - first)))

    # --- mouse ----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.canvas:
            if isinstance(event, QMouseEvent):
                return self._mouse(event)
            if isinstance(event, QWheelEvent):
                self._wheel(event)
                return True
            if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
                self._tell(event)
                return True
        return super().eventFilter(watched, event)

    def _mouse(self, event: QMouseEvent) -> bool:
        clip = self._session.clip
        if clip is None:
            return False
        spot = event.position()
        x, lane = self.canvas.place(spot.x()), self.canvas.lane_at(spot.y())
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() == Qt.MouseButton.LeftButton:
                self._press(lane, x)
            case QEvent.Type.MouseButtonPress if event.button() == Qt.MouseButton.RightButton:
                self._menu(self.canvas.scale.frame(x), event.globalPosition().toPoint())
            case QEvent.Type.MouseMove:
                self._move(lane, x)
            case QEvent.Type.MouseButtonRelease if event.button() == Qt.MouseButton.LeftButton and self._drag:
                self._drag.finish()
                self._drag = None
            case QEvent.Type.MouseButtonDblClick if lane == "shots":
                self._end_drag()
                self.rename_shot(clip.shot_index(self.canvas.scale.frame(x)))
            case _:
                return False
        return True

    def _press(self, lane: str, x: float) -> None:
        clip, scale = self._session.clip, self.canvas.scale
        assert clip is not None
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        names = {"cut": self.tr("Move cut"), "in": self.tr("Move in point"), "out": self.tr("Move out point")}
        self._drag = Drag(self._session, grip_at(clip, scale, lane, x), names)
        if self._drag.kind == "scrub":
            self._drag.move(scale.frame(x), 0)

    def _move(self, lane: str, x: float) -> None:
        scale = self.canvas.scale
        if self._drag is not None:
            edge = round(scale.first + x / scale.per_frame)
            self._drag.move(scale.frame(x), min(max(edge, 0), scale.count))
            return
        clip = self._session.clip
        assert clip is not None
        held = grip_at(clip, scale, lane, x)[0] != "scrub"
        self.canvas.setCursor(Qt.CursorShape.SplitHCursor if held else Qt.CursorShape.ArrowCursor)

    def _end_drag(self) -> None:
        if self._drag is not None:
            self._drag.abandon()
            self._drag = None

    def _wheel(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        scale = self.canvas.scale
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_ZOOM ** (turned / 120), self.canvas.place(event.position().x()))
        else:
            self.canvas.set_scale(scale.scrolled(scale.first - turned / 120 * scale.width / scale.per_frame / 10))
        event.accept()

    def _tell(self, event: QHelpEvent) -> None:
        """What is under the pointer."""
        scene, x = self.canvas.scene, self.canvas.place(event.pos().x())
        if scene is None or x < 0:
            QToolTip.showText(event.globalPos(), self.toolTip(), self.canvas)
            return
        frame = scene.scale.frame(x)
        lines = [self.tr("%1, frame %2").replace("%1", scene.time.timecode(frame)).replace("%2", str(frame))]
        lines += [m.text for m in scene.clip.markers if m.frame == frame and m.text]
        share = scene.flagged.at(frame)
        if share is not None:
            lines.append(self.tr("%1 % of the picture flagged").replace("%1", f"{share * 100:.1f}"))
        state = next((state for start, end, state in scene.cache if start <= frame < end), "")
        if state:
            said = {"ready": self.tr("ready"), "approximate": self.tr("approximate"), "failed": self.tr("failed")}
            lines.append(self.tr("Cache: %1").replace("%1", said[state]))
        QToolTip.showText(event.globalPos(), "\n".join(lines), self.canvas)

    # --- shots ----------------------------------------------------------------------------------------------------

    def _menu(self, frame: FrameNo, at: QPoint) -> None:
        clip = self._session.clip
        assert clip is not None
        index = clip.shot_index(frame)
        start = clip.shots[index].start
        menu = QMenu(self)
        split = menu.addAction(self.tr("Split shot at frame %1").replace("%1", str(frame)))
        split.setEnabled(frame != start)
        split.triggered.connect(lambda: self._edit(self.tr("Split shot"), commands.add_cut, frame))
        merge = menu.addAction(self.tr("Merge with the shot before"))
        merge.setEnabled(start > 0)
        merge.triggered.connect(lambda: self._edit(self.tr("Merge shots"), commands.remove_cut, start))
        menu.addAction(self.tr("Rename shot...")).triggered.connect(lambda: self.rename_shot(index))
        menu.addSeparator()
        menu.addAction(self.tr("In point here")).triggered.connect(
            lambda: self._edit(self.tr("Set in point"), commands.set_in, frame)
        )
        menu.addAction(self.tr("Out point here")).triggered.connect(
            lambda: self._edit(self.tr("Set out point"), commands.set_out, frame)
        )
        menu.addAction(self.tr("Marker here")).triggered.connect(
            lambda: self._edit(self.tr("Marker"), commands.toggle_marker, frame)
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _edit(self, name: str, change: _Change, frame: FrameNo) -> None:
        self._session.do(name, change(self._session.document, self._session.clip_id, frame))

    def rename_shot(self, index: int) -> None:
        """Edit a shot's name where it stands; Return keeps it, Escape does not."""
        clip, scale = self._session.clip, self.canvas.scale
        if clip is None:
            return
        self._close_editor()
        first, last = clip.shot_range(index)
        left = max(0.0, scale.x(first))
        wide = min(max(120.0, scale.x(last + 1) - left), scale.width - left)
        lane = self.canvas.lanes["shots"]
        editor = QLineEdit(clip.shots[index].name or default_name(index), self.canvas)
        editor.setAccessibleName(self.tr("Shot name"))
        editor.setGeometry(QRect(round(NAMES_WIDTH + left), self.canvas.tops["shots"], round(wide), lane.height))
        editor.installEventFilter(self)
        editor.selectAll()
        editor.editingFinished.connect(self._rename)
        editor.show()
        editor.setFocus()
        self._editor, self._renamed = editor, index

    @Slot()
    def _rename(self) -> None:
        editor, clip = self._editor, self._session.clip
        if editor is None or clip is None:
            return
        name = editor.text().strip()
        self._close_editor()
        if name != (clip.shots[self._renamed].name or default_name(self._renamed)):
            document = self._session.document
            self._session.do(self.tr("Rename shot"), commands.name_shot(document, clip.id, self._renamed, name))

    def _close_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.hide()
            editor.deleteLater()
            self.setFocus()

    # --- keys -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        clip, here = self._session.clip, self._session.playhead
        ten = _TEN if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        match event.key():
            case Qt.Key.Key_Escape if self._editor is not None or self._drag is not None:
                self._close_editor()
                self._end_drag()
            case Qt.Key.Key_Left:
                self._session.seek(here - ten)
            case Qt.Key.Key_Right:
                self._session.seek(here + ten)
            case Qt.Key.Key_Home:
                self._session.seek(0)
            case Qt.Key.Key_End if clip is not None:
                self._session.seek(navigate.last_frame(clip))
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.fit()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour("panel"))
        if self.hasFocus():
            painter.setPen(colour("accent"))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.update()

    @Slot()
    def _tell_range(self, *_: object) -> None:
        """In, out and how long that is."""
        scene, clip = self.canvas.scene, self._session.clip
        if scene is None or clip is None:
            self._line.setText("")
            return
        first, last = navigate.play_range(clip)
        parts = (
            f"{self.tr('in')} {scene.time.timecode(first)}",
            f"{self.tr('out')} {scene.time.timecode(last)}",
            scene.time.seconds(last - first + 1),
        )
        self._line.setText("   ".join(parts))
