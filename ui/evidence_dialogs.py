"""The dialogs of evidence and delivery: what the project says of its case, and what a master says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QWidget

from app import commands
from app.export.case import CaseFacts
from app.jobs.destination import default_package
from app.jobs.values import PackageOrder, Signer
from app.master_desk import MasterDesk, MasterFacts
from ui.dialogs.case_dialog import CaseDialog
from ui.dialogs.master_dialog import MasterDialog
from ui.dialogs.master_log_dialog import MasterLogDialog
from ui.dialogs.package_dialog import PackageDialog

if TYPE_CHECKING:
    from ui.application import Workstation


class EvidenceDialogs(QObject):
    """One method per dialog."""

    def __init__(self, station: Workstation) -> None:
        super().__init__(station.window)
        self._station, self._window, self._session = station, station.window, station.session
        self._desk = MasterDesk(self)
        self._then: Callable[[MasterFacts], None] = self._show_log
        self._desk.read.connect(self._on_read, Qt.ConnectionType.QueuedConnection)
        self._desk.refused.connect(self._session.notify_error, Qt.ConnectionType.QueuedConnection)
        station.aftercare.verified.connect(self._tell_verified)
        station.aftercare.packaged.connect(self._tell_packaged)
        station.window.jobs.about_wanted.connect(self.show_master)
        station.window.jobs.package_wanted.connect(self._package_job)

    def close(self) -> None:
        """End the thread."""
        self._desk.close()

    # --- the case -------------------------------------------------------------------------------------------------

    def case(self, parent: QWidget | None = None) -> None:
        """Whose picture it is and who works on it."""
        settings = self._station.settings
        known = CaseFacts(examiner=settings.examiner, organisation=settings.organisation)
        dialog = CaseDialog(self._session.document.case, known, parent or self._window)
        dialog.case_chosen.connect(self._keep_case)
        self._open(dialog)

    @Slot(object)
    def _keep_case(self, case: CaseFacts) -> None:
        session, settings = self._session, self._station.settings
        session.do(self.tr("Case or collection"), commands.set_case(session.document, case))
        told = replace(settings, examiner=case.examiner, organisation=case.organisation)
        if told != settings:
            self._station.keep(told)

    # --- masters --------------------------------------------------------------------------------------------------

    def about(self) -> None:
        """Of the active clip, which is a master."""
        path = self._master()
        if path is not None:
            self.show_master(path)

    @Slot(object)
    def show_master(self, path: Path) -> None:
        dialog = MasterDialog(path, self._station.aftercare, self._window)
        dialog.log_wanted.connect(self._show_log)
        dialog.package_wanted.connect(self._package_read)
        dialog.open_wanted.connect(self._window.jobs.open_path)
        self._open(dialog)

    def audit_log(self) -> None:
        """Of the active clip, which is a master; opens once it is read."""
        self._ask(self._show_log)

    @Slot(object)
    def _show_log(self, facts: MasterFacts) -> None:
        self._open(MasterLogDialog(facts, self._window))

    def package(self) -> None:
        """Of the active clip, which is a master; opens once it is read."""
        self._ask(self._package_read)

    @Slot(object)
    def _package_read(self, facts: MasterFacts) -> None:
        master = facts.paths.master
        if facts.package is not None:
            sentence = self.tr("{0} lies in an archive package already.").format(master.name)
            self._session.notify(sentence, str(facts.package))
            return
        dialog = PackageDialog(master, self.proposed_package(master), self._window)
        dialog.ordered.connect(partial(self._make_package, master))
        self._open(dialog)

    @Slot(str)
    def _package_job(self, job_id: str) -> None:
        record = self._station.queue.record(job_id)
        master = Path(record.result["master"])
        dialog = PackageDialog(master, record.package or self.proposed_package(master), self._window)
        dialog.ordered.connect(partial(self._package_queued, job_id))
        self._open(dialog)

    def proposed_package(self, master: Path) -> PackageOrder:
        """A folder beside the master, signed as last time."""
        settings, session = self._station.settings, self._session
        signer: Signer = next((one for one in get_args(Signer) if one == settings.signer), "test")
        return PackageOrder(
            default_package(master),
            signer,
            Path(settings.certificate) if settings.certificate else None,
            Path(settings.certificate_key) if settings.certificate_key else None,
            project=None if session.dirty else session.path,
        )

    def keep_signer(self, order: PackageOrder) -> None:
        """Offered again next time."""
        settings = self._station.settings
        told = replace(settings, signer=order.signer)
        if order.signer == "own":
            told = replace(told, certificate=str(order.certificate), certificate_key=str(order.key))
        if told != settings:
            self._station.keep(told)

    def _package_queued(self, job_id: str, order: PackageOrder) -> None:
        self.keep_signer(order)
        self._station.queue.package(job_id, order)

    def _make_package(self, master: Path, order: PackageOrder) -> None:
        self.keep_signer(order)
        if self._station.aftercare.busy(str(master)):
            self._session.notify(self.tr("{0} is being verified or packaged already.").format(master.name))
            return
        self._station.aftercare.package(str(master), master, order)
        self._session.notify(self.tr("The package of {0} is being made.").format(master.name), str(order.folder))

    @Slot(str, bool, str)
    def _tell_verified(self, path: str, passed: bool, sentence: str) -> None:
        name = Path(path).name
        if passed:
            self._session.notify(self.tr("{0} is as it was: {1}.").format(name, sentence))
        else:
            self._session.notify(sentence, kind="error")

    @Slot(str, bool, str)
    def _tell_packaged(self, path: str, passed: bool, sentence: str) -> None:
        if passed:
            told = self.tr("The package of {0} is made.").format(Path(path).name)
            self._session.notify(told, sentence)
        else:
            self._session.notify(sentence, kind="error")

    def _ask(self, then: Callable[[MasterFacts], None]) -> None:
        """Read the active clip, which is a master, and go on with `then`; the latest wish counts."""
        path = self._master()
        if path is not None:
            self._then = then
            self._desk.ask(path)

    @Slot(object)
    def _on_read(self, facts: MasterFacts) -> None:
        self._then(facts)

    def _master(self) -> Path | None:
        clip = self._session.clip
        return clip.media.path if clip is not None and clip.media.tracked else None

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
