"""Colours at pinned places and of whole frames, before and after: the thread that infers reads them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.answers import component_names
from app.document import ClipWork
from app.picture_maker import RestoredMaker
from app.pictures import View
from app.pins import FrameChange, Pin, Pinned
from app.render_bridge import RenderBridge
from app.session import Session
from app.source_desk import SourceDesk
from app.view_state import PINS, ViewState
from engines.cancel import CancelToken
from engines.colour.readout import Reading, frames_apart, reading, square_around
from engines.errors import Cancelled, TratteggioError
from engines.scheduler import Urgency

_AROUND = 8
"""Source pixels on every side of a pin that are computed for it."""


class ColourProbe(QObject):
    """Keeps what is read at the pins, and of the frame at the playhead, in step with the document."""

    changed = Signal()
    """Something was read, or is no longer known."""
    _read = Signal(str, object)
    _compared = Signal(object)

    def __init__(self, session: Session, bridge: RenderBridge, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._state = session, bridge, state
        self._pinned: dict[str, Pinned] = {}
        self._change: FrameChange | None = None
        self._read.connect(self._on_read, Qt.ConnectionType.QueuedConnection)
        self._compared.connect(self._on_compared, Qt.ConnectionType.QueuedConnection)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        session.clip_changed.connect(self._on_playhead)
        bridge.cache_changed.connect(self._on_cache)
        state.changed.connect(self._on_state)

    def pinned(self, name: str) -> Pinned | None:
        """What was read at a pin of PINS; None while it is not known."""
        found = self._pinned.get(name)
        return found if found is not None and found.pin == getattr(self._state, name) else None

    @property
    def change(self) -> FrameChange | None:
        """Of the frame at the playhead; None where it is not measured."""
        found, here = self._change, (self._session.clip_id, self._session.playhead)
        return found if found is not None and (found.clip_id, found.frame) == here else None

    def _ask_pin(self, name: str) -> None:
        pin = getattr(self._state, name)
        clip = self._clip(pin)
        if pin is None or clip is None:
            return

        def work(maker: RestoredMaker, desk: SourceDesk, token: CancelToken) -> None:
            self._read.emit(name, read_pin(maker, desk, clip, pin, token))

        self._bridge.ask((name, clip.id, str(id(clip)), str(pin)), Urgency.PROBE, work)

    def _ask_change(self) -> None:
        clip, frame = self._session.clip, self._session.playhead
        if clip is None or not self._state.measuring or self._state.playing:
            return

        def work(maker: RestoredMaker, desk: SourceDesk, token: CancelToken) -> None:
            self._compared.emit(compare_frame(maker, desk, clip, frame, token))

        self._bridge.ask(("frame change", clip.id, str(id(clip)), str(frame)), Urgency.CURVE, work)

    def _clip(self, pin: Pin | None) -> ClipWork | None:
        clips = self._session.document.clips
        return None if pin is None else next((clip for clip in clips if clip.id == pin.clip_id), None)

    @Slot(object, object)
    def _on_document(self, *_: object) -> None:
        for name in PINS:
            if getattr(self._state, name) is not None and self._clip(getattr(self._state, name)) is None:
                self._state.set(name, None)
            self._ask_pin(name)
        self._ask_change()

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

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name in PINS:
            self._ask_pin(name)
            self.changed.emit()
        elif name in ("measuring", "playing"):
            self._ask_change()
            self.changed.emit()

    @Slot(str, object)
    def _on_read(self, name: str, pinned: Pinned | None) -> None:
        if pinned is not None:
            self._pinned[name] = pinned
            self.changed.emit()

    @Slot(object)
    def _on_compared(self, change: FrameChange) -> None:
        self._change = change
        self.changed.emit()


def read_pin(maker: RestoredMaker, desk: SourceDesk, clip: ClipWork, pin: Pin, token: CancelToken) -> Pinned | None:
    """Source and restored colours at a pin; None where the frame cannot be read. Raises Cancelled."""
    size = (clip.media.width, clip.media.height)
    desk.token = token
    try:
        source = desk.source(clip.media).read(pin.frame)
        read = partial(Pinned, pin, component_names(source.format), reading(source, square_around(pin.x, pin.y), size))
        return read(_restored(maker, clip, pin, token))
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
    width, height = clip.media.width, clip.media.height
    desk.token = token
    try:
        part = maker.part(clip, frame, View(0, 0, width, height, width, height), 1, token)
        if part.waiting:
            return FrameChange(clip.id, frame)
        source = desk.source(clip.media).read(frame)
        return FrameChange(clip.id, frame, *frames_apart(source, part.rendered.frame.quantised(), token.check))
    except Cancelled:
        raise
    except TratteggioError:
        return FrameChange(clip.id, frame)  # its picture says why
