"""The provenance track's sample layout: one 16-bit grey picture per frame, of the master's own geometry.

Bits 15-13 hold the `Origin` label, bits 12-8 the donor's frame offset plus 16 (16 = no donor), bits 7-0 the confidence
(255 = certain). So `sample >> 13` is the label, and any FFV1 reader can show the track.
"""

from __future__ import annotations

import numpy as np

from engines.provenance import FARTHEST_DONOR, ProvenanceMap
from engines.types import ColourSpec, Frame, PixelFormat

TRACK_FORMAT = PixelFormat("gray", 16)
TRACK_COLOUR = ColourSpec(range="pc")


def pack(provenance: ProvenanceMap) -> Frame:
    """Raises ValueError for a donor more than 15 frames away."""
    donor = provenance.donor.astype(np.int16)
    if int(np.abs(donor).max(initial=0)) > FARTHEST_DONOR:
        raise ValueError(f"a donor frame is more than {FARTHEST_DONOR} frames away")
    labels, confidence = provenance.labels.astype(np.uint16), provenance.confidence.astype(np.uint16)
    samples = (labels << 13) | ((donor + 16).astype(np.uint16) << 8) | confidence
    return Frame((np.ascontiguousarray(samples),), TRACK_FORMAT, TRACK_COLOUR)


def unpack(frame: Frame) -> ProvenanceMap:
    """Inverse of `pack`. Raises ValueError where the frame is not 16-bit grey or holds labels that do not exist."""
    if frame.format != TRACK_FORMAT:
        raise ValueError(f"a provenance track is 16-bit grey, not {frame.format.name}")
    samples = frame.planes[0]
    labels = (samples >> 13).astype(np.uint8)
    if int(labels.max(initial=0)) > 4:
        raise ValueError("the track holds labels that do not exist")
    donor = ((samples >> 8) & 31).astype(np.int16) - 16
    return ProvenanceMap(labels, (samples & 255).astype(np.uint8), donor.astype(np.int8))
