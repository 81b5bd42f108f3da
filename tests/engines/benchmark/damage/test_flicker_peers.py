"""FFmpeg's deflicker as the peer: every frame answers, steadier, colour untouched."""

from __future__ import annotations

import numpy as np

from engines.benchmark.damage.flicker_peers import ffmpeg_deflicker
from engines.benchmark.damage.row_flicker import means
from engines.training.plant.flicker import Flicker, flickering
from engines.types import PixelFormat
from tests.fakes import random_frame


def test_every_frame_answers_steadier() -> None:
    clean = [random_frame(PixelFormat("yuv", 8, 2, 2), 64, 48)] * 12
    damaged, _ = flickering(clean, Flicker(0.05, 0.15, patches=0), seed=1)
    done = ffmpeg_deflicker(damaged, 5)
    assert len(done) == len(damaged)
    assert np.diff(means(done)).std() < np.diff(means(damaged)).std()
    assert all(np.array_equal(a.planes[1], b.planes[1]) for a, b in zip(done, damaged, strict=True))
