"""Faded dyes brought back, pixel by pixel in density, and the exact way back to the scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.colour.mapped import Places, Rgb, times
from engines.fade.parameters import FIELD_TERMS, REACH, TOE, FadeParameters

_K = 2.4 / np.log(10.0)
"""Density of a natural logarithm of R'G'B': light is R'G'B' to the power of 2.4 (ITU-R BT.1886)."""

_LEAST = 1e-3
"""Least value of R'G'B' + toe: below lies no code of any video format."""

Row = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FadeMap:
    """The restoration of pictures of one size.

    Densities to red, green and blue, less the film's stain, are what is left of cyan, magenta and yellow; each goes
    through its own monotone curve, which differs over the picture where the film faded unevenly; a 3 x 3 makes good
    what each dye absorbs beside its own light. Every step is undone in closed form by `unrestore`.

    width, height: of the whole picture that `Places` refer to.
    """

    parameters: FadeParameters
    width: int
    height: int

    def restore(self, picture: Rgb, places: Places) -> Rgb:
        """3 x H x W nominal R'G'B' -> the same shape; `picture` is written into."""
        p = self.parameters
        logs = np.add(picture, _each(p.toe), out=picture)
        np.maximum(logs, np.float32(_LEAST), out=logs)
        np.log(logs, out=logs)
        # Logarithms of transmission, that is amounts of dye over -_K: constants are folded, each pass over a 4K picture
        # costs what a hundredth of a second is at 8 frames a second.
        logs += _each(p.base / _K - np.log1p(p.toe))
        if p.uneven:
            self._level(logs, places)
        curve = np.clip(logs, np.float32(-REACH / _K), np.float32(0.0))
        curve *= _each(-_K * p.bend)
        curve += _each(p.gain)
        logs *= curve
        light = times(np.hstack([mixture(p), np.full((3, 1), np.log1p(TOE))]), list(logs))
        np.exp(light, out=light)
        light -= np.float32(TOE)
        return light

    def unrestore(self, picture: Rgb, places: Places) -> Rgb:
        """What `restore` was given; codes so far below black that toe and all are negative come back at that limit."""
        p = self.parameters
        back = np.linalg.inv(mixture(p))
        logs = np.log(np.maximum(picture + np.float32(TOE), np.float32(1e-12))) - np.float32(np.log1p(TOE))
        restored = times(-_K * back, list(logs)).astype(np.float64)
        gain, bend = p.gain[:, None, None], p.bend[:, None, None]
        # Below 0 and beyond REACH the curve is straight; between, the root of bend u^2 + gain u = restored.
        root = np.sqrt(np.maximum(gain**2 + 4.0 * bend * restored, 0.0))
        amounts = np.where(restored < 0.0, restored / gain, 2.0 * restored / (gain + root))
        amounts = np.where(restored > REACH * (gain + bend * REACH), restored / (gain + bend * REACH), amounts)
        logs = np.asarray(amounts / -_K, np.float32)
        if p.uneven:
            self._unlevel(logs, places)
        logs -= _each(p.base / _K - np.log1p(p.toe))
        return np.asarray(np.exp(logs) - _each(p.toe), np.float32)

    def _level(self, logs: Rgb, places: Places) -> None:
        """Takes off what the stain adds by place, and raises what faded more than elsewhere."""
        for plane, stain, loss in zip(logs, self.parameters.stain_field, self.parameters.loss_field, strict=True):
            x, y = self._axes(plane, places)
            plane += _field(stain / _K, x, y)
            plane *= _field(loss, x, y) + np.float32(1.0)

    def _unlevel(self, logs: Rgb, places: Places) -> None:
        for plane, stain, loss in zip(logs, self.parameters.stain_field, self.parameters.loss_field, strict=True):
            x, y = self._axes(plane, places)
            plane /= _field(loss, x, y) + np.float32(1.0)
            plane -= _field(stain / _K, x, y)

    def _axes(self, plane: Row, places: Places) -> tuple[Row, Row]:
        """1 x W and H x 1, -1 to 1 across the whole picture."""
        x = places.columns(plane.shape[1]) * np.float32(2.0 / self.width) - np.float32(1.0)
        y = places.rows(plane.shape[0]) * np.float32(2.0 / self.height) - np.float32(1.0)
        return x[None, :], y[:, None]


def _each(values: NDArray[np.float64]) -> Row:
    """3 x 1 x 1."""
    return values.astype(np.float32)[:, None, None]


def mixture(parameters: FadeParameters) -> NDArray[np.float64]:
    """3 x 3: restored dye amounts with their cross-talk; neutral stays neutral."""
    cross = np.where(np.eye(3, dtype=bool), 0.0, parameters.cross)
    return np.eye(3) + cross - np.diag(cross.sum(axis=1))


def _field(terms: NDArray[np.float64], x: Row, y: Row) -> Row:
    """H x W: the terms of `FIELD_TERMS` at columns x and rows y."""
    assert len(terms) == FIELD_TERMS
    along, down, bowl, bowl_down, across = (np.float32(term) for term in terms)
    columns = along * x + bowl * (x * x - np.float32(1 / 3))
    rows = down * y + bowl_down * (y * y - np.float32(1 / 3))
    # One product per pixel instead of two: (down + across x) y would need both.
    return np.asarray(columns + rows + (across * x) * y, np.float32)


def density(picture: NDArray[np.floating]) -> NDArray[np.float64]:
    """Density of nominal R'G'B' of any shape, with the usual toe."""
    return np.asarray(-_K * np.log(np.maximum(picture + TOE, _LEAST) / (1 + TOE)), np.float64)


def coded(densities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Nominal R'G'B' of a density: what `density` was given."""
    return np.asarray((1 + TOE) * np.exp(-densities / _K) - TOE, np.float64)
