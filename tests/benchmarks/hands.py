"""Hands that work in the window at random: scrub, play, paint, slide, undo, zoom, open and close things."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget

from app import commands
from app.view_state import COMPARE_MODES
from ui.application import Workstation

Act = Generator[float, None, None]
"""Yields how many seconds to wait before it goes on."""

_TOOLS = ("brush", "brush", "brush", "eraser", "line", "rectangle", "lasso")
_DIALOGS = (
    "help.palette",
    "edit.preferences",
    "help.shortcuts",
    "help.about",
    "help.licences",
    "file.export",
    "file.open",
    "play.go_to",
    "mask.import",
)
_VERBS = (
    "play.set_in",
    "play.set_out",
    "play.clear_in_out",
    "play.marker",
    "play.next_cut",
    "play.previous_cut",
    "play.next_modified",
    "shot.split",
    "shot.merge",
    "mask.copy_next",
    "mask.clear",
    "mask.onion",
    "mask.onion",
    "view.overlay",
    "view.overlay",
    "view.surround",
    "view.viewer_only",
    "view.viewer_only",
    "stage.toggle",
    "stage.toggle",
)
_PATIENCE = 60.0


class Player(QObject):
    """Lets an act run from the event loop, as a person's events come."""

    def __init__(self, pace: float = 1.0) -> None:
        """pace: what waits are multiplied by."""
        super().__init__()
        self._pace = pace
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)
        self._loop = QEventLoop(self)
        self._act: Act | None = None
        self._failed: BaseException | None = None

    def play(self, act: Act) -> None:
        """Returns when it has ended; raises what it raised."""
        self._act, self._failed = act, None
        self._timer.start(0)
        self._loop.exec()
        if self._failed is not None:
            raise self._failed

    @Slot()
    def _next(self) -> None:
        assert self._act is not None
        try:
            self._timer.start(round(next(self._act) * self._pace * 1000))
        except StopIteration:
            self._loop.quit()
        except BaseException as error:  # noqa: BLE001 - raised again by `play`
            self._failed = error
            self._loop.quit()


class Hands:
    """Everything goes through what a person has: events, actions of the menus, and the session's verbs."""

    def __init__(self, station: Workstation, clip: Path, second: Path, project: Path, seed: int = 1) -> None:
        """project: where the work is kept. The window is shown already."""
        self.station, self.session, self.window = station, station.session, station.window
        self.canvas = station.window.viewer.canvas
        self.rng = random.Random(seed)
        self.done = 0
        self._clip, self._second, self._project = clip, second, project
        self._acts: tuple[tuple[int, Callable[[], Act]], ...] = (
            (6, self.scrub),
            (3, self.play),
            (8, self.paint),
            (5, self.undo),
            (4, self.zoom),
            (4, self.compare),
            (3, self.slide),
            (3, self.verbs),
            (2, self.settings),
            (1, self.workspaces),
            (3, self.dialog),
            (1, self.second_clip),
            (1, self.save),
            (1, self.reopen),
        )

    def begin(self) -> Act:
        """The clip is there, in a saved project whose history begins now: undo never takes the clip away."""
        yield from self._open_clip(self._clip)
        yield from self.save()
        yield from self.reopen()

    def once(self) -> Act:
        """Every act one time, in order."""
        for _, act in self._acts:
            yield from act()
            self.done += 1

    def work(self, on: Callable[[], bool]) -> Act:
        """Anything, as long as `on`."""
        weights, acts = zip(*self._acts, strict=True)
        while on():
            yield from self.rng.choices(acts, weights)[0]()
            self.done += 1

    def rest(self) -> Act:
        """What every sample begins with: the same clip, still, nothing open, no message left."""
        self._trigger("play.stop")
        yield from self._close_dialogs()
        self._choose(self._clip)
        state = self.station.state
        for name, value in (("tool", "hand"), ("viewer_only", False), ("onion_skin", False), ("overlay", False)):
            state.set(name, value)
        state.set("compare", "source")
        self.window.show_workspace("repair")
        self._trigger("view.fit")
        for toast in self.window.toasts.shown:
            toast.closed.emit(toast)
        yield 1.0

    # --- looking --------------------------------------------------------------------------------------------------

    def scrub(self) -> Act:
        clip = self.session.clip
        assert clip is not None
        at = self.rng.randrange(clip.media.frame_count)
        step = self.rng.choice((-40, -7, -1, 1, 3, 11, 60))
        for _ in range(self.rng.randint(20, 60)):
            self.session.seek(at)
            at = (at + step + self.rng.randint(-2, 2)) % clip.media.frame_count
            yield 1 / 60
        yield 0.3

    def play(self) -> Act:
        for _ in range(self.rng.randint(1, 3)):
            self._trigger(self.rng.choice(("play.forward", "play.forward", "play.reverse")))
            yield self.rng.uniform(0.5, 2.0)
        self._trigger("play.stop")
        yield 0.1

    def zoom(self) -> Act:
        for _ in range(self.rng.randint(2, 8)):
            self._wheel(self.rng.choice((-240, -120, 120, 120, 240)))
            yield 0.05
        yield from self._drag(self.canvas, self._places(self.canvas, 8, 40), Qt.MouseButton.MiddleButton)
        yield 0.4
        if self.rng.random() < 0.6:
            self._trigger("view.fit")
            yield 0.2

    def compare(self) -> Act:
        self._trigger(f"view.compare_{self.rng.choice(COMPARE_MODES)}")
        yield self.rng.uniform(0.3, 1.2)
        if self.station.state.compare == "wipe":
            middle = self.canvas.rect().center()
            yield from self._drag(self.canvas, [middle + QPoint(10 * n, 0) for n in range(8)])

    # --- working --------------------------------------------------------------------------------------------------

    def paint(self) -> Act:
        self._trigger(f"mask.{self.rng.choice(_TOOLS)}")
        self.station.state.set("brush_size", self.rng.choice((4.0, 24.0, 90.0)))
        for _ in range(self.rng.randint(1, 3)):
            yield from self._drag(self.canvas, self._places(self.canvas, self.rng.randint(5, 40), 14))
            yield 0.2
        self._trigger("mask.hand")
        yield 0.3

    def undo(self) -> Act:
        for _ in range(self.rng.randint(1, 6)):
            self._trigger("edit.undo")
            yield 0.08
        for _ in range(self.rng.randint(0, 6)):
            self._trigger("edit.redo")
            yield 0.08

    def slide(self) -> Act:
        """With the detail stage on, on a part of the picture."""
        session = self.session
        clip = session.clip
        assert clip is not None
        shot = clip.shot_index(session.playhead)
        session.do("Detail", commands.set_enabled(session.document, session.clip_id, shot, "detail", True))
        self._trigger("view.compare_restored")
        self._trigger("view.zoom_400")
        yield 1.0
        track = self.window.fidelity.track
        across = [QPoint(round(track.width() * n / 30), track.height() // 2) for n in range(3, 27)]
        self.rng.shuffle(across)
        yield from self._drag(track, across)
        yield 0.5
        session.do("Detail", commands.set_enabled(session.document, session.clip_id, shot, "detail", False))
        self._trigger("view.fit")
        yield 0.2

    def verbs(self) -> Act:
        for verb in self.rng.choices(_VERBS, k=4):
            self._trigger(verb)
            yield 0.15

    def settings(self) -> Act:
        session, clip = self.session, self.session.clip
        assert clip is not None
        shot = clip.shot_index(session.playhead)
        for text in ("2", "5", ""):
            after = commands.set_setting(session.document, clip.id, shot, "inpaint", "search", text)
            session.do("Search", after)
            yield 0.2

    # --- around ---------------------------------------------------------------------------------------------------

    def workspaces(self) -> Act:
        for name in ("review", "forensic", "deliver", "repair"):
            self._trigger(f"workspace.{name}")
            yield 0.3

    def dialog(self) -> Act:
        self._trigger(self.rng.choice(_DIALOGS))
        yield self.rng.uniform(0.3, 2.5)
        yield from self._close_dialogs()

    def second_clip(self) -> Act:
        """Added, looked at, taken out; now and then back by undo and out again. Undo may have left it there before."""
        yield from self._open_clip(self._second)
        yield from self.scrub()
        yield from self.paint()
        self.window.media.remove()
        yield 0.3
        if self.rng.random() < 0.5:
            self._trigger("edit.undo")
            yield 0.3
            if self._choose(self._second):
                self.window.media.remove()
            yield 0.3

    def save(self) -> Act:
        self.station.keeper.save(self._project)
        yield from self._until(lambda: not self.station.keeper.busy)

    def reopen(self) -> Act:
        """New project without saving, then the saved one again."""
        self._trigger("file.new")
        yield 0.3
        for box in (w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()):
            box.button(QMessageBox.StandardButton.Discard).click()
        yield from self._until(lambda: self.session.clip is None)
        yield 0.3
        self.station.files.open_paths([self._project])
        yield from self._until(lambda: self.session.clip is not None)
        yield 0.3

    # --- fingers --------------------------------------------------------------------------------------------------

    def _open_clip(self, path: Path) -> Act:
        self.station.files.open_paths([path])
        yield from self._until(lambda: self.session.clip is not None and self.session.clip.media.path == path)
        yield 0.5

    def _choose(self, path: Path) -> bool:
        """Whether it is there: undo may have taken back what came in between."""
        found = [clip.id for clip in self.session.document.clips if clip.media.path == path]
        if found:
            self.session.set_clip(found[0])
        return bool(found)

    def _trigger(self, action: str) -> None:
        self.window.book.trigger(action)

    def _close_dialogs(self) -> Act:
        for _ in range(5):
            shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
            for dialog in shown:
                dialog.reject()
            popup = QApplication.activePopupWidget()
            if popup is not None:
                popup.close()
            yield 0.2
            if not shown and popup is None:
                return

    def _until(self, true: Callable[[], bool]) -> Act:
        waited = 0.0
        while not true():
            assert waited < _PATIENCE, "it never came about"
            waited += 0.05
            yield 0.05

    def _places(self, widget: QWidget, count: int, stride: int) -> list[QPoint]:
        """A random walk over a widget."""
        room = widget.rect().adjusted(60, 60, -60, -60)
        at = QPoint(self.rng.randint(room.left(), room.right()), self.rng.randint(room.top(), room.bottom()))
        places = []
        for _ in range(count):
            at += QPoint(self.rng.randint(-stride, stride), self.rng.randint(-stride, stride))
            places.append(QPoint(at))
        return places

    def _drag(self, widget: QWidget, places: list[QPoint], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> Act:
        none = Qt.MouseButton.NoButton
        self._mouse(widget, QEvent.Type.MouseButtonPress, places[0], button, button)
        for place in places:
            yield 1 / 60
            self._mouse(widget, QEvent.Type.MouseMove, place, none, button)
        self._mouse(widget, QEvent.Type.MouseButtonRelease, places[-1], button, none)

    def _mouse(
        self, widget: QWidget, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton
    ) -> None:
        place = QPointF(at)
        event = QMouseEvent(kind, place, widget.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(widget, event)

    def _wheel(self, turn: int) -> None:
        at = QPointF(self._places(self.canvas, 1, 1)[0])
        event = QWheelEvent(
            at,
            self.canvas.mapToGlobal(at),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)
