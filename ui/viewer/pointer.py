"""The hand on the canvas: what mouse, pen, wheel and keys do to camera, wipe and tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QTabletEvent, QWheelEvent

from ui.viewer import marks
from ui.viewer.compare import Wipe
from ui.viewer.picks import Picks
from ui.viewer.tools.base import Tool, Touch
from ui.viewer.tools.brush import BrushTool
from ui.viewer.tools.pick import PickTool
from ui.viewer.tools.pin import PinTool, pin_letter
from ui.viewer.tools.region import RegionTool
from ui.viewer.tools.shapes import LassoTool, LineTool, RectangleTool
from ui.viewer.transform import Transform

if TYPE_CHECKING:
    from ui.viewer.canvas import Canvas

_WHEEL_STEP = 1.2
_EDGE, _HANDLE, _ENDS = 8.0, 20.0, 0.7
_ROUND = ("brush", "eraser", "line")
_PROBE_MS = 30
_STILL = 4.0


class Pointer(QObject):
    """One drag at a time: it moves the picture, the wipe edge, or a tool."""

    probed = Signal(int, int)
    """The source pixel under the pointer, at most every 30 ms."""
    left = Signal()
    clicked = Signal(float, float)
    """The hand pressed and let go at a place of the source, without moving."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        desk, state = canvas.desk, canvas.state
        self.picks, self.pins = Picks(canvas.session, state), PinTool(canvas.session, state)
        self._tools: dict[str, Tool] = {
            "brush": BrushTool(desk, state),
            "eraser": BrushTool(desk, state, erases=True),
            "lasso": LassoTool(desk, state),
            "rectangle": RectangleTool(desk, state),
            "line": LineTool(desk, state),
            "region": RegionTool(canvas.session, state),
            "pick": PickTool(self.picks, self.remove_pick),
            "pin": self.pins,
        }
        self._drag = ""
        self._at: QPointF | None = None
        self._pressed = QPointF()
        self._pan_key = self._panned = False
        self._gripped: tuple[Wipe, tuple[float, float]] = (canvas.wipe, (0.0, 0.0))
        self.key_place: tuple[float, float] | None = None
        self._probe = QTimer(self)
        self._probe.setSingleShot(True)
        self._probe.setInterval(_PROBE_MS)
        self._probe.timeout.connect(self._on_probe)
        canvas.setMouseTracking(True)
        canvas.setTabletTracking(True)

    @property
    def tool(self) -> Tool | None:
        """None for the hand."""
        state = self._canvas.state
        if state.pinning:
            return self._tools["pin"]
        if state.drawing is not None:
            return self._tools["region" if self.picks.waiting is None else "pick"]
        return self._tools.get(state.tool)

    @property
    def place(self) -> tuple[float, float] | None:
        """The place of the source that is pointed at, by mouse or keyboard."""
        if self.key_place is not None or self._at is None:
            return self.key_place
        return self._canvas.transform().to_source(*self._device(self._at))

    def remove_pick(self, x: float, y: float) -> bool:
        """Take the spot away that lies under a place of the source; whether one did."""
        found = self.picks.nearest(x, y, self._canvas.transform(), self._canvas.ratio)
        if found is not None:
            self.picks.remove(found)
        return found is not None

    @property
    def hint(self) -> str:
        """What the next click does, where something waits for it."""
        about = self.picks.waiting
        if self._canvas.state.pinning:
            name = pin_letter(self._canvas.state.pinning)
            return self.tr("Click where pin {0} is to stand, or Enter at the cross · Esc ends").format(name)
        if about is not None:
            return self.tr("{0}: click a spot, or Enter at the cross · right-click or Del removes · Esc ends").format(
                about.label
            )
        return ""

    # --- mouse and pen --------------------------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        at, button = event.position(), event.button()
        self.key_place = None
        self._pressed = at
        if self._drag or self._canvas.session.clip is None:
            return
        if button == Qt.MouseButton.MiddleButton or self._pan_key:
            self._drag = "pan"
        elif button == Qt.MouseButton.LeftButton and self._on_wipe(at):
            self._drag = self._wipe_drag(at, event.modifiers())
            self._gripped = (self._canvas.wipe, self._device(at))
        elif self.tool is not None and button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._drag = "tool"
            self.tool.press(self._touch(at, event.modifiers()), erase=button == Qt.MouseButton.RightButton)
        elif button == Qt.MouseButton.LeftButton:
            self._drag = "pan"
        self._at = at
        self.renew_cursor()

    def move(self, event: QMouseEvent) -> None:
        before, self._at = self._at, event.position()
        if self._drag == "pan" and before is not None:
            step = (self._at - before) * self._canvas.ratio
            self._panned = True
            self._canvas.look(self._canvas.camera.panned(step.x(), step.y(), self._canvas.transform()))
        elif self._drag in ("wipe", "turn"):
            self._move_wipe(self._at)
        elif self._drag == "tool" and self.tool is not None:
            self.tool.move(self._touch(self._at, event.modifiers()))
        else:
            self.renew_cursor()
        if not self._drag and not self._probe.isActive():
            self._probe.start()
        self._redraw_pointer(before, self._at)

    def release(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, ""
        if drag == "tool" and self.tool is not None:
            self.tool.release(self._touch(event.position(), event.modifiers()))
            self._canvas.update()
        still = (event.position() - self._pressed).manhattanLength() < _STILL
        if drag == "pan" and still and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(*self._canvas.transform().to_source(*self._device(event.position())))
        self.renew_cursor()

    def double_click(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._on_wipe(event.position()):
            self._canvas.wipe = Wipe()
            self._canvas.update()
        else:
            self.press(event)

    def pen(self, event: QTabletEvent) -> None:
        """A pen paints as thick as it is pressed; without a painting tool it acts as a mouse."""
        kind, at = event.type(), event.position()
        tool = self.tool
        if tool is None or self._canvas.session.clip is None or (not self._drag and self._on_wipe(at)):
            event.ignore()
            return
        event.accept()
        touch = self._touch(at, event.modifiers(), event.pressure())
        before, self._at = self._at, at
        if kind == QEvent.Type.TabletPress:
            self._drag = "tool"
            tool.press(touch, erase=event.pointerType() == event.pointerType().Eraser)
        elif kind == QEvent.Type.TabletMove and self._drag == "tool":
            tool.move(touch)
        elif kind == QEvent.Type.TabletRelease and self._drag == "tool":
            self._drag = ""
            tool.release(touch)
        self._redraw_pointer(before, at)

    def wheel(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns and self._canvas.session.clip is not None:
            self.zoom_by(_WHEEL_STEP**turns, self._device(event.position()))
        event.accept()

    def leave(self) -> None:
        before, self._at = self._at, None
        self._redraw_pointer(before, None)
        self.left.emit()

    def zoom_by(self, factor: float, anchor: tuple[float, float] | None = None) -> None:
        now = self._canvas.transform()
        middle = (now.pane_width / 2, now.pane_height / 2)
        zoom = min(now.scale_x, now.scale_y) * factor
        self._canvas.look(self._canvas.camera.zoomed(zoom, now, anchor or middle))

    def hold_to_pan(self, on: bool) -> bool:
        """While on, any drag moves the picture. Returns whether one did since it was switched on."""
        moved = self._panned
        if on != self._pan_key:
            self._pan_key, self._panned = on, False
            self.renew_cursor()
        return moved

    def cancel(self) -> bool:
        """Esc: take the gesture back; whether there was one."""
        state = self._canvas.state
        if self._drag != "tool":
            waiting = state.drawing is not None or bool(state.pinning)
            state.set("drawing", None)
            state.set("pinning", "")
            return waiting
        self._drag = ""
        for tool in self._tools.values():
            tool.cancel()
        self._canvas.desk.cancel()
        self._canvas.update()
        return True

    # --- keyboard -------------------------------------------------------------------------------------------------

    def step(self, across: float, down: float) -> None:
        """Move the keyboard's place by source pixels; a gesture under way follows."""
        clip = self._canvas.session.clip
        if clip is None:
            return
        x, y = self.key_place or (clip.media.width / 2, clip.media.height / 2)
        self.key_place = (min(max(x + across, 0.0), clip.media.width), min(max(y + down, 0.0), clip.media.height))
        if self._drag == "tool" and self.tool is not None:
            self.tool.move(Touch(*self.key_place))
        self.probed.emit(*self._whole(self.key_place))
        self._canvas.update()

    def stamp(self, *, erase: bool) -> None:
        """Brush, spots and pins: touch here. Other tools: begin here; the second time, end here."""
        tool = self.tool
        if isinstance(tool, PickTool | PinTool) and self.key_place is None:
            self.step(0, 0)
        if tool is None or self.key_place is None:
            return
        touch = Touch(*self.key_place)
        if self._drag == "tool":
            self._drag = ""
            tool.release(touch)
        else:
            tool.press(touch, erase=erase)
            self._drag = "tool"
            if isinstance(tool, BrushTool | PickTool | PinTool):
                self._drag = ""
                tool.release(touch)
        self._canvas.update()

    # --- drawing --------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, now: Transform) -> None:
        """The tool's preview, the brush ring and the keyboard's cross, in device pixels of a pane."""
        ratio, state = self._canvas.ratio, self._canvas.state
        if self.tool is not None and self._drag == "tool":
            self.tool.draw(painter, now, ratio)
        place = self._place(now)
        if place is None:
            return
        if (
            state.tool in _ROUND
            and state.drawing is None
            and not state.pinning
            and not self._pan_key
            and self._drag not in ("pan", "wipe", "turn")
        ):
            size = (state.brush_size * now.scale_x, state.brush_size * now.scale_y)
            marks.draw_ring(painter, QPointF(*place), size, state.brush_hardness, ratio)
        if self.key_place is not None:
            marks.draw_cross(painter, QPointF(*place), ratio)

    @Slot()
    def renew_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._canvas.session.clip is None:
            pass
        elif self._drag == "pan":
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._pan_key:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._drag in ("wipe", "turn") or (not self._drag and self._at is not None and self._on_wipe(self._at)):
            across = abs(self._canvas.wipe.normal()[0]) > 0.7
            shape = Qt.CursorShape.SplitHCursor if across else Qt.CursorShape.SplitVCursor
        elif self.tool is None:
            shape = Qt.CursorShape.OpenHandCursor
        else:
            shape = Qt.CursorShape.CrossCursor
        if self._canvas.cursor().shape() != shape:
            self._canvas.setCursor(QCursor(shape))

    def _place(self, now: Transform) -> tuple[float, float] | None:
        """Where the pointer is in every pane: under the mouse, or where the keyboard put it."""
        if self.key_place is not None:
            return now.to_device(*self.key_place)
        return self._device(self._at) if self._at is not None else None

    def _redraw_pointer(self, before: QPointF | None, after: QPointF | None) -> None:
        """Repaint where the ring was and is; shapes are previewed anywhere."""
        canvas = self._canvas
        if self._drag == "tool" and not isinstance(self.tool, BrushTool):
            canvas.update()
            return
        if canvas.state.tool not in _ROUND:
            return
        now = canvas.transform()
        reach = canvas.state.brush_size / 2 * max(now.scale_x, now.scale_y) + 6 * canvas.ratio
        for at in (before, after):
            if at is not None:
                x, y = self._device(at)
                for pane in canvas.panes():
                    canvas.update_device(x + pane.x - reach, y - reach, 2 * reach, 2 * reach)

    # --- where ----------------------------------------------------------------------------------------------------

    def source_of(self, at: QPoint) -> tuple[float, float]:
        """The place of the source under a point of the canvas."""
        return self._canvas.transform().to_source(*self._device(QPointF(at)))

    def on_screen(self, place: tuple[float, float]) -> QPoint:
        """Where a place of the source is seen, in the first pane."""
        device = QPointF(*self._canvas.transform().to_device(*place)) / self._canvas.ratio
        return self._canvas.mapToGlobal(device.toPoint())

    def _device(self, at: QPointF) -> tuple[float, float]:
        """Device pixels within the pane under the point."""
        x, y = at.x() * self._canvas.ratio, at.y() * self._canvas.ratio
        under = [pane for pane in self._canvas.panes() if pane.x <= x] or [self._canvas.panes()[0]]
        return x - under[-1].x, y

    def _touch(self, at: QPointF, keys: Qt.KeyboardModifier, pressure: float = 1.0) -> Touch:
        x, y = self._canvas.transform().to_source(*self._device(at))
        return Touch(x, y, pressure, bool(keys & Qt.KeyboardModifier.ShiftModifier))

    def _whole(self, place: tuple[float, float]) -> tuple[int, int]:
        return int(place[0] // 1), int(place[1] // 1)

    def _on_wipe(self, at: QPointF) -> bool:
        """Whether the point grips the edge; painting tools leave all but its handle alone."""
        canvas = self._canvas
        if canvas.mode != "wipe" or canvas.session.clip is None or canvas.state.masks_solo:
            return False
        now, (x, y) = canvas.transform(), self._device(at)
        away, along = abs(canvas.wipe.distance(x, y, now)), abs(canvas.wipe.along(x, y, now))
        if self.tool is not None:
            return bool(away < _EDGE * canvas.ratio and along < _HANDLE * canvas.ratio)
        left, top, right, bottom = now.area()
        return bool(away < _EDGE * canvas.ratio and left <= x <= right and top <= y <= bottom)

    def _wipe_drag(self, at: QPointF, keys: Qt.KeyboardModifier) -> str:
        """Near its ends, or with Ctrl, the edge is turned; elsewhere it is moved."""
        if keys & Qt.KeyboardModifier.ControlModifier:
            return "turn"
        now, wipe = self._canvas.transform(), self._canvas.wipe
        along = abs(wipe.along(*self._device(at), now))
        half = (now.pane_height if abs(wipe.normal()[0]) > 0.7 else now.pane_width) / 2
        left, top, right, bottom = now.area()
        half = min(half, ((bottom - top) if abs(wipe.normal()[0]) > 0.7 else (right - left)) / 2)
        return "turn" if along > _ENDS * half else "wipe"

    def _move_wipe(self, at: QPointF) -> None:
        canvas, now, (wipe, start) = self._canvas, self._canvas.transform(), self._gripped
        x, y = self._device(at)
        if self._drag == "turn":
            canvas.wipe = wipe.turned(start, (x, y), now)
        else:
            # Only across the edge: along it nothing would be seen to move but the handle.
            nx, ny = wipe.normal()
            way = (x - start[0]) * nx + (y - start[1]) * ny
            canvas.wipe = wipe.moved(way * nx, way * ny, now)
        canvas.update()

    @Slot()
    def _on_probe(self) -> None:
        if self._at is not None and self._canvas.session.clip is not None:
            place = self._canvas.transform().to_source(*self._device(self._at))
            self.probed.emit(*self._whole(place))
