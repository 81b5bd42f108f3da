"""What an estimate says, in words and numbers for people."""

from __future__ import annotations

import numpy as np

from engines.fade.estimate import Estimate
from engines.fade.parameters import FadeParameters, Numbers

DYES = ("cyan", "magenta", "yellow")
_SEEN_LOSS, _SEEN_STAIN = 0.08, 0.03


def sureness(estimate: Estimate) -> float:
    """0..1: how much of the expected difference from the unfaded film the restoration should take away."""
    return float(np.clip(1.0 - estimate.after / max(estimate.before, 1e-6), 0.0, 1.0))


def losses(parameters: FadeParameters) -> Numbers:
    """3: share of cyan, magenta and yellow that a grey of density 1 has lost; negative where the scan shows more."""
    left = np.ones(3)
    return np.asarray(1.0 - left / np.maximum(parameters.gain + parameters.bend, 0.05))


def stain(parameters: FadeParameters) -> float:
    """Density of the stain, as its densest channel shows it more than its thinnest."""
    return float(parameters.base.max() - parameters.base.min())


def said(estimate: Estimate) -> str:
    """One sentence: which dyes were lost, the stain, and how sure that is."""
    parameters = FadeParameters.from_vector(estimate.vector)
    lost = losses(parameters)
    parts = [f"{name} lost about {loss:.0%}" for name, loss in zip(DYES, lost, strict=True) if loss >= _SEEN_LOSS]
    if stain(parameters) >= _SEEN_STAIN:
        parts.append(f"stain {stain(parameters):.2f} D")
    what = ", ".join(parts) or "no loss of dye to speak of"
    return f"{what[0].upper()}{what[1:]}; confidence {sureness(estimate):.1f}."
