"""One frame's damage, from small to large: specks together, holes one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from engines.cancel import CancelToken
from engines.luma import code_range
from engines.masks import Coverage
from engines.repair.donors import Donors, View
from engines.repair.grain_bank import GrainBank, measured
from engines.repair.holes import HoleRecipe, repair_hole
from engines.repair.journeys import Journeys, Keep
from engines.repair.patch import Patch
from engines.repair.rebuild import destroyed, nearest, rebuild
from engines.repair.specks import Manner, repair_specks
from engines.repair.spread import Field
from engines.repair.transport import transport
from engines.repair.windows import Region, regions


@dataclass(frozen=True)
class Recipe:
    """search: frames each side. feather: px beyond the mask. grain: 0..1. invent: fill what no frame has."""

    search: int
    feather: int
    grain: float
    invent: bool


def repaired(
    current: View, damage: Coverage, donors: Donors, recipe: Recipe, keep: Keep, cancel: CancelToken
) -> Sequence[Patch]:
    """Patches for all that `damage` (H x W) covers. keep: as `Upstream.kept`, for what neighbouring frames share.

    Deterministic. Raises Cancelled, FrameError, MaskError, ModelError.
    """
    weight = _feathered(damage, recipe.feather)
    wanted, core = weight > 0, damage > 0
    how = HoleRecipe(recipe.grain, recipe.invent)
    if destroyed(core):
        region = Region(current.frame.bounds, wanted, wanted, weight)
        bank = _bank_beside(donors, keep)
        seed = (current.number, 0)
        move = partial(rebuild, current=current, donors=donors, cancel=cancel)
        return [repair_hole(current, region, core, move, bank, how, seed, cancel)]
    journeys = Journeys(current, keep)
    beside = [view for offset in (-1, 1) if (view := donors(offset)) is not None and not destroyed(view.damage)]
    bank = measured(current, beside, journeys)
    black, white = code_range(current.frame.format, current.frame.colour)
    noise = 0.0 if bank is None else bank.strength / (white - black)
    cancel.check()
    manner = Manner(recipe.grain, noise, current.number)
    patches, remaining = repair_specks(current, wanted, weight, beside, journeys, bank, manner)
    layout = current.frame.format
    for index, region in enumerate(regions(remaining, wanted, weight, layout.chroma_x, layout.chroma_y)):
        cancel.check()
        window = region.window
        inside = core[window.y : window.bottom, window.x : window.right]
        move = partial(
            transport,
            current=current,
            region=region,
            donors=donors,
            journeys=journeys,
            search=recipe.search,
            noise=noise,
            cancel=cancel,
        )
        seed = (current.number, index)
        patches.append(repair_hole(current, region, inside, move, bank, how, seed, cancel))
    return patches


def _bank_beside(donors: Donors, keep: Keep) -> GrainBank | None:
    """The grain of a sound frame near a destroyed one, measured against the frame beyond it."""
    for sign in (-1, 1):
        view = nearest(donors, sign)
        beyond = None if view is None else donors(view.offset + sign)
        if view is not None and beyond is not None:
            return measured(view, [beyond], Journeys(view, keep))
    return None


def _feathered(damage: Coverage, feather: int) -> Field:
    """H x W: the coverage as 0..1, falling to 0 over `feather` pixels around what is fully painted."""
    painted = damage.astype(np.float32) / np.float32(255)
    if feather == 0:
        return np.asarray(painted, np.float32)
    distance = cv2.distanceTransform((painted < 1).astype(np.uint8), cv2.DIST_L2, 5)
    weight = np.clip(1.0 - distance / (feather + 1.0), 0.0, 1.0).astype(np.float32)
    return np.asarray(np.maximum(weight, painted), np.float32)
