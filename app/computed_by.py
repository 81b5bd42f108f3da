"""What computes the stages of each shot, remembered by what decides it, so that a panel may ask at every refresh."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from app.document import ClipWork
from engines.stages.catalogue import STAGES
from engines.stages.computed import Computed
from engines.stages.settings import described

_KEPT = 200


class ComputedBy:
    """For the interface thread. Told by a worker: naming the networks means loading them."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Mapping[str, Computed]] = {}

    def get(self, clip: ClipWork, index: int) -> Mapping[str, Computed] | None:
        """By stage name; None where nobody has looked."""
        return self._known.get(_treatment(clip, index))

    def learn(self, clip: ClipWork, index: int, computed: Mapping[str, Computed]) -> None:
        self._known[_treatment(clip, index)] = computed
        while len(self._known) > _KEPT:
            self._known.pop(next(iter(self._known)))


def _treatment(clip: ClipWork, index: int) -> Hashable:
    """What is chosen by name, or on or off. No amount changes what computes it, but the slider's nought does."""
    shot = clip.shots[index]
    uses = []
    for use in shot.stages:
        if use.enabled and use.name in STAGES:
            about = described(STAGES[use.name].settings_type)
            chosen = sorted(item for item in use.settings.items() if item[0] in about and about[item[0]].low is None)
            uses.append((use.name, tuple(chosen)))
    return clip.media.fingerprint, tuple(uses), shot.slider > 0
