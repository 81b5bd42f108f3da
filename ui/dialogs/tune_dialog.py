"""Tune to your archive: choose clean footage, watch what it gains on held-out frames, use the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QHeaderView, QProgressBar, QTableWidget, QTableWidgetItem, QWidget

from app.session import Session
from app.tune_use import use_tuned
from app.tuning import Tuning
from engines.errors import TratteggioError
from ui.dialogs.parts import button, column, row, text
from ui.dialogs.tune_form import TuneForm
from ui.dialogs.tune_words import HEADINGS, finished, heading, running, task
from ui.i18n import tr
from ui.theme import T


class TuneDialog(QDialog):
    """The run goes on when the dialog closes; opened again, it shows where the run is."""

    def __init__(self, session: Session, tuning: Tuning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._tuning = session, tuning
        purpose = tr(
            "Tune",
            "Carries Detail on to footage of yours that looks as it should. Part of it is held out: what is not better "
            "there is not kept.",
        )
        layout = column(self, tr("Tune", "Tune to your archive"), purpose, 720)
        self.form = TuneForm([clip.media.path for clip in session.document.clips])
        self.table, self.bar, self.said = QTableWidget(0, len(HEADINGS)), QProgressBar(), text("")
        self._dress()
        layout.addWidget(self.form, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.bar)
        layout.addWidget(self.table)
        layout.addLayout(self._left())
        layout.addLayout(self._buttons())
        self.form.changed.connect(self._show)
        tuning.changed.connect(self._show)
        session.document_changed.connect(self._show)
        tuning.look()
        self._show()

    def _dress(self) -> None:
        self.table.setHorizontalHeaderLabels([heading(name) for name in HEADINGS])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setAccessibleName(tr("Tune", "Before and after"))
        self.table.setToolTip(tr("Tune", "Before and after\nPSNR on frames that were not learnt from."))
        self.bar.setAccessibleName(tr("Tune", "Progress"))
        self.bar.setToolTip(tr("Tune", "How much of the time is spent."))
        self.bar.setTextVisible(False)

    def _left(self) -> QHBoxLayout:
        self.unfinished = text("")
        self.resume_button = button(tr("Tune", "Resume"), tr("Tune", "Goes on from the last checkpoint."))
        self.discard_button = button(tr("Tune", "Discard"), tr("Tune", "Removes the checkpoint."))
        self.resume_button.clicked.connect(self._on_resume)
        self.discard_button.clicked.connect(self._on_discard)
        layout = row(self.unfinished, self.resume_button, self.discard_button)
        layout.setStretch(0, 1)
        return layout

    def _buttons(self) -> QHBoxLayout:
        self.use_button = button(tr("Tune", "Use in This Clip"), "")
        self.stop_button = button(tr("Tune", "Stop"), tr("Tune", "Ends it; the checkpoint is kept to resume from."))
        self.close_button = button(tr("Tune", "Close"), tr("Tune", "A run goes on in the background."))
        self.start_button = button(tr("Tune", "Tune"), "", main=True)
        self.use_button.clicked.connect(self._on_use)
        self.stop_button.clicked.connect(self._tuning.stop)
        self.close_button.clicked.connect(self.accept)
        self.start_button.clicked.connect(self._on_start)
        return row(self.use_button, None, self.stop_button, self.close_button, self.start_button)

    def blocker(self) -> str:
        """Why it cannot begin; empty where it can."""
        if self._tuning.running:
            return tr("Tune", "One run at a time: this one is still going.")
        if not self.form.paths():
            return tr("Tune", "Tick or add clean footage first.")
        if not self.form.name.text().strip():
            return tr("Tune", "Give the new model a name.")
        return ""

    @Slot()
    def _show(self) -> None:
        tuning = self._tuning
        self.form.setEnabled(not tuning.running)
        if list(tuning.models) != [self.form.start.itemData(i) for i in range(1, self.form.start.count())]:
            self.form.show_models(tuning.models)
        blocker = self.blocker()
        self.start_button.setEnabled(not blocker)
        consequence = tr("Tune", "Computes in the background; nothing of the project changes.")
        self.start_button.setToolTip(f"{tr('Tune', 'Tune')} (Enter)\n{blocker or consequence}")
        self.stop_button.setEnabled(tuning.running and not tuning.stopping)
        self.said.setText(self._sentence())
        self.bar.setVisible(tuning.running)
        spent = tuning.progress["elapsed_s"] / tuning.progress["total_s"] if tuning.progress else 0.0
        self.bar.setRange(0, 1000 if tuning.progress else 0)
        self.bar.setValue(round(spent * 1000))
        self._show_table()
        self._show_left()
        self._show_use()

    def _sentence(self) -> str:
        tuning = self._tuning
        if tuning.stopping:
            return tr("Tune", "Stopping after this step…")
        if tuning.running:
            return "\n".join((running(tuning.progress), *tuning.notes))
        if tuning.error:
            return tuning.error
        return finished(tuning.result) if tuning.result else self.blocker()

    def _show_table(self) -> None:
        """While it runs only the change is known so far."""
        tuning = self._tuning
        rows: Sequence[Mapping[str, Any]] = tuning.result.get("table", ())
        if not rows and tuning.running:
            rows = [{"task": name, "change": db} for name, db in tuning.figures.get("change_db", {}).items()]
        self.table.setVisible(bool(rows))
        self.table.setRowCount(len(rows))
        self.table.setVerticalHeaderLabels([task(held["task"]) for held in rows])
        for place, held in enumerate(rows):
            for at, name in enumerate(HEADINGS):
                sign = "+" if name == "change" else ""
                item = QTableWidgetItem(f"{held[name]:{sign}.2f}" if name in held else "–")
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(place, at, item)
        height = self.table.horizontalHeader().sizeHint().height() + self.table.verticalHeader().length()
        self.table.setFixedHeight(height + 2 * T.space[2])

    def _show_left(self) -> None:
        left = () if self._tuning.running else self._tuning.left
        for widget in (self.unfinished, self.resume_button, self.discard_button):
            widget.setVisible(bool(left))
        if left:
            self.unfinished.setText(tr("Tune", "Unfinished: {0}, {1:g} minutes").format(left[0].name, left[0].minutes))

    def _show_use(self) -> None:
        kept, clip = bool(self._tuning.result.get("kept")), self._session.clip
        why = ""
        if not kept:
            why = tr("Tune", "There is no new model yet.")
        elif clip is None:
            why = tr("Tune", "Open a clip first.")
        self.use_button.setEnabled(not why)
        consequence = tr("Tune", "Sets Detail's weights in every shot; can be undone.")
        self.use_button.setToolTip(f"{tr('Tune', 'Use in This Clip')}\n{why or consequence}")

    @Slot()
    def _on_start(self) -> None:
        if not self.blocker():
            self._tuning.start(self.form.request(self._tuning.folder))

    @Slot()
    def _on_resume(self) -> None:
        if self._tuning.left:
            self._tuning.start(replace(self._tuning.left[0], resume=True))

    @Slot()
    def _on_discard(self) -> None:
        if self._tuning.left:
            self._tuning.discard(self._tuning.left[0])

    @Slot()
    def _on_use(self) -> None:
        clip, name = self._session.clip, str(self._tuning.result.get("name", ""))
        if clip is None:
            return
        try:
            document = use_tuned(self._session.document, clip.id, name)
        except TratteggioError as error:
            self._session.notify_error(error)
            return
        self._session.do(tr("Tune", "Use {0}").format(name), document)
