"""From what was estimated and what a person asks for to the parameters that are applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engines.fade.estimate import Estimate
from engines.fade.fit import Residuals, Spot, fitted, likeness_wants, spot_wants
from engines.fade.parameters import GLOBAL, SIZE, FadeParameters, Numbers
from engines.fade.summary import sureness

_DYE_REACH, _CONTRAST_REACH = 0.5, 0.4
"""Logarithm of the gain at the ends of a dye's slider and of the slider contrast."""

_STAIN = np.array([0.03, 0.08, 0.2])
"""Density to red, green and blue of a strong yellow stain: what the slider takes off at its end."""

_DOUBT = 0.35
"""Confidence beyond the least that is asked for at which an estimate counts in full."""

_UNEVEN = 0.03
"""Root mean square of a field that is worth the time it takes: amounts of dye, and shares."""


class Wishes(Protocol):
    """What of the stage's settings moves the parameters."""

    @property
    def strength(self) -> float: ...
    @property
    def cyan(self) -> float: ...
    @property
    def magenta(self) -> float: ...
    @property
    def yellow(self) -> float: ...
    @property
    def contrast(self) -> float: ...
    @property
    def stain(self) -> float: ...
    @property
    def uneven(self) -> str: ...
    @property
    def sure(self) -> float: ...


@dataclass(frozen=True, eq=False)
class Settled:
    """parameters: to be applied; None where nothing is to do. why: of that, a clause for people."""

    parameters: FadeParameters | None
    why: str = ""

    @property
    def nbytes(self) -> int:
        return 2048


def settled(
    estimate: Estimate,
    colourless: bool,
    wishes: Wishes,
    spots: tuple[Spot, ...] = (),
    pictures: NDArray[np.float32] | None = None,
    reference: NDArray[np.float32] | None = None,
) -> Settled:
    """Parameters for a shot.

    The estimate is weakened where it is less sure, down to nothing; spots and a reference move it in full; then the
    sliders come on top, and strength weakens it all. pictures: of the shot, reference: N x 3 x SMALL x SMALL, nominal.
    """
    asked = bool(spots) or reference is not None
    why = ""
    vector = estimate.vector.copy()
    if colourless and not asked:
        vector, why = np.zeros(SIZE), "the picture is grey, or toned as a whole"
    elif not asked:
        vector *= _say(sureness(estimate), wishes.sure)
        why = "" if vector.any() else f"not sure enough that it faded (confidence {max(sureness(estimate), 0.0):.2f})"
    if wishes.uneven == "off" or (wishes.uneven == "auto" and not _uneven(vector)):
        vector[GLOBAL:] = 0.0
    if spots:
        vector = fitted(vector, spot_wants(spots))
    if reference is not None and pictures is not None:
        vector = fitted(vector, _both(likeness_wants(pictures, reference), spots))
    vector = _moved(vector, wishes) * wishes.strength
    if not vector.any():
        return Settled(None, why)
    return Settled(FadeParameters.from_vector(vector))


def _say(sure: float, least: float) -> float:
    """0..1: how much of an estimate so sure is applied."""
    return float(np.clip((sure - least) / _DOUBT, 0.0, 1.0)) if least > 0.0 else 1.0


def _both(likeness: Residuals, spots: tuple[Spot, ...]) -> Residuals:
    if not spots:
        return likeness
    picked = spot_wants(spots)
    return lambda parameters: np.concatenate([likeness(parameters), picked(parameters)])


def _moved(vector: Numbers, wishes: Wishes) -> Numbers:
    """With the sliders: more of a dye, more of all, less stain."""
    out = vector.copy()
    out[0:3] += wishes.stain * _STAIN
    out[6:9] += _DYE_REACH * np.array([wishes.cyan, wishes.magenta, wishes.yellow]) + _CONTRAST_REACH * wishes.contrast
    return out


def _uneven(vector: Numbers) -> bool:
    return float(np.sqrt(np.square(vector[GLOBAL:]).mean())) > _UNEVEN
