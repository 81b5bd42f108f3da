"""What a timeline would bring into the project: its media, cuts and markers, before anything changes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from app.timeline_desk import ReadTimeline
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr
from ui.theme import T

_MOST_HANDLES = 1000
_NOTES_SHOWN = 200


class TimelineDialog(QDialog):
    """`chosen` sends the timeline as it is to be taken in; who listens does it."""

    chosen = Signal(object)
    """app.interchange.importing.Prepared."""

    def __init__(self, read: ReadTimeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        purpose = tr("Timeline", "Cuts, markers and ranges are taken over in one step, which can be undone.")
        layout = column(self, tr("Timeline", "Import timeline {0}").format(read.path.name), purpose, 520)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(T.space[3])
        self._form.setVerticalSpacing(T.space[1])
        layout.addLayout(self._form)
        for title, value in _lines(read):
            name = text(title, "muted")
            name.setWordWrap(False)
            self._form.addRow(name, text(value))
        self._build_choices()
        self.notes = QPlainTextEdit("\n".join(read.notes[:_NOTES_SHOWN]))
        self.notes.setReadOnly(True)
        self.notes.setAccessibleName(tr("Timeline", "Remarks"))
        self.notes.setToolTip(tr("Timeline", "Remarks\nWhat was left out or understood differently."))
        self.notes.setVisible(bool(read.notes))
        layout.addWidget(self.notes, 1)
        layout.addStretch(0 if read.notes else 1)
        self.take = button(tr("Timeline", "Import"), tr("Timeline", "Takes it into the project."), main=True)
        cancel = button(tr("Timeline", "Cancel"), tr("Timeline", "The project stays as it is."))
        self.take.clicked.connect(self._on_take)
        cancel.clicked.connect(self.reject)
        layout.addLayout(row(None, cancel, self.take))

    def _build_choices(self) -> None:
        self.handles = QSpinBox()
        self.handles.setRange(0, _MOST_HANDLES)
        self.handles.setSuffix(tr("Timeline", " frames"))
        self._choice(
            tr("Timeline", "Handles"),
            self.handles,
            tr("Timeline", "So many frames more at both ends of each range, where the media has them."),
        )
        self.start = QLineEdit()
        self.start.setPlaceholderText("01:00:00:00")
        self._choice(
            tr("Timeline", "Start timecode"),
            self.start,
            tr("Timeline", "Of media that say none themselves; empty = they count from 0."),
        )

    def _choice(self, title: str, field: QWidget, tip: str) -> None:
        field.setAccessibleName(title)
        field.setToolTip(f"{title}\n{tip}")
        self._form.addRow(title, field)

    @Slot()
    def _on_take(self) -> None:
        start = self.start.text().strip() or None
        self.chosen.emit(replace(self._read.prepared, handles=self.handles.value(), start=start))
        self.accept()


def _lines(read: ReadTimeline) -> tuple[tuple[str, str], ...]:
    cutting = read.prepared.cutting
    held = ", ".join(media.name for media in read.prepared.held)
    opened = ", ".join(one.media.path.name for one in read.prepared.opened.values())
    known = {*read.prepared.held, *read.prepared.opened}
    lost = ", ".join(media.name for media in cutting.media() if media not in known)
    markers = sum(len(piece.remarks) for piece in cutting.pieces)
    rows = (
        (tr("Timeline", "Timeline"), cutting.name),
        (tr("Timeline", "Holds"), tr("Timeline", "pieces: {0}, markers: {1}").format(len(cutting.pieces), markers)),
        (tr("Timeline", "In the project"), held),
        (tr("Timeline", "To be added"), opened),
        (tr("Timeline", "Not found"), lost),
    )
    return tuple((title, value) for title, value in rows if value)
