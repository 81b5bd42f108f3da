"""The path of the picture before and after stage stabilise, as curves over the frames of the shot."""

from __future__ import annotations

from engines.analysis.curves import Curve
from engines.stabilise.correction import ShotCorrection
from engines.stabilise.model import degrees, percent


def weave_curves(correction: ShotCorrection) -> tuple[Curve, ...]:
    """Shift right and down (pixels), rotation (degrees, clockwise) and zoom (%); fields averaged."""
    before = correction.path.mean(axis=1)
    after = before - correction.back.mean(axis=1)
    size = correction.width, correction.height
    return (
        Curve("Right", "px", before[:, 0], after[:, 0]),
        Curve("Down", "px", before[:, 1], after[:, 1]),
        Curve("Rotation", "degrees", degrees(before, *size), degrees(after, *size)),
        Curve("Zoom", "%", percent(before, *size), percent(after, *size)),
    )
