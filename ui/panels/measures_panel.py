"""Measures of the treated clip over time, against its source or a file: chosen, run, drawn, gone to, exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.measure import MeasureRequest
from app.measure_job import MeasureJob, Summary
from app.session import Session
from app.view_state import ViewState
from engines.errors import TratteggioError
from engines.metrics.measures import MEASURES, chosen
from engines.metrics.score import FrameScore
from engines.types import FrameNo
from ui.panels.later import Later
from ui.panels.measure_plot import MeasurePlot
from ui.panels.measure_table import MeasureTable
from ui.theme import T

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge

_PACE_MS = 120


class MeasuresPanel(QWidget):
    """One measurement at a time; its figures stay until the next one or another clip."""

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,  # noqa: ARG002 - every panel is made alike
        state: ViewState,  # noqa: ARG002
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._truth: Path | None = None
        self._running: MeasureRequest | None = None
        self._shown: MeasureRequest | None = None
        self._scores: list[FrameScore] = []
        self.reference, self.range = QComboBox(), QComboBox()
        self.run, self.export = QPushButton(), QPushButton(self.tr("Export CSV…"))
        self.progress, self.count = QProgressBar(), QLabel()
        self.table = MeasureTable()
        self.plot = MeasurePlot(self.tr("The chosen measure over the frames"))
        self.legend, self.note = QLabel(), QLabel()
        self._job = MeasureJob(self)
        self._later = Later(self, _PACE_MS, self._draw)
        self._arrange()
        self._describe()
        self._connect()
        self._refresh()

    def close_job(self) -> None:
        """Stop measuring and end its thread."""
        self._job.close()

    # --- looks ----------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        choices, verbs = QHBoxLayout(), QHBoxLayout()
        choices.addWidget(self.reference, 1)
        choices.addWidget(self.range, 1)
        verbs.addWidget(self.run)
        verbs.addWidget(self.progress, 1)
        verbs.addWidget(self.count)
        verbs.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[0])
        layout.addLayout(choices)
        layout.addLayout(verbs)
        layout.addWidget(self.table, 3)
        layout.addWidget(self.plot, 2)
        layout.addWidget(self.legend)
        layout.addWidget(self.note)
        self.note.setWordWrap(True)
        for label in (self.note, self.count, self.legend):
            label.setObjectName("muted")
        self.progress.setTextVisible(False)
        self.plot.setMinimumHeight(90)
        self.table.setMinimumHeight(120)
        self.reference.addItem(self.tr("Against the source"), "source")
        self.reference.addItem(self.tr("Against a file…"), "file")
        for key, text in (
            ("in_out", self.tr("In to out")),
            ("shot", self.tr("This shot")),
            ("clip", self.tr("Whole clip")),
        ):
            self.range.addItem(text, key)

    def _describe(self) -> None:
        self.reference.setAccessibleName(self.tr("Reference"))
        self.reference.setToolTip(
            self.tr(
                "Reference\nThe clip's source shows what changed; a file with the true picture shows how good it is."
            )
        )
        self.range.setAccessibleName(self.tr("Frames measured"))
        self.range.setToolTip(self.tr("Frames measured\nIn to out is the whole clip where no points are set."))
        self.export.setAccessibleName(self.tr("Export figures as CSV"))
        self.export.setToolTip(self.tr("Export CSV\nEvery measured frame as a row."))
        self.run.setAccessibleName(self.tr("Measure or cancel"))
        self.progress.setAccessibleName(self.tr("Frames measured so far"))
        self.plot.setToolTip(self.tr("Full line: the restored picture; dashed: the reference's own.\nClick: go there."))

    def _connect(self) -> None:
        session, job = self._session, self._job
        self.reference.activated.connect(self._on_reference)
        self.range.currentIndexChanged.connect(self._refresh)
        self.run.clicked.connect(self._on_run)
        self.export.clicked.connect(self._choose_table)
        self.table.wanted_changed.connect(self._refresh)
        self.table.drawn_changed.connect(self._draw)
        self.table.frame_wanted.connect(session.seek)
        self.plot.chosen.connect(session.seek)
        session.clip_changed.connect(self._on_clip)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        job.scored.connect(self._on_scored)
        job.noted.connect(self._on_noted)
        job.named.connect(self._on_named)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.written.connect(self._on_written)
        job.not_written.connect(session.notify_error)

    # --- what is asked --------------------------------------------------------------------------------------------

    def _frames(self) -> tuple[FrameNo, FrameNo]:
        clip = self._session.clip
        assert clip is not None
        last = clip.media.frame_count - 1
        match self.range.currentData():
            case "shot":
                return clip.shot_range(clip.shot_index(self._session.playhead))
            case "in_out":
                return clip.in_point or 0, last if clip.out_point is None else clip.out_point
        return 0, last

    @Slot()
    def _on_reference(self) -> None:
        if self.reference.currentData() == "source":
            self._truth = None
            self._refresh()
            return
        dialog = QFileDialog(self, self.tr("The true picture"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.compare_with)
        dialog.rejected.connect(self._back_to_source)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def compare_with(self, path: str) -> None:
        """Measure against this file from now on."""
        self._truth = Path(path)
        self.reference.setItemText(1, self.tr("Against {name}").format(name=self._truth.name))
        self.reference.setCurrentIndex(1)
        self._refresh()

    @Slot()
    def _back_to_source(self) -> None:
        if self._truth is None:
            self.reference.setCurrentIndex(0)

    @Slot()
    def _on_run(self) -> None:
        if self._running is not None:
            self._job.cancel()
            return
        clip = self._session.clip
        if clip is None or not self.table.wanted:
            return
        request = MeasureRequest(clip, self._frames(), self.table.wanted, self._truth)
        self._running = self._shown = request
        self._scores = []
        self.note.setText("")
        self.table.show_summary(None)
        if self.table.drawn not in request.measures:
            self.table.setCurrentItem(self.table.item_of(request.measures[0]))
        self._draw()
        self._refresh()
        self._job.start(request)

    @Slot()
    def _choose_table(self) -> None:
        dialog = QFileDialog(self, self.tr("Export figures"), "", self.tr("Table (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the figures; the dialog has asked about a file that is there."""
        if self._shown is not None and self._scores:
            self._job.export(Path(path), self._scores, chosen(self._shown.measures))

    # --- what comes back ------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_scored(self, request: MeasureRequest, one: FrameScore) -> None:
        if request is self._running:
            self._scores.append(one)
            self._later.ask()

    @Slot(object, str)
    def _on_named(self, request: MeasureRequest, name: str) -> None:
        self.table.name_perceptual(name)
        if request is self._running:
            self._say(self.tr("Perceptual: {name}.").format(name=name))

    @Slot(object, str)
    def _on_noted(self, request: MeasureRequest, text: str) -> None:
        if request is self._running:
            self._say(text)

    @Slot(object, object)
    def _on_finished(self, request: MeasureRequest, summary: Summary | None) -> None:
        if request is self._running:
            self._running = None
            self.table.show_summary(summary)
            if summary is not None and summary.stopped:
                text = self.tr("Cancelled: the figures are of the {count} frames measured before.")
                self._say(text.format(count=summary.mean.frames))
            self._draw()
            self._refresh()

    @Slot(object, object)
    def _on_failed(self, request: MeasureRequest, error: TratteggioError) -> None:
        if request is self._running:
            self._running = None
            self._session.notify_error(error)
            self._refresh()

    @Slot(object)
    def _on_written(self, path: Path) -> None:
        self._session.notify(self.tr("The figures are in {name}.").format(name=path.name))

    def _say(self, text: str) -> None:
        self.note.setText(" ".join(filter(None, (self.note.text(), text))))

    @Slot()
    def _on_clip(self) -> None:
        if self._shown is not None and self._shown.clip.id != self._session.clip_id:
            self._job.cancel()
            self._running = self._shown = None
            self._scores = []
            self.note.setText("")
            self.table.show_summary(None)
            self._draw()
        self._refresh()

    @Slot()
    def _on_document(self) -> None:
        clip = self._session.clip
        if clip is not None and self._shown is not None and self._running is None and clip is not self._shown.clip:
            self.note.setText(self.tr("The clip was changed since: these figures are of what it was."))
        self._refresh()

    @Slot()
    def _on_playhead(self) -> None:
        self.plot.show_playhead(self._session.playhead)

    @Slot()
    def _draw(self) -> None:
        measure = MEASURES[self.table.drawn]
        span = self._shown.frames if self._shown is not None else (0, 0)
        frames = [one.frame for one in self._scores]
        values = [one.values.get(measure.key) for one in self._scores]
        own = [one.own[measure.key] for one in self._scores if measure.key in one.own]
        self.plot.show_figures(measure, span, frames, values, own)
        self._explain(bool(own))
        self._count()

    def _explain(self, own: bool) -> None:
        strokes = [(T.ready, "──", self.tr("restored")), (T.failed, "╌╌", self.tr("reference"))]
        parts = [f'<span style="color:{tint}">{stroke}</span> {text}' for tint, stroke, text in strokes[: 1 + own]]
        self.legend.setText("&nbsp;&nbsp;&nbsp;".join([*parts, self.tr("by frame number")]))

    def _count(self) -> None:
        first, last = self._shown.frames if self._shown is not None else (0, 0)
        self.progress.setRange(0, last - first + 1)
        self.progress.setValue(len(self._scores))
        self.progress.setVisible(self._running is not None)
        self.count.setText(
            self.tr("{count} of {all} frames").format(count=len(self._scores), all=last - first + 1)
            if self._shown is not None
            else ""
        )

    @Slot()
    def _refresh(self) -> None:
        """What can be done now, and why the rest cannot."""
        running, clip = self._running is not None, self._session.clip
        why = ""
        if clip is None:
            why = self.tr("No clip is open.")
        elif not self.table.wanted:
            why = self.tr("Tick a measure first.")
        self.run.setText(self.tr("Cancel") if running else self.tr("Measure"))
        self.run.setEnabled(running or not why)
        self.run.setToolTip(
            self.tr("Stop; what was measured stays.")
            if running
            else why or self.tr("Measure\nRenders the frames in the background and measures them.")
        )
        for widget in (self.reference, self.range, self.table):
            widget.setEnabled(clip is not None)
        self.reference.setEnabled(clip is not None and not running)
        self.range.setEnabled(clip is not None and not running)
        self._count()
        self.export.setEnabled(bool(self._scores) and not running)
