"""The light of a shot before and after, as curves to plot."""

from __future__ import annotations

import numpy as np

from engines.analysis.curves import Curve
from engines.analysis.shot_analysis import Arrays
from engines.deflicker.correction import ShotLight, mean_tone
from engines.deflicker.tone import STEPS, gains


def light_curves(light: ShotLight, arrays: Arrays, strength: float) -> tuple[Curve, ...]:
    """Mean luma of every frame and its exposure against the shot's usual one, before and after, in per cent.

    Mean luma afterwards is that of coarse blocks with their frame's correction applied.
    """
    means = arrays["means"].astype(np.float64)
    before = means.mean(axis=(1, 2))
    after = np.empty_like(before)
    for index, blocks in enumerate(means):
        table = gains(light.tones[index], light.true[index], strength)
        entries = np.clip(np.rint(blocks * STEPS), 0, len(table) - 1).astype(np.intp)
        after[index] = float((blocks * table[entries] * np.exp(-strength * light.blocks[index])).mean())
    own = mean_tone(light.tones, light.known)
    left = own - strength * light.flicker
    return (
        Curve("Mean luma", "%", 100.0 * before, 100.0 * after),
        Curve("Gain", "%", 100.0 * np.exp(own), 100.0 * np.exp(left)),
    )
