"""Real codec passes over frames held in memory: H.264, HEVC, MPEG-2 and motion JPEG through PyAV, JPEG through cv2."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Codec = Literal["jpeg", "mjpeg", "h264", "hevc", "mpeg2"]
Frames = NDArray[np.uint8]

_ENCODERS = {"mjpeg": "mjpeg", "h264": "libx264", "hevc": "libx265", "mpeg2": "mpeg2video"}
_DECODERS = {"mjpeg": "mjpeg", "h264": "h264", "hevc": "hevc", "mpeg2": "mpeg2video"}
# x265 codes nothing smaller than its smallest coding unit allows; MPEG-2 nothing below a macroblock.
_LEAST_SIDE = 64


@dataclass(frozen=True)
class CodecSetting:
    """One pass. strength: JPEG quality 1..100; H.264 and HEVC CRF or QP 0..51; MPEG-2 and MJPEG scale 2..31.

    by_rate_factor: CRF (H.264, HEVC only) instead of a constant quantiser. preset: of x264 and x265.
    b_frames: at most so many B-frames in a row. keyframe_every: frames between intra frames.
    """

    codec: Codec
    strength: int
    by_rate_factor: bool = False
    preset: str = "veryfast"
    b_frames: int = 0
    keyframe_every: int = 250


def code(frames: Frames, setting: CodecSetting) -> Frames:
    """Encode and decode consecutive luma frames N x H x W; the answer has their shape and order.

    Luma is coded as 8-bit 4:2:0 with neutral chroma; values are not converted in range. Raises RuntimeError where
    an encoder refuses or loses frames.
    """
    if setting.codec == "jpeg":
        return np.stack([jpeg_pass(frame, setting.strength) for frame in frames])
    height, width = frames.shape[1:]
    grown = (max(_LEAST_SIDE, height + height % 2), max(_LEAST_SIDE, width + width % 2))
    padded = np.pad(frames, ((0, 0), (0, grown[0] - height), (0, grown[1] - width)), mode="edge")
    encoder = _encoder(setting, *grown)
    neutral = np.full((grown[0] // 2, grown[1]), 128, dtype=np.uint8)
    packets = []
    for number, luma in enumerate(padded):
        frame = av.VideoFrame.from_ndarray(np.vstack((luma, neutral)), format=encoder.pix_fmt or "yuv420p")
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    decoder = _context(_DECODERS[setting.codec], "r")
    decoder.thread_count = 1
    if encoder.extradata:
        decoder.extradata = encoder.extradata
    decoded = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
    if len(decoded) != len(frames):
        raise RuntimeError(f"{setting.codec} gave {len(decoded)} frames for {len(frames)}")
    # The luma plane as coded: a conversion to grey would stretch its range.
    return np.stack([frame.to_ndarray()[:height, :width] for frame in decoded])


def jpeg_pass(picture: Frames, quality: int) -> Frames:
    """Encode and decode H x W uint8 as grey JPEG. Raises RuntimeError where the encoder refuses."""
    ok, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise RuntimeError("the JPEG encoder refused a training picture")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _encoder(setting: CodecSetting, height: int, width: int) -> av.VideoCodecContext:
    encoder = _context(_ENCODERS[setting.codec], "w")
    encoder.width, encoder.height = width, height
    encoder.pix_fmt = "yuvj420p" if setting.codec == "mjpeg" else "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(25), Fraction(1, 25)
    encoder.thread_count, encoder.gop_size = 1, setting.keyframe_every
    strength = str(setting.strength)
    rate = {"crf" if setting.by_rate_factor else "qp": strength}
    if setting.codec == "h264":
        encoder.max_b_frames = setting.b_frames
        encoder.options = {**rate, "preset": setting.preset, "x264-params": "log-level=none"}
    elif setting.codec == "hevc":
        # One thread, no pools: hundreds of short passes must not each start a crowd of threads.
        quiet = f"log-level=none:pools=none:frame-threads=1:wpp=0:bframes={setting.b_frames}:rc-lookahead=4"
        encoder.options = {**rate, "preset": setting.preset, "x265-params": quiet}
    else:
        encoder.max_b_frames = setting.b_frames if setting.codec == "mpeg2" else 0
        encoder.qmin = encoder.qmax = setting.strength
    return encoder


def _context(name: str, mode: Literal["r", "w"]) -> av.VideoCodecContext:
    context = av.CodecContext.create(name, mode)
    assert isinstance(context, av.VideoCodecContext)
    return context
