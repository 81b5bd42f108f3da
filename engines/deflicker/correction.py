"""What a shot's measured light says is flicker, and what to do to each frame about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.analysis.shot_analysis import Arrays
from engines.deflicker.real import lasting, real_part, turns
from engines.deflicker.steps import lasting_steps
from engines.deflicker.tone import gains, largest_change

Numbers = NDArray[np.float64]

NEGLIGIBLE = 0.25 / 255.0
"""Changes of nominal luma or chroma below this are not made."""
WINDOWS = (1.0, 2.0, 4.0, 8.0)
"""Seconds: what may count as slow where the shot decides."""
# Real light turns back so often: in all, or per second; smaller changes (log) are not counted.
_FEW_TURNS, _TURNS, _VISIBLE = 2, 0.25, 0.04
# Nor are such as flicker itself leaves in its mean, times this.
_BY_CHANCE = 2.5
# Flicker weaker than this (root mean square, log of light; cast: share of luma) is the measurement's own unrest.
_LEAST_TONE, _LEAST_BLOCK, _LEAST_CAST = 0.003, 0.004, 0.003
# Many blocks are searched for steps: each costs so many times as much.
_BLOCK_STEP = 4.0


@dataclass(frozen=True, eq=False)
class Correction:
    """Of one frame. table: gains by tone (`tone.gains`); blocks: ROWS x COLUMNS factors on the light, all 1 for none;
    cast: what Cb and Cr are to gain, as shares of luma.
    """

    table: NDArray[np.float32]
    blocks: NDArray[np.float32]
    cast: tuple[float, float]


@dataclass(frozen=True, eq=False)
class ShotLight:
    """Over the N frames of a shot: tones as they are and as they should be (N x knots, log light), and what is flicker
    in blocks (N x ROWS x COLUMNS, log light) and casts (N x 2, share of luma). known: how well each knot is, 0..1.
    """

    tones: Numbers
    true: Numbers
    known: Numbers
    blocks: Numbers
    cast: Numbers

    @property
    def nbytes(self) -> int:
        return self.tones.nbytes + self.true.nbytes + self.blocks.nbytes + self.cast.nbytes

    @property
    def flicker(self) -> Numbers:
        """Log light of each frame that is flicker, over the tones that the shot has."""
        return mean_tone(self.tones - self.true, self.known)

    def correction(self, index: int, strength: float) -> Correction | None:
        """Of the shot's frame `index`; None where nothing worth it is to be done."""
        table = gains(self.tones[index], self.true[index], strength)
        blocks = np.asarray(-strength * self.blocks[index], np.float32)
        cast = -strength * self.cast[index]
        if max(largest_change(table, blocks), float(np.abs(cast).max())) < NEGLIGIBLE:
            return None
        return Correction(table, np.exp(blocks), (float(cast[0]), float(cast[1])))


def mean_tone(courses: Numbers, known: Numbers) -> Numbers:
    """One value per frame: the mean over knots, as well as they are known."""
    return np.asarray(courses @ known / max(float(known.sum()), 1e-9))


def shot_light(arrays: Arrays, window: float | None, local: str, colour: bool) -> ShotLight:
    """Splits what `FlickerAnalysis` measured. window: seconds; None: as long as it takes until light hardly comes and
    goes any more. local: "auto", "on" or "off"; colour: casts as well.

    A part of the light that hardly flickers over the whole shot is left alone, so that a steady shot stays itself.
    """
    rate = float(arrays["rate"])
    tones, cast = (arrays[name].astype(np.float64) for name in ("tones", "cast"))
    count, *grid = arrays["blocks"].shape
    places = arrays["blocks"].astype(np.float64).reshape(count, -1)
    known = arrays["known"].astype(np.float64)
    middle = mean_tone(tones, known)[:, None]
    window = _restful(middle, rate) if window is None else window
    steps = lasting_steps(middle, lasting(rate, window))
    true = real_part(tones, rate, window, np.broadcast_to(steps, tones.shape))
    if _strength(mean_tone(tones - true, known)) < _LEAST_TONE:
        true = tones
    blocks = np.zeros_like(places)
    if local != "off":
        local_steps = lasting_steps(places, lasting(rate, window), _BLOCK_STEP) | steps
        blocks = places - real_part(places, rate, window, local_steps)
        if local == "auto" and _strength(blocks) < _LEAST_BLOCK:
            blocks = np.zeros_like(places)
    leaning = np.zeros_like(cast)
    if colour:
        leaning = cast - real_part(cast, rate, window, np.broadcast_to(steps, cast.shape))
        if _strength(leaning) < _LEAST_CAST:
            leaning = np.zeros_like(cast)
    return ShotLight(tones, true, known, blocks.reshape(count, *grid), leaning)


def _restful(middle: Numbers, rate: float) -> float:
    """The shortest window (seconds) whose true course hardly ever turns back: lamps and fades do so once or never."""
    seconds = len(middle) / rate
    for window in WINDOWS:
        held = lasting(rate, window)
        true = real_part(middle, rate, window, lasting_steps(middle, held))
        chance = _strength(middle - true) * np.sqrt(2.0 / held)
        if turns(true[:, 0], max(_VISIBLE, _BY_CHANCE * chance)) <= max(_FEW_TURNS, seconds * _TURNS):
            break
    return window


def _strength(values: Numbers) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
