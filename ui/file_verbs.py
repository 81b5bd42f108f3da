"""What the File menu does: projects and clips opened and saved, off the interface thread, never over unsaved work."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from app.data_folder import data_folder
from app.demo_maker import DemoMaker
from app.document import Media
from app.dropped import PROJECT_SUFFIX, meant
from app.open_media import MediaOpener
from app.project_keeper import ProjectKeeper
from app.recent import recent
from app.recovery import Recoverable
from app.session import Session
from engines.training.reel import Reel
from ui.main_window import MainWindow
from ui.opening import Opening
from ui.timeline_verbs import TimelineVerbs
from ui.unsaved import Unsaved

_MEDIA = "*.mkv *.mov *.mp4 *.m4v *.mxf *.avi *.mpg *.mpeg *.dv *.ts *.webm *.dpx *.cin *.tif *.tiff *.png *.exr *.jpg"


class FileVerbs(QObject):
    """Dialogs are opened, not executed: the window lives on under them."""

    asked_anew = Signal(str)
    """Clip id: the user wants to know whether it works now."""

    def __init__(self, window: MainWindow, session: Session, keeper: ProjectKeeper, opener: MediaOpener) -> None:
        super().__init__(window)
        self._window, self._session, self._keeper, self._opener = window, session, keeper, opener
        self._unsaved = Unsaved(window, session, keeper, self.save)
        self._opening = Opening(session, opener, self)
        self.timelines = TimelineVerbs(window, session, opener)
        self._demo = DemoMaker(self)
        self._reel: Reel | None = None
        self._recent: list[Path] = []
        self._leaving = False
        self._renew_recent()
        viewer = window.viewer
        viewer.open_requested.connect(self.choose)
        viewer.demo_requested.connect(self.open_demo)
        viewer.recent_requested.connect(lambda path: self.open_project(Path(path)))
        window.dropped.connect(self.open_paths)
        self._opening.added.connect(self._dress_reel)
        keeper.refused.connect(session.notify_error)
        keeper.opened.connect(self._renew_recent)
        keeper.saved.connect(self._renew_recent)
        self._demo.made.connect(self._open_reel)
        self._demo.refused.connect(session.notify_error)
        self._demo.progressed.connect(self._tell_demo)

    # --- projects -------------------------------------------------------------------------------------------------

    def new(self) -> None:
        self._unsaved.then(self._keeper.new)

    def open_project(self, path: Path, read_only: bool = False) -> None:
        self._unsaved.then(lambda: self._keeper.open(path, read_only=read_only))

    def recover(self, recoverable: Recoverable) -> None:
        """Take up what an earlier session left; never over work of this one."""
        self._unsaved.then(lambda: self._keeper.recover(recoverable))

    def save(self) -> None:
        """Under its name; asks for one where there is none, or where the project may only be read."""
        if self._session.path is None or self._session.read_only:
            self.save_as()
        else:
            self._keeper.save()

    def save_as(self) -> None:
        dialog = self._dialog(self.tr("Save the project"), QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Tratteggio projects (*{})").format(PROJECT_SUFFIX))
        dialog.setDefaultSuffix(PROJECT_SUFFIX.lstrip("."))
        dialog.selectFile(self._proposed_name())
        dialog.fileSelected.connect(self._save_to)
        dialog.rejected.connect(self._unsaved.stay)
        dialog.open()

    def recent_paths(self) -> list[str]:
        """Projects opened lately, newest first."""
        return [str(path) for path in self._recent]

    # --- clips ----------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Films, stills or a project, from one dialog."""
        self._choose(self.tr("Open"), f"*{PROJECT_SUFFIX} {_MEDIA}")

    def choose_project(self) -> None:
        self._choose(self.tr("Open a project"), f"*{PROJECT_SUFFIX}")

    def choose_media(self) -> None:
        self._choose(self.tr("Import media"), _MEDIA)

    def choose_folder(self) -> None:
        """A folder of numbered stills."""
        dialog = self._dialog(self.tr("Open a folder of stills"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.filesSelected.connect(self._open_chosen)
        dialog.open()

    @Slot(list)
    def open_paths(self, paths: list[Path]) -> None:
        """What was dropped, chosen or typed: one project, or any number of clips."""
        found = meant(paths)
        if len(found.projects) > 1 or (found.projects and (found.media or found.timelines)):
            self._session.notify(
                self.tr("One project at a time: nothing was opened."),
                self.tr("Open a project alone, or clips without a project."),
                "warning",
            )
        elif found.projects:
            self.open_project(found.projects[0])
        elif found.timelines:
            for timeline in found.timelines:
                self.timelines.take(timeline, found.media)
        else:
            self._opening.open(found.media)

    def find_cuts(self) -> None:
        if self._session.clip is not None:
            self.asked_anew.emit(self._session.clip_id)
            self._opener.find_cuts(self._session.clip)

    def open_demo(self, folder: Path | None = None) -> None:
        """Make the demo reel (again) and add it with its damage masks."""
        self._session.notify(self.tr("The demo reel is being made; it opens by itself."))
        self._demo.make((folder or data_folder() / "demo") / "reel")

    # --- the end --------------------------------------------------------------------------------------------------

    def may_close(self) -> bool:
        """Whether nothing is unsaved; else asks, and closes the window itself once it may."""
        if self._leaving or not self._session.dirty:
            return True
        self._unsaved.then(self._leave)
        return False

    def close(self) -> None:
        """Ends the threads."""
        self._demo.close()
        self.timelines.close()
        self._opener.close()

    def _leave(self) -> None:
        self._leaving = True
        self._window.close()

    # --- answers --------------------------------------------------------------------------------------------------

    @Slot(object, str)
    def _dress_reel(self, media: Media, clip_id: str) -> None:
        """The demo reel brings its masks."""
        if self._reel is not None and media.path == self._reel.damaged:
            reel, self._reel = self._reel, None
            self._window.viewer.mask_tools.import_folder(self._session.document.clip(clip_id), "damage", reel.masks)

    @Slot(object)
    def _open_reel(self, reel: Reel) -> None:
        self._reel = reel
        self._opening.open([reel.damaged])

    @Slot(int, int)
    def _tell_demo(self, n: int, total: int) -> None:
        self._window.statusBar().showMessage(self.tr("Demo reel: frame {0} of {1}").format(n, total), 1500)

    @Slot(str)
    def _save_to(self, path: str) -> None:
        self._keeper.save(Path(path))

    @Slot(list)
    def _open_chosen(self, paths: list[str]) -> None:
        self.open_paths([Path(path) for path in paths])

    @Slot()
    def _renew_recent(self, *_: object) -> None:
        self._recent = recent()
        paths = self.recent_paths()
        self._window.viewer.set_recent(paths)
        self._window.book.set_recent(paths, lambda path: self.open_project(Path(path)))

    def _proposed_name(self) -> str:
        session = self._session
        if session.path is not None:
            return str(session.path)
        stem = session.document.clips[0].media.path.stem if session.document.clips else self.tr("Untitled")
        return stem.replace("%", "") + PROJECT_SUFFIX

    def _choose(self, title: str, patterns: str) -> None:
        dialog = self._dialog(title, QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([f"{title} ({patterns})", self.tr("All files (*)")])
        dialog.filesSelected.connect(self._open_chosen)
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(mode)
        dialog.finished.connect(dialog.deleteLater)
        session = self._session
        if session.path is not None:
            dialog.setDirectory(str(session.path.parent))
        elif session.document.clips:
            dialog.setDirectory(str(session.document.clips[0].media.path.parent))
        return dialog
