"""Small real clips, written with FFmpeg for tests that need a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engines.media.planes import format_of, to_av
from engines.types import ColourSpec, Frame


def moving_picture(number: int, width: int, height: int) -> NDArray[np.float32]:
    """0..1 grey: texture that pans to and fro by two pixels a frame, with a disc that crosses it."""
    rng = np.random.default_rng(11)
    big = cv2.GaussianBlur(rng.random((height + 8, width * 3)).astype(np.float32), (0, 0), 1.6)
    big = np.clip((big - 0.5) * 3 + 0.5, 0, 1)
    left = abs(number * 2 % (4 * width) - 2 * width)
    picture = big[4 : 4 + height, left : left + width].copy()
    cv2.circle(picture, ((width // 4 + number * 3) % width, height // 2), height // 6, 0.85, -1, cv2.LINE_AA)
    return np.asarray(picture, dtype=np.float32)


def clip_frame(number: int, width: int, height: int, pix_fmt: str) -> Frame:
    """`moving_picture` in limited or full range of `pix_fmt`, chroma a slow gradient."""
    layout = format_of(pix_fmt)
    grey = moving_picture(number, width, height)
    planes = []
    for index in range(layout.plane_count):
        w, h = layout.plane_size(index, width, height)
        if layout.family == "yuv" and index in (1, 2):
            value = np.tile(np.linspace(0.35, 0.65, w, dtype=np.float32), (h, 1))
        else:
            value = 0.07 + 0.85 * grey
        planes.append(
            value.astype(layout.dtype) if layout.floating else np.rint(value * layout.peak).astype(layout.dtype)
        )
    return Frame(tuple(planes), layout, ColourSpec())


def write_clip(
    path: Path,
    *,
    frames: int = 12,
    width: int = 96,
    height: int = 64,
    codec: str = "ffv1",
    pix_fmt: str = "yuv422p10le",
    options: dict[str, str] | None = None,
    audio: bool = False,
    timecode: str | None = None,
    rate: int | Fraction = 24,
) -> Path:
    """Write `frames` of `clip_frame`, optionally with a 16-bit tone; returns `path`."""
    defaults = {"ffv1": {"level": "3", "g": "1", "slicecrc": "1", "slices": "4"}}
    with av.open(str(path), "w") as sink:
        stream = sink.add_stream(codec, rate=rate, options=options or defaults.get(codec, {}))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.codec_context.sample_aspect_ratio = Fraction(16, 15)
        if timecode:
            stream.metadata["timecode"] = timecode
        sound = sink.add_stream("pcm_s16le", rate=48000, layout="stereo") if audio else None
        assert sound is None or isinstance(sound, AudioStream)
        for number in range(frames):
            sink.mux(stream.encode(to_av(clip_frame(number, width, height, pix_fmt), pix_fmt)))
            if sound is not None:
                sink.mux(sound.encode(_tone(number)))
        sink.mux(stream.encode(None))
        if sound is not None:
            sink.mux(sound.encode(None))
    return path


def write_stills(folder: Path, frames: int) -> Path:
    """8-bit grey PNGs scan_0001.png and on."""
    folder.mkdir()
    for number in range(frames):
        grey = np.rint(moving_picture(number, 64, 48) * 255).astype(np.uint8)
        assert cv2.imwrite(str(folder / f"scan_{number + 1:04}.png"), grey)
    return folder


def _tone(number: int) -> av.AudioFrame:
    time = (np.arange(2000) + number * 2000) / 48000
    wave = np.rint(np.sin(2 * np.pi * 440 * time) * 9000).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None], format="s16", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = 48000, number * 2000, Fraction(1, 48000)
    return frame
