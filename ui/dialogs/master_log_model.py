"""Rows of an audit log for a table: nothing is made of an entry before it is seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.audit.entry import Entry
from ui.dialogs.master_log_words import entry_words, event_word
from ui.i18n import tr

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class LogModel(QAbstractTableModel):
    """Line, time, who, event, words."""

    def __init__(self, entries: Sequence[Entry], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries = entries
        self._titles = (
            tr("AuditLog", "Line"),
            tr("AuditLog", "Time (UTC)"),
            tr("AuditLog", "Who"),
            tr("AuditLog", "What"),
            tr("AuditLog", "In words"),
        )

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._titles)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        entry = self.entries[index.row()]
        match index.column():
            case 0:
                return str(entry.n + 1)
            case 1:
                return entry.time[:19].replace("T", " ")
            case 2:
                return entry.who
            case 3:
                return event_word(entry.event)
        return entry_words(entry)
