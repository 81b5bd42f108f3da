"""The loudspeaker, where there is one: why not is a sentence, never a failure."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QIODevice, QObject, Signal, Slot

from app.sound import BYTES_PER_SECOND, RATE, SoundFeed

_BUFFER_BYTES = BYTES_PER_SECOND // 10


def _tr(text: str) -> str:
    return QCoreApplication.translate("AudioOut", text)


class Sink(Protocol):
    """Pulls bytes out of a feed until it is stopped."""

    def start(self, feed: SoundFeed) -> None: ...
    def stop(self) -> None: ...
    def buffered(self) -> float:
        """Seconds that were taken from the feed but not heard yet."""
        ...

    def set_volume(self, volume: float) -> None: ...


def open_sink() -> Sink | str:
    """The system's loudspeaker, or why there is none."""
    try:
        # Imported late: it loads the system's sound library, which bare machines lack.
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError as error:
        return _tr("no sound library (%1)").replace("%1", str(error).split(":")[0])
    device = QMediaDevices.defaultAudioOutput()
    if device.isNull():
        return _tr("no audio device")
    return QtSink()


class QtSink:
    """The default device through QtMultimedia."""

    def __init__(self) -> None:
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink

        wanted = QAudioFormat()
        wanted.setSampleRate(RATE)
        wanted.setChannelCount(2)
        wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        self._sink = QAudioSink(wanted)
        self._sink.setBufferSize(_BUFFER_BYTES)
        self._pipe: Pipe | None = None

    def start(self, feed: SoundFeed) -> None:
        self.stop()
        self._pipe = Pipe(feed)
        self._sink.start(self._pipe)

    def stop(self) -> None:
        self._sink.stop()
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None

    def buffered(self) -> float:
        return float(self._sink.bufferSize() - self._sink.bytesFree()) / BYTES_PER_SECOND

    def set_volume(self, volume: float) -> None:
        self._sink.setVolume(volume)


class Pipe(QIODevice):
    """Hands the feed's bytes to Qt, on whichever thread it asks."""

    def __init__(self, feed: SoundFeed) -> None:
        super().__init__()
        self._feed = feed
        self.open(QIODevice.OpenModeFlag.ReadOnly)

    def readData(self, maxlen: int) -> bytes:  # noqa: N802 - Qt's name
        return self._feed.take(maxlen - maxlen % 4)

    def writeData(self, data: bytes | bytearray | memoryview, length: int) -> int:  # noqa: N802, ARG002 - Qt's name
        return -1

    def isSequential(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def bytesAvailable(self) -> int:  # noqa: N802 - Qt's name
        return BYTES_PER_SECOND


class Sound(QObject):
    """A clip's sound on the loudspeaker. `reason` says why there is none to hear."""

    changed = Signal()

    def __init__(self, sink: Sink | str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sink = sink
        self._feed: SoundFeed | None = None
        self._path: Path | None = None
        self._problem = ""
        self._muted, self._volume = False, 1.0
        self.playing = False

    @property
    def reason(self) -> str:
        """Why nothing could be heard; "" where the clip's sound can be played."""
        return self._sink if isinstance(self._sink, str) else self._problem

    @property
    def muted(self) -> bool:
        return self._muted

    @property
    def volume(self) -> float:
        return self._volume

    def load(self, path: Path | None) -> None:
        """The clip that is heard from now on."""
        if path == self._path:
            return
        self.stop()
        self._path = path
        self._problem = _tr("looking for sound") if path is not None else _tr("no clip")
        if path is not None and self._sink is None:
            self._sink = open_sink()
            self._apply_volume()
        if path is not None and not isinstance(self._sink, str):
            self._obtain().load(path)
        self.changed.emit()

    def play(self, seconds: float) -> None:
        """From this time of the file on; nothing where there is no sound."""
        if self.reason or self._feed is None or self._sink is None or isinstance(self._sink, str):
            return
        self._feed.start(seconds)
        self._sink.start(self._feed)
        self.playing = True

    def stop(self) -> None:
        if self.playing and self._feed is not None and not isinstance(self._sink, str) and self._sink is not None:
            self._sink.stop()
            self._feed.stop()
        self.playing = False

    def position(self) -> float | None:
        """The time of the file that is heard now; None while nothing is."""
        if not self.playing or self._feed is None or self._sink is None or isinstance(self._sink, str):
            return None
        return self._feed.position - self._sink.buffered()

    def set_volume(self, volume: float) -> None:
        """0 silent to 1 full."""
        self._volume = min(max(volume, 0.0), 1.0)
        self._apply_volume()

    def set_muted(self, muted: bool) -> None:
        self._muted = muted
        self._apply_volume()

    def close(self) -> None:
        self.stop()
        if self._feed is not None:
            self._feed.close()
            self._feed = None

    def _apply_volume(self) -> None:
        if self._sink is not None and not isinstance(self._sink, str):
            self._sink.set_volume(0.0 if self._muted else self._volume)
        self.changed.emit()

    def _obtain(self) -> SoundFeed:
        if self._feed is None:
            self._feed = SoundFeed(self)
            self._feed.known.connect(self._on_known)
        return self._feed

    @Slot(object, str)
    def _on_known(self, path: Path, problem: str) -> None:
        if path == self._path:
            if problem:
                self.stop()
            self._problem = problem
            self.changed.emit()
