"""How good a risk is: ranking, recall at a given false area, calibration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]
Flags = NDArray[np.bool_]


def roc(score: Values, event: Flags) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """False and true positive rates for every threshold between distinct scores, from (0, 0) to (1, 1)."""
    order = np.argsort(-score, kind="stable")
    ranked, hits = score[order], event[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    true, false = np.cumsum(hits)[last], np.cumsum(~hits)[last]
    start = np.zeros(1)
    return np.concatenate((start, false / max(int(false[-1]), 1))), np.concatenate(
        (start, true / max(int(true[-1]), 1))
    )


def auc(score: Values, event: Flags) -> float:
    """Area under the ROC curve: how often an event scores above a non-event (ties count half)."""
    false, true = roc(score, event)
    return float(np.trapezoid(true, false))


def average_precision(score: Values, event: Flags) -> float:
    """Mean precision over recall (step-wise, without interpolation)."""
    order = np.argsort(-score, kind="stable")
    hits = event[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean()) if hits.any() else 0.0


def recall_at(score: Values, event: Flags, false_area: float = 0.05) -> float:
    """Share of the events flagged when `false_area` of what is right is flagged, too."""
    false, true = roc(score, event)
    return float(np.interp(false_area, false, true))


def calibration_error(probability: Values, event: Flags, bins: int = 15) -> float:
    """Expected calibration error over `bins` bins of equal width (Guo et al. 2017), 0..1."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    count = np.bincount(index, minlength=bins)
    said = np.bincount(index, weights=probability, minlength=bins)
    was = np.bincount(index, weights=event.astype(np.float64), minlength=bins)
    return float(np.abs(said - was).sum() / max(int(count.sum()), 1))
