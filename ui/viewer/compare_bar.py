"""The bar above the picture: how it is compared, with which tool it is touched, at what zoom and how true it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from app.actions import ACTIONS, Action
from app.pictures import Picture
from app.view_state import COMPARE_MODES, TOOLS, ViewState
from ui.i18n import tr
from ui.icons import icon
from ui.theme import T
from ui.viewer.transform import Transform
from ui.widgets.segmented_bar import SegmentedBar


class CompareBar(QWidget):
    """Shows and sets `compare` and `tool` of the view state."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        names = {
            "source": self.tr("Source"),
            "restored": self.tr("Restored"),
            "wipe": self.tr("Wipe"),
            "side": self.tr("Side"),
            "difference": self.tr("Difference"),
            "blink": self.tr("Blink"),
            "provenance": self.tr("Provenance"),
        }
        segments = [(mode, names[mode], _tip(ACTIONS[f"view.compare_{mode}"])) for mode in COMPARE_MODES]
        self.modes = SegmentedBar(self.tr("Compare"), segments)
        self.modes.chosen.connect(self._on_mode)
        self.tools, self._tool_row = self._tool_buttons()
        self.zoom, self.truth = QLabel(), QLabel()
        for label, name in ((self.zoom, self.tr("Zoom")), (self.truth, self.tr("State of the picture"))):
            label.setAccessibleName(name)
            label.setStyleSheet(f"color: {T.muted}; font-size: {T.small_size}px;")
        self.zoom.setToolTip(self.tr("Zoom\nScreen pixels per picture pixel; 100 % shows each pixel as it is."))
        self.truth.setToolTip(self.tr("State of the picture\nWhat the export would write, or a stand-in."))
        self._said: tuple[str, bool, str, str] | None = None
        self._lay_out()
        state.changed.connect(self._on_state)
        self._on_state("compare")
        self._on_state("tool")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(T.space[2], T.space[0], T.space[2], 0)
        row.setSpacing(T.space[2])
        row.addWidget(self.modes)
        row.addWidget(self._tool_row)
        row.addStretch(1)
        row.addWidget(self.zoom)
        row.addWidget(self.truth)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The modes: a narrow viewer does without the tools, which the mask panel and the keys have as well."""
        return self.modes.minimumSizeHint() + QSize(2 * T.space[2], T.space[1])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        parts = (self._tool_row, self.zoom, self.truth)
        beside = sum(part.sizeHint().width() + T.space[2] for part in parts) + 2 * T.space[2]
        needed = self.modes.usual_width() + T.space[2] + beside
        without = needed - self._tool_row.sizeHint().width()
        self._tool_row.setVisible(self.width() >= needed)
        self.zoom.setVisible(self.width() >= without)
        self.modes.make_room(self.width() - self.truth.sizeHint().width() - 4 * T.space[2])

    def _tool_buttons(self) -> tuple[dict[str, QToolButton], QWidget]:
        holder, buttons = QWidget(), dict[str, QToolButton]()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(T.space[0] // 2)
        group = QButtonGroup(self)
        for tool in TOOLS:
            action = ACTIONS[f"mask.{tool}"]
            button = QToolButton()
            button.setIcon(icon(tool))
            button.setIconSize(QSize(T.space[3], T.space[3]))
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.text)
            button.setToolTip(_tip(action))
            button.setProperty("tool", tool)
            group.addButton(button)
            row.addWidget(button)
            buttons[tool] = button
        group.buttonClicked.connect(self._on_tool)
        return buttons, holder

    def show_status(self, now: Transform, fitted: bool, answers: Sequence[Picture | None]) -> None:
        """The zoom, and the least true of what is shown."""
        percent = f"{min(now.scale_x, now.scale_y) * 100:.0f} %"
        said = (percent, fitted, *self._truth(answers))
        if said == self._said:
            return
        self._said = said
        self.zoom.setText(self.tr("fit {0}").format(percent) if fitted else percent)
        token, text = self._truth(answers)
        self.truth.setStyleSheet(f"color: {getattr(T, token)}; font-size: {T.small_size}px;")
        self.truth.setText(text)
        self._fold()

    def _truth(self, answers: Sequence[Picture | None]) -> tuple[str, str]:
        there = [answer for answer in answers if answer is not None]
        if any(answer.failure for answer in there):
            return "failed", self.tr("▲ failed")
        # Of a handle that is held the picture is always about to come, and approximate: the words must not flicker.
        if len(there) < len(answers) or any(answer.stale and answer.reduction == 1 for answer in there):
            return "muted", self.tr("○ rendering")
        if any(answer.waiting for answer in there):
            return "approximate", self.tr("◐ waits for the analysis")
        coarsest = max((answer.reduction for answer in there), default=1)
        if coarsest > 1:
            return "approximate", self.tr("◐ approx, 1/{0} res").format(coarsest)
        return "ready", self.tr("● exact")

    @Slot(str)
    def _on_mode(self, mode: str) -> None:
        self._state.set("compare", mode)

    @Slot(QAbstractButton)
    def _on_tool(self, button: QAbstractButton) -> None:
        self._state.set("tool", button.property("tool"))

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name == "compare":
            self.modes.set_current(self._state.compare)
        elif name == "tool":
            self.tools[self._state.tool].setChecked(True)


def _tip(action: Action) -> str:
    """Title, key, consequence."""
    keys = [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in action.keys[:1]]
    title = " ".join([tr("", action.text), *(f"({key})" for key in keys)])
    return f"{title}\n{tr('', action.tip)}"
