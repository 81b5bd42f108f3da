"""Tries a model of others on two small pictures before it is taken in: is its answer a picture of the same scene?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.errors import ModelError
from engines.models.community import CommunityModel
from engines.resample import enlarge_plane

Picture = NDArray[np.float32]

SIDE = 128
"""Side of the test pictures in pixels."""
BRIGHTNESS_TOLERANCE = 0.04
"""By how much a channel's mean may leave that of the cubic enlargement; white is 1."""
DIFFERENCE_TOLERANCE = 0.15
"""Largest root mean square difference from the cubic enlargement; white is 1."""
VISIBLE = 0.25 / 255
"""A change of the answer below this, a quarter of an 8-bit code, is none."""
_FLAT = (0.55, 0.45, 0.35)


@dataclass(frozen=True)
class RangeCheck:
    """What was seen. brightness, difference: the largest ones, white is 1.

    reach: how far from a changed pixel the answer changes visibly, in source pixels; SIDE // 2 where beyond measuring.
    """

    brightness: float
    difference: float
    reach: int


def check_range(model: CommunityModel, name: str) -> RangeCheck:
    """Try `model`. Raises ModelError, saying what was seen, where its answer is no picture of what went in."""
    flat = np.broadcast_to(
        np.asarray(_FLAT, dtype=np.float32)[: model.channels, None, None], (model.channels, SIDE, SIDE)
    )
    scene = test_scene()[: model.channels]
    seen = [_compare(model, picture, name, words) for picture, words in ((flat, "a flat"), (scene, "a detailed"))]
    brightness, difference = max(s[0] for s in seen), max(s[1] for s in seen)
    return RangeCheck(brightness, difference, _reach(model, scene, seen[1][2]))


def test_scene() -> Picture:
    """3 x SIDE x SIDE in 0..1: slopes, edges at all angles, fine texture and a little grain; always the same."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / np.float64(SIDE)
    radius, angle = np.hypot(x - 0.6, y - 0.4), np.arctan2(y - 0.4, x - 0.6)
    slope = 0.25 + 0.35 * x + 0.1 * np.sin(5 * y)
    disc = np.where(radius < 0.22, 0.35, 0.0)
    star = 0.12 * np.sign(np.sin(12 * angle)) * (radius > 0.22) * (radius < 0.45)
    weave = 0.08 * np.sin(40 * np.pi * y) * np.sin(24 * np.pi * x) * (x < 0.4)
    grain = np.random.default_rng(7).normal(0.0, 0.01, (SIDE, SIDE))
    grey = slope + disc + star + weave + grain
    tinted = np.stack([grey, 0.9 * grey + 0.03, 0.75 * grey + 0.1 * y])
    return np.asarray(np.clip(tinted, 0.0, 1.0), dtype=np.float32)


def _compare(model: CommunityModel, picture: Picture, name: str, words: str) -> tuple[float, float, Picture]:
    """(largest brightness difference, RMS difference, the answer)."""
    hint = "It was not imported."
    try:
        answer = model.run(picture)
    except (RuntimeError, ValueError, TypeError, AssertionError, IndexError) as error:
        raise ModelError(f"{name} fails on {words} picture of {SIDE}x{SIDE} pixels ({error}).", hint) from error
    plain = np.stack([enlarge_plane(plane, model.scale) for plane in picture])
    if answer.shape != plain.shape:
        raise ModelError(f"{name} answers {words} picture with one of shape {answer.shape}, not {plain.shape}.", hint)
    if not np.isfinite(answer).all():
        raise ModelError(f"{name} answers {words} picture with values that are no numbers.", hint)
    brightness = float(np.abs((answer - plain).mean(axis=(1, 2))).max())
    if brightness > BRIGHTNESS_TOLERANCE:
        raise ModelError(
            f"{name} changes the brightness of {words} picture by {brightness:.0%} of white; "
            f"at most {BRIGHTNESS_TOLERANCE:.0%} is allowed.",
            hint,
        )
    difference = float(np.sqrt(np.square(answer - plain).mean()))
    if difference > DIFFERENCE_TOLERANCE:
        raise ModelError(
            f"{name} answers {words} picture with another one: it differs by {difference:.0%} of white from a plain "
            f"enlargement; at most {DIFFERENCE_TOLERANCE:.0%} is allowed.",
            hint,
        )
    return brightness, difference, answer


def _reach(model: CommunityModel, scene: Picture, before: Picture) -> int:
    """Change the middle of the scene and see how far the answer changes."""
    changed, middle = scene.copy(), SIDE // 2
    spot = np.s_[:, middle - 2 : middle + 2, middle - 2 : middle + 2]
    changed[spot] = np.where(scene[spot] > 0.5, scene[spot] - 0.4, scene[spot] + 0.4)
    moved = np.abs(model.run(changed) - before).max(axis=0) > VISIBLE
    rows, columns = np.nonzero(moved)
    if rows.size == 0:
        return 0
    far = max(np.abs(rows / model.scale - middle).max(), np.abs(columns / model.scale - middle).max())
    return min(int(np.ceil(far)), SIDE // 2)
