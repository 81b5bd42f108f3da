"""Large damage, region by region: moved here from frames near and far, and filled where none has the content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from engines.cancel import CancelToken
from engines.masks import Mask
from engines.provenance import Origin
from engines.repair.canvas import Canvas, opened, regrain
from engines.repair.cells import cut, picture_planes, steps
from engines.repair.donors import View
from engines.repair.grain_bank import GrainBank
from engines.repair.patch import Patch, Sheet, patched
from engines.repair.spatial import fill_from_surroundings
from engines.repair.windows import Region

# Invented content is never more than a guess; its confidence falls by e over this many pixels from the known.
_GUESS, _GUESS_REACH = 0.5, 8.0


Move = Callable[[Canvas], None]
"""Fills as much of a canvas as other frames can give."""


@dataclass(frozen=True)
class HoleRecipe:
    """grain: 0..1. invent: fill what no frame has."""

    grain: float
    invent: bool


def repair_hole(
    current: View,
    region: Region,
    core: Mask,
    move: Move,
    bank: GrainBank | None,
    recipe: HoleRecipe,
    seed: tuple[int, ...],
    cancel: CancelToken,
) -> Patch:
    """Fill a region's hole. core: of the window, what is damaged; the hole's rest is a rim that may stay as it is.

    Raises Cancelled, ModelError.
    """
    frame, window, weight = current.frame, region.window, region.weight.copy()
    canvas = opened([cut(frame.planes[i], window, steps(frame, i)) for i in picture_planes(frame)], region.hole)
    move(canvas)
    regrain(canvas, frame, region.hole & ~canvas.remaining, bank, recipe.grain, seed)
    cancel.check()
    missing = canvas.remaining & core
    weight[~region.hole | (canvas.remaining & ~core)] = 0.0
    labels, donor = canvas.labels, canvas.donor
    confidence = np.rint(canvas.confidence * 255).astype(np.uint8)
    left = np.zeros_like(missing)
    if missing.any() and recipe.invent:
        unknown = region.unknown & ~region.hole
        canvas.planes = fill_from_surroundings(
            canvas.planes, missing, unknown, frame, current.damage, window, recipe.grain, seed, cancel
        )
        depth = cv2.distanceTransform(missing.astype(np.uint8), cv2.DIST_L2, 3)
        guess = np.rint(255 * _GUESS * np.exp(-depth / _GUESS_REACH)).astype(np.uint8)
        labels[missing], confidence[missing], donor[missing] = Origin.SYNTHESISED, guess[missing], 0
    elif missing.any():
        weight[missing], confidence[missing], left = 0.0, 0, missing
    rows, columns = (
        np.ascontiguousarray(grid)
        for grid in np.broadcast_arrays(
            np.arange(window.y, window.bottom, dtype=np.int32)[:, None],
            np.arange(window.x, window.right, dtype=np.int32)[None, :],
        )
    )
    return patched(Sheet(rows, columns, canvas.planes, weight, labels, confidence, donor, left), frame)
