"""Waveform, parade, vectorscope and histogram of one picture, or of the restored one over its source."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.colour.scale import SCALES, Scale
from engines.colour.targets import Targets
from engines.scopes import LEVELS, Counts, ScopeData, as_image, as_pair, histogram_percent, in_percent
from ui.panels.plot import Plot, Ticks, line
from ui.theme import T, colour, px

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
_CLOSE = (0.1, 203.0, 4000.0)
"""cd/m2 whose numbers would touch their neighbours'."""
_ROOMY = 180
"""Pixels of an axis that has room for all of them."""
_BOX = 5.0
"""Half the side of a target, in percent of the range of chroma."""


class ScopeView(Plot):
    """One scope; `show_data` with None empties it. before: of the source, drawn faintly under it."""

    def show_data(self, data: ScopeData | None, before: ScopeData | None = None) -> None:
        raise NotImplementedError


class _Picture(ScopeView):
    """Counts as brightness."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.box.addItem(self.image)

    def _paint(self, counts: Counts | None, before: Counts | None, place: QRectF) -> None:
        if counts is None:
            self.image.clear()
        else:
            shown = as_image(counts) if before is None else as_pair(before, counts)
            self.image.setImage(shown, autoLevels=False, levels=(0, 255))
            self.image.setRect(place)


class _Lines:
    """Lines at the levels that count: nominal black and white, or those of light in HDR."""

    def __init__(self, plot: Plot, angle: int) -> None:
        self._plot, self._angle = plot, angle
        self._drawn: list[pg.InfiniteLine] = []

    def show(self, scale: Scale) -> None:
        levels = scale.lines if scale.unit != "IRE" else (0.0, 100.0)
        while len(self._drawn) < len(levels):
            drawn = pg.InfiniteLine(angle=self._angle, pen=pg.mkPen(colour("outline", 0.6), width=1))
            drawn.setZValue(-1 if self._angle == 90 else 1)
            self._drawn.append(drawn)
            self._plot.box.addItem(drawn)
        for place, drawn in enumerate(self._drawn):
            drawn.setVisible(place < len(levels))
            if place < len(levels):
                drawn.setPos(scale.coded(levels[place]) * 100.0)


def _ticks(scale: Scale, room: float) -> Ticks:
    """Levels in their unit, at the percentage of the signal where they lie; where `room` is short, not all."""
    if scale.unit == "IRE":
        return _PERCENT
    levels = [level for level in scale.lines if room >= px(_ROOMY) or level not in _CLOSE]
    return [(scale.coded(level) * 100.0, f"{level:g}") for level in levels]


class Levels(_Picture):
    """Waveform or parade: levels upwards, the picture's columns across."""

    def __init__(self, kind: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._kind = kind
        self._across = ((1 / 6, "R"), (0.5, "G"), (5 / 6, "B")) if kind == "parade" else ((0, ""), (1, ""))
        self._lines = _Lines(self, 0)
        self._scale = SCALES["percent"]
        self._show_scale()
        self.show_range(QRectF(0, _LOW, 1, _HIGH - _LOW))

    def show_data(self, data: ScopeData | None, before: ScopeData | None = None) -> None:
        if data is None:
            self._paint(None, None, QRectF())
            return
        self._scale = data.scale
        self._show_scale()
        bottom, top = in_percent(data, -0.5), in_percent(data, LEVELS - 0.5)
        name = "parade" if self._kind == "parade" else "waveform"
        under = None if before is None else getattr(before, name)
        self._paint(getattr(data, name), under, QRectF(0, bottom, 1, top - bottom))

    def _show_scale(self) -> None:
        self.set_ticks(_ticks(self._scale, self.height()), self._across)
        self._lines.show(self._scale)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        # The base class shows itself before this one is made.
        if hasattr(self, "_scale"):
            self._show_scale()


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
        self.outline, self.inner = line("outline", width=1), line("accent", Qt.PenStyle.DashLine, width=1)
        self.boxes = line("muted", width=1)
        for drawn in (self.outline, self.inner, self.boxes):
            self.box.addItem(drawn)
        self.names: list[pg.TextItem] = []
        self._shown: Targets | None = None

    def show_data(self, data: ScopeData | None, before: ScopeData | None = None) -> None:
        self._show_targets(None if data is None else data.targets)
        under = None if before is None else before.vectorscope
        self._paint(None if data is None else data.vectorscope, under, self._place)

    def _show_targets(self, targets: Targets | None) -> None:
        if targets == self._shown:
            return
        self._shown = targets
        for drawn, points in (
            (self.outline, targets.outline if targets else ()),
            (self.inner, targets.inner if targets else ()),
        ):
            drawn.setData([x for x, _ in points], [y for _, y in points])
        across: list[float] = []
        up: list[float] = []
        for _, (x, y) in targets.boxes if targets else ():
            # A square each; the gap keeps them apart.
            across += [x - _BOX, x + _BOX, x + _BOX, x - _BOX, x - _BOX, float("nan")]
            up += [y - _BOX, y - _BOX, y + _BOX, y + _BOX, y - _BOX, float("nan")]
        self.boxes.setData(across, up)
        self._name_boxes(targets)

    def _name_boxes(self, targets: Targets | None) -> None:
        boxes = targets.boxes if targets else ()
        while len(self.names) < len(boxes):
            text = pg.TextItem(color=colour("muted"), anchor=(0.5, 0.5))
            font = text.textItem.font()
            font.setPixelSize(px(T.small_size - 1))
            text.setFont(font)
            self.names.append(text)
            self.box.addItem(text, ignoreBounds=True)
        for place, text in enumerate(self.names):
            text.setVisible(place < len(boxes))
            if place < len(boxes):
                name, (x, y) = boxes[place]
                text.setText(name)
                # Inside of the target, towards the middle.
                size = max((x * x + y * y) ** 0.5, 1.0)
                text.setPos(x - x / size * _BOX * 2.6, y - y / size * _BOX * 2.6)


class Histogram(ScopeView):
    """How often each level occurs."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.set_ticks(bottom=_PERCENT)
        self._lines = _Lines(self, 90)
        self.before = [line("muted", style, width=0.8) for _, style in _CHANNELS]
        self.lines = [line(token, style) for token, style in _CHANNELS]
        for drawn in (*self.before, *self.lines):
            self.box.addItem(drawn)

    def show_data(self, data: ScopeData | None, before: ScopeData | None = None) -> None:
        most = max(self._draw(self.before, before), self._draw(self.lines, data)) or 1.0
        scale = data.scale if data is not None else SCALES["percent"]
        self._lines.show(scale)
        self.show_range(QRectF(_LOW, 0, _HIGH - _LOW, most * 1.05))
        self.set_ticks([(0, "0 %"), (most, f"{most:.2g} %")], _ticks(scale, 0))

    def _draw(self, lines: list[pg.PlotDataItem], data: ScopeData | None) -> float:
        """The largest share drawn, 0 for nothing."""
        levels, channels = histogram_percent(data) if data is not None else ([], [])
        for index, drawn in enumerate(lines):
            drawn.setData(levels if index < len(channels) else [], channels[index] if index < len(channels) else [])
        return max((max(channel) for channel in channels), default=0.0)


def scope_view(kind: str, whose: str) -> ScopeView:
    """whose: "source" or "restored", for those who hear the window read."""
    name = _tr("{kind} of the {whose} picture").format(kind=kind.capitalize(), whose=whose)
    if kind == "vectorscope":
        return Vectorscope(name)
    return Histogram(name) if kind == "histogram" else Levels(kind, name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ScopeView", text)
