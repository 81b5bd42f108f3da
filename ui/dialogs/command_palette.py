"""The command palette: any verb by a few letters, a frame by its number, a project opened lately by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.fuzzy import best
from app.session import Session
from ui import theme
from ui.action_menus import ActionBook
from ui.i18n import tr
from ui.theme import T

WIDTH, HEIGHT = 620, 420
Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Offer:
    """One line of the list. note: why it cannot be done now, else what it does."""

    kind: Literal["action", "frame", "recent"]
    value: str
    text: str
    aside: str = ""
    note: str = ""
    usable: bool = True

    @property
    def name(self) -> str:
        """Without its menu."""
        return self.text.partition(": ")[2] or self.text


class CommandPalette(QDialog):
    """Type, choose with up and down, Enter does it."""

    recent_chosen = Signal(str)

    def __init__(
        self, book: ActionBook, session: Session, recents: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._book, self._session = book, session
        self._offers = _of_actions(book) + [
            Offer("recent", path, tr("CommandPalette", "Open {0}").format(path), tr("CommandPalette", "recent"))
            for path in recents
        ]
        self.field, self.list = QLineEdit(), QListWidget()
        self._lay_out()
        self.field.textChanged.connect(self._renew)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._on_clicked)
        self._renew("")

    def run_current(self) -> None:
        """Do what is chosen; what cannot be done now stays listed with its reason."""
        row = self.list.currentRow()
        offer: Offer | None = self.list.item(row).data(_ROLE) if row >= 0 else None
        if offer is None or not offer.usable:
            return
        # Closed first: the verb may open a dialog of its own.
        self.accept()
        if offer.kind == "action":
            self._book.trigger(offer.value)
        elif offer.kind == "frame":
            self._session.seek(int(offer.value))
        else:
            self.recent_chosen.emit(offer.value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            key = Qt.Key(event.key())
            if key in steps:
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + steps[key])))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run_current()
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        title = tr("CommandPalette", "Command palette")
        self.setObjectName("palette")
        self.setAccessibleName(title)
        self.setWindowTitle(title)
        self.field.setPlaceholderText(tr("CommandPalette", "Type a command, or a frame number..."))
        self.field.setAccessibleName(title)
        self.field.setToolTip(tr("CommandPalette", "A few letters are enough. Enter does it, Esc closes."))
        self.list.setAccessibleName(tr("CommandPalette", "Commands found"))
        self.list.setToolTip(tr("CommandPalette", "Commands found. Those that cannot be done now say why."))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Lines(self.list))
        column = QVBoxLayout(self)
        column.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        column.setSpacing(T.space[1])
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.resize(WIDTH, HEIGHT)
        parent = self.parentWidget()
        if parent is not None:
            corner = parent.mapToGlobal(parent.rect().topLeft())
            self.move(corner.x() + max(0, (parent.width() - WIDTH) // 2), corner.y() + parent.height() // 8)

    @Slot(str)
    def _renew(self, wanted: str) -> None:
        found = best(wanted, self._offers, lambda offer: offer.name)
        # Its menu's name may be typed, too, but counts less.
        found += best(wanted, [offer for offer in self._offers if offer not in found], lambda offer: offer.text)
        # What can be done now comes first, each part in its own order.
        found.sort(key=lambda offer: not offer.usable)
        self.list.clear()
        for offer in [*self._frame(wanted), *found]:
            item = QListWidgetItem(offer.text)
            item.setData(_ROLE, offer)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{offer.text} {offer.aside} {offer.note}")
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    @Slot(QListWidgetItem)
    def _on_clicked(self, _item: QListWidgetItem) -> None:
        self.run_current()

    def _frame(self, wanted: str) -> list[Offer]:
        clip = self._session.clip
        if not wanted.strip().isdecimal() or clip is None:
            return []
        frame = min(int(wanted), clip.media.frame_count - 1)
        return [Offer("frame", str(frame), tr("CommandPalette", "Go to frame {0}").format(frame))]


def _of_actions(book: ActionBook) -> list[Offer]:
    return [
        Offer(
            "action",
            entry.id,
            f"{entry.menu}: {entry.text}",
            "  ".join(entry.keys),
            entry.why or entry.tip,
            not entry.why,
        )
        for entry in book.entries()
    ]


class _Lines(QStyledItemDelegate):
    """Two lines an offer: its name with its key, and what it does or why it cannot be done."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(WIDTH // 2, theme.px(T.text_size) + theme.px(T.small_size) + 2 * T.space[1])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        offer: Offer = index.data(_ROLE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        rect: QRect = option.rect
        painter.save()
        if chosen:
            painter.fillRect(rect, theme.colour("raised"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.colour("accent"))
        self._write(painter, rect.adjusted(T.space[2], T.space[0], -T.space[2], -T.space[0]), offer)
        painter.restore()

    def _write(self, painter: QPainter, rect: QRect, offer: Offer) -> None:
        font = painter.font()
        top = Qt.AlignmentFlag.AlignTop
        painter.setPen(theme.colour("bright" if offer.usable else "muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | top, offer.text)
        painter.setPen(theme.colour("muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | top, offer.aside)
        font.setPixelSize(theme.px(T.small_size))
        painter.setFont(font)
        painter.setPen(theme.colour("muted" if offer.usable else "approximate"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, offer.note)
