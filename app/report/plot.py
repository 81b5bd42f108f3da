"""A strip per label: what share of every frame it covers, as SVG that stays small however long the film is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.report.highlights import Shares
from engines.provenance import Origin
from engines.types import FrameNo

_WIDTH, _HEIGHT, _MOST = 720, 56, 720
_SHOWN = (Origin.SYNTHESISED, Origin.ESTIMATED, Origin.TRANSPORTED, Origin.ADJUSTED)


@dataclass(frozen=True)
class Strip:
    """path: SVG of `width` x `height`, one step per column, the highest frame of each. top: share (0..1) at its upper
    edge. touched: frames with any such pixel. most: the frame with the largest share, counted as in the manifest.
    """

    label: str
    path: str
    top: float
    touched: int
    most: FrameNo
    mean: float
    width: int = _WIDTH
    height: int = _HEIGHT


def strips(shares: Shares, first: FrameNo) -> tuple[Strip, ...]:
    """Of every label but SOURCE that occurs. shares: frames x labels, 0..1."""
    return tuple(_strip(origin.name, shares[:, origin], first) for origin in _SHOWN if shares[:, origin].any())


def _strip(label: str, column: Shares, first: FrameNo) -> Strip:
    bins = np.array_split(column, min(len(column), _MOST))
    highest = np.array([part.max() for part in bins])
    top = float(highest.max())
    steps = np.rint(_HEIGHT * (1.0 - highest / top)).astype(int)
    # A frame that is touched at all shows.
    steps = np.where((highest > 0) & (steps >= _HEIGHT), _HEIGHT - 1, steps)
    edges = np.rint(np.linspace(0, _WIDTH, len(bins) + 1)).astype(int)
    path = f"M0 {_HEIGHT}" + "".join(
        f"V{step}H{right}" for step, right in zip(steps.tolist(), edges[1:].tolist(), strict=True)
    )
    return Strip(
        label,
        f"{path}V{_HEIGHT}Z",
        top,
        int(np.count_nonzero(column)),
        first + int(np.argmax(column)),
        float(column.mean()),
    )
