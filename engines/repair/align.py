"""Motion from a damaged window to its donors, where the damage itself cannot be matched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from engines.luma import Luma
from engines.masks import Mask
from engines.motion import Flow, flow_between, lands_inside, round_trip_error, steadied, warp
from engines.repair.donors import View
from engines.repair.journeys import Journeys
from engines.repair.spread import Field, spread
from engines.types import Rect

# Flow patches are 8 pixels wide: nearer to damage than half of that they are not to be trusted.
_CONTAMINATED = 4
# A donor that can give less than this share of a hole is not worth a match.
_LEAST_PROMISE = 0.02
# Corrections (pixels) below this need no second look.
_SETTLED = 0.25


@dataclass(frozen=True, eq=False)
class Aligned:
    """A donor brought onto a window. flow: absolute motion into the donor. trust: 0..1 from going there and back.

    usable: the donor has undamaged content there, inside its picture.
    """

    donor: View
    flow: Flow
    trust: Field
    usable: Mask


def grown(mask: Mask, radius: int) -> Mask:
    """Dilated by a square of `radius`."""
    if radius <= 0:
        return mask
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * radius + 1,) * 2, np.uint8)).astype(bool)


def promises(donor: View, rough: Flow, hole: Mask, window: Rect) -> bool:
    """Whether a donor, by the rough motion of a window into it, shows enough of a hole to be matched.

    It does not where it is damaged in the same place of the content: a scratch that persists.
    """
    given = np.count_nonzero(_usable(donor, rough, window) & hole)
    return bool(given >= _LEAST_PROMISE * np.count_nonzero(hole))


def align(picture: Luma, unknown: Mask, hole: Mask, donor: View, window: Rect, journeys: Journeys) -> Aligned | None:
    """Match `picture` (the window's luma, damage filled in) with a donor, from the whole frame's motion on.

    Where the window is unknown the flow is continued from its surroundings. None where the donor has too little to
    give.
    """
    rough = journeys.to(donor).window(window)
    if not promises(donor, rough, hole, window):
        return None
    shift = (round(float(np.median(rough[..., 0]))), round(float(np.median(rough[..., 1]))))
    moved = np.asarray(shift, np.float32)
    other, other_damage = _moved_window(donor, window, shift)
    sound, other_sound = ~grown(unknown, _CONTAMINATED), ~grown(other_damage, _CONTAMINATED)
    first = picture
    picture = np.where(grown(unknown, 1), warp(other, rough - moved), picture)
    homeward = journeys.back(donor).window(window.moved(*shift)) + moved
    other = np.where(grown(other_damage, 1), warp(first, homeward), other)
    forward = steadied(picture, other, flow_between(picture, other), sound.astype(np.float32))
    backward = steadied(other, picture, flow_between(other, picture), other_sound.astype(np.float32))
    trust = _trust(forward, backward)
    spoiled = warp((~other_sound).astype(np.float32), forward, linear=True) > 0
    known = sound & ~spoiled
    trust = np.asarray(trust * known, np.float32)
    flow = np.asarray(spread(forward, trust) + moved, np.float32)
    # Inside the damage the trust, like the flow, is that of the surroundings.
    trust = np.where(known, trust, spread(trust, known.astype(np.float32)))
    return Aligned(donor, flow, np.asarray(trust, np.float32), _usable(donor, flow, window))


def _trust(forward: Flow, backward: Flow) -> Field:
    """1 where going there and back returns, falling to 0 with the distance missed."""
    error = round_trip_error(forward, backward)
    return np.asarray(np.exp(-np.square(error / (0.5 + 0.05 * np.hypot(*np.moveaxis(forward, -1, 0))))), np.float32)


def refine_pair(before: Aligned, after: Aligned, hole: Mask, window: Rect) -> tuple[Aligned, Aligned]:
    """Let two donors on opposite sides in time correct each other's motion inside the hole.

    Both show what the damage hides: what is left of motion between them is split evenly, as for steady movement.
    """
    inside = cv2.GaussianBlur(grown(hole, _CONTAMINATED).astype(np.float32), (0, 0), 2.0)
    for _ in range(2):
        first, second = (warp(a.donor.luma, a.flow, origin=(window.x, window.y)) for a in (before, after))
        both = np.asarray(before.usable & after.usable, np.float32)
        rest = steadied(first, second, flow_between(first, second), both)
        back = steadied(second, first, flow_between(second, first), both)
        error = round_trip_error(rest, back)
        sure = np.asarray(np.exp(-np.square(error)) * both, np.float32)
        half = spread(rest, sure) * (0.5 * inside)[..., None]
        before = _bent(before, -half, window)
        after = _bent(after, half, window)
        if float(np.abs(half[hole]).max(initial=0.0)) < _SETTLED:
            break
    agreement = np.where(hole, sure, 1.0).astype(np.float32)
    return (
        replace(before, trust=np.asarray(before.trust * (0.5 + 0.5 * agreement), np.float32)),
        replace(after, trust=np.asarray(after.trust * (0.5 + 0.5 * agreement), np.float32)),
    )


def _bent(aligned: Aligned, change: Flow, window: Rect) -> Aligned:
    flow = np.asarray(aligned.flow + change, np.float32)
    return replace(aligned, flow=flow, usable=_usable(aligned.donor, flow, window))


def _usable(donor: View, flow: Flow, window: Rect) -> Mask:
    origin = (float(window.x), float(window.y))
    inside = lands_inside(flow, donor.frame.width, donor.frame.height, origin)
    damaged = warp(donor.spoiled.astype(np.float32), flow, origin=origin, linear=True) > 0
    return np.asarray(inside & ~damaged)


def _moved_window(donor: View, window: Rect, shift: tuple[int, int]) -> tuple[Luma, Mask]:
    """The donor's luma (damage filled) and damage in the moved window; its edge repeats beyond the picture."""
    rows = np.clip(np.arange(window.y, window.bottom) + shift[1], 0, donor.frame.height - 1)
    columns = np.clip(np.arange(window.x, window.right) + shift[0], 0, donor.frame.width - 1)
    luma, damage = donor.luma[np.ix_(rows, columns)], donor.damage[np.ix_(rows, columns)]
    if damage.any():
        luma = spread(luma, (~grown(damage, 1)).astype(np.float32))
    return luma, damage
