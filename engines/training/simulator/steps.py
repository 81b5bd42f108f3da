"""Codec strength on one scale: the quantiser step of the JPEG that would harm the same content as much."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.training.simulator.codecs import Frames, jpeg_pass

# libjpeg qualities whose errors make the ladder, fine to coarse (steps 0.6 to 267 code values).
_LADDER = (98, 93, 80, 50, 25, 12, 6, 3)
# Pixels that are enough for the ladder; more would only cost time.
_ENOUGH = 1 << 16


def jpeg_step(quality: int) -> float:
    """Typical luma quantiser step (8-bit code values) of libjpeg's quality scale, from its low-frequency entry."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    return 16.0 * scale / 100.0


def h264_step(qp: int) -> float:
    """Quantiser step of an H.264 QP (ITU-T H.264, 8.5.9): doubles every six."""
    return float(0.625 * 2.0 ** (qp / 6.0))


def equivalent_step(before: Frames, after: Frames) -> float:
    """The JPEG quantiser step (code values) whose mean squared error on `before` equals that of `after`.

    before, after: N x H x W uint8. Nominal steps of codecs are not comparable: loop filters, prediction, dead zones and
    rate control change what a step leaves behind. Equal error on equal content is. Between the rungs of a ladder of
    real JPEG passes log error is interpolated over log step; 0 where nothing changed.
    """
    error = float(np.square(after.astype(np.float32) - before).mean())
    if error == 0.0:
        return 0.0
    sample = _sample(before)
    errors = [float(np.square(jpeg_pass(sample, q).astype(np.float32) - sample).mean()) for q in _LADDER]
    # Flat content can make a rung cost nothing; it then says nothing either.
    rungs = [
        (np.log(e), np.log(jpeg_step(q))) for q, e in zip(_LADDER, np.maximum.accumulate(errors), strict=True) if e
    ]
    if not rungs:
        return jpeg_step(_LADDER[-1])
    log_errors, log_steps = np.array(rungs).T
    if error < np.exp(log_errors[0]):
        # Below the finest rung error grows with the step, as uniform quantisation has it.
        return float(np.exp(log_steps[0]) * np.sqrt(error / np.exp(log_errors[0])))
    return float(np.exp(np.interp(np.log(error), log_errors, log_steps)))


def _sample(frames: Frames) -> NDArray[np.uint8]:
    """Rows of whole 16-pixel blocks, evenly spread over all frames, of about as many pixels as are enough."""
    count, height, width = frames.shape
    picture = frames.reshape(count * height, width)
    bands = len(picture) // 16
    if picture.size <= _ENOUGH or bands < 2:
        return picture
    wanted = max(1, _ENOUGH // (16 * width))
    chosen = np.unique(np.linspace(0, bands - 1, wanted).astype(np.intp))
    return np.concatenate([picture[16 * band : 16 * band + 16] for band in chosen])
