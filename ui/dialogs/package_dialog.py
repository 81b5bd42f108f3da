"""Make an archive package of a finished master: a folder that another institution can check without us."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from app.jobs.values import PackageOrder
from ui.dialogs.package_form import PackageForm
from ui.dialogs.parts import button, column, grow, row, text
from ui.i18n import tr


class PackageDialog(QDialog):
    """`ordered` sends what was chosen; who listens makes it."""

    ordered = Signal(object)
    """app.jobs.values.PackageOrder."""

    def __init__(self, master: Path, proposed: PackageOrder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = proposed.project
        purpose = tr(
            "Package",
            "Master, provenance, checksums, project and masks, timeline, preservation metadata (PREMIS), technical "
            "metadata and report, in one BagIt folder. Everything is verified before.",
        )
        layout = column(self, tr("Package", "Archive package of {0}").format(master.name), purpose, 560)
        self.form, self.why = PackageForm(), text("", "refusal")
        self.form.show_order(proposed)
        layout.addWidget(self.form)
        layout.addWidget(self.why)
        layout.addStretch(1)
        self.make = button(tr("Package", "Make package"), tr("Package", "You can go on working meanwhile."), main=True)
        cancel = button(tr("Package", "Cancel"), tr("Package", "Nothing is made."))
        self.make.clicked.connect(self._on_make)
        cancel.clicked.connect(self.reject)
        layout.addLayout(row(None, cancel, self.make))
        self.form.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        problem = self.form.problem()
        self.why.setText(problem)
        self.why.setVisible(bool(problem))
        self.make.setEnabled(not problem)
        QTimer.singleShot(0, self, self._grow)

    @Slot()
    def _grow(self) -> None:
        grow(self)

    @Slot()
    def _on_make(self) -> None:
        self.ordered.emit(self.form.order(self._project))
        self.accept()
