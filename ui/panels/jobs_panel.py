"""The jobs panel: every export, in the order of the queue."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.jobs.queue import JobQueue
from app.jobs.values import JobRecord
from ui.panels.heading import Heading
from ui.panels.job_row import JobRow
from ui.theme import T

_TICK_MS = 1000


class JobsPanel(QWidget):
    """Follows the queue."""

    refused = Signal(str)
    """A sentence: the system would not open what was asked for."""
    about_wanted = Signal(object)
    """Path of a finished master."""
    package_wanted = Signal(str)
    """Id of a finished job."""

    def __init__(self, queue: JobQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self.rows: dict[str, JobRow] = {}
        self._heading = Heading(self.tr("Exports"))
        self._offer = self._build_offer()
        self._empty = QLabel(self.tr("Nothing is being exported.\nExport the clip from the File menu (Ctrl+E)."))
        self._empty.setObjectName("muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(T.space[1])
        self._build()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        queue.changed.connect(self._rebuild)
        queue.job_changed.connect(self._on_job)
        queue.progressed.connect(self._on_progress)
        self._rebuild()

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._empty)
        column.addLayout(self._list)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Exports"))
        area.setToolTip(self.tr("Exports\nRunning, waiting and done; arrow keys scroll."))
        area.setWidget(inside)
        box = QVBoxLayout(self)
        box.setContentsMargins(T.space[2], T.space[1], T.space[2], T.space[1])
        box.setSpacing(T.space[1])
        box.addWidget(self._heading)
        box.addWidget(self._offer)
        box.addWidget(area, 1)

    def _build_offer(self) -> QWidget:
        offer = QWidget()
        line = QHBoxLayout(offer)
        line.setContentsMargins(0, 0, 0, 0)
        self.offer_text = QLabel()
        self.offer_text.setWordWrap(True)
        self.resume_all = QPushButton(self.tr("&Resume all"))
        self.resume_all.setAccessibleName(self.tr("Resume all interrupted exports"))
        self.resume_all.setToolTip(
            self.tr("Resume all\nEvery interrupted export goes on after its last finished part.")
        )
        self.resume_all.clicked.connect(self._on_resume_all)
        line.addWidget(self.offer_text, 1)
        line.addWidget(self.resume_all)
        return offer

    @Slot()
    def _rebuild(self) -> None:
        records = self._queue.records()
        for job_id in [job_id for job_id in self.rows if all(r.id != job_id for r in records)]:
            row = self.rows.pop(job_id)
            self._list.removeWidget(row)
            row.deleteLater()
        for place, record in enumerate(records):
            if record.id not in self.rows:
                row = self.rows[record.id] = JobRow(record)
                row.wanted.connect(self._on_wanted)
            self._list.insertWidget(place, self.rows[record.id])
            self._show(record)
        self._show_frame()

    @Slot(str)
    def _on_job(self, job_id: str) -> None:
        if job_id in self.rows:
            self._show(self._queue.record(job_id))
            self._show_frame()

    @Slot(str)
    def _on_progress(self, job_id: str) -> None:
        if job_id in self.rows:
            record = self._queue.record(job_id)
            self.rows[job_id].show_elapsed(record, self._queue.progress(job_id), self._queue.elapsed(job_id))

    @Slot()
    def _on_tick(self) -> None:
        for record in self._queue.records():
            if record.state in ("running", "stopping"):
                self._on_progress(record.id)

    def _show(self, record: JobRecord) -> None:
        first = self._queue.records()[0].id == record.id
        progress, elapsed = self._queue.progress(record.id), self._queue.elapsed(record.id)
        self.rows[record.id].show_record(record, progress, elapsed, first)

    def _show_frame(self) -> None:
        """Everything around the rows."""
        records, cut_off = self._queue.records(), self._queue.interrupted()
        self._empty.setVisible(not records)
        self._offer.setVisible(bool(cut_off))
        self.offer_text.setText(
            self.tr("Interrupted exports: {0}. Their finished parts are kept.").format(len(cut_off))
        )
        busy = sum(record.state in ("running", "stopping") for record in records)
        waiting = sum(record.state in ("queued", "preparing") for record in records)
        aside = self.tr("{0} running, {1} waiting").format(busy, waiting) if busy or waiting else ""
        self._heading.set_aside(aside)
        if busy and not self._tick.isActive():
            self._tick.start()
        elif not busy:
            self._tick.stop()

    @Slot()
    def _on_resume_all(self) -> None:
        for record in self._queue.interrupted():
            self._queue.resume(record.id)

    @Slot(str, str)
    def _on_wanted(self, verb: str, job_id: str) -> None:
        queue = self._queue
        match verb:
            case "pause":
                queue.pause(job_id)
            case "resume":
                queue.resume(job_id)
            case "cancel_keep" | "cancel_drop":
                queue.cancel(job_id, keep_parts=verb == "cancel_keep")
            case "remove":
                queue.remove(job_id)
            case "up":
                queue.move(job_id, -1)
            case "verify":
                queue.verify(job_id)
            case "about":
                self.about_wanted.emit(Path(queue.record(job_id).result["master"]))
            case "package":
                self.package_wanted.emit(job_id)
            case "stop_package":
                queue.stop_package(job_id)
            case "show_package":
                self.open_path(Path(queue.record(job_id).package_sentence))
            case "reveal":
                self.open_path(queue.record(job_id).job.out.parent)
            case "report":
                self.open_path(Path(queue.record(job_id).result["report"]))

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """With the system's own program; `refused` tells where it has none."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.refused.emit(self.tr("The system has no program to open {0}.").format(path))
