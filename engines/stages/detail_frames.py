"""Frames from and to the luma that networks work on, for stage `detail`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engines.detect.degradation import Degradation
from engines.luma import code_range, codes_of, luma_of, matrix_name
from engines.resample import enlarge_plane, enlarged
from engines.scene_linear import decoded, encoded, is_linear
from engines.stages.base import Geometry
from engines.stages.detail_chroma import answered_colour
from engines.types import Frame, Rect

Picture = NDArray[np.float32]


def pinned(frame: Frame, geometry: Geometry) -> Frame:
    """A cut of a picture with the matrix of the whole: untagged pictures are told by their size."""
    if frame.format.family == "yuv" and frame.colour.matrix == "rgb":
        return frame
    matrix = matrix_name(frame.colour, geometry.width, geometry.height)
    return replace(frame, colour=replace(frame.colour, matrix=matrix))


def encoded_luma(frame: Frame) -> Picture:
    """H x W float32 luma, nominal 0..1, on the perceptual scale that the networks know; scene-linear is encoded."""
    luma = luma_of(frame)
    return encoded(luma) if is_linear(frame.format, frame.colour) else luma


def assemble(
    below: Frame, inner: Rect, answer: Picture, luma: Picture, scale: int, told: Degradation, around: Rect
) -> Frame:
    """The answer's luma with the rest of `below`, for `inner` times `scale`; float32 code values.

    luma: encoded luma of all of `below`. inner, around: pixels of `below`; `inner` times `scale` lies on its chroma
    grid. answer: encoded luma of `around` times `scale`.

    Chroma follows the answer and is freed of what `told` says (`engines.chroma`); for that `below` and `around` must
    exceed `inner` by `MARGIN` chroma samples or end with the picture. Where nothing is told and nothing enlarged,
    chroma stays bit for bit. Alpha and the colour of scene-linear frames are always resampled plainly.
    """
    cut = inner.scaled(scale)
    here = cut.moved(-around.x * scale, -around.y * scale)
    own = np.ascontiguousarray(answer[here.y : here.bottom, here.x : here.right])
    guided = scale > 1 or told.noise > 0 or told.step > 0
    if below.format.family != "gray" and guided and not is_linear(below.format, below.colour):
        colour = answered_colour(below, inner, answer, around, luma, scale, told)
        return Frame((*colour, *enlarged(below, scale, inner, first=3)), below.format, below.colour)
    return _plainly(below, inner, own, luma, scale)


def _plainly(below: Frame, inner: Rect, own: Picture, luma: Picture, scale: int) -> Frame:
    """own: encoded luma of `inner` times `scale`."""
    if below.format.family != "rgb":
        rest = enlarged(below, scale, inner, first=1)
        return Frame((codes_of(_decoded(own, below), below), *rest), below.format, below.colour)
    # The luma correction is added to all three channels: hue stays, detail is the network's.
    black, white = code_range(below.format, below.colour)
    cut, planes = inner.scaled(scale), enlarged(below, scale, inner)
    plain = enlarge_plane(_decoded(luma, below), scale)[cut.y : cut.bottom, cut.x : cut.right]
    correction = (_decoded(own, below) - plain) * np.float32(white - black)
    channels = (*(plane + correction for plane in planes[:3]), *planes[3:])
    return Frame(channels, below.format, below.colour)


def _decoded(luma: Picture, frame: Frame) -> Picture:
    return decoded(luma) if is_linear(frame.format, frame.colour) else luma
