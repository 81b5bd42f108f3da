"""Colours at pinned places and of whole frames, before and after: the thread that infers reads them."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.answers import component_names
from app.document import ClipWork
from app.picture_maker import RestoredMaker
from app.pictures import View
from app.pins import FrameChange, FramesApart, Pin, Pinned, PinsApart, pinned_of
from app.render_bridge import RenderBridge
from app.session import Session
from app.source_desk import SourceDesk
from app.view_state import PINS, ViewState
from engines.cancel import CancelToken
from engines.colour.readout import Reading, frames_apart, reading, square_around
from engines.errors import Cancelled, TratteggioError
from engines.scheduler import Urgency
from engines.types import Frame

_AROUND = 8
"""Source pixels on every side of a pin that are computed for it."""
_LIVE = 1 / 60
"""Seconds: readings that take longer wait until nothing is dragged any more."""


class ColourProbe(QObject):
    """Keeps what is read at the pins, and of the frame at the playhead, in step with the document."""

    changed = Signal()
    """Something was read, or is no longer known."""
    _read = Signal(str, object, float)
    _compared = Signal(object)

    def __init__(self, session: Session, bridge: RenderBridge, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._state = session, bridge, state
        self._pinned: dict[str, Pinned] = {}
        self._change: FrameChange | None = None
        self._between: PinsApart | None = None
        self._apart: FramesApart | None = None
        self._slow = self._late = False
        self._read.connect(self._on_read, Qt.ConnectionType.QueuedConnection)
        self._compared.connect(self._on_compared, Qt.ConnectionType.QueuedConnection)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        session.clip_changed.connect(self._on_playhead)
        session.history_changed.connect(self._on_history)
        bridge.cache_changed.connect(self._on_cache)
        state.changed.connect(self._on_state)

    def pinned(self, name: str) -> Pinned | None:
        """What was read at a pin of PINS; None while it is not known."""
        found = self._pinned.get(name)
        return found if found is not None and found.pin == getattr(self._state, name) else None

    @property
    def between(self) -> PinsApart | None:
        """How different the colours at both pins look; None while one of them is not known."""
        return self._between if all(self.pinned(name) is not None for name in PINS) else None

    @property
    def change(self) -> FrameChange | None:
        """Of the frame at the playhead; None where it is not measured."""
        found, here = self._change, (self._session.clip_id, self._session.playhead)
        return found if found is not None and (found.clip_id, found.frame) == here else None

    @property
    def apart(self) -> FramesApart | None:
        """Of the frames of both pins, where those are two; None where that is not measured."""
        found = self._apart
        return found if found is not None and found.pins == self._pair() else None

    def _pair(self) -> tuple[Pin, Pin] | None:
        """Both pins, where they stand in two frames of a clip."""
        first, second = self._state.pin_a, self._state.pin_b
        if first is None or second is None or first.clip_id != second.clip_id or first.frame == second.frame:
            return None
        return first, second

    def _ask_all(self) -> None:
        """While something is dragged only what is quick keeps up; the rest follows when it is let go."""
        self._late = self._session.gesturing
        if not (self._late and self._slow):
            for name in PINS:
                self._ask_pin(name)
        if not self._late:
            self._ask_change()
            self._ask_apart()

    def _ask_pin(self, name: str) -> None:
        pin = getattr(self._state, name)
        clip = self._clip(pin)
        if pin is None or clip is None:
            return

        def work(maker: RestoredMaker, desk: SourceDesk, token: CancelToken) -> None:
            started = time.perf_counter()
            pinned = read_pin(maker, desk, clip, pin, token)
            self._read.emit(name, pinned, time.perf_counter() - started)

        self._bridge.ask((name, clip.id, str(id(clip)), str(pin)), Urgency.PROBE, work)

    def _ask_change(self) -> None:
        clip, frame = self._session.clip, self._session.playhead
        if clip is None or not self._state.measuring or self._state.playing:
            return

        def work(maker: RestoredMaker, desk: SourceDesk, token: CancelToken) -> None:
            self._compared.emit(compare_frame(maker, desk, clip, frame, token))

        self._bridge.ask(("frame change", clip.id, str(id(clip)), str(frame)), Urgency.CURVE, work)

    def _ask_apart(self) -> None:
        pair = self._pair()
        clip = self._clip(pair[0]) if pair is not None else None
        if pair is None or clip is None or not self._state.measuring or self._state.playing:
            return

        def work(maker: RestoredMaker, desk: SourceDesk, token: CancelToken) -> None:
            self._compared.emit(compare_pins(maker, desk, clip, pair, token))

        self._bridge.ask(("frames apart", clip.id, str(id(clip)), str(pair)), Urgency.CURVE, work)

    def _clip(self, pin: Pin | None) -> ClipWork | None:
        clips = self._session.document.clips
        return None if pin is None else next((clip for clip in clips if clip.id == pin.clip_id), None)

    @Slot(object, object)
    def _on_document(self, *_: object) -> None:
        for name in PINS:
            if getattr(self._state, name) is not None and self._clip(getattr(self._state, name)) is None:
                self._state.set(name, None)
        self._ask_all()

    @Slot()
    def _on_history(self) -> None:
        """A gesture may have ended."""
        if self._late and not self._session.gesturing:
            self._ask_all()

    @Slot()
    def _on_playhead(self, *_: object) -> None:
        self._ask_change()
        if self._state.measuring:
            self.changed.emit()

    @Slot(str)
    def _on_cache(self, clip_id: str) -> None:
        """Pictures were made, or a shot was analysed."""
        for name in PINS:
            pinned = self.pinned(name)
            if pinned is not None and pinned.pin.clip_id == clip_id and pinned.restored is None:
                self._ask_pin(name)
        change = self.change
        if clip_id == self._session.clip_id and (change is None or change.mean is None):
            self._ask_change()
        apart, pair = self.apart, self._pair()
        if pair is not None and pair[0].clip_id == clip_id and (apart is None or apart.restored is None):
            self._ask_apart()

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name in PINS:
            self._ask_pin(name)
            self._ask_apart()
            self.changed.emit()
        elif name in ("measuring", "playing"):
            self._ask_change()
            self._ask_apart()
            self.changed.emit()

    @Slot(str, object, float)
    def _on_read(self, name: str, pinned: Pinned | None, seconds: float) -> None:
        self._slow = seconds > _LIVE
        if pinned is not None:
            self._pinned[name] = pinned
            both = [found for pin in PINS if (found := self._pinned.get(pin)) is not None]
            self._between = PinsApart.of(*both) if len(both) == len(PINS) else None
            self.changed.emit()

    @Slot(object)
    def _on_compared(self, found: FrameChange | FramesApart) -> None:
        if isinstance(found, FrameChange):
            self._change = found
        else:
            self._apart = found
        self.changed.emit()


def read_pin(maker: RestoredMaker, desk: SourceDesk, clip: ClipWork, pin: Pin, token: CancelToken) -> Pinned | None:
    """Source and restored colours at a pin; None where the frame cannot be read. Raises Cancelled."""
    size = (clip.media.width, clip.media.height)
    desk.token = token
    try:
        source = desk.source(clip.media).read(pin.frame)
        before = reading(source, square_around(pin.x, pin.y), size)
        return pinned_of(pin, component_names(source.format), before, _restored(maker, clip, pin, token))
    except Cancelled:
        raise
    except TratteggioError:
        return None  # the picture of that frame says why


def _restored(maker: RestoredMaker, clip: ClipWork, pin: Pin, token: CancelToken) -> Reading | None:
    """None while a stage waits for its shot to be analysed."""
    width, height = clip.media.width, clip.media.height
    left, top = max(pin.x - _AROUND, 0), max(pin.y - _AROUND, 0)
    right, bottom = min(pin.x + _AROUND, width), min(pin.y + _AROUND, height)
    part = maker.part(
        clip, pin.frame, View(left, top, right - left, bottom - top, right - left, bottom - top), 1, token
    )
    if part.waiting:
        return None
    square = square_around(pin.x, pin.y, round(part.factor)).moved(-part.x, -part.y)
    return reading(part.rendered.frame.quantised(), square, (width, height))


def compare_frame(
    maker: RestoredMaker, desk: SourceDesk, clip: ClipWork, frame: int, token: CancelToken
) -> FrameChange:
    """How far the restored frame is from its source; unknown while its shot is not analysed. Raises Cancelled."""
    desk.token = token
    try:
        restored = _whole(maker, clip, frame, token)
        if restored is None:
            return FrameChange(clip.id, frame)
        source = desk.source(clip.media).read(frame)
        return FrameChange(clip.id, frame, *frames_apart(source, restored, token.check))
    except Cancelled:
        raise
    except TratteggioError:
        return FrameChange(clip.id, frame)  # its picture says why


def compare_pins(
    maker: RestoredMaker, desk: SourceDesk, clip: ClipWork, pins: tuple[Pin, Pin], token: CancelToken
) -> FramesApart:
    """How far the frames of two pins are from each other, before and after. Raises Cancelled."""
    desk.token = token
    try:
        source = desk.source(clip.media)
        before, _ = frames_apart(source.read(pins[0].frame), source.read(pins[1].frame), token.check)
        first, second = (_whole(maker, clip, pin.frame, token) for pin in pins)
        if first is None or second is None:
            return FramesApart(pins, before)
        return FramesApart(pins, before, frames_apart(first, second, token.check)[0])
    except Cancelled:
        raise
    except TratteggioError:
        return FramesApart(pins)  # their pictures say why


def _whole(maker: RestoredMaker, clip: ClipWork, frame: int, token: CancelToken) -> Frame | None:
    """The restored frame; None while a stage waits for its shot to be analysed."""
    width, height = clip.media.width, clip.media.height
    part = maker.part(clip, frame, View(0, 0, width, height, width, height), 1, token)
    return None if part.waiting else part.rendered.frame.quantised()
