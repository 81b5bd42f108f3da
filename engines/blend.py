"""The fidelity slider as arithmetic: between the faithful answer and the one with all texture lies a straight line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.provenance import FlagRule, Origin, ProvenanceMap
from engines.stages.base import Rendered
from engines.types import Plane


def blend(faithful: Rendered, full: Rendered, share: float) -> Rendered:
    """`share` 0 is `faithful`, 1 is `full`; both are answers for the same region of the same frame.

    Stages with a slider compute their own answer by this very function, so blending two cached answers of such a
    stage gives its samples bit for bit.
    """
    if share <= 0.0:
        return faithful
    if share >= 1.0:
        return full
    pairs = zip(faithful.frame.planes, full.frame.planes, strict=True)
    planes = tuple(a if a is b else _between(a, b, share) for a, b in pairs)
    said = blended(faithful.provenance, full.provenance, share, full.flags)
    return Rendered(faithful.frame.with_planes(planes), said)


def _between(a: Plane, b: Plane, share: float) -> Plane:
    """float32 code values; written so that equal samples stay exactly what they are."""
    mixed = np.subtract(b, a, dtype=np.float32)
    mixed *= np.float32(share)
    mixed += a
    return mixed


def blended(a: ProvenanceMap, b: ProvenanceMap, share: float, flags: FlagRule | None) -> ProvenanceMap:
    """What is said of the picture `share` (0..1) of the way from the faithful end `a` to the full end `b`.

    With a rule, what is invented follows the slider; without one, the higher label of both ends holds.
    """
    if flags is None:
        moved: NDArray[np.float32] = _between(a.confidence, b.confidence, share)
        return ProvenanceMap(np.maximum(a.labels, b.labels), np.rint(moved).astype(np.uint8), a.donor)
    moved = _between(a.confidence, b.confidence, share**flags.bend)
    confidence = np.rint(moved).astype(np.uint8)
    return ProvenanceMap(flagged(a.labels, confidence, flags), confidence, a.donor)


def flagged(labels: NDArray[np.uint8], confidence: NDArray[np.uint8], flags: FlagRule) -> NDArray[np.uint8]:
    """`labels` (uint8 `Origin`), raised to SYNTHESISED wherever the confidence is below the rule's least."""
    return np.where(confidence < flags.least, np.uint8(Origin.SYNTHESISED), labels)
