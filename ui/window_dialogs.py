"""Every dialog of the window, opened without a loop of its own and forgotten when it closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from app.crash_report import CrashReport, pending_reports
from app.project_lock import Holder
from app.project_work import Maskless
from app.recovery import Recoverable
from app.time_text import TimeText
from ui.dialogs.about_dialog import AboutDialog, LicencesDialog
from ui.dialogs.automatic_dialog import AutomaticDialog
from ui.dialogs.command_palette import CommandPalette
from ui.dialogs.crash_dialog import CrashDialog
from ui.dialogs.export_dialog import ExportDialog
from ui.dialogs.go_to_dialog import GoToDialog
from ui.dialogs.models_dialog import ModelsDialog
from ui.dialogs.preferences_dialog import PreferencesDialog
from ui.dialogs.recovery_dialog import RecoveryDialog
from ui.dialogs.relink_dialog import RelinkDialog
from ui.dialogs.shortcuts_dialog import ShortcutsDialog
from ui.dialogs.tune_dialog import TuneDialog
from ui.dialogs.view_dialog import ViewDialog
from ui.evidence_dialogs import EvidenceDialogs

if TYPE_CHECKING:
    from ui.application import Workstation


class WindowDialogs(QObject):
    """One method per dialog."""

    def __init__(self, station: Workstation) -> None:
        super().__init__(station.window)
        self._station, self._window = station, station.window
        self._session, self._keeper = station.session, station.keeper
        self.evidence = EvidenceDialogs(station)
        self._reports: list[CrashReport] = []
        self._awaited = ""
        """The clip whose export opens once its cuts are known."""
        # After the file verbs, which put the cuts into the document.
        station.opener.cuts_found.connect(self._on_searched)
        station.opener.cuts_failed.connect(self._on_searched)
        station.tuning.ended.connect(self._on_tuned)
        self._keeper.found.connect(self._offer_work)
        self._keeper.opened.connect(self._offer_report)
        self._keeper.held.connect(self._offer_reading)
        self._keeper.maskless.connect(self._offer_without_masks)
        self._keeper.media_away.connect(self._relink_these)

    # --- what the last session left -------------------------------------------------------------------------------

    def after_crash(self) -> None:
        """Offer what earlier sessions that ended badly left: first their work, then their reports."""
        self._reports = pending_reports()
        self._keeper.look_for_work()

    @Slot(object)
    def _offer_work(self, found: Sequence[Recoverable]) -> None:
        if not found:
            self._offer_report()
            return
        dialog = RecoveryDialog(found, self._window)
        dialog.recover_chosen.connect(self._station.files.recover)
        dialog.saved_chosen.connect(self._open_saved)
        dialog.discard_chosen.connect(self._keeper.discard)
        dialog.rejected.connect(self._offer_report)
        self._open(dialog)

    @Slot()
    def _offer_report(self, *_: object) -> None:
        """After the work, so that there is one question at a time."""
        reports, self._reports = self._reports, []
        if reports:
            self._open(CrashDialog(reports[0], self._window))

    @Slot(object)
    def _open_saved(self, recoverable: Recoverable) -> None:
        if recoverable.project is not None:
            self._station.files.open_project(recoverable.project)

    @Slot(object, object)
    def _offer_reading(self, path: Path, holder: Holder) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Information)
        box.setWindowTitle(self.tr("Project in use"))
        box.setText(self.tr("{project} is open elsewhere: {holder}.").format(project=path.name, holder=holder))
        box.setInformativeText(self.tr("You can open it for reading, and save what you change under another name."))
        read = box.addButton(self.tr("Open for reading"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        read.clicked.connect(lambda: self._keeper.open(path, read_only=True))
        self._open(box)

    @Slot(object)
    def _offer_without_masks(self, found: Maskless) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(self.tr("Masks are missing"))
        box.setText(found.error.sentence)
        box.setInformativeText(self.tr("Until you save, the file stays as it is. {}").format(found.error.hint))
        bare = box.addButton(self.tr("Open without them"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        bare.clicked.connect(lambda: self._keeper.open(found.path, read_only=found.read_only, masks="skip"))
        self._open(box)

    # --- media ----------------------------------------------------------------------------------------------------

    def relink(self) -> None:
        """For all clips: what is in its place stays."""
        self._relink_these([clip.id for clip in self._session.document.clips])

    @Slot(object)
    def _relink_these(self, clips: Sequence[str]) -> None:
        if clips:
            self._open(RelinkDialog(self._session, clips, self._window))

    def export(self) -> None:
        """Of the active clip; waits for its cuts, which no repair may reach across."""
        clip = self._session.clip
        if clip is None:
            return
        if self._station.opener.searching(clip.id):
            self._awaited = clip.id
            sentence = self.tr("The cuts of {} are still being searched for; the export opens once they are known.")
            self._session.notify(
                sentence.format(clip.media.path.name), self.tr("No repair may take content from across a cut.")
            )
            return
        self._session.commit()
        package = self.evidence.proposed_package(clip.media.path)
        dialog = ExportDialog(self._session, self._station.bridge, self._station.queue, self._window, package)
        dialog.case_wanted.connect(lambda: self.evidence.case(dialog))
        dialog.signer_chosen.connect(self.evidence.keep_signer)
        dialog.queued.connect(self._window.show_jobs)
        self._open(dialog)

    @Slot(str)
    def _on_searched(self, clip_id: str) -> None:
        if clip_id == self._awaited:
            self._awaited = ""
            if clip_id == self._session.clip_id:
                self.export()

    def import_masks(self) -> None:
        dialog = self._folder(self.tr("Import masks from a folder"))
        dialog.fileSelected.connect(lambda folder: self._window.viewer.import_masks(Path(folder)))
        dialog.open()

    def export_masks(self) -> None:
        dialog = self._folder(self.tr("Export masks to a folder"))
        dialog.fileSelected.connect(lambda folder: self._window.viewer.export_masks(Path(folder)))
        dialog.open()

    # --- the program ----------------------------------------------------------------------------------------------

    def palette(self) -> None:
        """Centred over the upper part of the window."""
        station = self._station
        dialog = CommandPalette(station.window.book, self._session, station.files.recent_paths(), self._window)
        dialog.recent_chosen.connect(lambda path: station.files.open_project(Path(path)))
        middle = self._window.geometry().center().x() - dialog.width() // 2
        dialog.move(middle, self._window.geometry().top() + self._window.height() // 8)
        self._open(dialog)

    def shortcuts(self) -> None:
        dialog = ShortcutsDialog(self._window.book, self._station.settings.keys, self._window)
        dialog.keys_chosen.connect(self._keep_keys)
        self._open(dialog)

    def automatic(self) -> None:
        """Of the active clip; waits for its cuts, for every proposal is one shot's."""
        clip = self._session.clip
        if clip is None:
            return
        if self._station.opener.searching(clip.id):
            sentence = self.tr("The cuts of {} are still being searched for: try again in a moment.")
            self._session.notify(
                sentence.format(clip.media.path.name), self.tr("Each shot is looked at, and treated, by itself.")
            )
            return
        self._session.commit()
        self._open(
            AutomaticDialog(self._session, self._station.automatic, clip, self._station.state.screen, self._window)
        )

    def tune(self) -> None:
        """Shows the run in progress where there is one."""
        self._open(TuneDialog(self._session, self._station.tuning, self._window))

    @Slot(str)
    def _on_tuned(self, name: str) -> None:
        error = self._station.tuning.error
        if error:
            self._session.notify(error, kind="error")
        else:
            self._session.notify(
                self.tr("The tuning {} is done.").format(name), self.tr("Tune to Your Archive shows what it gained.")
            )

    def models(self) -> None:
        self._open(ModelsDialog(self._window))

    def view_transform(self) -> None:
        self._open(ViewDialog(self._station.screens, self._station.state.screen, self._window))

    def preferences(self) -> None:
        dialog = PreferencesDialog(self._station.settings, self._window)
        dialog.settings_chosen.connect(self._station.keep)
        self._open(dialog)

    def about(self) -> None:
        self._open(AboutDialog(self._window))

    def licences(self) -> None:
        self._open(LicencesDialog(self._window))

    def go_to(self) -> None:
        clip = self._session.clip
        if clip is not None:
            info = self._station.bridge.clip_info(clip.id)
            times = TimeText.of(clip.media.rate, info.timecode if info is not None else None)
            self._open(GoToDialog(self._session, times, self._window))

    @Slot(object)
    def _keep_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._station.keep(replace(self._station.settings, keys=dict(keys)))

    def _folder(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
