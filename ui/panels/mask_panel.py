"""What is being painted, with which brush, and what can be done with this frame's mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.actions import ACTIONS, NEEDS
from app.document import ClipWork
from app.session import Session
from app.stage_text import frames_text, painted
from app.view_state import ViewState
from ui.i18n import tr
from ui.icons import icon
from ui.panels.heading import Heading
from ui.panels.later import Later
from ui.theme import T
from ui.widgets.segmented_bar import SegmentedBar
from ui.widgets.value_slider import ValueSlider

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge

_SHOWN = ("mask.hide", "mask.solo", "mask.onion")
_VERBS = ("mask.copy_next", "mask.span", "mask.propagate", "mask.clear", "mask.import", "mask.export")
_FLAGS = {"masks_shown": "mask.hide", "masks_solo": "mask.solo", "onion_skin": "mask.onion"}


class MaskPanel(QWidget):
    """Brush and layer are the view's state; verbs are asked for by the id of their action."""

    wanted = Signal(str)

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,  # noqa: ARG002 - every panel is made alike
        state: ViewState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._state = state
        self.heading = Heading(self.tr("Mask"))
        self.layer = SegmentedBar(
            self.tr("Layer"),
            (
                ("damage", self.tr("Damage"), self.tr("Damage (X)\nStrokes mark what is to be repaired.")),
                (
                    "protect",
                    self.tr("No damage"),
                    self.tr("No damage (Z)\nStrokes tell the detectors that what is there is no damage."),
                ),
                ("original", self.tr("Original"), self.tr("Original back (X)\nStrokes bring the source back.")),
            ),
        )
        self.brush_size = ValueSlider(
            self.tr("Size"), 1, 500, 24, unit="px", decimals=0, tip=self.tr("Diameter in source pixels ([ and ]).")
        )
        self.hardness = ValueSlider(
            self.tr("Hardness"), 0, 100, 100, unit="%", decimals=0, tip=self.tr("Share of the brush that is full.")
        )
        self.summary = QLabel()
        self.buttons = {name: self._button(name) for name in (*_SHOWN, *_VERBS)}
        self._arrange()
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(T.space[1], T.space[1], T.space[1], T.space[1])
        layout.setSpacing(T.space[1])
        for widget in (self.heading, self.layer, self.brush_size, self.hardness, self.summary):
            layout.addWidget(widget)
        self.summary.setObjectName("muted")
        self.summary.setWordWrap(True)
        grid = QGridLayout()
        grid.setSpacing(T.space[0])
        for place, name in enumerate(self.buttons):
            shown = place < len(_SHOWN)
            row, column = (0, place * 2) if shown else (1 + (place - 3) // 2, (place - 3) % 2 * 3)
            grid.addWidget(self.buttons[name], row, column, 1, 2 if shown else 3)
        layout.addLayout(grid)
        layout.addStretch(1)

    def _button(self, name: str) -> QPushButton:
        action = ACTIONS[name]
        text = tr("", action.text)
        button = QPushButton(icon(name.partition(".")[2]), self._short(name))
        keys = f" ({action.keys[0]})" if action.keys else ""
        button.setProperty("tip", f"{text}{keys}\n{tr('', action.tip)}")
        button.setToolTip(button.property("tip"))
        button.setAccessibleName(text)
        button.setCheckable(name in _SHOWN)
        button.clicked.connect(self._ask)
        return button

    def _short(self, name: str) -> str:
        """The narrow column has no room for the menu's words; tooltips and readers get those."""
        return {
            "mask.hide": self.tr("Hide"),
            "mask.solo": self.tr("Solo"),
            "mask.onion": self.tr("Onion"),
            "mask.copy_next": self.tr("To next"),
            "mask.span": self.tr("In to out"),
            "mask.propagate": self.tr("Follow motion"),
            "mask.clear": self.tr("Clear frame"),
            "mask.import": self.tr("Import…"),
            "mask.export": self.tr("Export…"),
        }[name]

    def _connect(self) -> None:
        self._later = Later(self, 50, self.refresh)
        self.layer.chosen.connect(self._choose_layer)
        self.brush_size.changed.connect(self._set_size)
        self.hardness.changed.connect(self._set_hardness)
        self._state.changed.connect(self._later.ask)
        self._session.document_changed.connect(self._later.ask)
        self._session.clip_changed.connect(self._later.ask)
        self._session.playhead_changed.connect(self._later.ask)

    def refresh(self) -> None:
        """Show the state and this frame's mask as they are now."""
        state, clip = self._state, self._session.clip
        self.layer.set_current(state.layer)
        if not self.brush_size.track.isSliderDown():
            self.brush_size.set_value(state.brush_size)
        if not self.hardness.track.isSliderDown():
            self.hardness.set_value(state.brush_hardness * 100)
        for flag, name in _FLAGS.items():
            self.buttons[name].setChecked(getattr(state, flag) is not (flag == "masks_shown"))
        self.summary.setText(self._told(clip))
        self._allow(clip)

    def _told(self, clip: ClipWork | None) -> str:
        if clip is None:
            return tr("", NEEDS["clip"])
        planes = clip.layer(self._state.layer)
        here = self.tr("painted on this frame") if self._session.playhead in planes else self.tr("none on this frame")
        span = clip.shot_range(clip.shot_index(self._session.playhead))
        return self.tr("{here}, {shot} of this shot").format(here=here, shot=frames_text(painted(planes, span)))

    def _allow(self, clip: ClipWork | None) -> None:
        met = {"clip": clip is not None, "mask": False, "masks": False}
        if clip is not None:
            met["mask"] = self._session.playhead in clip.layer(self._state.layer)
            met["masks"] = bool(clip.layer(self._state.layer))
        for name, button in self.buttons.items():
            needs = ACTIONS[name].needs
            allowed = met.get(needs, True)
            button.setEnabled(allowed)
            button.setToolTip(
                button.property("tip") if allowed else f"{button.property('tip')}\n{tr('', NEEDS[needs])}"
            )

    @Slot(str)
    def _choose_layer(self, layer: str) -> None:
        self._state.set("layer", layer)

    @Slot(float)
    def _set_size(self, value: float) -> None:
        self._state.set("brush_size", value)

    @Slot(float)
    def _set_hardness(self, value: float) -> None:
        self._state.set("brush_hardness", value / 100)

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        name = next(name for name, held in self.buttons.items() if held is button)
        for flag, flagged in _FLAGS.items():
            if flagged == name:
                self._state.set(flag, not getattr(self._state, flag))
                return
        self.wanted.emit(name)
