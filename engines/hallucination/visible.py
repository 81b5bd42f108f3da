"""When an error counts as visible: the event whose probability the hallucination map tells."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

SIGMA = 2.0
"""Standard deviation of the Gaussian window, output pixels: about what the eye gathers at arm's length."""
RADIUS = 6
"""Where that window is cut off, output pixels."""
FAINTEST = 10.0 / 255.0
"""Smallest visible local error (RMS, nominal luma) on flat ground: ten 8-bit codes."""
MASKED = 0.5
"""Share of the truth's local contrast below which an error hides in the texture that is really there."""


def smooth(picture: Picture, cell: int = 1) -> Picture:
    """Gaussian mean over the window above, of a picture whose samples are `cell` output pixels wide; edges repeated."""
    size = 2 * (RADIUS // cell) + 1
    mean = cv2.GaussianBlur(picture, (size, size), SIGMA / cell, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(mean, np.float32)


def local_error(answer: Picture, truth: Picture) -> Picture:
    """Gaussian-weighted RMS difference around every pixel, H x W, nominal luma."""
    return np.sqrt(smooth(np.square(answer - truth)))


def threshold(truth: Picture) -> Picture:
    """Smallest visible local error around every pixel, H x W, nominal luma.

    On flat ground ten 8-bit codes: twice to three times the least step that can be seen at all (Chou and Li 1995,
    3 to 5 codes in mid-grey), so that what is called wrong can be shown to somebody. In texture half of the local
    contrast (standard deviation over the same window) hides an error, after contrast masking (Legge and Foley 1980);
    where invented texture is not the real one, its error is about 1.4 times that contrast and stays visible.
    """
    contrast = smooth(np.square(truth)) - np.square(smooth(truth))
    return np.maximum(np.float32(FAINTEST), np.float32(MASKED) * np.sqrt(np.maximum(contrast, np.float32(0.0))))


def visibly_wrong(answer: Picture, truth: Picture) -> NDArray[np.bool_]:
    """Where the local error is above the visible threshold, H x W."""
    return local_error(answer, truth) > threshold(truth)
