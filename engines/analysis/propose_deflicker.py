"""Whether the light of a shot flickers, by how much, and where."""

from __future__ import annotations

import numpy as np

from engines.analysis.finding import Finding, Sample
from engines.analysis.flicker import FlickerAnalysis
from engines.deflicker.correction import shot_light

NAME = "deflicker"
# Root mean square of the flicker, in per cent of the light: first seen, and as strong as films get.
_VISIBLE, _WORST = 0.8, 12.0
_FEWEST = 6
"""Frames that a shot must have to be judged."""


def propose_deflicker(sample: Sample) -> Finding | None:
    """Stage deflicker with its usual settings where flicker would be seen. Raises FrameError, Cancelled."""
    if sample.shot.last - sample.shot.first + 1 < _FEWEST:
        return None
    light = shot_light(sample.arrays(FlickerAnalysis()), None, "auto", True)
    whole, local = (100.0 * float(np.sqrt(np.mean(np.square(part)))) for part in (light.flicker, light.blocks))
    colour = 100.0 * float(np.sqrt(np.mean(np.square(light.cast))))
    found = max(whole, local, colour)
    if found < _VISIBLE:
        return None
    peak = 100.0 * float(np.abs(light.flicker).max())
    severity = float(np.clip((found - _VISIBLE) / (_WORST - _VISIBLE), 0.05, 1.0))
    confidence = float(np.clip(0.5 + 0.25 * np.log2(found / _VISIBLE), 0.5, 0.98))
    said = [f"light flickers by {whole:.1f} % (at most {peak:.0f} %)"] if whole >= _VISIBLE else []
    said += [f"it flickers by {local:.1f} % from place to place"] if local >= _VISIBLE else []
    said += [f"colour breathes by {colour:.1f} %"] if colour >= _VISIBLE else []
    reason = " and ".join(said)
    return Finding(NAME, severity, confidence, f"{reason[0].upper()}{reason[1:]}.", {})
