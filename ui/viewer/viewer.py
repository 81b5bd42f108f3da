"""The viewer: compare modes above, the canvas, the pixel probe below; and the verbs that act on what is seen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app import commands
from app.colour_probe import ColourProbe
from app.mask_tools import MaskTools, copy_masks
from app.pictures import Probe
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import PINS, ViewState
from ui.theme import T
from ui.viewer.canvas import Canvas
from ui.viewer.colour_bar import ColourBar
from ui.viewer.compare_bar import CompareBar
from ui.viewer.desk import Desk
from ui.viewer.probe_bar import ProbeBar
from ui.viewer.provenance_legend import ProvenanceLegend
from ui.viewer.screen_legend import ScreenLegend
from ui.viewer.transform import Camera
from ui.viewer.welcome import Welcome

_SMALLEST, _LARGEST, _SIZE_STEP, _HARDNESS_STEP = 1.0, 500.0, 1.2, 0.1
_ZOOM_STEP = 2**0.5


class Viewer(QWidget):
    """The main window binds actions to the methods; nothing here has a shortcut of its own."""

    open_requested = Signal()
    demo_requested = Signal()
    recent_requested = Signal(str)

    def __init__(self, session: Session, bridge: RenderBridge, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.bridge, self.state = session, bridge, state
        self.desk = Desk(session, state, self)
        self.mask_tools = MaskTools(session, self)
        self.canvas = Canvas(session, bridge, state, self.desk)
        self.bar, self.probe_bar = CompareBar(state), ProbeBar()
        self.colour_probe = ColourProbe(session, bridge, state, self)
        self.colour_bar = ColourBar(self.colour_probe, state)
        self.provenance_legend = ProvenanceLegend(state)
        self.screen_legend = ScreenLegend(session, bridge, state)
        self.welcome = Welcome()
        self._asked: tuple[int, int] | None = None
        self._unanswered = False
        self.setAccessibleName(self.tr("Viewer"))
        self._lay_out()
        self._listen()
        self._on_clip()

    def _lay_out(self) -> None:
        self._work = QWidget()
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(T.space[0])
        column.addWidget(self.bar)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.provenance_legend)
        column.addWidget(self.screen_legend)
        column.addWidget(self.probe_bar)
        column.addWidget(self.colour_bar)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self._work)

    def _listen(self) -> None:
        session, bridge = self.session, self.bridge
        session.clip_changed.connect(self._on_clip)
        session.playhead_changed.connect(self._on_playhead)
        bridge.probe_ready.connect(self._on_probe)
        self.canvas.status_changed.connect(self._on_status)
        self.canvas.pointer.probed.connect(self._on_probed)
        self.canvas.pointer.left.connect(self._on_left)
        for name, button in self.probe_bar.buttons.items():
            button.clicked.connect(lambda on, name=name: self._on_reading(name, on))
        self.state.changed.connect(self._on_state)
        self.mask_tools.progressed.connect(self.probe_bar.show_work)
        self.probe_bar.stop.clicked.connect(self._on_stop)
        self.welcome.open_requested.connect(self.open_requested)
        self.welcome.demo_requested.connect(self.demo_requested)
        self.welcome.recent_requested.connect(self.recent_requested)

    def set_recent(self, paths: list[str]) -> None:
        """Projects to offer while nothing is open."""
        self.welcome.set_recent(paths)

    def close_tools(self) -> None:
        """Join the thread of long work on masks; the window calls it when it closes."""
        self.mask_tools.close()

    # --- zoom -----------------------------------------------------------------------------------------------------

    @Slot()
    def fit(self) -> None:
        self.canvas.look(Camera())

    def zoom_to(self, percent: float, anchor: tuple[float, float] | None = None) -> None:
        """100 = one picture pixel on one screen pixel; `anchor` (device pixels of the pane, else its middle) stays."""
        now = self.canvas.transform()
        middle = (now.pane_width / 2, now.pane_height / 2)
        self.canvas.look(self.canvas.camera.zoomed(percent / 100, now, anchor or middle))

    @Slot()
    def zoom_in(self) -> None:
        self.canvas.pointer.zoom_by(_ZOOM_STEP)

    @Slot()
    def zoom_out(self) -> None:
        self.canvas.pointer.zoom_by(1 / _ZOOM_STEP)

    def hold_to_pan(self, on: bool) -> bool:
        """While on, any drag moves the picture. Switched off, it tells whether one did."""
        return self.canvas.pointer.hold_to_pan(on)

    # --- brush ----------------------------------------------------------------------------------------------------

    @Slot()
    def smaller(self) -> None:
        size = self.state.brush_size
        self.state.set("brush_size", max(min(size / _SIZE_STEP, size - 1), _SMALLEST))

    @Slot()
    def larger(self) -> None:
        size = self.state.brush_size
        self.state.set("brush_size", min(max(size * _SIZE_STEP, size + 1), _LARGEST))

    @Slot()
    def softer(self) -> None:
        self.state.set("brush_hardness", round(max(self.state.brush_hardness - _HARDNESS_STEP, 0.0), 2))

    @Slot()
    def harder(self) -> None:
        self.state.set("brush_hardness", round(min(self.state.brush_hardness + _HARDNESS_STEP, 1.0), 2))

    def can_repeat(self) -> bool:
        return self.desk.can_repeat

    @Slot()
    def repeat_last(self) -> None:
        """The last stroke again, on the frame shown."""
        self.desk.repeat()

    # --- masks of whole frames ------------------------------------------------------------------------------------

    @Slot()
    def clear_frame(self) -> None:
        """Remove the layer's mask of the frame shown."""
        session, frame = self.session, self.session.playhead
        self.desk.finish()
        if session.clip is not None:
            after = commands.set_mask(session.document, session.clip_id, self.state.layer, frame, None)
            session.do(self.tr("Clear mask of frame {0}").format(frame), after)

    @Slot()
    def copy_to_next(self) -> None:
        """Add the mask of the frame shown to the next, and go there."""
        frame = self.session.playhead
        if self._copy(self.tr("Copy mask to frame {0}").format(frame + 1), [frame + 1]):
            self.session.seek(frame + 1)

    @Slot()
    def span(self) -> None:
        """Add the mask of the frame shown to every frame from in to out, or of the shot."""
        clip = self.session.clip
        if clip is not None:
            first, last = self._range()
            self._copy(self.tr("Copy mask to frames {0} to {1}").format(first, last), range(first, last + 1))

    @Slot()
    def propagate(self) -> None:
        """Carry the mask of the frame shown along the motion, up to out or the end of the shot."""
        self.desk.finish()
        clip, frame = self.session.clip, self.session.playhead
        if clip is None or not self._painted():
            return
        last = self._range()[1]
        if last <= frame:
            self.session.notify(
                self.tr("There is no frame after this one to follow the motion to."),
                self.tr("Set the out point further on, or go to an earlier frame."),
            )
            return
        self.mask_tools.propagate(clip, self.state.layer, frame, last)

    def import_masks(self, folder: Path) -> None:
        """Take the PNG masks of a folder into the layer."""
        self.desk.finish()
        if self.session.clip is not None:
            self.mask_tools.import_folder(self.session.clip, self.state.layer, folder)

    def export_masks(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write the layer as PNG masks; a folder that holds PNG files is refused without `overwrite`."""
        self.desk.finish()
        if self.session.clip is not None:
            self.mask_tools.export_folder(self.session.clip, self.state.layer, folder, overwrite=overwrite)

    def _copy(self, name: str, frames: list[int] | range) -> bool:
        self.desk.finish()
        session = self.session
        if session.clip is None or not self._painted():
            return False
        session.do(name, copy_masks(session.document, session.clip_id, self.state.layer, session.playhead, frames))
        return True

    def _painted(self) -> bool:
        """Whether the frame shown has a mask to work with; says so where not."""
        clip = self.session.clip
        if clip is not None and self.session.playhead in clip.layer(self.state.layer):
            return True
        self.session.notify(
            self.tr("Frame {0} has no mask in this layer.").format(self.session.playhead),
            self.tr("Paint one first, or go to a frame that has one."),
        )
        return False

    def _range(self) -> tuple[int, int]:
        """In to out, each of them by default the shot's."""
        clip = self.session.clip
        assert clip is not None
        first, last = clip.shot_range(clip.shot_index(self.session.playhead))
        start = first if clip.in_point is None else clip.in_point
        return start, last if clip.out_point is None else clip.out_point

    # --- colours --------------------------------------------------------------------------------------------------

    def pin(self, name: str) -> None:
        """A pin of PINS where the pointer is; where it is not over the picture, the next click sets it."""
        place = self.canvas.pointer.place
        if place is not None:
            self.canvas.pointer.pins.put(name, *place)
        else:
            self.state.set("pinning", name)

    @Slot()
    def unpin(self) -> None:
        """Both pins off."""
        for name in PINS:
            self.state.set(name, None)

    def _on_reading(self, name: str, on: bool) -> None:
        """A button of the probe bar."""
        if name in PINS:
            self.state.set("pinning", name if on else "")
        else:
            self.state.set(name, on)

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name in ("pinning", "measuring"):
            for pin in PINS:
                self.probe_bar.buttons[pin].setChecked(self.state.pinning == pin)
            self.probe_bar.buttons["measuring"].setChecked(self.state.measuring)

    # --- what is told ---------------------------------------------------------------------------------------------

    @Slot()
    def _on_clip(self) -> None:
        # Of the window, not of the program: a dialog may have the keyboard just now.
        focus = self.window().focusWidget()
        welcoming = bool(focus) and self.welcome.isAncestorOf(focus)
        self._pages.setCurrentWidget(self.welcome if self.session.clip is None else self._work)
        self._on_left()
        if welcoming and self.session.clip is not None:
            self.canvas.setFocus()

    @Slot()
    def _on_status(self) -> None:
        canvas = self.canvas
        answers = [canvas.screen_pictures.state(want.kind) for want in canvas.wants()]
        self.bar.show_status(canvas.transform(), canvas.camera.zoom is None, answers)
        if self._unanswered and self._asked is not None and all(answer is not None for answer in answers):
            self._unanswered = False
            self._on_probed(*self._asked)

    @Slot(int, int)
    def _on_probed(self, x: int, y: int) -> None:
        clip = self.session.clip
        if clip is None or not (0 <= x < clip.media.width and 0 <= y < clip.media.height):
            self._on_left()
            return
        if self._asked is None:
            self.probe_bar.show_place(self.session.playhead, x, y)
        self._asked = (x, y)
        self.bridge.probe(clip.id, self.session.playhead, x, y)

    @Slot(int)
    def _on_playhead(self, _frame: int) -> None:
        if self._asked is not None and not self.state.playing:
            self._on_probed(*self._asked)

    @Slot()
    def _on_left(self) -> None:
        self._asked = None
        self.probe_bar.clear()

    @Slot(object)
    def _on_probe(self, probe: Probe) -> None:
        if (probe.x, probe.y) == self._asked and probe.clip_id == self.session.clip_id:
            self._unanswered = probe.restored is None
            self.probe_bar.show_probe(probe)

    @Slot()
    def _on_stop(self) -> None:
        self.mask_tools.cancel()
