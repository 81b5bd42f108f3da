"""What an export is for: each kind of delivery decides format and extras, and says what it keeps and loses."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from app.export.deliveries import DELIVERIES
from ui.i18n import tr
from ui.theme import T


class DeliveryChoice(QWidget):
    """A list and, below it, the sentence of what is chosen."""

    picked = Signal(str)
    """A name of `DELIVERIES`, "" = whatever is chosen by hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds, self.note = QComboBox(), QLabel()
        self.kinds.addItem(tr("Delivery", "As chosen below"), "")
        for delivery in DELIVERIES.values():
            self.kinds.addItem(delivery.title, delivery.name)
            self.kinds.setItemData(self.kinds.count() - 1, delivery.sentence, Qt.ItemDataRole.ToolTipRole)
        title = tr("Delivery", "Delivery")
        self.kinds.setAccessibleName(title)
        self.kinds.setToolTip(f"{title}\n{tr('Delivery', 'What it is for; decides format and what lies beside it.')}")
        self.note.setObjectName("muted")
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(T.space[0])
        box.addWidget(self.kinds)
        box.addWidget(self.note)
        self.kinds.currentIndexChanged.connect(self._on_kind)
        self._show_note()

    def _show_note(self) -> None:
        delivery = DELIVERIES.get(self.kinds.currentData())
        self.note.setText(delivery.sentence if delivery is not None else "")
        self.note.setVisible(delivery is not None)

    @Slot(int)
    def _on_kind(self, _index: int) -> None:
        self._show_note()
        self.picked.emit(self.kinds.currentData())
