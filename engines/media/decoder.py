"""A decoder that knows which packet every picture came from, and can be set to any packet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from engines.media.demux import NO_TIME, Packets, is_flush, keep_only, open_container, video_stream
from engines.media.ffv1 import SliceCheck
from engines.media.index import Serial

# Decoders that hold pictures back conceal errors and flag them; asked to stop at errors they lose innocent pictures.
_CHECK = {"err_detect": "crccheck"}
# For this decoder, aggressive means only that bits left over at a slice's end are an error.
_CHECK_H264 = {"err_detect": "crccheck+aggressive"}
_SAMPLES = 5
_CHECK_INTRA = {"err_detect": "crccheck+explode"}


class Unreliable(Exception):  # noqa: N818 - a signal between this module and the one that uses it
    """A threaded decoder lost count of its pictures; a decoder with one thread does not."""


@dataclass(frozen=True)
class Decoded:
    """What one step brought: pictures in output order, and the packets known to be damaged."""

    pictures: tuple[tuple[Serial, av.VideoFrame], ...]
    damaged: tuple[Serial, ...] = ()


class Decoder:
    """One open container. `start` at a packet, then `step` from packet to packet."""

    def __init__(self, path: Path, packets: Packets, *, intra: bool, threads: int = 0, reorder_depth: int = 0) -> None:
        self._path = path
        self._packets = packets
        self._intra = intra
        self._threads = threads
        self._exact = intra or threads == 1
        self._reorder_depth = reorder_depth
        self._container: av.container.InputContainer | None = None
        self._check: SliceCheck | None = None
        self._feed: Iterator[av.Packet[av.VideoStream]] = iter(())
        self._waiting: av.Packet[av.VideoStream] | None = None
        self.position: Serial = 0
        """Serial of the packet that comes next; the packet count once all are through."""
        self._open()

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    def start(self, serial: Serial) -> None:
        """Go to packet `serial` with an empty decoder, by seeking where that works, else by reading from the start."""
        if serial > 0 and any(self._seek(time, serial) for time in self._times(serial)):
            return
        self._open()
        self._feed = self._demux()
        while self.position < serial and self._next() is not None:
            self.position += 1

    def step(self, last: int | None = None) -> Decoded | None:
        """Decode one packet, or flush at the end (or after `last` packets); None once all is out. Raises Unreliable."""
        if self.position > len(self._packets):
            return None
        packet = self._next() if last is None or self.position < last else None
        if packet is None:
            self.position = len(self._packets) + 1
            return self._flush()
        serial, self.position = self.position, self.position + 1
        # Decoders hand a packet's pts on to its picture unread. (PyAV's `opaque` would do the same, but frees it under
        # the interpreter lock, for which a decoder's threads wait forever while they are being closed.)
        packet.pts = serial
        hurt = packet.is_corrupt or (self._check is not None and not self._check(bytes(packet)))
        try:
            pictures = self._stream.codec_context.decode(packet)
        except BlockingIOError as error:
            raise Unreliable from error
        except av.FFmpegError:
            # With several threads the error may belong to an earlier packet, whose picture will be missed instead.
            return Decoded((), (serial,) if hurt or self._exact else ())
        return Decoded(self._named(pictures), (serial,) if hurt else ())

    def _flush(self) -> Decoded:
        try:
            return Decoded(self._named(self._stream.codec_context.decode(None)))
        except EOFError:
            return Decoded(())
        except av.FFmpegError as error:
            if self._exact:
                return Decoded(())
            raise Unreliable from error

    @staticmethod
    def _named(pictures: list[av.VideoFrame]) -> tuple[tuple[Serial, av.VideoFrame], ...]:
        return tuple((p.pts, p) for p in pictures if p.pts is not None)

    def _open(self) -> None:
        self.close()
        self._container = open_container(self._path)
        self._stream = video_stream(self._container, self._path.name)
        keep_only(self._container, self._stream)
        context = self._stream.codec_context
        context.thread_count = self._threads
        # Threads within a picture keep the latency of random access at one picture.
        context.thread_type = av.codec.context.ThreadType.SLICE if self._intra else av.codec.context.ThreadType.AUTO
        predicted = _CHECK_H264 if context.name == "h264" else _CHECK
        context.options = dict(_CHECK_INTRA if self._intra else predicted)
        self._restore_depth()
        if context.name == "ffv1" and self._check is None:
            self._check = SliceCheck(bytes(packet) for packet in itertools.islice(self._demux(), _SAMPLES))
            self._open()
            return
        self._feed, self._waiting, self.position = self._demux(), None, 0

    def _restore_depth(self) -> None:
        # FFmpeg's H.264 decoder guesses how far pictures are reordered and drops some when it guesses low.
        context = self._stream.codec_context
        if context.name == "h264" and self._reorder_depth > context.reorder_depth:
            context.reorder_depth = self._reorder_depth

    def _demux(self) -> Iterator[av.Packet[av.VideoStream]]:
        assert self._container is not None
        try:
            for packet in self._container.demux(self._stream):
                if not is_flush(packet):
                    yield packet
        except av.FFmpegError:
            return  # the table ends here too: it was read the same way

    def _next(self) -> av.Packet[av.VideoStream] | None:
        if self._waiting is not None:
            packet, self._waiting = self._waiting, None
            return packet
        return next(self._feed, None)

    def _times(self, serial: Serial) -> tuple[int, ...]:
        """Where to seek for a packet: demuxers search by presentation or by decoding time, some only roughly."""
        keys = np.flatnonzero(self._packets.key[:serial])
        rows = (serial, *keys[-1:], *keys[-4:-3])
        times = [int(t) for row in rows for t in (self._packets.pts[row], self._packets.dts[row]) if t != NO_TIME]
        return tuple(dict.fromkeys(times))

    def _seek(self, time: int, serial: Serial) -> bool:
        """Seek to `time` and read up to packet `serial`; False where we came out after it or cannot tell where."""
        assert self._container is not None
        try:
            self._container.seek(time, stream=self._stream)
        except av.FFmpegError:
            return False
        self._restore_depth()
        self._feed, self._waiting = self._demux(), None
        while (packet := self._next()) is not None:
            found = self._identify(packet)
            if found is None:
                continue
            if found > serial:
                return False
            if found == serial:
                self._waiting, self.position = packet, serial
                return True
        return False

    def _identify(self, packet: av.Packet[av.VideoStream]) -> Serial | None:
        """The serial of a packet met after a seek, by its byte position where those are unique, else by its times."""
        found = self._packets.serial_at(packet.pos, packet.dts, packet.size)
        if found is None or packet.pts is None:
            return found
        known = int(self._packets.pts[found])
        return found if known in (NO_TIME, packet.pts) else None
