"""The last thing that happened to many films: a transfer through a lossy video codec, frame by frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

from engines.training.film_frame import DamagedFrame


@dataclass(frozen=True)
class CodecPass:
    """A constant-quantiser pass in 8-bit 4:2:0. quantiser: x264 QP (0..51), or MPEG-2 scale (2..31)."""

    codec: Literal["h264", "mpeg2"] = "h264"
    quantiser: int = 28
    keyframe_every: int = 12


def through_codec(frames: Iterable[DamagedFrame], settings: CodecPass) -> Iterator[DamagedFrame]:
    """The same frames with pictures as the codec leaves them; odd sizes lose nothing (they are padded inside)."""
    waiting: deque[DamagedFrame] = deque()
    encoder: av.VideoCodecContext | None = None
    decoder = av.VideoCodecContext.create("h264" if settings.codec == "h264" else "mpeg2video", "r")
    decoder.thread_count = 1
    for frame in frames:
        if encoder is None:
            encoder = _encoder(frame.picture, settings)
        waiting.append(frame)
        for packet in encoder.encode(_coded(frame.picture, frame.number)):
            yield from _answered(decoder.decode(packet), waiting)
    if encoder is not None:
        for packet in encoder.encode(None):
            yield from _answered(decoder.decode(packet), waiting)
        yield from _answered(decoder.decode(None), waiting)


def _encoder(picture: NDArray[np.float32], settings: CodecPass) -> av.VideoCodecContext:
    height, width = picture.shape[:2]
    x264 = settings.codec == "h264"
    encoder = av.VideoCodecContext.create("libx264" if x264 else "mpeg2video", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
    # The rate decides nothing at a constant quantiser.
    encoder.framerate, encoder.time_base = Fraction(25), Fraction(1, 25)
    encoder.thread_count, encoder.gop_size, encoder.max_b_frames = 1, settings.keyframe_every, 0
    q = settings.quantiser
    if x264:
        encoder.options = {"qp": str(q), "preset": "veryfast", "x264-params": "log-level=none"}
    else:
        encoder.qmin = encoder.qmax = q
    return encoder


def _coded(picture: NDArray[np.float32], number: int) -> av.VideoFrame:
    rgb = np.rint(np.clip(picture, 0.0, 1.0) * 255.0).astype(np.uint8)
    rgb = np.pad(rgb, ((0, rgb.shape[0] % 2), (0, rgb.shape[1] % 2), (0, 0)), mode="edge")
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
    frame.pts = number
    return frame


def _answered(decoded: list[av.VideoFrame], waiting: deque[DamagedFrame]) -> Iterator[DamagedFrame]:
    for picture in decoded:
        frame = waiting.popleft()
        height, width = frame.picture.shape[:2]
        rgb = picture.to_ndarray(format="rgb24")[:height, :width]
        yield replace(frame, picture=rgb.astype(np.float32) / np.float32(255.0))
