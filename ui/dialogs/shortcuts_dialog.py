"""Every key in one searchable list, and how to change it; two actions never get the same."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.actions import ACTIONS
from app.fuzzy import best
from ui.action_menus import ActionBook, Entry
from ui.dialogs.parts import button, column, row, text
from ui.i18n import tr

_ID = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """`keys_chosen` sends all keys that differ from the table, by action, at each change; it acts at once."""

    keys_chosen = Signal(object)
    """Mapping[str, tuple[str, ...]]."""

    def __init__(self, book: ActionBook, changed: Mapping[str, tuple[str, ...]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book, self._changed = book, dict(changed)
        title = tr("Shortcuts", "Keyboard shortcuts")
        layout = column(self, title, tr("Shortcuts", "Choose an action, then press its new key."), 640)
        self.resize(700, 620)
        self.search, self.list, self.key = QLineEdit(), QTreeWidget(), QKeySequenceEdit()
        self.said = text("", "refusal")
        self.set_button = button(tr("Shortcuts", "Set"), tr("Shortcuts", "Gives this key to the chosen action."))
        self.none_button = button(tr("Shortcuts", "No Key"), tr("Shortcuts", "Takes the chosen action's key away."))
        self.reset_button = button(
            tr("Shortcuts", "Default"), tr("Shortcuts", "The chosen action gets its first key back.")
        )
        self.all_button = button(
            tr("Shortcuts", "All Defaults"), tr("Shortcuts", "Every action gets its first key back.")
        )
        self.close_button = button(tr("Shortcuts", "Close"), tr("Shortcuts", "Back to the window."))
        self._dress()
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(row(self.key, self.set_button, self.none_button, self.reset_button))
        layout.addWidget(self.said)
        layout.addLayout(row(self.all_button, None, self.close_button))
        self._connect()
        self._fill()

    def _dress(self) -> None:
        find = tr("Shortcuts", "Search actions and keys")
        self.search.setPlaceholderText(find)
        self.search.setAccessibleName(find)
        self.search.setToolTip(find)
        self.list.setHeaderLabels([tr("Shortcuts", "Action"), tr("Shortcuts", "Key"), tr("Shortcuts", "Menu")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setAccessibleName(tr("Shortcuts", "Actions and their keys"))
        self.list.setToolTip(tr("Shortcuts", "Actions and their keys. A dot marks a key that you changed."))
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section in (1, 2):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
        self.key.setMaximumSequenceLength(1)
        self.key.setAccessibleName(tr("Shortcuts", "New key"))
        self.key.setToolTip(tr("Shortcuts", "Press the new key here."))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.list.currentItemChanged.connect(self._on_chosen)
        self.key.keySequenceChanged.connect(self._on_key)
        self.set_button.clicked.connect(self._on_set)
        self.none_button.clicked.connect(self._on_none)
        self.reset_button.clicked.connect(self._on_reset)
        self.all_button.clicked.connect(self._on_all)
        self.close_button.clicked.connect(self.accept)

    @Slot()
    def _fill(self) -> None:
        chosen = self._chosen()
        self.list.clear()
        for entry in best(self.search.text(), self._book.entries(), _searched):
            dot = " \N{BULLET}" if entry.id in self._changed else ""
            item = QTreeWidgetItem([entry.text, ", ".join(entry.keys) + dot, entry.menu])
            item.setData(0, _ID, entry.id)
            item.setToolTip(0, entry.tip)
            self.list.addTopLevelItem(item)
            if entry.id == chosen:
                self.list.setCurrentItem(item)
        self._show_buttons()

    def _chosen(self) -> str:
        items = self.list.selectedItems()
        return str(items[0].data(0, _ID)) if items else ""

    def _typed(self) -> str:
        return self.key.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _holder(self, key: str) -> str:
        """Which other action has this key, "" if none."""
        wanted = QKeySequence(key)
        others = (name for name in ACTIONS if name != self._chosen())
        return next((name for name in others if wanted in map(QKeySequence, self._book.keys(name))), "")

    def _give(self, name: str, keys: tuple[str, ...]) -> None:
        self._changed[name] = keys
        if keys == ACTIONS[name].keys:
            del self._changed[name]
        self._apply()

    def _apply(self) -> None:
        self._book.rebind(self._changed)
        self.keys_chosen.emit(dict(self._changed))
        self.key.clear()
        self._fill()

    def _show_buttons(self) -> None:
        chosen = self._chosen()
        self.set_button.setEnabled(bool(chosen and self._typed()) and not self._holder(self._typed()))
        self.none_button.setEnabled(bool(chosen and self._book.keys(chosen)))
        self.reset_button.setEnabled(chosen in self._changed)
        self.all_button.setEnabled(bool(self._changed))

    @Slot()
    def _on_chosen(self) -> None:
        self.key.clear()
        self._show_buttons()

    @Slot()
    def _on_key(self) -> None:
        holder = self._holder(self._typed()) if self._typed() else ""
        held = tr("Shortcuts", "This key belongs to “{0}”. Give that another key first.")
        self.said.setText(held.format(tr("", ACTIONS[holder].text)) if holder else "")
        self._show_buttons()

    @Slot()
    def _on_set(self) -> None:
        self._give(self._chosen(), (self._typed(),))

    @Slot()
    def _on_none(self) -> None:
        self._give(self._chosen(), ())

    @Slot()
    def _on_reset(self) -> None:
        name = self._chosen()
        taken = [holder for key in ACTIONS[name].keys if (holder := self._holder(key))]
        if taken:
            held = tr("Shortcuts", "Its first key belongs to “{0}” now.")
            self.said.setText(held.format(tr("", ACTIONS[taken[0]].text)))
            return
        self._give(name, ACTIONS[name].keys)

    @Slot()
    def _on_all(self) -> None:
        self._changed.clear()
        self._apply()


def _searched(entry: Entry) -> str:
    return f"{entry.text} {' '.join(entry.keys)} {entry.menu}"
