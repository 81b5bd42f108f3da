"""The rows of the list of regions: a picture, where it is, what it is, how large and how sure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap

from app.region_scan import THUMB, Listed
from app.regions_desk import unpacked
from engines.overlay import swatch
from engines.regions import Kind
from engines.types import FrameNo
from ui.i18n import tr

AnyIndex = QModelIndex | QPersistentModelIndex
PICTURE, WHERE, WHAT = range(3)
_KEPT = 300
_SWATCH = QSize(18, 14)


class RegionRows(QAbstractTableModel):
    """Pictures are unpacked when their row is painted for the first time."""

    def __init__(self, at: Callable[[FrameNo], str], parent: QObject | None = None) -> None:
        """at: a frame's timecode."""
        super().__init__(parent)
        self.rows: tuple[Listed, ...] = ()
        self._at = at
        self._pixmaps: OrderedDict[Listed, QPixmap] = OrderedDict()

    def set_rows(self, rows: tuple[Listed, ...]) -> bool:
        """Whether they are others than before."""
        if rows is self.rows:
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        return 0 if parent.isValid() else WHAT + 1

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return ("", self.tr("Frame"), self.tr("What it is"))[section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column == PICTURE:
            return self._pixmap(row)
        if role == Qt.ItemDataRole.DecorationRole and column == WHAT:
            return kind_icon(row.region.kind)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._spoken(row)
        return None

    def _text(self, row: Listed, column: int) -> str:
        region = row.region
        if column == WHERE:
            return f"{row.frame}\n{self._at(row.frame)}"
        if column == WHAT:
            return f"{kind_word(region.kind)}\n{self._measures(row)}"
        return ""

    def _measures(self, row: Listed) -> str:
        region = row.region
        if region.kind == "unrepaired":
            return self.tr("{0} px").format(region.area)
        return self.tr("{0} px, {1} % sure").format(region.area, round(region.confidence * 100))

    def _spoken(self, row: Listed) -> str:
        box = row.shown
        place = self.tr("Frame {frame}, {what}, at {x}, {y}, {width} x {height} source pixels").format(
            frame=row.frame, what=kind_word(row.region.kind), x=box.x, y=box.y, width=box.width, height=box.height
        )
        return f"{place}, {self._measures(row)}"

    def _pixmap(self, row: Listed) -> QPixmap:
        held = self._pixmaps.pop(row, None)
        if held is None:
            pixels = unpacked(row.picture)
            height, width = pixels.shape[:2]
            image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32)
            held = QPixmap.fromImage(image) if width else QPixmap(*THUMB)
        self._pixmaps[row] = held
        while len(self._pixmaps) > _KEPT:
            self._pixmaps.popitem(last=False)
        return held


def kind_word(kind: Kind) -> str:
    return {
        "SYNTHESISED": tr("RegionRows", "Synthesised"),
        "ESTIMATED": tr("RegionRows", "Estimated"),
        "TRANSPORTED": tr("RegionRows", "Transported"),
        "unrepaired": tr("RegionRows", "Not repaired"),
    }[kind]


_icons: dict[Kind, QIcon] = {}


def kind_icon(kind: Kind) -> QIcon:
    """The hatch and outline of the marks over the picture."""
    if kind not in _icons:
        pixels = swatch(kind, _SWATCH.width(), _SWATCH.height())
        image = QImage(pixels.tobytes(), *_SWATCH.toTuple(), 3 * _SWATCH.width(), QImage.Format.Format_RGB888)
        _icons[kind] = QIcon(QPixmap.fromImage(image))
    return _icons[kind]
