"""The colour of an answer of stage `detail`: chroma of the source, steadied and enlarged along the answer's luma."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.chroma import MARGIN, chroma_noise, following, on_chroma_grid, steadied
from engines.detect.degradation import Degradation
from engines.luma import chroma_range, code_range, luma_weights
from engines.resample import chroma_shift
from engines.types import Frame, Rect

Picture = NDArray[np.float32]

# Share of the slope used to double chroma that is not subsampled: most pictures had subsampled chroma once (camera
# mosaics, JPEG, Photo CD), so that its finest octave holds less than luma's. On kodak24 and set5 the mean error at
# edges is smallest at 0.5 to 0.7, the worst picture's at less.
_TRUST_FINEST = 0.5


def answered_colour(
    below: Frame, inner: Rect, answer: Picture, around: Rect, luma: Picture, scale: int, told: Degradation
) -> tuple[Picture, ...]:
    """Planes 0 to 2 of Y'CbCr or RGB for `inner` times `scale`, float32 code values.

    luma: nominal luma of all of `below`. inner, around: pixels of `below`; `inner` times `scale` lies on its chroma
    grid. answer: luma of `around` times `scale`. `below` and `around` must exceed `inner` by `MARGIN` chroma samples
    or end with the picture.
    """
    layout, spec = below.format, below.colour
    near, cut = _near(below, inner), inner.scaled(scale)
    clean = luma.copy()
    clean[around.y : around.bottom, around.x : around.right] = _shrunk(answer, scale)
    guide = on_chroma_grid(_part(clean, near), layout, spec.chroma_location)
    finer = _finer(below, inner, answer, around, scale, near)
    weights = luma_weights(spec, below.width, below.height)
    noise = chroma_noise(told, weights, layout, spec.chroma_location)
    shift = chroma_shift(layout, spec.chroma_location, scale)
    trust = _TRUST_FINEST if scale == 2 and layout.chroma_x == layout.chroma_y == 1 else 1.0
    x, y = (cut.x - near.x * scale) // layout.chroma_x, (cut.y - near.y * scale) // layout.chroma_y
    width, height = layout.plane_size(1, cut.width, cut.height)
    found = []
    for chroma, sigma in zip(_chroma(below, near, luma), noise, strict=True):
        calm = steadied(chroma, guide, sigma)
        whole = calm if scale == 1 else following(calm, guide, finer, scale, shift, trust)
        found.append(whole[y : y + height, x : x + width])
    own = _part(answer, cut.moved(-around.x * scale, -around.y * scale))
    black, white = code_range(layout, spec)
    if layout.family == "yuv":
        neutral, excursion = chroma_range(layout, spec)
        coded = (np.ascontiguousarray(c * np.float32(excursion) + np.float32(neutral)) for c in found)
        return own * np.float32(white - black) + np.float32(black), *coded
    kr, kg, kb = (np.float32(w) for w in weights)
    blue, red = own + 2 * (1 - kb) * found[0], own + 2 * (1 - kr) * found[1]
    channels = (red, (own - kr * red - kb * blue) / kg, blue)
    return tuple(np.asarray(c * np.float32(white - black) + np.float32(black), dtype=np.float32) for c in channels)


def _near(below: Frame, inner: Rect) -> Rect:
    """What the answer for `inner` reads, on the chroma grid."""
    step_x, step_y = below.format.chroma_x, below.format.chroma_y
    return inner.grown(MARGIN * max(step_x, step_y), below.bounds).aligned(step_x, step_y, below.bounds)


def _chroma(below: Frame, near: Rect, luma: Picture) -> tuple[Picture, Picture]:
    """Cb and Cr of `near`, nominal (excursion 1); those of RGB are its colour differences."""
    if below.format.family == "yuv":
        neutral, excursion = chroma_range(below.format, below.colour)
        planes = below.crop(near).planes[1:3]
        cb, cr = ((p.astype(np.float32) - np.float32(neutral)) * np.float32(1 / excursion) for p in planes)
        return cb, cr
    black, white = code_range(below.format, below.colour)
    kr, _, kb = luma_weights(below.colour, below.width, below.height)
    red, blue = (
        (_part(below.planes[index], near).astype(np.float32) - np.float32(black)) * np.float32(1 / (white - black))
        for index in (0, 2)
    )
    grey = _part(luma, near)
    return (blue - grey) * np.float32(0.5 / (1 - kb)), (red - grey) * np.float32(0.5 / (1 - kr))


def _finer(below: Frame, inner: Rect, answer: Picture, around: Rect, scale: int, near: Rect) -> Picture:
    """The answer's luma at every enlarged chroma sample of `near`; right in and next to `inner`, 0 elsewhere."""
    layout = below.format
    # Whole cells beside `inner`, as far as the answer reaches: what a sited sample averages.
    cut, bounds = inner.scaled(scale), around.scaled(scale)
    left, top = (
        (a - b) // step * step
        for a, b, step in ((cut.x, bounds.x, layout.chroma_x), (cut.y, bounds.y, layout.chroma_y))
    )
    left, top = min(left, layout.chroma_x), min(top, layout.chroma_y)
    seen = Rect(cut.x - left, cut.y - top, cut.width + left + layout.chroma_x, cut.height + top + layout.chroma_y)
    right, bottom = min(seen.right, bounds.right), min(seen.bottom, bounds.bottom)
    seen = Rect(seen.x, seen.y, right - seen.x, bottom - seen.y)
    sited = on_chroma_grid(_part(answer, seen.moved(-bounds.x, -bounds.y)), layout, below.colour.chroma_location)
    width, height = layout.plane_size(1, near.width, near.height)
    whole = np.zeros((height * scale, width * scale), np.float32)
    x, y = (seen.x - near.x * scale) // layout.chroma_x, (seen.y - near.y * scale) // layout.chroma_y
    whole[y : y + sited.shape[0], x : x + sited.shape[1]] = sited
    return whole


def _shrunk(picture: Picture, scale: int) -> Picture:
    if scale == 1:
        return picture
    height, width = picture.shape[0] // scale, picture.shape[1] // scale
    return np.asarray(picture.reshape(height, scale, width, scale).mean(axis=(1, 3), dtype=np.float32))


def _part(picture: Picture, rect: Rect) -> Picture:
    return np.ascontiguousarray(picture[rect.y : rect.bottom, rect.x : rect.right])
