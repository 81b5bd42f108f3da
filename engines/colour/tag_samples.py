"""Whether a clip's codes look as if its range tag were wrong: a few frames are looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.colour.tags import TagFinding, said
from engines.errors import FrameError
from engines.media.source import Source
from engines.types import Plane

_LOOKED_AT = 9
_BLACK, _WHITE = 16, 235
# Camera pictures of limited range overshoot white, and codecs ring a little below black: both ends must be passed.
_BELOW, _ABOVE = 12, 240
_SHARE = 0.002
"""Of the samples that must lie beyond each end before limited range is doubted."""
_TOUCHING = 4
"""Codes from the ends of limited range within which a picture must end on both sides before full range is doubted."""


def range_doubt(source: Source) -> TagFinding | None:
    """A finding where luma codes of a few frames contradict the range, tagged or assumed, of Y'CbCr integers.

    Frames that cannot be read are passed over; None where nothing can be told.
    """
    info = source.info
    if info.format.family != "yuv" or info.format.floating:
        return None
    counts = sum(_counts(source, info.format.depth), np.zeros(256, np.int64))
    if not counts.any():
        return None
    used = np.flatnonzero(counts)
    low, high = int(used[0]), int(used[-1])
    if info.colour.range == "pc":
        touching = low <= _BLACK + _TOUCHING and high >= _WHITE - _TOUCHING
        wrong = touching and low >= _BLACK and high <= _WHITE
    else:
        least = _SHARE * counts.sum()
        wrong = counts[:_BELOW].sum() > least and counts[_ABOVE + 1 :].sum() > least
    if not wrong:
        return None
    spread = info.colour.range if info.colour.range in ("tv", "pc") else "tv"
    other = "tv" if spread == "pc" else "pc"
    told = "the tags say" if info.colour.range == spread else "the file does not say, and is taken for"
    sentence = f"Luma goes from {low} to {high} of 255, which looks like {said(other)} range; {told} {said(spread)}."
    return TagFinding("range", "contradicts", sentence, spread, (other, spread))


def _counts(source: Source, depth: int) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Histograms of luma in 8-bit codes, of frames spread over the clip."""
    count = source.info.frame_count
    for number in sorted({round(place) for place in np.linspace(0, count - 1, min(_LOOKED_AT, count))}):
        try:
            plane: Plane = source.read(number).planes[0]
        except FrameError:
            continue
        yield np.bincount((plane >> (depth - 8)).ravel(), minlength=256).astype(np.int64)
