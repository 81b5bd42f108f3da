"""The right half of the export dialog: what the export is expected to take."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.jobs.values import Cost, Estimate
from ui.dialogs.export_words import duration_span, energy_line, money_line, size, size_span
from ui.theme import T, monospaced

_NONE = "–"
_BAR_HEIGHT = 4


class ExportForecast(QFrame):
    """Time, size, room, memory, cost; a bar while it is being measured."""

    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        title = QLabel(self.tr("Expected").upper())
        title.setObjectName("sectionTitle")
        self._rows = QFormLayout()
        self._rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._rows.setHorizontalSpacing(T.space[3])
        self.time, self.bytes = self._row(self.tr("Time")), self._row(self.tr("Size"))
        self.package = self._row(self.tr("Package"))
        self.free = self._row(self.tr("Free there"))
        self.memory = self._row(self.tr("Memory"))
        self.cost, self.energy = self._row(self.tr("Cost")), self._row(self.tr("Energy"))
        self.said = QLabel()
        self.said.setObjectName("muted")
        self.said.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(_BAR_HEIGHT)
        self.bar.setAccessibleName(self.tr("Measuring"))
        self.button = QPushButton(self.tr("&Measure again"))
        self.button.setAccessibleName(self.tr("Measure again"))
        self.button.setToolTip(self.tr("Measure again\nRenders samples of the chosen frames for about ten seconds."))
        self.button.clicked.connect(self.again)
        box = QVBoxLayout(self)
        box.setContentsMargins(T.space[3], T.space[2], T.space[3], T.space[2])
        box.setSpacing(T.space[1])
        box.addWidget(title)
        box.addLayout(self._rows)
        box.addStretch(1)
        box.addWidget(self.said)
        box.addWidget(self.bar)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_nothing("")

    def _row(self, title: str) -> QLabel:
        value = QLabel(_NONE)
        value.setFont(monospaced())
        value.setAccessibleName(title)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label = QLabel(title)
        label.setObjectName("muted")
        self._rows.addRow(label, value)
        return value

    def show_nothing(self, why: str) -> None:
        """No estimate: not measured, or `why` it cannot be."""
        for value in (self.time, self.bytes, self.memory):
            value.setText(_NONE)
        for value in (self.cost, self.energy, self.package):
            self._rows.setRowVisible(value, False)
        self.said.setText(why)
        self._busy(False)

    def show_measuring(self) -> None:
        """The samples are being rendered, and say nothing yet."""
        self.show_nothing(self.tr("Rendering samples of these frames…"))
        self.bar.setValue(0)
        self._busy(True)

    def show_estimate(self, estimate: Estimate, cost: Cost, currency: str, *, packaged: bool = False) -> None:
        """packaged: an archive package is made of it, which holds a copy of everything."""
        self.package.setText(self.tr("as much again"))
        self._rows.setRowVisible(self.package, packaged)
        self.time.setText(duration_span(estimate.seconds))
        self.bytes.setText(size_span(estimate.size))
        self.memory.setText(self.tr("{0} at most").format(size(estimate.memory)))
        for value, line in ((self.cost, money_line(cost, currency)), (self.energy, energy_line(cost))):
            value.setText(line)
            self._rows.setRowVisible(value, bool(line))
        self.bar.setValue(round(estimate.progress * 100))
        said = self.tr("Measured on {0} samples of {1} frames; 9 of 10 renders fall into the ranges.")
        narrowing = self.tr("Measuring: {0} samples of {1} frames so far.")
        self.said.setText((said if estimate.final else narrowing).format(estimate.samples, estimate.frames))
        self._busy(not estimate.final)

    def show_free(self, free: int | None) -> None:
        self.free.setText(_NONE if free is None else size(free))

    def _busy(self, on: bool) -> None:
        self.bar.setVisible(on)
        self.button.setEnabled(not on)
