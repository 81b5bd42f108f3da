"""The audit log of a master: who did what and when, entry by entry, and whether the chain is intact."""

from __future__ import annotations

import json

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QPlainTextEdit, QSplitter, QTableView, QWidget

from app.master_desk import MasterFacts
from app.stage_text import StateLine
from ui.dialogs.master_log_model import LogModel
from ui.dialogs.parts import button, column, row
from ui.i18n import tr
from ui.panels.state_label import StateLabel
from ui.theme import T, monospaced

_LAST = 4
_SHORT = 16


class MasterLogDialog(QDialog):
    """Shows what was read; reads nothing itself."""

    def __init__(self, facts: MasterFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        purpose = tr(
            "AuditLog",
            "Each line holds the digest of the line before: a line changed, removed or moved breaks the chain.",
        )
        title = tr("AuditLog", "Audit log of {0}").format(facts.paths.master.name)
        layout = column(self, title, purpose, 860)
        self.resize(980, 620)
        self.state = StateLabel()
        self.state.set_line(chain_line(facts))
        layout.addWidget(self.state)
        self.table, self.entry = QTableView(), QPlainTextEdit()
        self._dress(facts)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.entry)
        split.setSizes([360, 140])
        layout.addWidget(split, 1)
        close = button(tr("AuditLog", "Close"), tr("AuditLog", "Back to the window."), main=True)
        close.clicked.connect(self.accept)
        layout.addLayout(row(None, close))
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        if facts.log:
            self.table.selectRow(0)

    def _dress(self, facts: MasterFacts) -> None:
        self._model = LogModel(facts.log, self)
        self.table.setModel(self._model)
        self.table.setAccessibleName(tr("AuditLog", "Entries"))
        self.table.setToolTip(tr("AuditLog", "Entries\nChoose one to see all that it holds."))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # Of the first rows: a long log must not be measured whole.
        self.table.horizontalHeader().setResizeContentsPrecision(100)
        for place in range(_LAST):
            self.table.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.entry.setReadOnly(True)
        self.entry.setFont(monospaced(T.small_size))
        self.entry.setAccessibleName(tr("AuditLog", "The entry in full"))
        self.entry.setToolTip(tr("AuditLog", "The entry in full\nAs it stands in the file, with its digests."))

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not index.isValid():
            self.entry.clear()
            return
        entry = self._model.entries[index.row()]
        held = {"previous": entry.previous, "digest": entry.digest, "facts": dict(entry.facts)}
        self.entry.setPlainText(json.dumps(held, indent=2, ensure_ascii=False))


def chain_line(facts: MasterFacts) -> StateLine:
    """Whether the log can be believed, in a line with a mark."""
    if facts.broken:
        return StateLine(facts.broken, "failed")
    if not facts.log:
        return StateLine(tr("AuditLog", "There is no audit log: an older version made this master."), "approximate")
    head = facts.log[-1].digest[:_SHORT]
    return StateLine(tr("AuditLog", "Chain intact: {0} entries, head {1}…").format(len(facts.log), head), "ready")
