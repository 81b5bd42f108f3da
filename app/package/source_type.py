"""Which IPTC digital source type a master deserves, read off the labels of its pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engines.provenance import Origin

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@dataclass(frozen=True)
class SourceType:
    """A term of IPTC's Digital Source Type NewsCodes (of 2024-09-17). because: why, in a sentence."""

    term: str
    because: str

    @property
    def uri(self) -> str:
        """Empty where nothing needs to be said."""
        return _VOCABULARY + self.term if self.term else ""


UNCHANGED = SourceType("", "Restoration changed no pixel, so that nothing but the source's own origin describes it.")
HUMAN_EDITS = SourceType(
    "humanEdits",
    "Pixels were adjusted or real content of other frames was moved, chosen by a person, with tools that generate "
    "nothing.",
)
ENHANCED = SourceType(
    "algorithmicallyEnhanced",
    "Some pixels are the estimate of a learned model, which the source confirms where it can; none are invented.",
)
COMPOSITE = SourceType(
    "compositeWithTrainedAlgorithmicMedia",
    "Some pixels were synthesised: the source does not determine them. The provenance track says which.",
)


def source_type(shares: Mapping[str, float], most: Origin = Origin.SYNTHESISED) -> SourceType:
    """The term for pixels of these shares (label to 0..1), none above `most` counted: what a stage cannot have made.

    The highest label that any pixel has decides, however few they are.
    """
    labels = [origin for origin in Origin if shares.get(origin.name, 0.0) > 0.0]
    match min(max(labels, default=Origin.SOURCE), most):
        case Origin.SOURCE:
            return UNCHANGED
        case Origin.ADJUSTED | Origin.TRANSPORTED:
            return HUMAN_EDITS
        case Origin.ESTIMATED:
            return ENHANCED
    return COMPOSITE
