"""The legend of the marks over the picture: which hatch stands for which origin of pixels."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.view_state import ViewState
from engines.overlay import swatch
from engines.provenance import Origin
from ui.theme import T

_WIDE, _HIGH = 22, 14


class ProvenanceLegend(QWidget):
    """Seen where marks are: over the restored picture, or in the comparison Provenance."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setAccessibleName(self.tr("Legend of the provenance marks"))
        row = QHBoxLayout(self)
        row.setContentsMargins(T.space[2], 2, T.space[2], 2)
        row.setSpacing(T.space[1])
        self.source = self._words(self.tr("plain: the source"), self.tr("Samples of the source, bit for bit."))
        row.addWidget(self.source)
        entries = {
            Origin.ADJUSTED: (self.tr("adjusted"), self.tr("Computed from the source pixel; no detail is added.")),
            Origin.TRANSPORTED: (self.tr("transported"), self.tr("Real content moved here from another frame.")),
            Origin.ESTIMATED: (self.tr("estimated"), self.tr("The faithful estimate of a network.")),
            Origin.SYNTHESISED: (self.tr("synthesised"), self.tr("Detail that the source does not determine.")),
        }
        named = {origin.name: words for origin, words in entries.items()}
        named["unrepaired"] = (self.tr("not repaired"), self.tr("Known damage that was left as it is."))
        for kind, (word, tip) in named.items():
            pixels = swatch(kind, _WIDE, _HIGH)
            sign = QLabel()
            sign.setPixmap(
                QPixmap.fromImage(QImage(pixels.tobytes(), _WIDE, _HIGH, 3 * _WIDE, QImage.Format.Format_RGB888))
            )
            sign.setToolTip(f"{word}\n{tip}")
            row.addSpacing(T.space[1])
            row.addWidget(sign)
            row.addWidget(self._words(word, tip))
        row.addStretch(1)
        state.changed.connect(self._on_state)
        self._on_state("overlay")

    def _words(self, word: str, tip: str) -> QLabel:
        label = QLabel(word)
        label.setStyleSheet(f"color: {T.muted}; font-size: {T.small_size}px;")
        label.setToolTip(f"{word}\n{tip}")
        return label

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name not in ("overlay", "compare", "holding_source"):
            return
        state = self._state
        marks = state.compare == "provenance" or (state.overlay and state.compare != "source")
        self.setVisible(marks and not state.holding_source)
        grey = state.compare == "provenance"
        self.source.setText(self.tr("grey: the source") if grey else self.tr("plain: the source"))
