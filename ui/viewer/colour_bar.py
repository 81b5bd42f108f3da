"""Below the picture: the colours at the pins, how different they look, and how much the frame was changed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.colour_probe import ColourProbe
from app.pins import FrameChange, Pinned, PinsApart
from app.view_state import PINS, ViewState
from engines.colour.readout import SQUARE, Reading
from ui.icons import icon
from ui.theme import T, monospaced
from ui.viewer.tools.pin import pin_letter

_BETWEEN, _FRAME = "between", "frame"


class ColourBar(QWidget):
    """A line for each pin that is set, for both together, and for the frame while that is measured; else nothing."""

    def __init__(self, probe: ColourProbe, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._probe, self._state = probe, state
        self.lines = {
            **{name: _Line(self.tr("Pin {0}").format(pin_letter(name))) for name in PINS},
            _BETWEEN: _Line(self.tr("Difference of pins A and B")),
            _FRAME: _Line(self.tr("Change of the frame")),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(T.space[2], 0, T.space[1], 0)
        column.setSpacing(0)
        for name, line in self.lines.items():
            column.addWidget(line)
            line.close_button.clicked.connect(lambda _=False, name=name: self._close(name))
            line.close_button.setToolTip(self.tr("Close\nTakes this reading away."))
        self.lines[_BETWEEN].close_button.hide()
        probe.changed.connect(self.refresh)
        state.changed.connect(self._on_state)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is known now."""
        pins = [self._probe.pinned(name) for name in PINS]
        for name, pinned in zip(PINS, pins, strict=True):
            place = getattr(self._state, name)
            self.lines[name].setVisible(place is not None)
            if place is not None:
                waiting = self.tr("reading frame {0}…").format(place.frame)
                self.lines[name].show_text(pin_letter(name), self._pin(pinned) if pinned is not None else waiting)
        between = self._probe.between
        self.lines[_BETWEEN].setVisible(between is not None)
        if between is not None:
            self.lines[_BETWEEN].show_text("A–B", self._between(between))
        self.lines[_FRAME].setVisible(self._state.measuring)
        self.lines[_FRAME].show_text(self.tr("Frame"), self._frame(self._probe.change))
        self.setVisible(any(not line.isHidden() for line in self.lines.values()))

    def _pin(self, pinned: Pinned) -> str:
        """The difference first: a narrow window cuts the end."""
        after, change = pinned.restored, pinned.change
        known = self.tr("not rendered yet") if change is None else f"{change:.2f}"
        parts = [self.tr("ΔE2000 {0}").format(known), _light(pinned.source, after)]
        parts.append(_arrow(" ".join(pinned.names), _codes(pinned.source), _codes(after) if after else ""))
        return "   ".join((*parts, f"f {pinned.pin.frame}  x {pinned.pin.x} px  y {pinned.pin.y} px"))

    def _between(self, found: PinsApart) -> str:
        text = self.tr("ΔE2000 source {0:.2f}").format(found.source)
        if found.restored is not None:
            text += self.tr(" → restored {0:.2f}").format(found.restored)
        frames = self._probe.apart if self._state.measuring else None
        if frames is not None and frames.source is not None:
            numbers = tuple(pin.frame for pin in frames.pins)
            text += "   " + self.tr("whole frames {0} and {1}: source mean {2:.2f}").format(*numbers, frames.source)
            if frames.restored is not None:
                text += self.tr(" → restored {0:.2f}").format(frames.restored)
        return text

    def _frame(self, change: FrameChange | None) -> str:
        if change is None or change.mean is None or change.largest is None:
            return self.tr("ΔE2000 source to restored: measuring…")
        return self.tr("ΔE2000 source to restored: mean {0:.2f}, largest {1:.2f}").format(change.mean, change.largest)

    def _close(self, name: str) -> None:
        self._state.set("measuring" if name == _FRAME else name, False if name == _FRAME else None)

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name in (*PINS, "measuring"):
            self.refresh()


class _Line(QWidget):
    """A letter, a text that is cut where there is no room, and a button that takes the line away."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._full = ""
        self.head, self.text, self.close_button = QLabel(), QLabel(), QToolButton()
        self.head.setObjectName("readingHead")
        self.text.setObjectName("reading")
        for label in (self.head, self.text):
            label.setFont(monospaced(T.small_size))
        self.text.setAccessibleName(name)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.close_button.setObjectName("flat")
        self.close_button.setIcon(icon("close"))
        self.close_button.setIconSize(QSize(T.space[2], T.space[2]))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.close_button.setAccessibleName(self.tr("Close {0}").format(name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(T.space[1])
        row.addWidget(self.head)
        row.addWidget(self.text, 1)
        row.addWidget(self.close_button)
        kept = self.close_button.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.close_button.setSizePolicy(kept)

    def show_text(self, head: str, text: str) -> None:
        self._full = text
        self.head.setText(head)
        self.text.setToolTip(
            f"{self.text.accessibleName()}\n{text}\n"
            + self.tr("Means of {0} × {0} source pixels; nominal: black 0 %, white 100 %.").format(SQUARE)
        )
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = self.text.fontMetrics()
        self.head.setFixedWidth(self.head.fontMetrics().horizontalAdvance(self.tr("Frame")) + T.space[0])
        self.text.setText(metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self.text.width()))


def _codes(reading: Reading) -> str:
    return " ".join(f"{value:.1f}" if value > 1.5 else f"{value:.4f}" for value in reading.codes)


def _light(before: Reading, after: Reading | None) -> str:
    """Nits where the frames carry absolute light, else percent of white."""
    shown = [reading for reading in (before, after) if reading is not None]
    texts = [_values(reading) for reading in shown]
    return _arrow("R G B", texts[0], texts[1] if len(texts) > 1 else "")


def _values(reading: Reading) -> str:
    if reading.nits is not None:
        return " ".join(_nits(value) for value in reading.nits) + " cd/m²"
    return " ".join(f"{100 * value:.1f}" for value in reading.rgb) + " %"


def _nits(value: float) -> str:
    return f"{value:.{0 if value >= 100 else 1 if value >= 1 else 3}f}"


def _arrow(names: str, before: str, after: str) -> str:
    return f"{names}  {before} → {after}" if after else f"{names}  {before}"
