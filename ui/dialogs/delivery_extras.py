"""What goes beside an export: a way back to the source, an archive package, and what is said of its case."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.export.case import CaseFacts
from app.export.deliveries import Delivery
from app.jobs.values import PackageOrder
from app.stage_text import StateLine
from ui.dialogs.master_words import case_line
from ui.dialogs.package_form import PackageForm
from ui.dialogs.parts import button, row, text
from ui.i18n import tr
from ui.panels.state_label import StateLabel
from ui.theme import T


class DeliveryExtras(QWidget):
    """Shows and edits; decides nothing."""

    changed = Signal()
    case_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reversible = self._check(
            tr("Delivery", "Reversible"),
            tr("Delivery", "Keeps what the source is rebuilt from, to the last bit, in a file beside the master."),
        )
        self.package = self._check(
            tr("Delivery", "Archive package"),
            tr("Delivery", "Once it is finished: one checked folder with all that explains the master."),
        )
        self.package_form = PackageForm()
        self.package_form.hide()
        self.forensic, self.case = StateLabel(), text("")
        self.edit = button(tr("Delivery", "Edit…"), tr("Delivery", "Says whose picture it is and who works on it."))
        self.edit.setAccessibleName(tr("Delivery", "Edit case or collection"))
        self.edit.clicked.connect(self.case_wanted)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(T.space[1])
        box.addLayout(row(self.reversible, self.package, None))
        box.addWidget(self.package_form)
        line = row(self.case, self.edit)
        line.setStretch(0, 1)
        box.addLayout(line)
        box.addWidget(self.forensic)
        self.package.toggled.connect(self.package_form.setVisible)
        for check in (self.reversible, self.package):
            check.toggled.connect(self._on_change)
        self.package_form.changed.connect(self._on_change)

    def show_delivery(self, delivery: Delivery | None) -> None:
        """What a delivery decides cannot be chosen against it; without one all can."""
        self.reversible.setEnabled(delivery is None)
        if delivery is not None:
            self.reversible.setChecked(delivery.reversible)
            self.package.setChecked(delivery.package)

    def show_forensic(self, document: bool, delivery: bool) -> None:
        """Whether the project's mode, or the delivery, lets nothing invented leave."""
        said = ""
        if document:
            said = tr("Delivery", "Forensic mode: nothing above ESTIMATED can leave.")
        elif delivery:
            said = tr("Delivery", "This delivery is forensic: nothing above ESTIMATED can leave.")
        self.forensic.set_line(StateLine(said, "ready"))
        self.forensic.setVisible(bool(said))

    def show_case(self, case: CaseFacts) -> None:
        said = case_line(vars(case))
        self.case.setText(tr("Delivery", "Said of it: {0}").format(said or tr("Delivery", "nothing yet")))

    def show_package(self, order: PackageOrder) -> None:
        self.package_form.show_order(order)

    def problem(self) -> str:
        """Why it cannot be done so; empty where it can."""
        return self.package_form.problem() if self.package.isChecked() else ""

    def _check(self, title: str, tip: str) -> QCheckBox:
        check = QCheckBox(title)
        check.setAccessibleName(title)
        check.setToolTip(f"{title}\n{tip}")
        return check

    @Slot()
    def _on_change(self) -> None:
        self.changed.emit()
