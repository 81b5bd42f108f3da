"""Finds the dirt of one frame: candidates, how sure each is, and which are wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.detect.proposals import Detections, Polarity, Proposal
from engines.dirt.components import MEAN_LOGIT, UNREST, candidates, grown, restlessness
from engines.dirt.evidence import Evidence
from engines.dirt.judge import BlotchModel, logits_of
from engines.types import FrameNo

# Candidates of this area (px) in the middle of so much motion that neither neighbour followed are less sure by this,
# unless the network has hardly a doubt (mean logit).
_LARGE, _RESTLESS, _DOUBTED, _UNDENIED = 100, 0.13, 0.5, 2.6


@dataclass(frozen=True)
class Wanted:
    """Which finds are kept. smallest, largest: of the longer side, in pixels of the picture searched, inclusive.

    polarity: "both", "bright" or "dark". grow: by how many pixels marks are widened. protect: whether unrest around a
    candidate makes it less sure.
    """

    polarity: str = "both"
    smallest: float = 1
    largest: float = float("inf")
    grow: int = 0
    protect: bool = True


def find(number: FrameNo, evidence: Evidence, model: BlotchModel, wanted: Wanted) -> Detections:
    """Everything found in the frame, sure or not."""
    found = candidates(logits_of(model.network, evidence), evidence, model.sureness.least)
    features = found.features.copy()
    if not wanted.protect:
        features[:, UNREST] = 0.0
    confidence = model.sureness.confidence(features)
    if wanted.protect:
        # A hole in the middle of what moves is worse than a stain left for a person to mark.
        restless = (restlessness(evidence, found, _LARGE) >= _RESTLESS) & (features[:, MEAN_LOGIT] < _UNDENIED)
        confidence = np.where(restless, confidence * _DOUBTED, confidence)
    renumbered = np.zeros(len(found.boxes) + 1, np.int32)
    proposals: list[Proposal] = []
    for index, box in enumerate(found.boxes):
        polarity: Polarity = "bright" if found.signs[index] > 0 else "dark"
        if wanted.polarity not in ("both", polarity):
            continue
        if wanted.smallest <= max(box.width, box.height) <= wanted.largest:
            area = int(found.areas[index])
            proposals.append(Proposal(number, "dirt", box, area, float(confidence[index]), polarity))
            renumbered[index + 1] = len(proposals)
    return Detections(grown(renumbered[found.labels], wanted.grow), tuple(proposals))
