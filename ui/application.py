"""Starts the window: makes everything once, joins it, and takes it down again in order."""

from __future__ import annotations

import argparse
import gc
import sys
from dataclasses import replace
from pathlib import Path

import av  # noqa: F401 - before OpenCV, whose FFmpeg would otherwise be found first
from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication

from app.automatic import Automatic
from app.crash_report import CrashReporter
from app.errors import ProjectError
from app.jobs.aftercare import Aftercare
from app.jobs.queue import JobQueue
from app.open_media import MediaOpener
from app.project_keeper import ProjectKeeper
from app.render_bridge import RenderBridge
from app.screen_desk import ScreenDesk
from app.session import Session
from app.settings import Settings, load_settings, save_settings
from app.shot_desks import ShotDesks
from app.tuning import Tuning
from app.version import VERSION
from app.view_state import ViewState
from engines.colour.screen import Screen, screen_of
from ui import i18n, theme
from ui.bindings import Bindings
from ui.file_verbs import FileVerbs
from ui.main_window import MainWindow
from ui.stop_signals import StopSignals
from ui.troubles import Troubles
from ui.window_dialogs import WindowDialogs

_GEOMETRY = "geometry"
_FIRST_SIZE = (1680, 1000)


class Workstation(QObject):
    """Everything behind one window. `run` returns when the window was closed."""

    _broken = Signal(str)
    """Something failed unexpectedly, on any thread."""

    def __init__(self, application: QApplication, args: argparse.Namespace) -> None:
        super().__init__()
        self._application, self._args = application, args
        self.settings = load_settings()
        self.state = ViewState(self)
        self.session = Session(parent=self)
        self.bridge = RenderBridge(self.session, self)
        self.opener = MediaOpener(self)
        self.queue = JobQueue(parent=self)
        self.aftercare = Aftercare(self)
        self.tuning = Tuning(self)
        self.automatic = Automatic(self)
        self.keeper = ProjectKeeper(self.session, self.settings.autosave_minutes, self)
        self.desks = ShotDesks(self.session, self.bridge, self)
        self.screens = ScreenDesk(self.session, self.bridge, self.state)
        self.screens.adopted.connect(self._keep_screen)
        self.window = MainWindow(self.session, self.bridge, self.state, self.desks, self.queue, self.settings)
        self.reporter = _reporter(self)
        self.files = FileVerbs(self.window, self.session, self.keeper, self.opener)
        self.troubles = Troubles(self.session, self.bridge, self.opener, self.keeper, self.queue, self.desks, self)
        self.files.asked_anew.connect(self.troubles.forget)
        self.window.jobs.refused.connect(self.troubles.tell)
        self.queue.loaded.connect(self._offer_exports)
        self.dialogs = WindowDialogs(self)
        self.bindings = Bindings(self.window, self.files, self.dialogs)
        self._stop = StopSignals(self)
        self._stop.asked.connect(self._stopped)
        self._broken.connect(self._tell_broken, Qt.ConnectionType.QueuedConnection)
        self._closed = False
        self.apply(self.settings)
        self.window.closing.connect(self._close)
        self._place()

    def apply(self, settings: Settings) -> None:
        """Preferences take effect at once."""
        self.settings = settings
        self.state.set("surround", settings.surround)
        self.state.set("reduce_motion", settings.reduce_motion)
        theme.reduce_motion(settings.reduce_motion)
        theme.apply(self._application, settings.text_size)
        self.state.set("every_frame", settings.every_frame)
        self.keeper.autosave.set_minutes(settings.autosave_minutes)
        if settings.cache_megabytes:
            self.bridge.set_memory(settings.cache_megabytes * 10**6)
        self.window.book.rebind(settings.keys)
        screen = screen_of(settings.screen)
        if screen != self.state.screen.bare():
            self.screens.choose(screen)

    def keep(self, settings: Settings) -> None:
        """Apply and store; a disk that refuses is said, the preferences still act."""
        self.apply(settings)
        self._store()

    def _store(self) -> None:
        try:
            save_settings(self.settings)
        except ProjectError as error:
            self.session.notify_error(error)

    @Slot(object)
    def _keep_screen(self, screen: Screen) -> None:
        """The view is the same at the next start."""
        if screen_of(self.settings.screen) != screen:
            self.settings = replace(self.settings, screen=screen.stated())
            self._store()

    def run(self) -> int:
        self.window.show()
        # After the first paint: the window is there before anything is asked or opened.
        QTimer.singleShot(0, self._begin)
        return self._application.exec()

    @Slot()
    def _begin(self) -> None:
        self.dialogs.after_crash()
        paths = [Path(path).absolute() for path in getattr(self._args, "paths", [])]
        if paths:
            self.files.open_paths(paths)
        elif self._args.verb == "demo":
            self.files.open_demo(self._args.out.absolute())

    @Slot()
    def _offer_exports(self) -> None:
        """Those that the end of the program cut off; the panel resumes them."""
        if self.queue.interrupted():
            self.window.show_jobs()

    def _place(self) -> None:
        held = self.settings.window.get(_GEOMETRY, "")
        if not (held and self.window.restoreGeometry(QByteArray.fromBase64(held.encode()))):
            room = self.window.screen().availableGeometry()
            self.window.resize(min(_FIRST_SIZE[0], room.width()), min(_FIRST_SIZE[1], room.height()))
        self.window.show_workspace("repair")

    @Slot(QCloseEvent)
    def _close(self, event: QCloseEvent) -> None:
        if not self.files.may_close():
            event.ignore()
            return
        event.accept()
        geometry = bytes(self.window.saveGeometry().toBase64().data()).decode()
        self.keep(replace(self.settings, window={**self.window.workspaces.saved(), _GEOMETRY: geometry}))
        self.close()
        self._application.quit()

    @Slot()
    def _stopped(self) -> None:
        """Asked to end from outside: nobody can answer a question, so unsaved work stays in the journal."""
        self.close(keep_journal=self.session.dirty)
        # `quit` would ask the window, which would ask the user.
        self._application.exit(0)

    @Slot(str)
    def _tell_broken(self, sentence: str) -> None:
        self.session.notify(sentence, self.tr("Help shows the report at the next start."), "error")

    def close(self, keep_journal: bool = False) -> None:
        """End every thread; running exports end, lose no finished segment, and are offered again at the next start."""
        if self._closed:
            return
        self._closed = True
        self.window.player.close()
        self.window.viewer.close_tools()
        self.window.measures.close_job()
        self.files.close()
        self.queue.close()
        self.aftercare.close()
        self.dialogs.evidence.close()
        self.tuning.close()
        self.automatic.close()
        self.desks.close()
        self.screens.close()
        self.bridge.close()
        self.keeper.close(keep_journal)
        self._stop.close()
        if self.reporter is not None:
            self.reporter.close()


def _reporter(workstation: Workstation) -> CrashReporter | None:
    """Keeps reports of what goes wrong; a data folder that cannot be written is said, and the window opens."""
    reporter = CrashReporter(workstation._broken.emit)
    try:
        reporter.install()
    except OSError as error:
        workstation.session.notify(
            workstation.tr("Crash reports cannot be kept: {}.").format(error.strerror or error), kind="warning"
        )
        return None
    return reporter


def build(args: argparse.Namespace) -> Workstation:
    """The application and its window, not yet shown."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Tratteggio")
    application.setApplicationVersion(VERSION)
    i18n.load(application)
    station = Workstation(application, args)
    # What the libraries made at import stays for good: collecting through it stopped the window for 150 ms at a time.
    gc.collect()
    gc.freeze()
    return station


def run(args: argparse.Namespace) -> int:
    """Open the window and stay until it is closed. Returns the exit code."""
    return build(args).run()
