"""Waveform, parade, vectorscope and histogram of one picture."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtWidgets import QWidget

from engines.scopes import LEVELS, Counts, ScopeData, as_image, histogram_percent, in_percent
from ui.panels.plot import Plot, line

KINDS = ("waveform", "parade", "vectorscope", "histogram")
_PERCENT = ((0, "0 %"), (25, "25"), (50, "50"), (75, "75"), (100, "100 %"))
_LOW, _HIGH = -10.0, 112.0
_CHROMA = ((-100, "-100 %"), (0, "0"), (100, "100 %"))
_CHROMA_SPAN, _NEUTRAL = 112.0, 128.0
"""8-bit codes from neutral to the end of the nominal range."""
_CHANNELS = (
    ("failed", Qt.PenStyle.SolidLine),
    ("ready", Qt.PenStyle.DashLine),
    ("accent", Qt.PenStyle.DotLine),
)
"""Red, green and blue lie over each other: each has its own stroke."""


class ScopeView(Plot):
    """One scope; `show_data` with None empties it."""

    def show_data(self, data: ScopeData | None) -> None:
        raise NotImplementedError


class _Picture(ScopeView):
    """Counts as brightness."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.box.addItem(self.image)

    def _paint(self, counts: Counts | None, place: QRectF) -> None:
        if counts is None:
            self.image.clear()
        else:
            self.image.setImage(as_image(counts), autoLevels=False, levels=(0, 255))
            self.image.setRect(place)


class Levels(_Picture):
    """Waveform or parade: levels upwards, the picture's columns across."""

    def __init__(self, kind: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._kind = kind
        across = ((1 / 6, "R"), (0.5, "G"), (5 / 6, "B")) if kind == "parade" else ((0, ""), (1, ""))
        self.set_ticks(_PERCENT, across)
        self.show_range(QRectF(0, _LOW, 1, _HIGH - _LOW))

    def show_data(self, data: ScopeData | None) -> None:
        if data is None:
            self._paint(None, QRectF())
            return
        bottom, top = in_percent(data, -0.5), in_percent(data, LEVELS - 0.5)
        self._paint(data.parade if self._kind == "parade" else data.waveform, QRectF(0, bottom, 1, top - bottom))


class Vectorscope(_Picture):
    """Colour around neutral: blue to the right, red upwards."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.box.setAspectLocked(True)
        self.set_ticks(_CHROMA, ((-100, "Cb -100 %"), (0, "0"), (100, "100 %")))
        reach = LEVELS / 2 / _CHROMA_SPAN * 100
        self._place = QRectF(-reach, -reach, 2 * reach, 2 * reach)
        self.show_range(self._place)
        for x, y in (((-reach, reach), (0, 0)), ((0, 0), (-reach, reach))):
            cross = line("hairline", width=1)
            cross.setData(x, y)
            self.box.addItem(cross)

    def show_data(self, data: ScopeData | None) -> None:
        self._paint(None if data is None else data.vectorscope, self._place)


class Histogram(ScopeView):
    """How often each level occurs."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.set_ticks(bottom=_PERCENT)
        self.lines = [line(token, style) for token, style in _CHANNELS]
        for drawn in self.lines:
            self.box.addItem(drawn)

    def show_data(self, data: ScopeData | None) -> None:
        levels, channels = histogram_percent(data) if data is not None else ([], [])
        for index, drawn in enumerate(self.lines):
            drawn.setData(levels if index < len(channels) else [], channels[index] if index < len(channels) else [])
        most = max((max(channel) for channel in channels), default=1.0)
        self.show_range(QRectF(_LOW, 0, _HIGH - _LOW, most * 1.05))
        self.set_ticks([(0, "0 %"), (most, f"{most:.2g} %")])


def scope_view(kind: str, whose: str) -> ScopeView:
    """whose: "source" or "restored", for those who hear the window read."""
    name = _tr("{kind} of the {whose} picture").format(kind=kind.capitalize(), whose=whose)
    if kind == "vectorscope":
        return Vectorscope(name)
    return Histogram(name) if kind == "histogram" else Levels(kind, name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ScopeView", text)
