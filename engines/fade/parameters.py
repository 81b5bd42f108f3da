"""The parameters of a faded film's restoration: what they are, their neutral values, and how they are kept."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from engines.analysis.shot_analysis import Arrays

Numbers = NDArray[np.float64]

TOE = 0.06
"""Light added before the logarithm, in R'G'B': keeps the density of black finite (2.99) and noise in it small."""

FIELD_TERMS = 5
"""Terms of a field over the picture: x, y, x^2 - 1/3, y^2 - 1/3, xy, each of x and y from -1 to 1 across it."""


def _zeros(*shape: int) -> Numbers:
    return np.zeros(shape)


@dataclass(frozen=True, eq=False)
class FadeParameters:
    """How the dyes of a faded film are brought back; the defaults change nothing.

    Densities D = -2.4 log10((V' + toe) / (1 + toe)) of nominal R'G'B' (BT.1886: light is V' to the power of 2.4).

    base: 3, the film's stain, in density to red, green, blue. toe: 3, light added before the logarithm: the toe less
    what flare and the scanner's black level added. gain, bend: 3, cyan, magenta, yellow: an amount u of dye that is
    left was u (gain + bend u). cross: 3 x 3, off-diagonal: how much of a dye's restored amount (column) is given to
    another's (row), and taken from that one's own share. stain_field, loss_field: 3 x FIELD_TERMS, by dye: amount that
    is taken off, and by which amounts are raised (share), over the picture.
    """

    base: Numbers = field(default_factory=lambda: _zeros(3))
    toe: Numbers = field(default_factory=lambda: np.full(3, TOE))
    gain: Numbers = field(default_factory=lambda: np.ones(3))
    bend: Numbers = field(default_factory=lambda: _zeros(3))
    cross: Numbers = field(default_factory=lambda: _zeros(3, 3))
    stain_field: Numbers = field(default_factory=lambda: _zeros(3, FIELD_TERMS))
    loss_field: Numbers = field(default_factory=lambda: _zeros(3, FIELD_TERMS))

    @property
    def neutral(self) -> bool:
        """Whether it changes nothing."""
        usual = FadeParameters()
        return all(np.array_equal(getattr(self, f.name), getattr(usual, f.name)) for f in fields(self))

    @property
    def uneven(self) -> bool:
        """Whether it differs from place to place."""
        return bool(self.stain_field.any() or self.loss_field.any())

    def even(self) -> FadeParameters:
        """The same without what differs from place to place."""
        usual = FadeParameters()
        return replace(self, stain_field=usual.stain_field, loss_field=usual.loss_field)

    def arrays(self) -> Arrays:
        """By name, to be kept."""
        return {f.name: np.asarray(getattr(self, f.name), np.float64) for f in fields(self)}

    @staticmethod
    def from_arrays(arrays: Arrays) -> FadeParameters:
        """What `arrays` made."""
        return FadeParameters(**{f.name: np.asarray(arrays[f.name], np.float64) for f in fields(FadeParameters)})

    def vector(self) -> Numbers:
        """`SIZE` numbers, all 0 where nothing changes; what the network answers and what fits vary.

        In this order: base, log of toe / TOE, log of gain, bend / gain, the six of cross (row by row), the fields.
        """
        parts = (self.base, np.log(self.toe / TOE), np.log(self.gain), self.bend / self.gain, self.cross[OFF])
        return np.concatenate([*parts, self.stain_field.ravel(), self.loss_field.ravel()])

    @staticmethod
    def from_vector(vector: Numbers) -> FadeParameters:
        """What `vector` made, within `LIMITS`, so that every curve is monotone."""
        v = np.clip(np.asarray(vector, np.float64), -LIMITS, LIMITS)
        gain = np.exp(v[6:9])
        cross = np.zeros((3, 3))
        cross[OFF] = v[12:18]
        shape = (3, FIELD_TERMS)
        half = GLOBAL + 3 * FIELD_TERMS
        return FadeParameters(
            v[0:3],
            TOE * np.exp(v[3:6]),
            gain,
            gain * v[9:12],
            cross,
            v[GLOBAL:half].reshape(shape),
            v[half:].reshape(shape),
        )


OFF = ~np.eye(3, dtype=bool)
GLOBAL = 18
"""Numbers of a vector that hold for the whole picture; the fields follow."""
SIZE = GLOBAL + 6 * FIELD_TERMS
REACH = 3.2
"""Dye amounts up to which curves bend; beyond, and below 0, they go on straight."""

LIMITS = np.concatenate(
    [
        np.full(3, 1.0),  # base
        np.full(3, 1.6),  # toe: a fifth to five times
        np.full(3, 1.8),  # gain: a sixth to six times
        np.full(3, 0.45 / REACH),  # bend: 1 + 2 bend u > 0.1 up to REACH
        np.full(6, 0.6),  # cross
        np.full(3 * FIELD_TERMS, 0.4),
        np.full(3 * FIELD_TERMS, 0.15),  # five terms of one sign stay above -1
    ]
)
"""Largest size of every number of a vector."""
