"""Playback: moves the playhead by the clock, by the sound, or from one shown frame to the next."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent

from app import navigate
from app.playback import PlaybackClock
from app.view_state import ViewState
from engines.types import FrameNo
from ui.timeline.audio_out import Sound

if TYPE_CHECKING:
    from app.render_bridge import RenderBridge
    from app.session import Session

FASTEST = 8
SLOW = 0.25
_SHUTTLE = {Qt.Key.Key_J: -1, Qt.Key.Key_L: 1}
# The clock follows the sound where they are further apart than this share of a frame.
_APART = 0.5


class Player(QObject):
    """J, K and L, true speed or every frame, in and out as a loop. The timer runs only during playback."""

    real_rate_changed = Signal(float)
    """Frames per second shown in the last second; 0 = stopped."""
    sound_changed = Signal()

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,
        state: ViewState,
        parent: QObject | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sound: Sound | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._state, self._now = session, bridge, state, now
        self.sound = sound or Sound(parent=self)
        self.sound.changed.connect(self.sound_changed)
        self._clock = PlaybackClock(1, Fraction(24))
        self._moving = False
        """Whether the playhead's change is ours."""
        self._k_held = self._repeating = False
        self._awaited: FrameNo | None = None
        self._stepped_at = 0.0
        self._anchored_at: FrameNo = 0
        self._shown: deque[float] = deque()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        session.playhead_changed.connect(self._on_playhead)
        session.clip_changed.connect(self._on_clip)
        session.document_changed.connect(self._on_document)
        state.changed.connect(self._on_state)
        if parent is not None:
            parent.installEventFilter(self)
        self._on_clip(session.clip_id)

    # --- verbs ----------------------------------------------------------------------------------------------------

    @property
    def speed(self) -> float:
        """1 = true speed, negative backward, 0 stopped."""
        return self._clock.speed

    @property
    def rate(self) -> Fraction:
        """Frames per second that true speed means now."""
        clip = self._session.clip
        chosen = self._state.play_rate
        if chosen is not None:
            return Fraction(chosen).limit_denominator(1001)
        return clip.media.rate if clip else Fraction(24)

    @Slot()
    def toggle(self) -> None:
        self._run(0.0 if self.speed else 1.0)

    @Slot()
    def stop(self) -> None:
        self._run(0.0)

    @Slot()
    def forward(self) -> None:
        self._shuttle(1)

    @Slot()
    def reverse(self) -> None:
        self._shuttle(-1)

    @Slot(int)
    def step(self, count: int) -> None:
        """Stop and go `count` frames on."""
        self.stop()
        if self._session.clip is not None:
            self._session.seek(navigate.step(self._session.clip, self._session.playhead, count))

    @Slot(int)
    def shown(self, frame: FrameNo) -> None:
        """The viewer has this frame, exactly or approximately: playing every frame waits for it."""
        if frame == self._awaited:
            self._awaited = None

    def close(self) -> None:
        """Stop, and end the sound's thread."""
        self.stop()
        self.sound.close()

    def _shuttle(self, direction: int) -> None:
        if self._repeating:
            return
        if self._k_held:
            self._run(direction * SLOW)
        elif self.speed * direction >= 1:
            self._run(min(abs(self.speed) * 2, FASTEST) * direction)
        else:
            self._run(float(direction))

    # --- running --------------------------------------------------------------------------------------------------

    def _run(self, speed: float) -> None:
        clip = self._session.clip
        if clip is None or clip.media.frame_count < 2:
            speed = 0.0
        self.sound.stop()
        if speed and clip is not None:
            self._session.seek(self._first_frame(speed))
            self._anchor(speed)
            # Twice in a frame, so that none is late by more than half its time.
            self._timer.start(max(4, round(500 / float(self.rate) / max(1.0, abs(speed)))))
        else:
            self._clock.stop()
            self._timer.stop()
            self._shown.clear()
            self.real_rate_changed.emit(0.0)
        self._bridge.set_travel((speed > 0) - (speed < 0), abs(speed) * float(self.rate))
        self._state.set("playing", int(speed) if abs(speed) >= 1 else (speed > 0) - (speed < 0))
        self.sound_changed.emit()

    def _first_frame(self, speed: float) -> FrameNo:
        """Where playback begins: here, or at the other end where it would stop at once."""
        clip = self._session.clip
        assert clip is not None
        first, last = navigate.play_range(clip)
        here = self._session.playhead
        if speed > 0:
            return first if here >= last else here
        return last if here <= first else here

    def _anchor(self, speed: float) -> None:
        """Let clock and sound begin at the playhead."""
        clip = self._session.clip
        assert clip is not None
        first, last = navigate.play_range(clip)
        here, looping = self._session.playhead, clip.in_point is not None or clip.out_point is not None
        self._clock = PlaybackClock(clip.media.frame_count, self.rate)
        self._clock.limit(first if here >= first else 0, last if here <= last else clip.media.frame_count - 1, looping)
        self._clock.start(here, speed, self._now())
        self._awaited, self._anchored_at, self._stepped_at = None, here, self._now()
        self.sound.stop()
        if self.silent_because == "":
            self.sound.play(self._time_of(here))

    @property
    def silent_because(self) -> str:
        """Why the film is silent although it plays, or would play; "" where it is heard."""
        clip = self._session.clip
        if clip is None or self.sound.reason:
            return self.sound.reason or self.tr("no clip")
        if self._state.every_frame:
            return self.tr("every frame is played")
        if self.speed not in (0.0, 1.0) or self.rate != clip.media.rate:
            return self.tr("not at the film's own speed")
        return self.tr("muted") if self.sound.muted else ""

    @Slot()
    def _tick(self) -> None:
        now = self._now()
        target = self._next_shown(now) if self._state.every_frame else self._due(now)
        if target is None:
            self.stop()
        elif target != self._session.playhead:
            wrapped = (target - self._session.playhead) * self.speed < 0
            self._go(target)
            self._count(now)
            if wrapped and self.sound.playing:
                self._anchor(self.speed)

    def _due(self, now: float) -> FrameNo | None:
        """The frame that the sound, or else the clock, has reached; None at the end."""
        heard = self.sound.position()
        if heard is not None:
            place = max(self._place_of(heard), float(self._anchored_at))
            if self._clock.loop and place >= self._clock.last + 1:
                return self._clock.first
            if abs(place - self._clock.place(now)) > _APART:
                self._clock.start(int(place), 1.0, now - place % 1 / float(self.rate))
        return None if self._clock.ended(now) else self._clock.frame(now)

    def _next_shown(self, now: float) -> FrameNo | None:
        """The following frame once this one was seen for its time; None at the end."""
        here = self._session.playhead
        if self._awaited is not None or now - self._stepped_at < 1 / (float(self.rate) * abs(self.speed)):
            return here
        target = self._clock.following(here)
        self._stepped_at, self._awaited = now, target
        return target

    def _go(self, frame: FrameNo) -> None:
        self._moving = True
        self._session.seek(frame)
        self._moving = False

    def _count(self, now: float) -> None:
        self._shown.append(now)
        while self._shown[0] < now - 1:
            self._shown.popleft()
        if len(self._shown) > 1:
            self.real_rate_changed.emit((len(self._shown) - 1) / (now - self._shown[0]))

    # --- frames and seconds of the file ---------------------------------------------------------------------------

    def _time_of(self, frame: FrameNo) -> float:
        info = self._bridge.clip_info(self._session.clip_id)
        return float(info.pts[frame] * info.time_base) if info is not None else frame / float(self.rate)

    def _place_of(self, seconds: float) -> float:
        """The frame heard at a time of the file, with the share of it that has passed."""
        info = self._bridge.clip_info(self._session.clip_id)
        if info is None:
            return seconds * float(self.rate)
        stamp = seconds / float(info.time_base)
        frame = max(bisect_right(info.pts, stamp) - 1, 0)
        return frame + min(max((seconds - self._time_of(frame)) * float(self.rate), 0.0), 0.999)

    # --- what happens around --------------------------------------------------------------------------------------

    @Slot(int)
    def _on_playhead(self, frame: int) -> None:
        if self.speed and not self._moving and frame != self._clock.frame(self._now()):
            self._anchor(self.speed)

    @Slot(str)
    def _on_clip(self, _: str) -> None:
        self._run(0.0)
        clip = self._session.clip
        self.sound.load(clip.media.path if clip is not None else None)

    @Slot(object, object)
    def _on_document(self, _before: object, _after: object) -> None:
        clip = self._session.clip
        if clip is None:
            return
        self.sound.load(clip.media.path)
        if self.speed:
            if clip.media.frame_count != self._clock.count:
                self.stop()
            else:
                first, last = navigate.play_range(clip)
                self._clock.limit(first, last, clip.in_point is not None or clip.out_point is not None)

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name == "playing" and not self._state.playing and self.speed:
            self.stop()
        elif name in ("every_frame", "play_rate"):
            self._run(self.speed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Watches the window for K held down and for J and L let go; the keys themselves act as shortcuts."""
        if isinstance(event, QKeyEvent):
            key, kind = Qt.Key(event.key()), event.type()
            if kind == QEvent.Type.ShortcutOverride:
                self._repeating = key in _SHUTTLE and event.isAutoRepeat()
                self._k_held = self._k_held or key == Qt.Key.Key_K
            elif kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
                self._let_go(key)
        return super().eventFilter(watched, event)

    def _let_go(self, key: Qt.Key) -> None:
        self._repeating = False
        if key == Qt.Key.Key_K:
            self._k_held = False
        elif key in _SHUTTLE and abs(self.speed) == SLOW:
            self.stop()
