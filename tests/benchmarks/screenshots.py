"""Pictures of the window's main states, to be looked at before a release.

    python -m tests.benchmarks.screenshots FOLDER [--clip PATH] [--only NAME...] [--scale 2] [--text 16]

Without --clip the demo reel is made and shown; --scale draws as a display of 200 % does, --text in a larger text size.
Each picture is written as soon as its state is reached.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = sys.argv[sys.argv.index("--scale") + 1] if "--scale" in sys.argv else "1"
os.environ["TRATTEGGIO_HOME"] = tempfile.mkdtemp(prefix="tratteggio-pictures-")

import av  # noqa: F401 - before OpenCV
import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app import commands
from app.cli import parse
from app.crash_report import CrashReport
from app.jobs.values import ACTIVE, ExportOrder
from app.mask_plane import MaskPlane
from app.recovery import Recoverable
from engines.colour.chosen import ChosenTags
from engines.errors import TratteggioError
from tests.benchmarks.screenshots_evidence import evidence
from ui.application import Workstation, build
from ui.dialogs.automatic_dialog import AutomaticDialog
from ui.dialogs.crash_dialog import CrashDialog
from ui.dialogs.export_dialog import ExportDialog
from ui.dialogs.recovery_dialog import RecoveryDialog

SIZE = (1680, 1000)
HOME = Path(os.environ["TRATTEGGIO_HOME"])


class Studio:
    """The real window, put into one state after another."""

    def __init__(self, folder: Path, text_size: int) -> None:
        self.folder = folder
        self.station: Workstation = build(parse(["open"]))
        self.session, self.window, self.state = self.station.session, self.station.window, self.station.state
        self.canvas = self.window.viewer.canvas
        self.station.apply(replace(self.station.settings, text_size=text_size))
        self.window.resize(*SIZE)
        self.window.show()
        self.rest()

    def wait(self, true: Callable[[], bool], seconds: float = 60.0) -> bool:
        """Let the event loop run until `true`; whether it came about."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                return False
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        return True

    def rest(self, seconds: float = 0.4) -> None:
        self.wait(lambda: False, seconds)

    def grab(self, name: str, widget: QWidget | None = None) -> None:
        path = self.folder / f"{name}.png"
        (widget or self.window).grab().save(str(path))
        print(path, flush=True)

    def open(self, path: Path) -> None:
        count = len(self.session.document.clips)
        self.station.files.open_paths([path])
        assert self.wait(lambda: len(self.session.document.clips) > count, 60), f"{path} was not opened"
        assert self.wait(lambda: self.session.clip is not None and self.session.clip.cuts_known, 60)
        self.settle()

    def settle(self, seconds: float = 90.0) -> None:
        """Until the picture on the screen is exact, and what is drawn later as well."""
        self.rest(0.3)
        self.wait(lambda: "exact" in self.window.viewer.bar.truth.text(), seconds)
        self.rest(0.6)

    def do(self, name: str) -> None:
        self.window.book.trigger(name)

    def dialog(self) -> QDialog:
        """The dialog that is open."""
        found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]
        return next(widget for widget in found if widget.isVisible())

    def of_dialog(self, name: str, action: str, seconds: float = 0.6) -> None:
        self.do(action)
        self.rest(seconds)
        dialog = self.dialog()
        self.grab(name, dialog)
        dialog.reject()
        self.rest(0.2)

    def point(self, across: float, down: float) -> QPointF:
        """The mouse rests here."""
        at = QPointF(self.canvas.width() * across, self.canvas.height() * down)
        everywhere = self.canvas.mapToGlobal(at)
        QApplication.sendEvent(self.canvas, QEnterEvent(at, at, everywhere))
        none = Qt.MouseButton.NoButton
        move = QMouseEvent(QEvent.Type.MouseMove, at, everywhere, none, none, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.canvas, move)
        return at

    def paint(self, *places: tuple[float, float]) -> None:
        """One stroke through places given as shares of the canvas."""
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        for number, (across, down) in enumerate((*places, places[-1])):
            at = QPointF(self.canvas.width() * across, self.canvas.height() * down)
            kind = QEvent.Type.MouseButtonPress if number == 0 else QEvent.Type.MouseMove
            button, held = (left, left) if number == 0 else (none, left)
            if number == len(places):
                kind, button, held = QEvent.Type.MouseButtonRelease, left, none
            everywhere = self.canvas.mapToGlobal(at)
            event = QMouseEvent(kind, at, everywhere, button, held, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(self.canvas, event)
            self.rest(0.05)

    def close(self) -> None:
        self.station.close()
        self.window.deleteLater()
        QApplication.processEvents()


# --- states ---------------------------------------------------------------------------------------------------------


def empty(studio: Studio) -> None:
    studio.grab("empty")


def loaded(studio: Studio) -> None:
    studio.do("view.compare_wipe")
    studio.session.seek(12)
    studio.settle()
    studio.grab("wipe")
    for mode in ("side", "difference", "provenance"):
        studio.do(f"view.compare_{mode}")
        studio.settle()
        studio.grab(mode)
    studio.do("view.compare_wipe")


def painting(studio: Studio) -> None:
    studio.do("view.compare_restored")
    studio.do("mask.brush")
    studio.do("mask.onion")
    for frame in (11, 12):
        studio.session.seek(frame)
        studio.rest()
        studio.paint((0.45, 0.4), (0.5, 0.45), (0.52, 0.52))
    studio.settle()
    studio.paint((0.35, 0.3), (0.38, 0.42))
    studio.point(0.4, 0.5)
    studio.rest()
    studio.grab("painting")
    studio.do("mask.solo")
    studio.rest()
    studio.grab("masks-alone")
    studio.do("mask.solo")
    studio.do("mask.onion")
    studio.do("mask.hand")


def slider(studio: Studio) -> None:
    session = studio.session
    studio.do("view.compare_restored")
    session.do("Detail on", commands.set_enabled(session.document, session.clip_id, 0, "detail", True))
    for name, verb in (("faithful", "stage.faithful"), ("perceptual", "stage.perceptual")):
        studio.do(verb)
        studio.settle(150)
        studio.rest(2)
        studio.grab(f"slider-{name}")
    session.do("Detail off", commands.set_enabled(session.document, session.clip_id, 0, "detail", False))


def dialogs(studio: Studio) -> None:
    for name, action in (
        ("palette", "help.palette"),
        ("preferences", "edit.preferences"),
        ("shortcuts", "help.shortcuts"),
        ("about", "help.about"),
        ("licences", "help.licences"),
        ("go-to", "play.go_to"),
        ("relink", "file.relink"),
    ):
        studio.of_dialog(name, action)
    known = Recoverable(HOME, None, time.time() - 200, 14, ("Brush on frame 12", "Slider", "Marker"))
    saved = replace(known, project=Path("/films/1906/market_street.tratteggio"), steps=1, note="")
    report = HOME / "report.txt"
    report.write_text('Traceback (most recent call last):\n  File "ui/x.py", line 3\nValueError: no\n', "utf-8")
    for name, dialog in (
        ("recovery", RecoveryDialog([known, saved], studio.window)),
        ("crash", CrashDialog(CrashReport(report, time.time()), studio.window)),
    ):
        dialog.show()
        studio.rest()
        studio.grab(name, dialog)
        dialog.close()


def export(studio: Studio) -> None:
    studio.do("file.export")
    studio.rest(1.0)
    dialog = studio.dialog()
    studio.grab("export-measuring", dialog)
    studio.rest(25)
    studio.grab("export-measured", dialog)
    dialog.reject()


def jobs(studio: Studio) -> None:
    session, folder = studio.session, HOME
    for number in range(3):
        order = ExportOrder(session.document, session.clip_id, folder / f"master_{number}.mkv", "ffv1")
        studio.station.queue.submit(order)
    studio.do("workspace.deliver")
    studio.rest(12)
    studio.grab("deliver")
    for record in studio.station.queue.records():
        if record.state in ACTIVE:
            studio.station.queue.cancel(record.id, keep_parts=False)
    studio.rest(3)
    studio.grab("deliver-cancelled")
    studio.do("workspace.repair")


def workspaces(studio: Studio) -> None:
    studio.do("view.compare_wipe")
    for name in ("review", "forensic", "repair"):
        studio.do(f"workspace.{name}")
        studio.settle()
        studio.rest(1.5)
        studio.grab(f"workspace-{name}")
    studio.do("view.viewer_only")
    studio.settle()
    studio.grab("viewer-only")
    studio.do("view.viewer_only")
    studio.state.set("surround", "white")
    studio.settle()
    studio.grab("surround-white")
    studio.state.set("surround", "dark")


def small(studio: Studio) -> None:
    studio.window.resize(1100, 700)
    studio.settle()
    studio.grab("small")
    studio.do("workspace.forensic")
    studio.settle()
    studio.grab("small-forensic")
    studio.do("workspace.repair")
    studio.window.resize(*SIZE)
    studio.settle()


def many(studio: Studio) -> None:
    session, clip = studio.session, studio.session.clip
    assert clip is not None
    starts = sorted({0, *np.linspace(0, clip.media.frame_count - 1, 60, dtype=int).tolist()})
    session.do("Cuts", commands.set_cuts(session.document, clip.id, starts))
    document = commands.name_shot(session.document, clip.id, 0, "The carriage passes the arch, take two, from the left")
    for number in range(9):
        media = replace(clip.media, path=Path(f"/films/1906/a_very_long_name_of_a_film_reel_{number}_scan_2k_v003.mkv"))
        document, _ = commands.add_clip(document, media)
    session.do("Clips", document)
    studio.rest(2)
    studio.grab("many")
    session.undo()
    session.undo()


def errors(studio: Studio) -> None:
    session, clip = studio.session, studio.session.clip
    assert clip is not None
    session.notify("The clip was opened.", "It has no sound.")
    session.notify("Two frames are missing; they are shown as the frame before.", "See the report.", "warning")
    sentence = "The project could not be saved: the disk is full. Nothing was lost."
    session.notify_error(TratteggioError(sentence, hint="Free some space, or save it under another name."))
    studio.rest(0.6)
    studio.grab("errors")
    away = replace(clip.media, path=Path("/films/away/reel_%05d.png"))
    document, clip_id = commands.add_clip(session.document, away)
    session.do("Away", document)
    session.set_clip(clip_id)
    studio.rest(3)
    studio.grab("media-missing")
    studio.of_dialog("relink-missing", "file.relink", 1.5)
    session.undo()
    session.set_clip(clip.id)
    coverage = np.full((clip.media.height, clip.media.width), 255, np.uint8)
    plane = MaskPlane.of(coverage)
    session.do("All", commands.set_mask(session.document, clip.id, "damage", 3, plane))
    session.seek(3)
    studio.settle(20)
    studio.rest(1)
    studio.grab("all-painted")
    session.undo()


def readme(studio: Studio) -> None:
    """The two pictures of the README; only of our own reel."""
    studio.do("view.compare_restored")
    for frame in range(8, 20):
        studio.session.seek(frame)
        studio.settle()
    studio.session.seek(15)
    studio.do("mask.brush")
    studio.paint((0.33, 0.22), (0.36, 0.3), (0.37, 0.36))
    studio.settle()
    studio.point(0.405, 0.44)
    studio.window.stages.setFocus()
    studio.rest(1)
    studio.grab("window-repair")
    studio.do("edit.undo")
    studio.do("mask.hand")
    studio.point(2.0, 2.0)
    studio.do("view.compare_wipe")
    studio.do("mask.hide")
    studio.do("workspace.review")
    studio.settle()
    studio.rest(3)
    studio.grab("window-wipe")
    studio.do("mask.hide")
    studio.do("workspace.repair")


def colour(studio: Studio) -> None:
    """Faded dyes, spots picked on the picture, colours pinned, tags that contradict each other."""
    session, state, clip = studio.session, studio.state, studio.session.clip
    assert clip is not None
    before = session.document
    document = commands.set_tags(before, clip.id, ChosenTags(matrix="bt2020nc", primaries="bt709"))
    for stage in ("fade", "grade"):
        document = commands.add_stage(document, clip.id, stage)
    session.do("Colour", document)
    for card in studio.window.stages.cards:
        card.set_folded(card.name not in ("fade", "grade"))
    studio.window.stages.set_current("fade")
    studio.window.media.colour.set_folded(False)
    studio.do("view.compare_restored")
    studio.settle()
    studio.rest(8)
    studio.grab("colour-cards")
    studio.grab("colour-stages", studio.window.stages)
    state.set("drawing", ("fade", "neutral"))
    for across, down in ((0.4, 0.6), (0.62, 0.55)):
        studio.paint((across, down))
    studio.point(0.5, 0.45)
    studio.settle()
    studio.grab("colour-picking")
    state.set("drawing", None)
    studio.do("view.compare_wipe")
    studio.do("view.measure")
    for name, place in (("pin_a", (0.45, 0.5)), ("pin_b", (0.7, 0.35))):
        studio.point(*place)
        studio.do(f"view.{name}")
    studio.settle()
    studio.rest(6)
    studio.grab("colour-pinned")
    studio.window.resize(1100, 700)
    studio.settle()
    studio.grab("colour-small")
    session.do("HDR", commands.add_stage(session.document, clip.id, "hdr"))
    for name, preset in (("colour-export", "hevc_hdr10"), ("colour-export-refused", "h264")):
        studio.do("file.export")
        studio.rest(1.0)
        dialog = studio.dialog()
        assert isinstance(dialog, ExportDialog)
        dialog.form.format.setCurrentIndex(dialog.form.format.findData(preset))
        studio.rest(1.0)
        studio.grab(name, dialog)
        dialog.reject()
    session.undo()
    studio.do("stage.automatic")
    dialog = studio.dialog()
    assert isinstance(dialog, AutomaticDialog)
    studio.wait(lambda: not dialog.stop_button.isEnabled(), 200)
    studio.rest(1.0)
    studio.grab("colour-automatic", studio.dialog())
    studio.dialog().reject()
    studio.window.resize(*SIZE)
    studio.do("view.unpin")
    studio.do("view.measure")
    session.do("As before", before)
    studio.do("view.compare_wipe")
    studio.settle()


STATES: Mapping[str, Callable[[Studio], None]] = {
    "empty": empty,
    "loaded": loaded,
    "painting": painting,
    "slider": slider,
    "dialogs": dialogs,
    "export": export,
    "jobs": jobs,
    "workspaces": workspaces,
    "small": small,
    "many": many,
    "errors": errors,
    "colour": colour,
    "evidence": evidence,
    "readme": readme,
}


def main() -> int:
    """Write the pictures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--only", nargs="*", choices=list(STATES), default=list(STATES))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--text", type=int, default=0)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    studio = Studio(args.folder, args.text)
    acts = [partial(STATES[name], studio) for name in STATES if name in args.only]
    if "empty" in args.only:
        acts.pop(0)()
    if args.clip:
        studio.open(args.clip)
    else:
        studio.station.files.open_demo()
        assert studio.wait(lambda: studio.session.clip is not None and bool(studio.session.clip.damage), 180)
        assert studio.wait(lambda: studio.session.clip is not None and studio.session.clip.cuts_known, 60)
        studio.settle()
    for act in acts:
        act()
    studio.close()
    shutil.rmtree(HOME, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
