"""A master in full: what it says of itself, its reports and its log, and whether all of that still holds."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QProgressBar, QSpinBox, QWidget

from app.jobs.aftercare import Aftercare
from app.jobs.values import JobProgress
from app.master_desk import MasterDesk, MasterFacts
from app.stage_text import StateLine
from engines.errors import TratteggioError
from ui.dialogs.master_log_dialog import chain_line
from ui.dialogs.master_words import master_lines
from ui.dialogs.parts import button, column, grow, row, text
from ui.i18n import tr
from ui.panels.job_words import figures, phase_word
from ui.panels.state_label import StateLabel
from ui.theme import T

_BAR_HEIGHT = 4
_MOST_ANEW = 1000


class MasterDialog(QDialog):
    """What it starts goes on when it closes; it says by signals what else is wanted."""

    log_wanted = Signal(object)
    package_wanted = Signal(object)
    """MasterFacts."""
    open_wanted = Signal(object)
    """Path of a report, or of the folder."""

    def __init__(self, path: Path, aftercare: Aftercare, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path, self._aftercare = path, aftercare
        self.facts: MasterFacts | None = None
        self._desk = MasterDesk(self)
        self._layout = column(self, tr("Master", "About {0}").format(path.name), str(path.parent), 700)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(T.space[3])
        self._form.setVerticalSpacing(T.space[0])
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._layout.addLayout(self._form)
        self._layout.addWidget(text(tr("Master", "Audit log"), "sectionTitle"))
        self.chain = StateLabel()
        self.chain.set_line(StateLine(tr("Master", "Reading…")))
        self._layout.addWidget(self.chain)
        self._layout.addWidget(text(tr("Master", "Verification"), "sectionTitle"))
        self._layout.addLayout(self._verification())
        self._layout.addStretch(1)
        self._layout.addLayout(self._buttons())
        self._connect()
        self._show_work()
        self._desk.ask(path)

    def _verification(self) -> QHBoxLayout:
        self.outcome, self.bar, self.detail = StateLabel(), QProgressBar(), text("", "muted")
        self.outcome.set_line(StateLine(tr("Master", "Not verified since it was opened.")))
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedHeight(_BAR_HEIGHT)
        self.bar.setAccessibleName(tr("Master", "Progress"))
        for widget in (self.outcome, self.bar, self.detail):
            self._layout.addWidget(widget)
        self.anew = QSpinBox()
        self.anew.setRange(0, _MOST_ANEW)
        self.anew.setValue(3)
        self.anew.setAccessibleName(tr("Master", "Frames to render anew"))
        self.anew.setToolTip(
            tr(
                "Master",
                "Frames to render anew\nSo many frames, drawn by lot, are made again from the source and compared.",
            )
        )
        label = QLabel(tr("Master", "Frames to render anew"))
        label.setBuddy(self.anew)
        self.verify = button(
            tr("Master", "Verify"), tr("Master", "Compares log, files, every frame and the source with what they were.")
        )
        self.stop = button(tr("Master", "Stop"), tr("Master", "Ends it; nothing on disk is changed."))
        return row(label, self.anew, self.verify, self.stop, None)

    def _buttons(self) -> QHBoxLayout:
        self.report = button(tr("Master", "Open report"), tr("Master", "Shows what was done, in the browser."))
        self.pdf = button(tr("Master", "Open PDF"), tr("Master", "The same report, to print or to hand over."))
        self.log = button(tr("Master", "Audit log…"), tr("Master", "Lists who did what and when."))
        self.package = button(
            tr("Master", "Archive package…"),
            tr("Master", "Makes a checked folder of the master and all that explains it."),
        )
        self.folder = button(tr("Master", "Show in folder"), tr("Master", "Opens the folder of the master."))
        close = button(tr("Master", "Close"), tr("Master", "A verification under way goes on."), main=True)
        close.clicked.connect(self.accept)
        return row(self.report, self.pdf, self.log, self.package, self.folder, None, close)

    def _connect(self) -> None:
        self._desk.read.connect(self._on_read, Qt.ConnectionType.QueuedConnection)
        self._desk.refused.connect(self._on_refused, Qt.ConnectionType.QueuedConnection)
        self._aftercare.progressed.connect(self._on_progress)
        self._aftercare.verified.connect(self._on_verified)
        self._aftercare.packaged.connect(self._on_packaged)
        self.verify.clicked.connect(self._on_verify)
        self.stop.clicked.connect(lambda: self._aftercare.cancel(self._key))
        self.log.clicked.connect(lambda: self.log_wanted.emit(self.facts))
        self.package.clicked.connect(lambda: self.package_wanted.emit(self.facts))
        self.report.clicked.connect(lambda: self._open("report"))
        self.pdf.clicked.connect(lambda: self._open("pdf"))
        self.folder.clicked.connect(lambda: self.open_wanted.emit(self.path.parent))

    @property
    def _key(self) -> str:
        return str(self.path)

    def done(self, code: int) -> None:
        """Ends the reading, whichever way the dialog closes."""
        self._desk.close()
        super().done(code)

    @Slot(object)
    def _on_read(self, facts: MasterFacts) -> None:
        self.facts = facts
        for title, value in master_lines(facts):
            name = text(title, "muted")
            name.setWordWrap(False)
            self._form.addRow(name, text(value))
        self.chain.set_line(chain_line(facts))
        self._show_work()

    @Slot()
    def _grow(self) -> None:
        grow(self)

    @Slot(object)
    def _on_refused(self, error: TratteggioError) -> None:
        self.chain.set_line(StateLine(str(error), "failed"))

    def _show_work(self) -> None:
        """What can be done now."""
        facts, progress = self.facts, self._aftercare.progress(self._key)
        busy = progress is not None
        self.bar.setVisible(busy)
        self.detail.setVisible(busy)
        self.stop.setVisible(busy)
        if progress is not None:
            self._show_progress(progress)
        self.verify.setEnabled(facts is not None and not busy)
        self.log.setEnabled(facts is not None and bool(facts.log))
        self.report.setEnabled(facts is not None and facts.paths.report in facts.reports)
        self.pdf.setEnabled(facts is not None and facts.paths.pdf in facts.reports)
        self.package.setEnabled(facts is not None and facts.package is None and not busy)
        self.folder.setEnabled(facts is not None)
        QTimer.singleShot(0, self, self._grow)

    def _show_progress(self, progress: JobProgress) -> None:
        self.bar.setValue(round(progress.share * 1000))
        self.detail.setText("   ".join([phase_word(progress.phase), *figures(progress)]))

    def _open(self, which: str) -> None:
        if self.facts is not None:
            self.open_wanted.emit(getattr(self.facts.paths, which))

    @Slot()
    def _on_verify(self) -> None:
        if self.facts is None:
            return
        self._aftercare.verify(self._key, self.facts.package or self.facts.paths.master, self.anew.value())
        self.outcome.set_line(StateLine(tr("Master", "Verifying…")))
        self._show_work()

    @Slot(str)
    def _on_progress(self, key: str) -> None:
        progress = self._aftercare.progress(key) if key == self._key else None
        if progress is not None:
            self._show_progress(progress)

    @Slot(str, bool, str)
    def _on_verified(self, key: str, passed: bool, sentence: str) -> None:
        if key == self._key:
            said = tr("Master", "All is as it was: {0}.").format(sentence) if passed else sentence
            self.outcome.set_line(StateLine(said, "ready" if passed else "failed"))
            self._show_work()

    @Slot(str, bool, str)
    def _on_packaged(self, key: str, passed: bool, sentence: str) -> None:
        if key == self._key:
            said = tr("Master", "The package is made: {0}").format(sentence) if passed else sentence
            self.outcome.set_line(StateLine(said, "ready" if passed else "failed"))
            self._show_work()
