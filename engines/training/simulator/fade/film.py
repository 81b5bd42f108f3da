"""A film and the scanner that looks at it: from a picture to the dyes that show it, and from dyes to the scan.

Light is nominal linear light of BT.709's primaries, display-referred: R'G'B' ** 2.4 (BT.1886, black 0). The scan of the
unfaded film gives the picture back: amounts of dye are found by Newton's method from what the scanner must see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.training.simulator.fade.dyes import DYE_SETS, absorption
from engines.training.simulator.fade.scanners import observer, sensitivity

Amounts = NDArray[np.float32]
"""3 x pixels: units of cyan, magenta and yellow; one unit of each is a grey of density 1 to the eye."""

GAMMA = 2.4
_LN10 = float(np.log(10.0))
_STEPS = 3
_LEAST, _MOST = -0.4, 5.5
"""Amounts of dye that Newton's method may go to; negative ones stand for colours purer than the film's own."""
_CHUNK = 4096
"""Pixels at once, so that their spectra stay in a processor's cache."""


@dataclass(frozen=True)
class Emulsion:
    """How one film differs from the first of its family: per dye, in nm, and as factors."""

    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    widen: tuple[float, float, float] = (1.0, 1.0, 1.0)
    unwanted: tuple[float, float, float] = (1.0, 1.0, 1.0)


class Film:
    """dyes: a key of `DYE_SETS`; scanner: one of `SCANNERS`.

    headroom: density of the picture's white on the film; darkest: density of the picture's black.
    """

    def __init__(self, dyes: str, emulsion: Emulsion, scanner: str, headroom: float, darkest: float) -> None:
        self._weights = sensitivity(scanner).astype(np.float32)
        self._dyes, self._emulsion = DYE_SETS[dyes].dyes, emulsion
        self._unit = np.ones(3)
        self._unit = _neutral(self.aged((0.0, 0.0, 0.0)), observer(), 1.0)
        self.spectra = self.aged((0.0, 0.0, 0.0))
        """Spectral density per unit of fresh dye: 3 x wavelengths."""
        self._matrix = _profile(self.spectra, self._weights.astype(np.float64))
        self._inverse = np.linalg.inv(self._matrix)
        self._bright, self._black = 10.0**-headroom, 10.0 ** -(darkest - headroom)
        self._purest = _purest(self.spectra, self._weights.astype(np.float64)).astype(np.float32)

    def aged(self, shift: tuple[float, float, float]) -> NDArray[np.float64]:
        """Spectral density per unit of dye (3 x wavelengths), each dye's curve moved by so many nm to the red."""
        one = self._emulsion
        varied = zip(self._dyes, one.shift, shift, one.widen, one.unwanted, strict=True)
        spectra = [absorption(dye, own + more, widen, unwanted) for dye, own, more, widen, unwanted in varied]
        return np.asarray(np.array(spectra) * self._unit[:, None])

    def amounts(self, light: NDArray[np.float32]) -> Amounts:
        """The dyes whose scan is `light` (3 x pixels, nominal, 0..1); nearly, for colours purer than they are."""
        inside: NDArray[np.float32] = (light * (1.0 - self._black) + self._black).astype(np.float32)
        seen = (self._inverse * self._bright).astype(np.float32) @ inside
        target = np.log(np.maximum(seen, self._purest[:, None] * seen.max(axis=0)))
        spectra = self.spectra.astype(np.float32)
        out = np.empty(target.shape, np.float32)
        for first in range(0, target.shape[1], _CHUNK):
            here = slice(first, first + _CHUNK)
            out[:, here] = _solve(target[:, here], spectra, self._weights)
        return out

    def scan(self, amounts: NDArray[np.float32], spectra: NDArray[np.float64]) -> NDArray[np.float32]:
        """Nominal linear light (3 x pixels) of film that holds `amounts` (kinds x pixels) of what absorbs.

        spectra: density per unit of each kind (kinds x wavelengths); the dyes first, then stain and whatever else.
        """
        kinds = np.ascontiguousarray(spectra.T.astype(np.float32) * np.float32(-_LN10))
        seen = np.empty((3, amounts.shape[1]), np.float32)
        for first in range(0, amounts.shape[1], _CHUNK):
            here = slice(first, first + _CHUNK)
            seen[:, here] = self._weights @ np.exp(kinds @ amounts[:, here])
        light = (self._matrix / self._bright).astype(np.float32) @ seen
        return np.asarray((light - np.float32(self._black)) / np.float32(1.0 - self._black), dtype=np.float32)


def _solve(target: Amounts, spectra: NDArray[np.float32], weights: NDArray[np.float32]) -> Amounts:
    """Newton's method on the logarithm of what the scanner sees, where dyes add up nearly linearly."""
    kinds = np.ascontiguousarray((spectra * np.float32(-_LN10)).T)
    # Rows: what red, green and blue see, then what each sees of each dye's absorption.
    rows = np.vstack([weights, *((weights[k] * spectra * -_LN10) for k in range(3))]).astype(np.float32)
    grey = np.exp(kinds @ np.full((3, 1), 0.5, np.float32))
    start = _ratios((rows @ grey)[..., 0])
    amounts = np.asarray(np.linalg.inv(start).astype(np.float32) @ target, dtype=np.float32)
    np.clip(amounts, _LEAST, _MOST, out=amounts)
    for _ in range(_STEPS):
        found = rows @ np.exp(kinds @ amounts)
        away = np.log(found[:3]) - target
        slopes = found[3:].reshape(3, 3, -1) / found[:3, None]
        amounts -= np.clip(_solved(slopes, away), -0.8, 0.8)
        np.clip(amounts, _LEAST, _MOST, out=amounts)
    return amounts


def _ratios(found: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(found[3:].reshape(3, 3) / found[:3, None], dtype=np.float64)


def _solved(m: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    """The 3 x 3 systems m[:, :, i] x = v[:, i] by Cramer's rule: 3 x n."""
    (a, b, c), (d, e, f), (g, h, i) = m
    first, second, third = e * i - f * h, f * g - d * i, d * h - e * g
    out = np.empty_like(v)
    out[0] = v[0] * first + v[1] * (c * h - b * i) + v[2] * (b * f - c * e)
    out[1] = v[0] * second + v[1] * (a * i - c * g) + v[2] * (c * d - a * f)
    out[2] = v[0] * third + v[1] * (b * g - a * h) + v[2] * (a * e - b * d)
    out /= a * first + b * second + c * third
    return out


def _neutral(spectra: NDArray[np.float64], weights: NDArray[np.float64], density: float) -> NDArray[np.float64]:
    """Amounts of three dyes that make a grey of `density` under `weights` (3 x wavelengths, rows sum to 1)."""
    amounts = np.ones(3)
    for _ in range(20):
        through = 10.0 ** -(amounts @ spectra)
        seen = weights @ through
        slopes = -_LN10 * (weights * through) @ spectra.T
        amounts = amounts - np.linalg.solve(slopes / seen[:, None], np.log(seen) + density * _LN10)
    return np.asarray(amounts)


def _purest(spectra: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least that red, green and blue can see, as a share of what the brightest of them sees."""
    alone = np.where(np.eye(3, dtype=bool), _MOST - 1.0, 0.8 * _LEAST)
    seen = weights @ 10.0 ** -(spectra.T @ alone)
    return np.asarray(np.diag(seen) / seen.max(axis=0))


def _profile(spectra: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scanner's colour matrix (rows sum to 1): what it sees to what the eye sees, fitted over its colours."""
    steps = np.linspace(0.0, 1.8, 5)
    mixtures = np.stack(np.meshgrid(steps, steps, steps, indexing="ij")).reshape(3, -1).T
    through = 10.0 ** -(mixtures @ spectra)
    seen, wanted = through @ weights.T, through @ observer().T
    # Errors count by the cube root of how bright the colour is, about as the eye counts them.
    weight = 1.0 / np.cbrt(np.square(wanted.mean(axis=1, keepdims=True)) + 1e-3)
    rows = []
    for k in range(3):
        others = [j for j in range(3) if j != k]
        free = seen[:, others] - seen[:, [k]]
        fitted = np.linalg.lstsq(free * weight, (wanted[:, k] - seen[:, k]) * weight[:, 0], rcond=None)[0]
        row = np.zeros(3)
        row[others], row[k] = fitted, 1.0 - fitted.sum()
        rows.append(row)
    return np.array(rows)
