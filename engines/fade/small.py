"""Small pictures of frames, as the fade predictor sees them: whole frames squeezed into a square."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.colour.mapped import Rgb, code_matrix, times
from engines.luma import code_range
from engines.nets.fade_predictor import SIDE
from engines.scene_linear import encoded, is_linear, tamed
from engines.types import Frame

SMALL = 2 * SIDE
"""Width and height in pixels of the small pictures."""

VIEWS = 5
_CORNER = 0.7
"""Of the width and height that a view of a corner shows."""

_LEANING = 0.008
"""Root mean square of colour that brightness does not tell, nominal, below which a picture counts as tinted grey."""


def shrunk(frame: Frame) -> Rgb:
    """3 x SMALL x SMALL nominal R'G'B' (scene-linear light on the power scale of displays). Its matrix is said."""
    own = frame.planes[: 1 if frame.format.family == "gray" else 3]
    planes = [_area(tamed(plane) if frame.format.floating else plane) for plane in own]
    if frame.format.family == "gray":
        black, white = code_range(frame.format, frame.colour)
        picture = np.repeat((planes[0][None] - np.float32(black)) / np.float32(white - black), 3, axis=0)
    else:
        picture = times(code_matrix(frame), planes)
    return encoded(picture) if is_linear(frame.format, frame.colour) else picture


def views(picture: NDArray[np.floating]) -> Rgb:
    """VIEWS x 3 x SIDE x SIDE of a small picture: the whole of it, then its corners, which overlap."""
    cut = round(_CORNER * SMALL)
    starts = [(y, x) for y in (0, SMALL - cut) for x in (0, SMALL - cut)]
    parts = [picture, *(picture[:, y : y + cut, x : x + cut] for y, x in starts)]
    return np.stack([np.stack([_area(plane, SIDE) for plane in part]) for part in parts])


def colourless(pictures: NDArray[np.floating]) -> bool:
    """Whether N x 3 x H x W pictures hold one colour per brightness: grey, or toned as a whole (sepia)."""
    flat = pictures.transpose(1, 0, 2, 3).reshape(3, -1)[:, ::3].astype(np.float64)
    middle = flat.mean(axis=0)
    terms = np.stack([np.ones_like(middle), middle, middle**2, middle**3], axis=1)
    off = (flat - middle).T
    left = off - terms @ np.linalg.lstsq(terms, off, rcond=None)[0]
    return bool(np.sqrt(np.square(left).mean()) < _LEANING)


def _area(plane: NDArray[Any], side: int = SMALL) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(plane.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA), np.float32)
