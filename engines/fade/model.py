"""Faded dyes brought back, pixel by pixel in density, and the exact way back to the scan."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engines.colour.mapped import Places, Rgb, times
from engines.fade.parameters import FIELD_TERMS, REACH, TOE, FadeParameters

_K = 2.4 / np.log(10.0)
"""Density of a natural logarithm of R'G'B': light is R'G'B' to the power of 2.4 (ITU-R BT.1886)."""

_LEAST = 1e-3
"""Least value of R'G'B' + toe: below lies no code of any video format."""

_BELOW_BLACK = 0.5
"""Share of the toe that is left of the darkest colours that are told apart when the map is undone."""

Row = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FadeMap:
    """The restoration of pictures of one size.

    Densities to red, green and blue, less the film's stain, are what is left of cyan, magenta and yellow; each goes
    through its own monotone curve, which differs over the picture where the film faded unevenly; a 3 x 3 makes good
    what each dye absorbs beside its own light. Every step is undone in closed form by `unrestore`.

    width, height: of the whole picture that `Places` refer to. For one thread at a time: it keeps what it works in.
    """

    parameters: FadeParameters
    width: int
    height: int
    _held: dict[tuple[int, ...], NDArray[np.float32]] = field(default_factory=dict, init=False, repr=False)

    def restore(self, picture: Rgb, places: Places) -> Rgb:
        """3 x H x W nominal R'G'B' -> the same shape; `picture` is written into."""
        p = self.parameters
        logs = np.add(picture, _each(p.toe), out=picture)
        # A clip with two bounds: numpy's maximum takes three times as long.
        np.clip(logs, np.float32(_LEAST), np.float32(np.inf), out=logs)
        np.log(logs, out=logs)
        # Logarithms of transmission, that is amounts of dye over -_K: constants are folded, each pass over a 4K picture
        # costs what a hundredth of a second is at 8 frames a second.
        logs += _each(p.base / _K - np.log1p(p.toe))
        if p.uneven:
            self._level(logs, places)
        curve = np.clip(logs, np.float32(-REACH / _K), np.float32(0.0), out=self._spare(logs.shape))
        curve *= _each(-_K * p.bend)
        curve += _each(p.gain)
        logs *= curve
        light = _mixed(mixture(p), logs, self._spare(logs.shape), self._spare(logs.shape[1:]))
        np.exp(light, out=logs)
        logs *= np.float32(1.0 + TOE)
        logs -= np.float32(TOE)
        return logs

    def unrestore(self, picture: Rgb, places: Places) -> Rgb:
        """What `restore` was given; of what lay further below black than half of the toe only that it did."""
        p = self.parameters
        back = np.linalg.inv(mixture(p))
        logs = np.log(np.maximum(picture + np.float32(TOE), _each(self._darkest()))) - np.float32(np.log1p(TOE))
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

    def _darkest(self) -> NDArray[np.float64]:
        """3: light, with the toe, of the densest colours that `restore` makes of such as are not far below black.

        A matrix of Y'CbCr with interpolated chroma gives colours that no density stands for: were they followed, one
        plane's would spoil the others through the cross-talk.
        """
        p = self.parameters
        far = -_K * np.log(_BELOW_BLACK * p.toe / (1.0 + p.toe)) - p.base
        far = (far + np.abs(p.stain_field).sum(axis=1)) * (1.0 + np.abs(p.loss_field).sum(axis=1))
        far *= p.gain + p.bend * np.minimum(far, REACH)
        return np.asarray((1.0 + TOE) * np.exp(-np.maximum(mixture(p), 0.0) @ far / _K))

    def _level(self, logs: Rgb, places: Places) -> None:
        """Takes off what the stain adds by place, and raises what faded more than elsewhere."""
        for plane, stain, loss in zip(logs, self.parameters.stain_field, self.parameters.loss_field, strict=True):
            x, y = self._axes(plane, places)
            part = self._spare(plane.shape)
            plane += _field(stain / _K, 0.0, x, y, part)
            plane *= _field(loss, 1.0, x, y, part)

    def _unlevel(self, logs: Rgb, places: Places) -> None:
        for plane, stain, loss in zip(logs, self.parameters.stain_field, self.parameters.loss_field, strict=True):
            x, y = self._axes(plane, places)
            part = self._spare(plane.shape)
            plane /= _field(loss, 1.0, x, y, part)
            plane -= _field(stain / _K, 0.0, x, y, part)

    def _spare(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Room to work in: new memory for every strip costs as much as the sums."""
        if shape not in self._held:
            self._held[shape] = np.empty(shape, np.float32)
        return self._held[shape]

    def _axes(self, plane: Row, places: Places) -> tuple[Row, Row]:
        """1 x W and H x 1, -1 to 1 across the whole picture."""
        x = places.columns(plane.shape[1]) * np.float32(2.0 / self.width) - np.float32(1.0)
        y = places.rows(plane.shape[0]) * np.float32(2.0 / self.height) - np.float32(1.0)
        return x[None, :], y[:, None]


def _mixed(matrix: NDArray[np.float64], planes: Rgb, into: Rgb, part: Row) -> Rgb:
    """`matrix` (3 x 3) times three planes; sums in one fixed order, so that a region's values equal the whole's."""
    for row, out in zip(matrix.astype(np.float32), into, strict=True):
        np.multiply(planes[0], row[0], out=out)
        for gain, plane in zip(row[1:], planes[1:], strict=True):
            out += np.multiply(plane, gain, out=part)
    return into


def _each(values: NDArray[np.float64]) -> Row:
    """3 x 1 x 1."""
    return values.astype(np.float32)[:, None, None]


def mixture(parameters: FadeParameters) -> NDArray[np.float64]:
    """3 x 3: restored dye amounts with their cross-talk; neutral stays neutral."""
    cross = np.where(np.eye(3, dtype=bool), 0.0, parameters.cross)
    return np.eye(3) + cross - np.diag(cross.sum(axis=1))


def _field(terms: NDArray[np.float64], level: float, x: Row, y: Row, into: Row) -> Row:
    """H x W: `level` and the terms of `FIELD_TERMS` at columns x and rows y."""
    assert len(terms) == FIELD_TERMS
    along, down, bowl, bowl_down, across = (np.float32(term) for term in terms)
    np.multiply(x, across * y, out=into)
    into += along * x + bowl * (x * x - np.float32(1 / 3))
    into += down * y + bowl_down * (y * y - np.float32(1 / 3)) + np.float32(level)
    return into
