"""A list of pictures with a name, a few lines and a state: clips and shots look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.pictures import Bgrx
from app.stage_text import StateLine
from engines.types import FrameNo
from ui.panels.state_label import paint_state
from ui.theme import T, colour, monospaced, px

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge

AnyIndex = QModelIndex | QPersistentModelIndex
THUMB = QSize(80, 62)
"""The box a thumbnail is fitted into, never stretched."""
_KEEP = 400


@dataclass(frozen=True)
class Row:
    """key: tells rows apart. picture: clip and frame of the thumbnail. figures: the lines are timecodes."""

    key: str
    title: str
    lines: tuple[str, ...]
    state: StateLine
    picture: tuple[str, FrameNo]
    figures: bool = False

    @property
    def spoken(self) -> str:
        return ", ".join(part for part in (self.title, *self.lines, self.state.text) if part)


class RowModel(QAbstractListModel):
    """Rows and their thumbnails; a thumbnail is asked for when its row is painted for the first time."""

    renamed = Signal(int, str)
    """Row and the title that was typed; the row keeps its old one until the document says otherwise."""

    def __init__(self, bridge: RenderBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self._bridge = bridge
        self._pixmaps: dict[tuple[str, FrameNo], QPixmap] = {}
        bridge.thumbnail_ready.connect(self._take)
        bridge.thumbnails_outdated.connect(self._forget)

    def set_rows(self, rows: Sequence[Row]) -> None:
        fresh = tuple(rows)
        if [row.key for row in fresh] != [row.key for row in self.rows]:
            self.beginResetModel()
            self.rows = fresh
            self.endResetModel()
            return
        old, self.rows = self.rows, fresh
        for i, (before, after) in enumerate(zip(old, fresh, strict=True)):
            if before != after:
                self.dataChanged.emit(self.index(i), self.index(i))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.spoken
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role == Qt.ItemDataRole.EditRole and str(value).strip() != self.rows[index.row()].title:
            self.renamed.emit(index.row(), str(value).strip())
        return False

    def pixmap(self, row: Row, ratio: float) -> QPixmap | None:
        """The thumbnail, or None while it is being made."""
        held = self._pixmaps.get(row.picture)
        if held is None:
            pixels = self._bridge.thumbnail(*row.picture, round(THUMB.height() * ratio))
            held = None if pixels is None else self._keep(row.picture, pixels)
        return held

    @Slot(str, int, object)
    def _take(self, clip_id: str, frame: int, pixels: Bgrx) -> None:
        for i, row in enumerate(self.rows):
            if row.picture == (clip_id, frame):
                self._keep(row.picture, pixels)
                self.dataChanged.emit(self.index(i), self.index(i))

    @Slot()
    def _forget(self) -> None:
        self._pixmaps.clear()
        if self.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.rows) - 1))

    def _keep(self, key: tuple[str, FrameNo], pixels: Bgrx) -> QPixmap:
        height, width = pixels.shape[:2]
        image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32)
        if len(self._pixmaps) >= _KEEP:
            self._pixmaps.pop(next(iter(self._pixmaps)))
        self._pixmaps[key] = QPixmap.fromImage(image)
        return self._pixmaps[key]


class RowDelegate(QStyledItemDelegate):
    """Paints a row; edits its title where the model allows."""

    def __init__(self, model: RowModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: N802 - Qt's name
        small = QFont(option.font)
        small.setPixelSize(px(T.small_size))
        lines = len(self._model.rows[index.row()].lines)
        words = option.fontMetrics.height() + 1 + (lines + 1) * (QFontMetrics(small).height() + 1)
        return QSize(120, max(THUMB.height(), words) + 2 * T.space[1] + 2)

    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: AnyIndex,  # noqa: ARG002 - Qt's signature
    ) -> None:
        left = option.rect.left() + THUMB.width() + 2 * T.space[1]
        height = editor.sizeHint().height()
        editor.setGeometry(left, option.rect.top() + T.space[0], option.rect.right() - left, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row = self._model.rows[index.row()]
        box = option.rect.adjusted(1, 1, -1, -1)
        painter.save()
        self._paint_ground(painter, box, option)
        inner = box.adjusted(T.space[1], T.space[1], -T.space[1], -T.space[1])
        self._paint_picture(painter, QRect(inner.topLeft(), THUMB), row)
        self._paint_words(painter, inner.adjusted(THUMB.width() + T.space[1] + 2, 0, 0, 0), row, option)
        painter.restore()

    def _paint_ground(self, painter: QPainter, box: QRect, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if not chosen and not under:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour("raised" if chosen else "hover"))
        painter.setPen(QPen(colour("accent" if chosen else "hover"), 1))
        painter.drawRoundedRect(box, T.radius, T.radius)

    def _paint_picture(self, painter: QPainter, box: QRect, row: Row) -> None:
        painter.fillRect(box, colour("field"))
        pixmap = self._model.pixmap(row, painter.device().devicePixelRatio())
        if pixmap is not None and not pixmap.isNull():
            fitted = pixmap.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(box.topLeft(), fitted)
            target.moveCenter(box.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(target, pixmap)

    def _paint_words(self, painter: QPainter, box: QRect, row: Row, option: QStyleOptionViewItem) -> None:
        font = option.font
        font.setBold(True)
        top = self._paint_line(painter, box, box.top(), row.title, font, "bright")
        font.setBold(False)
        font.setPixelSize(px(T.small_size))
        for line in row.lines:
            top = self._paint_line(painter, box, top, line, monospaced(T.small_size) if row.figures else font, "muted")
        painter.setFont(font)
        height = QFontMetrics(font).height()
        paint_state(painter, QRect(box.left(), box.bottom() - height + 1, box.width(), height), row.state)

    def _paint_line(self, painter: QPainter, box: QRect, top: int, text: str, font: QFont, token: str) -> int:
        """Draw one line at `top`; answers where the next begins."""
        painter.setFont(font)
        painter.setPen(colour(token))
        metrics = painter.fontMetrics()
        where = QRect(box.left(), top, box.width(), metrics.height())
        # The end of a file name tells takes apart, so the middle goes.
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, where.width())
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft, cut)
        return top + metrics.height() + 1


class RowList(QListView):
    """The view: one column, keyboard-driven, with an own menu per row."""

    chosen = Signal(int)
    """The user went to a row, or clicked the one they are on."""

    def __init__(self, bridge: RenderBridge, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._following = False
        self.rows = RowModel(bridge, self)
        self.setModel(self.rows)
        self.setItemDelegate(RowDelegate(self.rows, self))
        self.setAccessibleName(name)
        self.setToolTip(f"{name}\n{tip}")
        self.setMouseTracking(True)
        self.setStyleSheet(
            f"QListView {{ background: {T.panel}; border-color: {T.panel}; padding: 0; }}"
            f"QListView:focus {{ border-color: {T.accent}; }}"
        )
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.clicked.connect(self._click)

    def follow(self, row: int) -> None:
        """Select `row` because the playhead or the project went there, not the user."""
        if 0 <= row < len(self.rows.rows) and row != self.currentIndex().row():
            self._following = True
            self.setCurrentIndex(self.rows.index(row))
            self._following = False

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802 - Qt's name
        super().currentChanged(current, previous)
        if current.isValid() and not self._following:
            self.chosen.emit(current.row())

    @Slot(QModelIndex)
    def _click(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())
