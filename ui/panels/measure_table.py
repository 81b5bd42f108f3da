"""The measures: which are wanted, what they came to, and on which frame each is worst."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.measure_job import Summary
from engines.metrics.measures import MEASURES, USUAL
from engines.types import FrameNo

_NAME, _MEAN, _WORST, _FRAME = range(4)
_ROW = 24
_KEY = Qt.ItemDataRole.UserRole


class MeasureTable(QTreeWidget):
    """Ticked rows are measured; the row that is chosen is drawn; its frame is gone to by Enter or a double click."""

    drawn_changed = Signal()
    wanted_changed = Signal()
    frame_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderLabels([self.tr("Measure"), self.tr("Mean"), self.tr("Worst"), self.tr("Frame")])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName(self.tr("Measures"))
        self.setToolTip(
            self.tr("Measures\nTick what is to be measured; the chosen row is drawn. Enter goes to its worst frame.")
        )
        header = self.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self.setIndentation(0)
        about = self._about()
        for key, measure in MEASURES.items():
            item = QTreeWidgetItem(self, [measure.title])
            item.setData(_NAME, _KEY, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_NAME, Qt.CheckState.Checked if key in USUAL[:2] else Qt.CheckState.Unchecked)
            item.setToolTip(_NAME, f"{measure.title}\n{about[key]}")
            item.setSizeHint(_NAME, QSize(0, _ROW))
            for column in (_MEAN, _WORST, _FRAME):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setCurrentItem(self.item_of(USUAL[0]))
        self.currentItemChanged.connect(self._on_current)
        self.itemChanged.connect(self._on_item)
        self.itemActivated.connect(self._go)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Keys of the ticked measures."""
        return tuple(key for key, item in self._items().items() if item.checkState(_NAME) == Qt.CheckState.Checked)

    @property
    def drawn(self) -> str:
        """Key of the chosen row."""
        item = self.currentItem()
        return str(item.data(_NAME, _KEY)) if item is not None else next(iter(MEASURES))

    def item_of(self, key: str) -> QTreeWidgetItem:
        return self._items()[key]

    def show_summary(self, summary: Summary | None) -> None:
        """None empties the figures."""
        for key, item in self._items().items():
            measure = MEASURES[key]
            mean, worst, at = "", "", ""
            own: float | None = None
            if summary is not None and key in summary.mean.values:
                mean = measure.text(summary.mean.values[key])
                own = summary.mean.own.get(key)
                if key in summary.worst:
                    frame, value = summary.worst[key]
                    worst, at = measure.text(value), str(frame)
            for column, text in ((_MEAN, mean), (_WORST, worst), (_FRAME, at)):
                item.setText(column, text)
            beside = (
                "" if own is None else self.tr("The reference's own mean: {figure}.").format(figure=measure.text(own))
            )
            item.setToolTip(_MEAN, beside)
            item.setToolTip(_FRAME, self.tr("Go to this frame: double click, or Enter.") if at else "")

    def name_perceptual(self, name: str) -> None:
        """The measure names itself: LPIPS with its backbone, or a stand-in that is not LPIPS."""
        self.item_of("perceptual").setToolTip(_NAME, f"{name}\n{self._about()['perceptual']}")

    def _items(self) -> Mapping[str, QTreeWidgetItem]:
        found = {}
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            assert item is not None
            found[str(item.data(_NAME, _KEY))] = item
        return found

    @Slot()
    def _on_current(self) -> None:
        self.drawn_changed.emit()

    @Slot(QTreeWidgetItem, int)
    def _on_item(self, _item: QTreeWidgetItem, column: int) -> None:
        if column == _NAME:
            self.wanted_changed.emit()

    @Slot(QTreeWidgetItem, int)
    def _go(self, item: QTreeWidgetItem, _column: int) -> None:
        frame: FrameNo | None = int(item.text(_FRAME)) if item.text(_FRAME) else None
        if frame is not None:
            self.frame_wanted.emit(frame)

    def _about(self) -> Mapping[str, str]:
        return {
            "psnr_y": self.tr("Peak signal-to-noise ratio; more is nearer to the reference, ∞ is equal."),
            "ssim_y": self.tr("Structural similarity; 1 is equal."),
            "perceptual": self.tr("How different a network trained on photographs finds them; 0 is equal. Slow."),
            "warping_error": self.tr("How much the picture flickers along the reference's motion; less is steadier."),
            "blockiness": self.tr("Steps across 8 x 8 block borders, in times of other steps; 1 is without blocks."),
            "overshoot": self.tr("Halos beside edges, in per cent of the edge's height, beyond the reference."),
            "chroma_error": self.tr("How far colours are off beside edges of colour, in 8-bit codes."),
            "high_band": self.tr("Fine detail, in times of the reference's: below 1 softer, above 1 more or invented."),
            "patches": self.tr("How different small patches are as a whole (sliced Wasserstein distance); 0 is equal."),
        }
