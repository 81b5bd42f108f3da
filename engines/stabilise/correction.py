"""How far every frame of a shot must be moved back: from measured paths and what the user wants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.analysis.shot_analysis import Arrays
from engines.stabilise.model import MESH, SIMILARITY, displacement, half_diagonal
from engines.stabilise.split import Path, locked_off, smoothed

_ROTATION, _ZOOM = 2, 3


@dataclass(frozen=True)
class Wish:
    """strength: 0..1 of the weave goes. hertz: slower motion is the camera's. camera: auto, still
    or moving. rotation, zoom, mesh: whether these are
    taken out, too. fill: whether the picture is enlarged until no border shows."""

    strength: float = 1.0
    hertz: float = 1.0
    camera: str = "auto"
    rotation: bool = True
    zoom: bool = True
    mesh: bool = True
    fill: bool = False


@dataclass(frozen=True, eq=False)
class ShotCorrection:
    """N frames, F fields, K coefficients of `model` each. path: where the picture is. weave: what of that is weave.

    back: the answer at x shows the frame at x + displacement(back). shows: N, the frame whose picture each shows:
    itself, or the first of those that it repeats. locked: whether the camera stood still.
    """

    path: NDArray[np.float64]
    weave: NDArray[np.float64]
    back: NDArray[np.float64]
    shows: NDArray[np.intp]
    locked: bool
    width: int
    height: int

    @property
    def nbytes(self) -> int:
        return self.path.nbytes + self.weave.nbytes + self.back.nbytes


def shot_correction(arrays: Arrays, wish: Wish) -> ShotCorrection:
    """`arrays`: of `WeaveAnalysis`."""
    width, height = (int(side) for side in arrays["size"])
    rate, repeats = float(arrays["rate"]), np.asarray(arrays["repeats"], np.bool_)
    rate *= float((~repeats).mean())
    shown = np.maximum(np.cumsum(~repeats) - 1, 0)
    path, anchored = measured_path(arrays)
    fields = path.shape[1]
    locked = _locked(arrays, path, anchored, ~repeats, wish, rate, width)
    weave = np.empty_like(path)
    for field in range(fields):
        distinct = path[~repeats, field]
        weave[:, field] = _weave(distinct, wish.hertz, rate, locked)[shown]
    taken = np.ones(MESH)
    taken[_ROTATION], taken[_ZOOM], taken[SIMILARITY:] = wish.rotation, wish.zoom, wish.mesh
    back = weave * taken * wish.strength
    if wish.fill:
        back[..., _ZOOM] -= _enlarged(back, width, height) * half_diagonal(width, height)
    return ShotCorrection(path, weave, back, np.flatnonzero(~repeats)[shown], locked, width, height)


def measured_path(arrays: Arrays) -> tuple[Path, bool]:
    """N x F x K of `WeaveAnalysis`, and whether one reference held for the whole shot.

    Where it held it knows better than added steps what is background: over a shot nothing else stays where it was.
    """
    still, path = (np.asarray(arrays[name], np.float64) for name in ("still", "path"))
    anchored = len(still) == len(path)
    return (still if anchored else path), anchored


def _locked(
    arrays: Arrays, path: Path, anchored: bool, distinct: NDArray[np.bool_], wish: Wish, rate: float, width: int
) -> bool:
    if bool(arrays["region"]) or wish.camera == "still":
        return True
    if wish.camera == "moving" or not anchored:
        return False
    return all(
        locked_off(path[distinct, field, :SIMILARITY], wish.hertz, rate, width) for field in range(path.shape[1])
    )


def _weave(path: Path, hertz: float, rate: float, locked: bool) -> Path:
    if not locked:
        return path - smoothed(path, hertz, rate)
    weave = path.copy()
    # The film's warping was measured in steps, which add up to a drift.
    weave[:, SIMILARITY:] -= smoothed(path[:, SIMILARITY:], hertz, rate)
    weave[:, :SIMILARITY] -= np.median(path[:, :SIMILARITY], axis=0)
    return weave


def _enlarged(back: NDArray[np.float64], width: int, height: int) -> float:
    """By which share the picture must grow so that no frame shows beyond its edge."""
    x, y = np.linspace(0, width - 1, 9), np.linspace(0, height - 1, 9)
    grown = 0.0
    for coefficients in back.reshape(-1, MESH):
        field = displacement(coefficients, x, y, width, height)
        out = (
            max(float(-field[:, 0, 0].min()), float(field[:, -1, 0].max())) / ((width - 1) / 2),
            max(float(-field[0, :, 1].min()), float(field[-1, :, 1].max())) / ((height - 1) / 2),
        )
        grown = max(grown, *out)
    return grown
