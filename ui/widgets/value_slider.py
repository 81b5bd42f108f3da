"""A labelled number: label left, value right and editable by typing with its unit, slider below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from ui.i18n import tr
from ui.theme import T, monospaced
from ui.widgets.track import Track

DOT = "\N{BULLET}"
FIELD_WIDTH = 76


class ValueSlider(QWidget):
    """One number within `low` to `high`.

    A change by the user is `started`, any number of `changed`, `finished`: one gesture, one undo step. Typing, keys
    and resetting send all three. `text_entered` sends what was typed where it is no number in range; the owner may
    answer with `refuse`. `set_value` sends nothing.
    """

    started = Signal()
    changed = Signal(float)
    finished = Signal()
    text_entered = Signal(str)

    def __init__(
        self,
        label: str,
        low: float,
        high: float,
        default: float,
        *,
        unit: str = "",
        decimals: int = 2,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._range, self._default, self._unit, self._decimals = (low, high), default, unit, decimals
        self._title = label
        self._value = default
        self.label, self.field, self.error = QLabel(label), QLineEdit(), QLabel()
        self.track = Track(max(1, round((high - low) * 10**decimals)) if decimals < 4 else 1000)
        self._lay_out()
        self._name(tip)
        self._connect()
        self._show()

    @property
    def value(self) -> float:
        return self._value

    @property
    def is_default(self) -> bool:
        return self._text(self._value) == self._text(self._default)

    def set_value(self, value: float) -> None:
        """Shows `value`, clamped; silent."""
        self._value = min(max(value, self._range[0]), self._range[1])
        self._show()

    def refuse(self, sentence: str) -> None:
        """Says beside the field why what was typed was not taken; the value stays."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(T.space[1])
        grid.setVerticalSpacing(2)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(self.track, 1, 0, 1, 2)
        grid.addWidget(self.error, 2, 0, 1, 2)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.field.setFixedWidth(FIELD_WIDTH)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFont(monospaced(T.small_size))
        self.error.setWordWrap(True)
        self.error.setObjectName("refusal")
        self.error.hide()

    def _name(self, tip: str) -> None:
        reset = tr("ValueSlider", "Double-click the name to reset.")
        for part in (self.label, self.field, self.track):
            part.setAccessibleName(self._title)
            part.setToolTip("\n".join(line for line in (self._title, tip, reset) if line))

    def _connect(self) -> None:
        self.track.sliderPressed.connect(self.started)
        self.track.sliderReleased.connect(self.finished)
        self.track.valueChanged.connect(self._on_track)
        self.field.editingFinished.connect(self._on_typed)
        self.label.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        left = isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton
        if watched is self.label and left and event.type() == QEvent.Type.MouseButtonDblClick and self.isEnabled():
            self._take(self._default)
            return True
        return super().eventFilter(watched, event)

    @Slot(int)
    def _on_track(self, step: int) -> None:
        low, high = self._range
        value = round(low + (high - low) * step / self.track.maximum(), self._decimals)
        if self.track.isSliderDown():
            self._value = value
            self._show()
            self.changed.emit(value)
        else:
            self._take(value)

    @Slot()
    def _on_typed(self) -> None:
        typed = self.field.text().strip()
        number = typed.removesuffix(self._unit).strip().replace(",", ".") if self._unit else typed.replace(",", ".")
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if typed == self._text(self._value):
            self.refuse("")
        elif self._range[0] <= value <= self._range[1]:
            self._take(value)
        else:
            self._say_range()
            self.text_entered.emit(typed)

    def _say_range(self) -> None:
        low, high = self._text(self._range[0]), self._text(self._range[1])
        self._show()
        self.refuse(tr("ValueSlider", "Type a number from {0} to {1}.").format(low, high))

    def _take(self, value: float) -> None:
        """A whole gesture at once."""
        self.started.emit()
        self._value = round(value, self._decimals)
        self._show()
        self.changed.emit(self._value)
        self.finished.emit()

    def _show(self) -> None:
        low, high = self._range
        share = (self._value - low) / (high - low) if high > low else 0.0
        self.track.blockSignals(True)
        self.track.setValue(round(share * self.track.maximum()))
        self.track.blockSignals(False)
        self.field.setText(self._text(self._value))
        self.label.setText(self._title if self.is_default else f"{self._title} {DOT}")
        self.refuse("")

    def _text(self, value: float) -> str:
        number = f"{value:.{self._decimals}f}"
        return f"{number} {self._unit}" if self._unit else number
