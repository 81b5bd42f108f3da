"""Whether a shot is compressed so strongly that stage detail should take the blocks out."""

from __future__ import annotations

from engines.analysis.finding import Finding, Sample
from engines.detect.degradation import estimate
from engines.errors import FrameError
from engines.luma import luma_of
from engines.models.registry import load_detail

# Quantiser steps (8-bit codes) from which blocks show at normal viewing, and at which they are the picture's worst.
_VISIBLE, _WORST = 14.0, 60.0


def propose_detail(sample: Sample) -> Finding | None:
    """Detail at the source's own size, faithful, against compression alone (what grain there is stays).

    Raises Cancelled, ModelError.
    """
    lumas = []
    for number in sample.frames:
        try:
            lumas.append(luma_of(sample.frame(number)))
        except FrameError:
            # The others stand for the shot; a shot without any readable frame is not judged.
            continue
    step = estimate(lumas, load_detail("cpu").condition, "cpu").step
    if step < _VISIBLE:
        return None
    severity = min((step - _VISIBLE) / (_WORST - _VISIBLE), 1.0)
    reason = f"Compressed with a quantiser step of about {step:.0f} of 255 codes: blocks and ringing show."
    return Finding("detail", severity, min(0.5 + 0.5 * severity, 0.95), reason, {"scale": "1", "noise": "0"})
