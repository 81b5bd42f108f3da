"""Whether a shot is dirty: what stage dirt would find in a few of its frames."""

from __future__ import annotations

import numpy as np

from engines.analysis.finding import Finding, Sample
from engines.dirt.find import Wanted, find
from engines.dirt.look import ReadFrames, evidence_for
from engines.errors import FrameError
from engines.models.registry import load_blotch

# Specks a frame from which a shot counts as dirty, and at which it is as dirty as films come.
_DIRTY, _WORST = 0.7, 40.0
_SURE = 0.7

# Coding and scanning leave dirt a rim, which repair must cover too, pixels.
_RIM = 2


def propose_dirt(sample: Sample) -> Finding | None:
    """Stage dirt with marks that cover the rims of dirt. Raises Cancelled, ModelError."""
    counts, shares, sure = [], [], []
    for number in sample.frames:
        try:
            evidence = evidence_for(number, sample.shot, ReadFrames(sample.frame))
        except FrameError:
            # The others stand for the shot; a shot without any readable frame is not judged.
            continue
        if evidence is None:
            continue
        found = find(number, evidence, load_blotch(), Wanted())
        marked = [proposal for proposal in found.proposals if proposal.confidence >= _SURE]
        counts.append(len(marked))
        sure += [proposal.confidence for proposal in marked]
        shares.append(sum(proposal.area for proposal in marked) / found.labels.size)
    if not counts or float(np.mean(counts)) < _DIRTY:
        return None
    mean = float(np.mean(counts))
    severity = float(np.clip(np.log(mean / _DIRTY) / np.log(_WORST / _DIRTY), 0.05, 1.0))
    reason = f"About {mean:.0f} specks in each frame, {np.mean(shares):.2%} of the picture."
    if mean < 1.5:
        reason = f"About one speck in each frame, {np.mean(shares):.2%} of the picture."
    return Finding("dirt", severity, float(np.mean(sure)), reason, {"grow": str(_RIM)})
