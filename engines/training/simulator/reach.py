"""How often and how strongly each degradation strikes, and the draws that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.nets.condition import NOISE_UNIT
from engines.training.simulator.codecs import Codec, CodecSetting

Weights = tuple[tuple[Codec, float], ...]
_PRESETS = ("superfast", "veryfast", "fast", "medium")


@dataclass(frozen=True)
class DegradationRange:
    """Shares are probabilities 0..1; ranges are (least, past the most).

    sensor_share: of noisy batches, those whose noise is a sensor's and not film grain. still_codecs, clip_codecs:
    relative frequencies. mpeg_scale: MPEG-2 and MJPEG quantiser scales. again_share: of coded pictures, those that
    were coded once before (second generation).

    The rest is off unless asked for. blurred_share: patches with a lens's or a movement's blur; max_blur: radii and
    lengths against the usual (1.0). halation_share: patches of glowing film. odd_sampling_share: batches not reduced
    by antialiased bicubic. interlaced_share: patches with combs or made-up lines. slipped_share: patches with wrong
    tones; only for recipes that learn towards `Degraded.target`. deep_share: batches kept in 10 bits.
    """

    noisy_share: float = 0.5
    compressed_share: float = 0.45
    max_sigma: float = NOISE_UNIT
    sensor_share: float = 0.4
    jpeg_quality: tuple[int, int] = (10, 92)
    h264_qp: tuple[int, int] = (18, 44)
    h264_crf: tuple[int, int] = (18, 42)
    mpeg_scale: tuple[int, int] = (2, 25)
    still_codecs: Weights = (("jpeg", 0.45), ("h264", 0.35), ("mpeg2", 0.08), ("hevc", 0.06), ("mjpeg", 0.06))
    clip_codecs: Weights = (("h264", 0.7), ("mpeg2", 0.15), ("hevc", 0.15))
    again_share: float = 0.1
    blurred_share: float = 0.0
    max_blur: float = 1.0
    halation_share: float = 0.0
    odd_sampling_share: float = 0.0
    interlaced_share: float = 0.0
    slipped_share: float = 0.0
    deep_share: float = 0.0

    def setting(self, codecs: Weights, rng: np.random.Generator) -> CodecSetting:
        """One codec setting at random."""
        names = [name for name, _ in codecs]
        shares = np.array([share for _, share in codecs])
        codec = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        if codec == "jpeg":
            return CodecSetting(codec, int(rng.integers(*self.jpeg_quality)))
        if codec in ("mpeg2", "mjpeg"):
            return CodecSetting(codec, int(rng.integers(*self.mpeg_scale)), b_frames=int(rng.integers(3)))
        by_rate_factor = bool(rng.random() < 0.6)
        strength = int(rng.integers(*(self.h264_crf if by_rate_factor else self.h264_qp)))
        setting = CodecSetting(codec, strength, by_rate_factor, b_frames=int(rng.integers(4)))
        # x265's faster half of presets would take ten times as long as x264's.
        return replace(setting, preset="ultrafast" if codec == "hevc" else _PRESETS[int(rng.integers(4))])


# Footage of unknown origin: everything that does not change tones.
WILD = DegradationRange(
    blurred_share=0.4, halation_share=0.08, odd_sampling_share=0.35, interlaced_share=0.1, deep_share=0.1
)
