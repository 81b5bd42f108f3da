"""Conformal risk control: the threshold that keeps a promise on pictures nobody has seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]
Flags = NDArray[np.bool_]


def missed_shares(risk: Values, wrong: Flags, thresholds: Values) -> NDArray[np.float64]:
    """Share of the visibly wrong pixels of one picture that stay without a flag, per threshold, 0..1.

    risk and wrong: any shape, alike; a pixel is flagged where its risk is *above* the threshold. Never falls as the
    threshold rises. A picture without a wrong pixel misses nothing.
    """
    hit = np.sort(risk[wrong])
    if hit.size == 0:
        return np.zeros(len(thresholds))
    return np.searchsorted(hit, thresholds, side="right") / hit.size


def controlled_threshold(losses: NDArray[np.float64], thresholds: Values, risk: float) -> float:
    """The largest threshold whose expected loss on a further, exchangeable picture is at most `risk`.

    losses: pictures x thresholds, each 0..1, rising along ascending `thresholds`. Angelopoulos, Bates, Fisch, Lei and
    Schuster, "Conformal risk control", 2022, eq. 4: mean * n / (n + 1) + 1 / (n + 1) <= risk. Returns 0.0, which
    flags every pixel of positive risk, where no threshold is that careful (fewer than 1 / risk - 1 pictures).
    """
    count = len(losses)
    bound = (losses.sum(axis=0) + 1.0) / (count + 1)
    safe = np.flatnonzero(bound <= risk)
    return float(thresholds[safe[-1]]) if safe.size else 0.0
