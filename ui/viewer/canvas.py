"""The canvas: pictures of the compare mode, masks over them, and the pointer on them, all in one transform."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.document import ClipWork, Document, Layer
from app.pictures import Kind, Want
from app.proposals_desk import ProposalsDesk
from app.regions_desk import RegionsDesk
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from engines.types import Rect
from ui.theme import SURROUNDS, T
from ui.viewer import marks
from ui.viewer.compare import Pane, Wipe, kinds, panes
from ui.viewer.desk import Desk
from ui.viewer.outlines import draw_in_hand, draw_regions, draw_spots, spot_at
from ui.viewer.paint_layers import PaintLayers
from ui.viewer.pins import draw_pins
from ui.viewer.place_menu import place_menu
from ui.viewer.pointer import Pointer
from ui.viewer.screen import Screen
from ui.viewer.transform import Camera, Transform

_BLINK_MS = 500
_KEY_STEP = 8.0
_STEPPING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_REFRESHING = ("compare", "holding_source", "difference_gain", "overlay", "screen")
_HIDDEN = Transform(1.0, 1.0, 0, 0, 1, 1, 1, 1)


class Canvas(QWidget):
    """Draws in device pixels: at 100 % one picture pixel is one screen pixel, whatever the display's scaling."""

    status_changed = Signal()
    """Zoom, or how true the picture is."""

    def __init__(
        self, session: Session, bridge: RenderBridge, state: ViewState, desk: Desk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.state, self.bridge, self.desk = session, state, bridge, desk
        self.camera, self.wipe = Camera(), Wipe()
        self.screen_pictures = Screen(bridge, self)
        self.layers = PaintLayers(desk, state)
        self._proposals: ProposalsDesk | None = None
        self._regions: RegionsDesk | None = None
        self._second = False
        self._blink = QTimer(self)
        self._blink.setInterval(_BLINK_MS)
        self._blink.timeout.connect(self._on_blink)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("Picture"))
        self.setAccessibleDescription(
            self.tr(
                "Ctrl+Shift+arrows move a cross over the picture (with Alt by one pixel), Enter paints there, "
                "Shift+Enter erases, Esc takes the gesture back. While spots are picked Enter adds one, Del removes it."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pointer = Pointer(self)
        self._listen()

    def _listen(self) -> None:
        self.session.document_changed.connect(self._on_document)
        self.session.clip_changed.connect(self._on_clip)
        self.session.playhead_changed.connect(self._on_moved)
        self.bridge.clip_info_ready.connect(self._on_moved)
        self.state.changed.connect(self._on_state)
        self.screen_pictures.changed.connect(self._on_picture)
        self.desk.painted.connect(self._on_painted)
        self.desk.finished.connect(self.layers.kept)
        self.desk.dropped.connect(self._on_dropped)

    def show_proposals(self, desk: ProposalsDesk) -> None:
        """Outline what the desk finds from now on."""
        self._proposals = desk
        desk.changed.connect(self.update)
        desk.current_changed.connect(self._on_proposal)
        self.pointer.clicked.connect(self._on_clicked)

    def show_regions(self, desk: RegionsDesk) -> None:
        """Box the region in hand from now on, and bring it into sight."""
        self._regions = desk
        desk.changed.connect(self.update)
        desk.current_changed.connect(self._on_region)

    # --- geometry -------------------------------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        return "source" if self.state.holding_source else self.state.compare

    @property
    def ratio(self) -> float:
        return self.devicePixelRatioF()

    def panes(self) -> tuple[Pane, ...]:
        size = (max(round(self.width() * self.ratio), 1), max(round(self.height() * self.ratio), 1))
        return panes(self.mode, size, second=self._second, gap=round(T.space[0] * self.ratio))

    def transform(self) -> Transform:
        """Shared by all panes."""
        clip = self.session.clip
        if clip is None:
            return _HIDDEN
        pane = self.panes()[0]
        size = (clip.media.width, clip.media.height)
        return self.camera.transform((pane.width, pane.height), size, self._aspect(clip), self.ratio)

    def _aspect(self, clip: ClipWork) -> Fraction:
        info = self.bridge.clip_info(clip.id)
        return info.sar if info is not None and info.sar > 0 else Fraction(1)

    def look(self, camera: Camera) -> None:
        """Show another part of the picture."""
        self.camera = camera
        self.refresh()

    # --- what is wanted -------------------------------------------------------------------------------------------

    def wants(self) -> tuple[Want, ...]:
        clip, view = self.session.clip, self.transform().view()
        if clip is None or view is None:
            return ()
        state, frame = self.state, self.session.playhead
        return tuple(
            Want(
                clip.id,
                frame,
                kind,
                view,
                state.difference_gain,
                marks=state.overlay and kind == "restored",
                # Where differences or origins are shown, an overlay of levels would say nothing.
                screen=self.bridge.seen_through(
                    state.screen if kind in ("source", "restored") else state.screen.bare(), clip.id, frame, kind
                ),
            )
            for kind in kinds(self.mode)
        )

    def refresh(self, *, again: bool = False) -> None:
        """Ask for what is to be seen now, and draw what there is of it."""
        self.screen_pictures.show(self.wants(), again=again)
        blinks = self.mode == "blink" and self.session.clip is not None and self.isVisible()
        if blinks != self._blink.isActive():
            self._blink.start() if blinks else self._blink.stop()
        self.status_changed.emit()
        self.update()

    @Slot(object, object)
    def _on_document(self, _before: Document, _after: Document) -> None:
        self._drop_waiting()
        self.refresh(again=True)

    @Slot()
    def _on_clip(self) -> None:
        self._drop_waiting()
        self.camera = Camera()
        self.layers.forget()
        self.refresh()

    def _drop_waiting(self) -> None:
        """What a setting waits for goes with its stage."""
        clip, drawing = self.session.clip, self.state.drawing
        if drawing is not None and (clip is None or clip.shots[0].stage(drawing[0]) is None):
            self.state.set("drawing", None)
        if clip is None:
            self.state.set("pinning", "")

    @Slot()
    def _on_moved(self) -> None:
        self.refresh()

    @Slot(str)
    def _on_state(self, name: str) -> None:
        self.pointer.renew_cursor()
        if name in ("drawing", "pinning") and getattr(self.state, name):
            # What ends or steers it is a key of the picture.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if name in _REFRESHING:
            self.refresh()
        else:
            self.update()

    @Slot()
    def _on_picture(self) -> None:
        self.status_changed.emit()
        self.update()

    @Slot()
    def _on_blink(self) -> None:
        self._second = not self._second
        self.update()

    @Slot(str, object)
    def _on_painted(self, layer: Layer, box: Rect) -> None:
        """Repaint only what the brush touched."""
        stroke = self.desk.stroke
        area = self.layers.redraw(layer, box, stroke.coverage) if stroke is not None else None
        if area is None:
            self.update()
            return
        left, top = self.transform().area()[:2]
        for pane in self.panes():
            self.update_device(area.x() + left + pane.x, area.y() + top, area.width(), area.height())

    @Slot()
    def _on_dropped(self) -> None:
        self.layers.forget()
        self.update()

    def update_device(self, x: float, y: float, width: float, height: float) -> None:
        """Repaint a rectangle of device pixels."""
        ratio = self.ratio
        corner = QPoint(int(x / ratio) - 1, int(y / ratio) - 1)
        self.update(QRect(corner, QPoint(int((x + width) / ratio) + 1, int((y + height) / ratio) + 1)))

    # --- events ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.pointer.double_click(event)

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802 - Qt's name
        self.pointer.pen(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """With the hand: what can be done with the place under the pointer. Tools use the button themselves."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.pointer.place if by_key else self.pointer.source_of(event.pos())
        if self.pointer.tool is None and place is not None and self.session.clip is not None:
            pick = self.pointer.picks.nearest(*place, self.transform(), self.ratio)
            menu = place_menu(self, self.pointer, place, pick)
            menu.popup(self.pointer.on_screen(place) if by_key else event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        self.pointer.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self.pointer.leave()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """While spots are picked, Delete is for them and not for the frame's mask."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = event.key() == Qt.Key.Key_Delete and self.pointer.picks.waiting is not None
            event.setAccepted(mine)
            return mine or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Shift+arrows move the keyboard's place (Alt: by one pixel), Enter paints there, Shift+Enter erases.

        While spots are picked Delete takes away the one that is pointed at.
        """
        key, modifiers = event.key(), event.modifiers()
        steps = modifiers & _STEPPING == _STEPPING and key in _ARROWS
        if steps:
            reach = 1.0 if modifiers & Qt.KeyboardModifier.AltModifier else _KEY_STEP
            self.pointer.step(_ARROWS[key][0] * reach, _ARROWS[key][1] * reach)
        elif key == Qt.Key.Key_Delete and self.pointer.picks.waiting is not None and self.pointer.place is not None:
            self.pointer.remove_pick(*self.pointer.place)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pointer.stamp(erase=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        elif key != Qt.Key.Key_Escape or not self.pointer.cancel():
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._blink.stop()

    # --- drawing --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(event.rect(), SURROUNDS[self.state.surround])
        clip = self.session.clip
        if clip is not None:
            painter.scale(1 / self.ratio, 1 / self.ratio)
            now = self.transform()
            for pane in self.panes():
                painter.save()
                painter.translate(pane.x, 0)
                painter.setClipRect(QRect(0, 0, pane.width, pane.height), Qt.ClipOperation.IntersectClip)
                self._draw_pane(painter, pane, clip, now)
                painter.restore()
        if self.hasFocus():
            marks.draw_focus(painter, self.rect(), self.ratio, scaled=clip is not None)
        painter.end()

    def _draw_pane(self, painter: QPainter, pane: Pane, clip: ClipWork, now: Transform) -> None:
        left, top, right, bottom = now.area()
        area = QRectF(left, top, right - left, bottom - top)
        if self.state.masks_solo:
            painter.fillRect(area, SURROUNDS["black"])
        else:
            self._draw_pictures(painter, pane.kinds, area, now)
        self.layers.draw(painter, clip, self.session.playhead, now, self.ratio)
        self._draw_outlines(painter, pane, clip, now)
        if len(pane.kinds) == 2 and not self.state.masks_solo:
            marks.draw_wipe(painter, self.wipe, area, now, self.ratio)
        if self.mode not in ("source", "restored") or self.state.holding_source:
            marks.draw_labels(painter, self._labels(pane.kinds), area, self.ratio)
        self._draw_failure(painter, pane.kinds, area)
        if hint := self.pointer.hint:
            marks.draw_hint(painter, hint, QRectF(0, 0, pane.width, pane.height), self.ratio)
        self.pointer.draw(painter, now)

    def _draw_outlines(self, painter: QPainter, pane: Pane, clip: ClipWork, now: Transform) -> None:
        frame = self.session.playhead
        draw_regions(painter, clip, frame, self.state.stage, now, self.ratio)
        self.pointer.picks.draw(painter, now, self.ratio)
        draw_pins(painter, self.state, clip, frame, now, self.ratio)
        if self._proposals is not None and self.state.proposals_shown and not self.state.playing:
            source = pane.kinds == ("source",)
            spots, current = self._proposals.spots(frame), self._proposals.current
            draw_spots(painter, spots, current, now, self.ratio, source=source)
        in_hand = self._regions.current if self._regions is not None else None
        if in_hand is not None and not self.state.playing:
            draw_in_hand(painter, in_hand.shown, now, self.ratio)

    @Slot(float, float)
    def _on_clicked(self, x: float, y: float) -> None:
        """The smallest proposal under the pointer is taken in hand."""
        if self._proposals is None or not self.state.proposals_shown:
            return
        now = self.transform()
        found = spot_at(self._proposals.spots(self.session.playhead), (x, y), now, source=self.mode == "source")
        if found is not None:
            self._proposals.choose(self.session.playhead, found.place)

    @Slot()
    def _on_proposal(self) -> None:
        spot = self._proposals.current if self._proposals is not None else None
        self._bring(spot.shown if spot is not None else None)

    @Slot()
    def _on_region(self) -> None:
        in_hand = self._regions.current if self._regions is not None else None
        self._bring(in_hand.shown if in_hand is not None else None)

    def _bring(self, box: Rect | None) -> None:
        """What is in hand comes into sight where the picture is larger than the pane."""
        clip = self.session.clip
        if box is not None and clip is not None and self.camera.zoom is not None:
            left, top, right, bottom = self.transform().area()
            x, y = self.transform().to_device(box.x + box.width / 2, box.y + box.height / 2)
            if not (left < x < right and top < y < bottom):
                middle = (box.x + box.width / 2) / clip.media.width, (box.y + box.height / 2) / clip.media.height
                self.look(replace(self.camera, x=middle[0], y=middle[1]))
        self.update()

    def _draw_pictures(self, painter: QPainter, shown: tuple[Kind, ...], area: QRectF, now: Transform) -> None:
        coming = not any(self._failure(kind) for kind in shown)
        drawn = self.screen_pictures.draw(painter, shown[0], now)
        if not drawn:
            marks.draw_waiting(painter, area, self.ratio, coming=coming)
        if len(shown) == 2:
            painter.save()
            side = marks.path_of(self.wipe.restored_side(area, now))
            painter.setClipPath(side, Qt.ClipOperation.IntersectClip)
            if not self.screen_pictures.draw(painter, shown[1], now):
                marks.draw_waiting(painter, area, self.ratio, coming=coming)
            painter.restore()

    def _draw_failure(self, painter: QPainter, shown: tuple[Kind, ...], area: QRectF) -> None:
        failures = [failure for kind in shown if (failure := self._failure(kind))]
        if failures:
            marks.draw_failure(painter, failures[0], area, self.ratio)

    def _failure(self, kind: Kind) -> str:
        """Why there is no such picture; empty where there is, or may be."""
        answer = self.screen_pictures.state(kind)
        return (answer.failure or "") if answer is not None else ""

    def _labels(self, shown: tuple[Kind, ...]) -> tuple[str, ...]:
        texts: dict[Kind, str] = {
            "source": self.tr("SOURCE"),
            "restored": self.tr("RESTORED"),
            "difference": self.tr("DIFFERENCE ×{0:g}, grey = equal").format(self.state.difference_gain),
            "provenance": self.tr("PROVENANCE"),
        }
        return tuple(texts[kind] for kind in shown)
