"""Forensic renders: nothing above ESTIMATED may leave, and who asks for it is told why."""

from __future__ import annotations

from collections.abc import Sequence

from engines.errors import SettingError
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Stage


def refuse_invention(stages: Sequence[Stage]) -> None:
    """Raises SettingError where a stage, as it is set, may invent detail."""
    for stage in stages:
        if stage.invents:
            raise SettingError(
                f"A forensic render refuses what may be invented. {stage.invents}", "Or leave --forensic out."
            )


def refuse_invented(said: ProvenanceMap) -> None:
    """The last gate, for every frame. Raises SettingError where a pixel is SYNTHESISED."""
    if int(said.labels.max()) > Origin.ESTIMATED:
        raise SettingError(
            "A pixel was labelled SYNTHESISED in a forensic render, which was stopped.",
            "The source holds synthesised frames, or a stage is at fault: render without --forensic to see where.",
        )
