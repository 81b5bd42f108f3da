"""Whether the picture of a shot weaves in its gate, and by how much."""

from __future__ import annotations

import numpy as np

from engines.analysis.finding import Finding, Sample
from engines.analysis.weave import WeaveAnalysis
from engines.stabilise.correction import Wish, shot_correction
from engines.stabilise.model import root_mean_square

NAME = "stabilise"
_VISIBLE, _WORST = 0.15, 3.0
"""RMS displacement, in pixels of a picture 1000 wide: first seen on a screen, and as bad as gates get."""
_FEWEST = 6
"""Frames that a shot must have to be judged."""


def propose_stabilise(sample: Sample) -> Finding | None:
    """Stage stabilise at its defaults where weave would be seen. Raises FrameError, Cancelled."""
    if sample.shot.last - sample.shot.first + 1 < _FEWEST:
        return None
    correction = shot_correction(sample.arrays(WeaveAnalysis()), Wish())
    size = correction.width, correction.height
    found = root_mean_square(correction.weave.mean(axis=1), *size)
    relative = found * 1000 / correction.width
    if relative < _VISIBLE:
        return None
    severity = float(np.clip((relative - _VISIBLE) / (_WORST - _VISIBLE), 0.05, 1.0))
    # Weave shakes from frame to frame; what changes more slowly may be a hand that holds the camera.
    jolts = root_mean_square(np.diff(correction.weave.mean(axis=1), axis=0), *size)
    confidence = float(np.clip(0.4 + 0.4 * jolts / max(found, 1e-9), 0.4, 0.95))
    camera = "a camera that stands still" if correction.locked else "the motion of the camera"
    reason = f"The picture weaves by {found:.2f} px (root mean square) around {camera}."
    return Finding(NAME, severity, confidence, reason)
