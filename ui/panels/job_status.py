"""The running export in the status bar: name, bar, per cent, frames, speed, time left."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from app.jobs.queue import JobQueue
from app.jobs.values import JobRecord
from ui.panels.job_words import figures, phase_word
from ui.theme import T, monospaced

_BAR_WIDTH, _BAR_HEIGHT = 180, 4


class JobStatus(QWidget):
    """Empty while nothing runs."""

    opened = Signal()
    """The user wants to see the jobs."""

    def __init__(self, queue: JobQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self.name = QToolButton()
        self.name.setObjectName("flat")
        self.name.setAccessibleName(self.tr("Running export"))
        self.name.setToolTip(self.tr("Running export\nShows all jobs."))
        self.name.clicked.connect(self.opened)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedSize(_BAR_WIDTH, _BAR_HEIGHT)
        self.bar.setAccessibleName(self.tr("Progress of the running export"))
        self.text = QLabel()
        self.text.setFont(monospaced(T.small_size))
        line = QHBoxLayout(self)
        line.setContentsMargins(T.space[1], 0, T.space[1], 0)
        line.setSpacing(T.space[2])
        for widget in (self.name, self.bar, self.text):
            line.addWidget(widget)
        for signal in (queue.job_changed, queue.progressed):
            signal.connect(self._on_job)
        queue.changed.connect(self._show)
        self._show()

    @Slot(str)
    def _on_job(self, _job_id: str) -> None:
        self._show()

    @Slot()
    def _show(self) -> None:
        running = next((r for r in self._queue.records() if r.state in ("running", "stopping")), None)
        for widget in (self.name, self.bar, self.text):
            widget.setVisible(running is not None)
        if running is not None:
            self._show_running(running)

    def _show_running(self, record: JobRecord) -> None:
        progress = self._queue.progress(record.id)
        waiting = sum(r.state in ("queued", "preparing") for r in self._queue.records())
        self.name.setText(self.tr("Export  {0}").format(record.job.out.name))
        self.bar.setValue(round(progress.share * 1000))
        phase = "" if progress.phase == "render" else phase_word(progress.phase)
        parts = [phase, *figures(progress)]
        if record.state == "stopping":
            parts = [self.tr("stopping")]
        if waiting:
            parts.append(self.tr("{0} waiting").format(waiting))
        self.text.setText("   ".join(filter(None, parts)))
