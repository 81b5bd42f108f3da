"""Writes one film of the demo reel: FFV1 pictures and, for the damaged one, a soundtrack and labels."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engines.media.convert import convert
from engines.media.planes import native_name, to_av
from engines.types import ColourSpec, Frame, PixelFormat

_LAYOUT = PixelFormat("yuv", 10, 2, 1)
_COLOUR = ColourSpec("tv", "bt709", "bt709", "bt709", "left")
_TITLE = "A Day by the Sea (damaged print)"
_TIMECODE = "01:00:00:00"
_SOUND_RATE = 48_000


class ReelWriter:
    """A context manager; leaving it finishes the file. With `frames` (the length) there is sound and a title."""

    def __init__(self, path: Path, width: int, height: int, rate: Fraction, *, cut: int = 0, frames: int = 0) -> None:
        # Bit-exact: no random file identifiers, so the same seed gives the same bytes.
        self._file = av.open(path, "w", format="matroska", options={"fflags": "+bitexact"})
        self._rate = rate
        self._count = 0
        self._pictures = self._add_pictures(width, height)
        self._sound: AudioStream | None = None
        if frames:
            self._sound = self._file.add_stream("pcm_s24le", rate=_SOUND_RATE, layout="stereo")
            self._samples = _soundtrack(cut, frames, rate)
            self._label(cut, frames)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._file.mux(self._pictures.encode(None))
        finally:
            self._file.close()

    def write(self, picture: NDArray[np.float32]) -> None:
        """Append H x W x 3 float32 display-coded RGB (0..1)."""
        frame = to_av(_coded(picture), native_name(_LAYOUT))
        frame.pts = self._count
        frame.time_base = 1 / self._rate
        # The encoder takes its tags from each frame.
        frame.color_range, frame.colorspace = ColorRange.MPEG, Colorspace.ITU709
        frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        self._file.mux(self._pictures.encode(frame))
        if self._sound is not None:
            self._write_sound(self._sound)
        self._count += 1

    def _add_pictures(self, width: int, height: int) -> VideoStream:
        options = {"level": "3", "slices": "4", "slicecrc": "1", "g": "1"}
        options |= {"field_order": "progressive", "chroma_sample_location": _COLOUR.chroma_location}
        stream: VideoStream = self._file.add_stream("ffv1", rate=self._rate, options=options)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, native_name(_LAYOUT)
        context.time_base, context.thread_count = 1 / self._rate, 2
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        return stream

    def _label(self, cut: int, frames: int) -> None:
        self._file.metadata["title"] = _TITLE
        self._pictures.metadata["timecode"] = _TIMECODE
        names = (("The harbour", 0, cut), ("The street", cut, frames))
        self._file.set_chapters(
            [
                {"id": i, "start": a, "end": b, "time_base": 1 / self._rate, "metadata": {"title": name}}
                for i, (name, a, b) in enumerate(names, 1)
            ]
        )

    def _write_sound(self, stream: AudioStream) -> None:
        """The sound that runs with the frame just written."""
        first, last = (int(n * _SOUND_RATE / self._rate) for n in (self._count, self._count + 1))
        # The encoder keeps the upper 24 bits of 32.
        part = np.ascontiguousarray(self._samples[first:last].reshape(1, -1))
        sound = av.AudioFrame.from_ndarray(part, format="s32", layout="stereo")
        sound.sample_rate, sound.pts, sound.time_base = _SOUND_RATE, first, Fraction(1, _SOUND_RATE)
        self._file.mux(stream.encode(sound))


def _coded(picture: NDArray[np.float32]) -> Frame:
    codes = np.rint(np.clip(picture, 0.0, 1.0) * 65535.0).astype(np.uint16)
    planes = tuple(np.ascontiguousarray(codes[..., i]) for i in range(3))
    return convert(Frame(planes, PixelFormat("rgb", 16), ColourSpec("pc", "rgb")), _LAYOUT, _COLOUR)


def _soundtrack(cut: int, frames: int, rate: Fraction) -> NDArray[np.int32]:
    """Samples x 2: a slow chord, the hiss of an old optical track, and a 1 kHz pop of one frame at either shot."""
    count = int(frames * _SOUND_RATE / rate) + 1
    time = np.arange(count) / _SOUND_RATE
    left = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220.0, 277.18, 329.63)) / 3
    right = sum(np.sin(2 * np.pi * pitch * time + 0.4) for pitch in (220.5, 277.6, 330.1)) / 3
    hiss = np.random.default_rng(0).normal(0.0, 0.01, (count, 2))
    sound = 0.12 * np.stack([left, right], axis=1) + hiss
    for start in (0, cut):
        first, last = (int(n * _SOUND_RATE / rate) for n in (start, start + 1))
        sound[first:last] += 0.4 * np.sin(2 * np.pi * 1000.0 * time[first:last])[:, None]
    # Whole 24-bit values in the upper bits.
    return np.asarray(np.rint(np.clip(sound, -1.0, 1.0) * (2**23 - 1)).astype(np.int32) << 8, dtype=np.int32)
