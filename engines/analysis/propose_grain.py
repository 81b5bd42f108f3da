"""Whether a shot holds digital noise that should go, or grain that repairs must be given."""

from __future__ import annotations

import numpy as np

from engines.analysis.finding import Finding, Sample
from engines.analysis.grain import GrainAnalysis, kind_of
from engines.grain.model import GrainModel

NAME = "grain"
_LIKELY = 0.5
# Standard deviation in 8-bit codes: first seen, and as strong as it gets.
_VISIBLE, _HEAVY = 1.0, 12.0
_WORDS = {"grain": "Film grain", "digital": "Digital noise"}


def propose_grain(sample: Sample) -> Finding | None:
    """Stage grain where there is grain to keep or digital noise to remove; codec errors are stage detail's business.

    Raises FrameError, Cancelled, ModelError.
    """
    arrays = sample.arrays(GrainAnalysis())
    model = GrainModel.from_arrays(arrays)
    kind, sure = kind_of(arrays)
    strength = model.sigma * 255.0
    if kind not in _WORDS or strength < _VISIBLE or sure < _LIKELY:
        return None
    severity = float(np.clip((strength - _VISIBLE) / (_HEAVY - _VISIBLE), 0.05, 1.0))
    if kind == "grain":
        # Nothing is wrong with grain: the stage only sees to it that repairs have it, too.
        severity *= 0.3
    what = "stays, and repairs get it" if kind == "grain" else "is taken away"
    reason = f"{_WORDS[kind]} of {strength:.1f} 8-bit codes ({sure:.0%} sure): it {what}."
    return Finding(NAME, severity, sure, reason, {})
