"""The line under the picture: what is stored and what was made at one pixel, and where that came from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from app.pictures import Probe
from ui.icons import icon
from ui.theme import T, monospaced

_SHAPES = {"SOURCE": "○", "ADJUSTED": "◔", "TRANSPORTED": "◑", "ESTIMATED": "◕", "SYNTHESISED": "●"}
"""How far from the scan a pixel is: the shape fills."""


class ProbeBar(QWidget):
    """Values in the units of the file; while masks are worked on, how far that is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setFont(monospaced(T.small_size))
        self._text.setStyleSheet(f"color: {T.muted}; font-size: {T.small_size}px;")
        self._text.setAccessibleName(self.tr("Pixel probe"))
        self._text.setToolTip(
            self.tr("Pixel probe\nCode values as stored, where the restored pixel comes from, and its stage.")
        )
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.buttons = {
            "pin_a": self._button("A", "pick", self.tr("Pin colour A"), self.tr("Click a place: its colour is read.")),
            "pin_b": self._button("B", "pick", self.tr("Pin colour B"), self.tr("Click a second place to compare.")),
            "measuring": self._button(
                "ΔE", "", self.tr("Measure change of frame"), self.tr("How different the restored frame looks.")
            ),
        }
        self._work = QLabel()
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setAccessibleName(self.tr("Stop the work on masks"))
        self.stop.setToolTip(self.tr("Stop\nThe masks stay as they are."))
        row = QHBoxLayout(self)
        row.setContentsMargins(T.space[2], 0, T.space[2], 0)
        row.setSpacing(T.space[1])
        row.addWidget(self._text, 1)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(self._work)
        row.addWidget(self.stop)
        self.setFixedHeight(T.space[4])
        self.show_work("", 0, 0)
        self.clear()

    def _button(self, text: str, drawing: str, title: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flatToggle")
        button.setText(text)
        if drawing:
            button.setIcon(icon(drawing))
            button.setIconSize(QSize(T.space[3], T.space[3]))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(title)
        button.setToolTip(f"{title}\n{tip}")
        return button

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(QFontMetrics(self._text.font()).averageCharWidth() * 60, T.space[4])

    @Slot()
    def clear(self) -> None:
        self._text.setText(self.tr("Point at the picture to read a pixel"))

    def show_place(self, frame: int, x: int, y: int) -> None:
        """Until the answer is there."""
        self._text.setText(_place(frame, x, y))

    @Slot(object)
    def show_probe(self, probe: Probe) -> None:
        parts = [_place(probe.frame, probe.x, probe.y)]
        codes = f"{' '.join(probe.names)}  {_codes(probe.source)}"
        if probe.restored is None:
            parts += [codes, self.tr("restored: not rendered yet")]
        else:
            # Where the pixel comes from stands first: what does not fit is cut at the end.
            parts += [self._descent(probe), f"{codes}  → {_codes(probe.restored)}"]
        self._text.setText("   ".join(parts))
        self._text.setToolTip("\n".join((self.tr("Pixel probe"), *parts)))

    def _descent(self, probe: Probe) -> str:
        """Label, how sure, from which frame and by which stage."""
        parts = [f"{_SHAPES.get(probe.origin, '')} {probe.origin}"]
        if probe.confidence < 1:
            parts.append(self.tr("{0} % sure").format(f"{probe.confidence * 100:.0f}"))
        if probe.donor:
            parts.append(self.tr("from frame {0}").format(probe.frame + probe.donor))
        if probe.stage:
            parts.append(self.tr("by {0}").format(probe.stage))
        return "  ".join(parts)

    @Slot(str, int, int)
    def show_work(self, name: str, done: int, total: int) -> None:
        """total 0: it ended."""
        for widget in (self._work, self.stop):
            widget.setVisible(total > 0)
        self._work.setText(self.tr("{0}  {1}/{2}").format(name, done, total))
        self._work.setAlignment(Qt.AlignmentFlag.AlignVCenter)


def _place(frame: int, x: int, y: int) -> str:
    return f"f {frame}  x {x} px  y {y} px"


def _codes(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:g}" if value == int(value) else f"{value:.4f}" for value in values)
