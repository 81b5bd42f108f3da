"""Whether a shot's dyes have faded, which, and how sure that is."""

from __future__ import annotations

import numpy as np

from engines.analysis.fade import FadeAnalysis, estimate_of
from engines.analysis.finding import Finding, Sample
from engines.fade.summary import said, sureness

NAME = "fade"
# Expected difference (CIEDE2000) from the unfaded film: first seen, and a print gone all magenta.
_VISIBLE, _WORST = 2.0, 25.0
_SURE = 0.4


def propose_fade(sample: Sample) -> Finding | None:
    """Stage fade where a colour film has faded visibly and the restoration surely helps.

    Raises FrameError, Cancelled, ModelError.
    """
    if sample.info.format.family == "gray":
        return None
    arrays = sample.arrays(FadeAnalysis())
    estimate = estimate_of(arrays)
    sure = sureness(estimate)
    if bool(arrays["colourless"]) or estimate.before < _VISIBLE or sure < _SURE:
        return None
    severity = float(np.clip((estimate.before - _VISIBLE) / (_WORST - _VISIBLE), 0.05, 1.0))
    return Finding(NAME, severity, sure, said(estimate), {})
