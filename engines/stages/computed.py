"""What computes a stage, as people and reports are told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engines.models.runtime import Choice


@dataclass(frozen=True)
class Computed:
    """model: name of the tier, or of the user's own model. why: a clause on who chose it.

    automatic: whether it was chosen by itself. digests: SHA-256 of the weights in use, by what they answer.
    """

    model: str
    why: str
    automatic: bool
    runtime: Choice
    digests: Mapping[str, str]

    @property
    def facts(self) -> Mapping[str, str]:
        """For manifests and reports."""
        weights = ", ".join(f"{name} SHA-256 {digest}" for name, digest in self.digests.items())
        return {"tier": f"{self.model} ({self.why})", "runtime": self.runtime.sentence, "weights": weights}
