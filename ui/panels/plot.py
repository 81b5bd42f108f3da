"""A plot that is only looked at: two axes in percent or frames, no mouse, no menu."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from ui.theme import T, colour, px

pg.setConfigOptions(useOpenGL=False, antialias=True)

Ticks = Sequence[tuple[float, str]]


class Plot(pg.GraphicsView):  # type: ignore[misc]
    """Built from a view box and two axes: a whole PlotItem would bring menus that stay as windows of their own."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=colour("field"))
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(pg.GraphicsView.Shape.NoFrame)
        whole = pg.GraphicsLayout()
        whole.setContentsMargins(T.space[0], T.space[1], T.space[1], 0)
        whole.setSpacing(0)
        self.setCentralItem(whole)
        self.left, self.bottom = self._axis("left"), self._axis("bottom")
        self.box = whole.addViewBox(row=0, col=1, enableMenu=False, enableMouse=False, defaultPadding=0)
        whole.addItem(self.left, row=0, col=0)
        whole.addItem(self.bottom, row=1, col=1)
        self.left.linkToView(self.box)
        self.bottom.linkToView(self.box)

    def _axis(self, side: str) -> pg.AxisItem:
        axis = pg.AxisItem(side, pen=colour("hairline"), textPen=colour("muted"), maxTickLength=-3)
        font = QFont(self.font())
        font.setPixelSize(px(T.small_size - 1))
        axis.setStyle(tickFont=font, autoExpandTextSpace=False, tickTextOffset=2)
        if side == "left":
            axis.setWidth(px(36))
        else:
            axis.setHeight(px(18))
        axis.enableAutoSIPrefix(False)
        return axis

    def set_ticks(self, left: Ticks | None = None, bottom: Ticks | None = None) -> None:
        """Name the places of an axis; None leaves it to count by itself."""
        for axis, ticks in ((self.left, left), (self.bottom, bottom)):
            if ticks is not None:
                axis.setTicks([list(ticks)])

    def show_range(self, area: QRectF) -> None:
        """What the axes span, in their units."""
        self.box.setRange(area, padding=0, disableAutoRange=True)


def line(token: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine, width: float = 1.2) -> pg.PlotDataItem:
    """A line in a token's colour."""
    return pg.PlotDataItem(pen=pg.mkPen(colour(token), width=width, style=style), connect="finite")
