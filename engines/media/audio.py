"""The sound of a clip as stereo samples, any stretch of time at a time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.media.demux import open_container

Samples = NDArray[np.float32]
"""N x 2, -1 to 1."""

# Sought this much before what is wanted: compressed sound needs some packets to find its feet.
_RUN_UP = Fraction(1, 5)
# Up to here decoding on is quicker than seeking.
_PATIENCE_SECONDS = 2


class SoundReader:
    """The first sound stream of a file. From one thread at a time; `close` when done.

    As exact as the file's times: to the sample in MOV or WAV, within a millisecond after a seek in Matroska.
    """

    def __init__(self, path: Path, rate: int = 48000) -> None:
        """Raises MediaError where the file cannot be read or holds no sound that can be decoded."""
        self.rate = rate
        self._held_at = 0
        self._held: Samples = np.zeros((0, 2), np.float32)
        self._name = path.name
        self._container = open_container(path)
        streams = [s for s in self._container.streams.audio if s.codec_context is not None]  # type: ignore[redundant-expr]
        if not streams:
            self._container.close()
            raise MediaError(f"{path.name} has no sound.")
        self._stream = streams[0]
        for other in self._container.streams:
            if other.index != self._stream.index:
                other.discard = av.stream.Discard.all
        self._seek(0)

    def close(self) -> None:
        self._container.close()

    def read(self, start: int, count: int) -> Samples:
        """Samples `start` to `start + count`, counted from time 0 of the file; silence where it holds none.

        Raises MediaError where the file breaks off.
        """
        out = np.zeros((count, 2), np.float32)
        held_end = self._held_at + len(self._held)
        if start < self._held_at or start > held_end + _PATIENCE_SECONDS * self.rate:
            self._seek(start)
        at = start
        while at < start + count:
            if not self._holds(at):
                break
            offset = at - self._held_at
            if offset < 0:  # a gap in the stream
                at = min(self._held_at, start + count)
                continue
            part = self._held[offset : offset + start + count - at]
            out[at - start : at - start + len(part)] = part
            at += len(part)
        return out

    def _holds(self, at: int) -> bool:
        """Decode until the held block ends after sample `at`; False at the end of the stream."""
        while self._held_at + len(self._held) <= at:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._held_at, self._held = block
        return True

    def _seek(self, start: int) -> None:
        time = max(Fraction(start, self.rate) - _RUN_UP, Fraction(0))
        base = self._stream.time_base
        assert base is not None
        try:
            self._container.seek(int(time / base), stream=self._stream)
        except av.FFmpegError as error:
            raise MediaError(f"The sound of {self._name} cannot be wound to a place.") from error
        self._blocks = self._decode()
        self._held_at, self._held = start, np.zeros((0, 2), np.float32)

    def _decode(self) -> Iterator[tuple[int, Samples]]:
        """Blocks of samples, each with the number of its first; counted on from the first, as files round times."""
        resampler = AudioResampler(format="flt", layout="stereo", rate=self.rate)
        expected: int | None = None
        for frame in self._frames():
            stamp = expected or 0
            if frame.pts is not None and frame.time_base is not None:
                stamp = round(frame.pts * frame.time_base * self.rate)
            if expected is None or abs(stamp - expected) > self.rate // 50:
                expected = stamp
            for block in resampler.resample(frame):
                samples = np.ascontiguousarray(block.to_ndarray().reshape(-1, 2), dtype=np.float32)
                yield expected, samples
                expected += len(samples)

    def _frames(self) -> Iterator[av.AudioFrame]:
        try:
            for packet in self._container.demux(self._stream):
                try:
                    yield from packet.decode()
                except av.InvalidDataError:
                    continue  # one damaged packet is silence, as `read` fills gaps
        except av.FFmpegError as error:
            raise MediaError(
                f"The sound of {self._name} breaks off.", "Copy the file again from its origin."
            ) from error
