"""The transport: where the playhead is, the buttons that move it, at which speed, and whether there is sound."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from app import navigate
from app.time_text import FRAMES_PER_FOOT, TimeText, feet
from app.view_state import ViewState
from ui.icons import icon
from ui.theme import T, monospaced
from ui.widgets.timecode_label import TimecodeLabel

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge
    from app.session import Session
    from ui.timeline.player import Player

RATES = (Fraction(16), Fraction(18), Fraction(20), Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30))
_ICON = 18


class Transport(QWidget):
    """Below the picture. `follow` gives it the player whose verbs the buttons are."""

    def __init__(self, session: Session, bridge: RenderBridge, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._state = session, bridge, state
        self._player: Player | None = None
        self._real = 0.0
        self._gauge = "35 mm"
        self.setAccessibleName(self.tr("Transport"))
        self._time = TimecodeLabel(self.tr("Timecode"), parent=self)
        self._frame = TimecodeLabel(self.tr("Frame number, from 0"), T.small_size, self)
        self._feet = QToolButton(self)
        self._buttons: dict[str, QToolButton] = {}
        self._rates = QComboBox(self)
        self._every = QToolButton(self)
        self._speed = QLabel(self)
        self._sound = QToolButton(self)
        self._volume = QSlider(Qt.Orientation.Horizontal, self)
        self._build()
        session.playhead_changed.connect(self._show_place)
        session.clip_changed.connect(self._show_all)
        session.document_changed.connect(self._show_all)
        bridge.clip_info_ready.connect(self._show_all)
        state.changed.connect(self._on_state)
        self._show_all()

    def follow(self, player: Player) -> None:
        """Connect the buttons to a player and show how it fares."""
        self._player = player
        player.real_rate_changed.connect(self._on_real_rate)
        player.sound_changed.connect(self._show_sound)
        self._show_sound()
        self._show_all()

    # --- what it is made of ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(T.space[2], T.space[0], T.space[2], T.space[0])
        layout.setSpacing(T.space[1])
        self._feet.setAccessibleName(self.tr("Feet and frames"))
        self._feet.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._feet.setObjectName("flat")
        self._feet.setFont(monospaced(T.small_size))
        self._feet.clicked.connect(self._other_gauge)
        left, middle, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for part in (self._time, self._frame, self._feet):
            left.addWidget(part)
        left.addStretch(1)
        middle.setSpacing(T.space[0])
        for button in self._make_buttons():
            middle.addWidget(button)
        for widget in self._make_speed():
            right.addWidget(widget, int(widget is self._speed))
        layout.addLayout(left, 1)
        layout.addLayout(middle)
        layout.addLayout(right, 1)

    def _make_buttons(self) -> list[QToolButton]:
        rows = (
            ("to_start", "to_start", self.tr("To the first frame"), self.tr("Home"), self._to_start),
            ("step_back", "step_back", self.tr("Step back"), self.tr("Left; Shift+Left: ten frames"), self._step_back),
            ("reverse", "reverse", self.tr("Play backward"), self.tr("J; again: faster"), self._reverse),
            ("toggle", "play", self.tr("Play"), self.tr("Space"), self._toggle),
            ("step_forward", "step_forward", self.tr("Step"), self.tr("Right; Shift+Right: ten frames"), self._step),
            ("to_end", "to_end", self.tr("To the last frame"), self.tr("End"), self._to_end),
        )
        for name, drawing, title, keys, verb in rows:
            button = QToolButton(self)
            button.setIcon(icon(drawing))
            button.setIconSize(QSize(_ICON, _ICON))
            button.setAccessibleName(title)
            button.setToolTip(f"{title} ({keys})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(verb)
            self._buttons[name] = button
        return list(self._buttons.values())

    def _make_speed(self) -> list[QWidget]:
        self._speed.setAccessibleName(self.tr("Target and real speed"))
        self._speed.setToolTip(self.tr("Frames per second: wanted, and shown in the last second."))
        self._speed.setObjectName("muted")
        # The figures give way first where the window is narrow.
        self._speed.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._speed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._rates.setAccessibleName(self.tr("Playback rate"))
        self._rates.setToolTip(self.tr("Playback rate: how fast the film runs here; the clip stays as it is."))
        self._rates.addItem(self.tr("Clip's rate"), None)
        for rate in RATES:
            self._rates.addItem(self.tr("%1 fps").replace("%1", rate_text(rate)), float(rate))
        self._rates.activated.connect(self._on_rate)
        self._every.setIcon(icon("every_frame"))
        self._every.setCheckable(True)
        self._every.setAccessibleName(self.tr("Every frame"))
        self._every.setToolTip(self.tr("Every frame: waits for each frame instead of keeping the speed."))
        self._every.clicked.connect(self._on_every)
        self._sound.setCheckable(True)
        self._sound.setAccessibleName(self.tr("Mute"))
        self._sound.clicked.connect(self._on_mute)
        self._volume.setRange(0, 100)
        self._volume.setValue(100)
        self._volume.setFixedWidth(4 * T.space[3])
        self._volume.setAccessibleName(self.tr("Volume"))
        self._volume.setToolTip(self.tr("Volume: of this window only."))
        self._volume.valueChanged.connect(self._on_volume)
        return [self._speed, self._rates, self._every, self._sound, self._volume]

    # --- narrow windows -------------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Timecode, buttons and rate: a narrow window does without the rest, which keys and menus have as well."""
        least = super().minimumSizeHint()
        spare = sum(_width(part) + T.space[1] for part in self._spare() if not part.isHidden())
        return QSize(least.width() - spare, least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fold()

    def _spare(self) -> tuple[QWidget, ...]:
        return self._volume, self._feet, self._frame, self._every

    def _fold(self) -> None:
        """Hide what there is no room for; the timecode says where the playhead is in any case."""
        room = self.width() - self._needed()
        silent = self._player is not None and bool(self._player.sound.reason)
        # What is missed most comes first.
        for part in reversed(self._spare()):
            room -= _width(part) + T.space[1]
            part.setVisible(room >= 0 and not (part is self._volume and silent))

    def _needed(self) -> int:
        """Both sides are as wide as the wider one, so that the buttons stay in the middle."""
        middle = sum(button.sizeHint().width() + T.space[0] for button in self._buttons.values())
        sides = [
            sum(_width(part) + T.space[1] for part in parts) for parts in ((self._time,), (self._rates, self._sound))
        ]
        return middle + sum(sides) + 2 * T.space[2]

    # --- verbs ----------------------------------------------------------------------------------------------------

    @Slot()
    def _to_start(self) -> None:
        self._session.seek(0)

    @Slot()
    def _to_end(self) -> None:
        if self._session.clip is not None:
            self._session.seek(navigate.last_frame(self._session.clip))

    @Slot()
    def _step(self) -> None:
        if self._player is not None:
            self._player.step(1)

    @Slot()
    def _step_back(self) -> None:
        if self._player is not None:
            self._player.step(-1)

    @Slot()
    def _reverse(self) -> None:
        if self._player is not None:
            self._player.reverse()

    @Slot()
    def _toggle(self) -> None:
        if self._player is not None:
            self._player.toggle()

    @Slot()
    def _other_gauge(self) -> None:
        gauges = list(FRAMES_PER_FOOT)
        self._gauge = gauges[(gauges.index(self._gauge) + 1) % len(gauges)]
        self._show_place(self._session.playhead)

    @Slot(int)
    def _on_rate(self, index: int) -> None:
        self._state.set("play_rate", self._rates.itemData(index))

    @Slot(bool)
    def _on_every(self, on: bool) -> None:
        self._state.set("every_frame", on)

    @Slot(bool)
    def _on_mute(self, on: bool) -> None:
        if self._player is not None:
            self._player.sound.set_muted(on)

    @Slot(int)
    def _on_volume(self, value: int) -> None:
        if self._player is not None:
            self._player.sound.set_volume(value / 100)

    # --- what it shows --------------------------------------------------------------------------------------------

    @Slot()
    def _show_all(self, *_: object) -> None:
        there = self._session.clip is not None
        for widget in (*self._buttons.values(), self._rates, self._every):
            widget.setEnabled(there)
        self._show_place(self._session.playhead)
        self._show_speed()
        self._fold()

    @Slot(int)
    def _show_place(self, frame: int) -> None:
        clip = self._session.clip
        if clip is None:
            self._time.set_time("--:--:--:--")
            self._frame.set_time("")
            self._feet.setText("")
            self._feet.setEnabled(False)
            return
        info = self._bridge.clip_info(clip.id)
        time = TimeText.of(clip.media.rate, info.timecode if info is not None else None)
        self._time.set_time(time.timecode(frame))
        self._frame.set_time(self.tr("frame %1").replace("%1", str(frame)))
        self._feet.setEnabled(True)
        self._feet.setText(feet(frame, self._gauge))
        tip = self.tr("Feet of %1 film: click to count another gauge.").replace("%1", self._gauge)
        self._feet.setToolTip(tip)

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name == "playing":
            playing = self._state.playing != 0
            self._buttons["toggle"].setIcon(icon("stop" if playing else "play"))
            title = self.tr("Stop") if playing else self.tr("Play")
            self._buttons["toggle"].setAccessibleName(title)
            self._buttons["toggle"].setToolTip(f"{title} ({self.tr('Space')})")
        if name == "every_frame":
            self._every.setChecked(self._state.every_frame)
        if name == "play_rate":
            self._rates.setCurrentIndex(max(0, self._rates.findData(self._state.play_rate)))
        if name in ("playing", "every_frame", "play_rate"):
            self._show_speed()

    @Slot(float)
    def _on_real_rate(self, rate: float) -> None:
        self._real = rate
        self._show_speed()

    def _show_speed(self) -> None:
        clip = self._session.clip
        if clip is None:
            self._speed.setText("")
            return
        chosen = self._state.play_rate
        rate = rate_text(Fraction(chosen).limit_denominator(1001) if chosen is not None else clip.media.rate)
        how = self.tr("every frame") if self._state.every_frame else self.tr("true speed")
        text = self.tr("%1 fps %2").replace("%1", rate).replace("%2", how)
        if self._state.playing and self._real:
            text += "   " + self.tr("real %1 fps").replace("%1", f"{self._real:.1f}")
        self._speed.setText(text)

    @Slot()
    def _show_sound(self) -> None:
        """On, or off and why."""
        if self._player is None:
            return
        sound, why = self._player.sound, self._player.silent_because
        off = bool(why)
        self._sound.setIcon(icon("sound_off" if off else "sound"))
        self._sound.setEnabled(not sound.reason)
        self._fold()
        self._sound.setChecked(sound.muted)
        said = self.tr("Sound off: %1").replace("%1", why) if off else self.tr("Sound on; click to mute.")
        self._sound.setToolTip(said)
        self._sound.setAccessibleDescription(said)


def _width(part: QWidget) -> int:
    """What a layout gives it at least."""
    return min(max(part.sizeHint().width(), part.minimumWidth()), part.maximumWidth())


def rate_text(rate: Fraction) -> str:
    """Frames per second: "24", "23.976"."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
