"""What years do to a colour film, and the scan of what is left.

Each dye disappears by a reaction of order n in its own density, dc/dt = -k c^n (n = 1: the same share everywhere;
below 1, as in light, thin dye suffers most; above 1 dense dye does); which dye goes first depends on stock and
storage: cyan in the dark in the Eastman prints of the 1950s to 1970s, yellow in later reversal films, magenta in the
projector's light. What goes leaves yellowish products; couplers left in the emulsion stain the base, most for blue;
remaining dye shifts a little in hue. Sources: H. Wilhelm and C. Brower, The Permanence and Care of Color Photographs
(1993), chapters 5, 6 and 9; J. Reilly, Storage Guide for Color Photographic Materials (1998) and IPI Storage Guide
for Acetate Film (1993); R. Gschwind and F. Frey, Electronic Imaging, a Tool for the Reconstruction of Faded Color
Photographs (J. Imaging Sci. Tech. 38, 1994).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engines.colour.mapped import Rgb
from engines.training.simulator.fade.dyes import WAVELENGTHS
from engines.training.simulator.fade.film import GAMMA, Amounts, Emulsion, Film
from engines.training.simulator.fade.uneven import EVEN, Uneven

Three = tuple[float, float, float]

_THIN = 1e-4
"""Amounts of dye below which fading is proportional."""


@dataclass(frozen=True)
class Scan:
    """How the faded film was scanned; the defaults are the settings that show an unfaded film as it was.

    balance: how far each channel's white was set to the faded white (0 not, 1 wholly). exposure: how far the brightest
    channel of that white was brought to full scale. black: how far the faded black was brought to zero, for all
    channels alike; black_each: for each channel. gamma: of the scan's codes. noise: standard deviation, of full
    scale. bits: 0 leaves float values.
    """

    balance: float = 0.0
    exposure: float = 0.0
    black: float = 0.0
    black_each: float = 0.0
    gamma: float = 1.0
    noise: float = 0.0
    bits: int = 8


@dataclass(frozen=True)
class Fade:
    """A faded film and its scan; the defaults have not faded. Triples are for cyan, magenta, yellow.

    loss: share lost of one unit of dye (a unit of each is a grey of density 1). order: of the reaction. catalysis: how
    much faster a dye goes per unit of the others. shift: nm to which the absorption of a wholly lost dye has moved.
    residue: yellowish density left per unit lost. stain: density of the base at 400 nm, falling by e every
    `stain_reach` nm. fog: grey density of the base. drift: change of the extent from the reel's first frame to its
    last, as a share.
    """

    dyes: str = "eastman_print"
    scanner: str = "status_a"
    emulsion: Emulsion = field(default_factory=Emulsion)
    headroom: float = 0.12
    darkest: float = 2.7
    loss: Three = (0.0, 0.0, 0.0)
    order: Three = (1.0, 1.0, 1.0)
    catalysis: float = 0.0
    shift: Three = (0.0, 0.0, 0.0)
    residue: float = 0.0
    stain: float = 0.0
    stain_reach: float = 70.0
    fog: float = 0.0
    uneven: Uneven = EVEN
    drift: float = 0.0
    scan: Scan = field(default_factory=Scan)
    seed: int = 0


def fresh(picture: Rgb, fade: Fade) -> Rgb:
    """The scan of the same film when new: the picture, but for colours purer than the film's dyes."""
    film = _film(fade)
    shape = picture.shape
    return _coded(film.scan(film.amounts(_light(picture.reshape(3, -1))), film.spectra)).reshape(shape)


def faded(picture: Rgb, fade: Fade, time: float = 0.0) -> Rgb:
    """3 x H x W nominal R'G'B' (BT.709's primaries, code ** 2.4 = light), 0..1, as the scan of the faded film shows it.

    time: place of the frame in its reel, 0..1. Costs about 1 ms for every 1000 pixels; same input, same bits.
    """
    film = _film(fade)
    shape = picture.shape
    extent = fade.uneven.field(shape[2], shape[1], time).reshape(-1) * np.float32(1.0 + fade.drift * time)
    light = _aged(film, fade, film.amounts(_light(picture.reshape(3, -1))), extent)
    gain, pedestal = _settings(film, fade)
    light = (light * gain[:, None] - pedestal[:, None]) / (1.0 - pedestal[:, None])
    coded = _coded(np.asarray(light, dtype=np.float32)).reshape(shape)
    return _scanned(coded, fade.scan, (fade.seed, round(time * 1e6)))


def _light(coded: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.power(np.clip(coded, 0.0, 1.0), np.float32(GAMMA)))


def _coded(light: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.power(np.clip(light, 0.0, 1.0), np.float32(1.0 / GAMMA)))


def _film(fade: Fade) -> Film:
    return _films(fade.dyes, fade.emulsion, fade.scanner, fade.headroom, fade.darkest)


@lru_cache(maxsize=64)
def _films(dyes: str, emulsion: Emulsion, scanner: str, headroom: float, darkest: float) -> Film:
    return Film(dyes, emulsion, scanner, headroom, darkest)


def _aged(film: Film, fade: Fade, amounts: Amounts, extent: NDArray[np.float32]) -> NDArray[np.float32]:
    """Light through the film after the fade; extent: per pixel, 1 where the fade is as its numbers say."""
    together = amounts.sum(axis=0)
    left = np.empty_like(amounts)
    for k in range(3):
        faster = np.clip(1.0 + fade.catalysis * ((together - amounts[k]) * 0.5 - 1.0), 0.3, 2.0).astype(np.float32)
        left[k] = _left(amounts[k], fade.loss[k], fade.order[k], extent * faster)
    lost = np.maximum(amounts[:2] - left[:2], 0.0).sum(axis=0)
    everywhere = np.full_like(extent, fade.fog)
    there = np.vstack([left, fade.stain * np.square(extent), fade.residue * lost, everywhere]).astype(np.float32)
    moved = film.aged((fade.shift[0] * fade.loss[0], fade.shift[1] * fade.loss[1], fade.shift[2] * fade.loss[2]))
    stain = np.exp(-(WAVELENGTHS - 400.0) / fade.stain_reach)
    product = np.exp(-0.5 * np.square((WAVELENGTHS - 415.0) / 45.0))
    return film.scan(there, np.vstack([moved, stain, product, np.ones_like(stain)]))


def _left(amount: NDArray[np.float32], loss: float, order: float, extent: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a reaction of `order` leaves of a dye: `loss` of one unit is gone where the extent is 1."""
    if abs(order - 1.0) < 0.02:
        return np.asarray(amount * np.exp(np.float32(np.log1p(-loss)) * extent))
    away = np.float32(1.0 - order)
    gone = (1.0 - (1.0 - loss) ** float(away)) * extent
    power = np.power(np.maximum(amount, np.float32(_THIN)), away)
    left = np.power(np.maximum(power - gone, 0.0 if order < 1.0 else 1e-6), 1.0 / away)
    return np.asarray(np.where(amount > _THIN, np.minimum(left, amount), amount * (1.0 - loss)), dtype=np.float32)


def _settings(film: Film, fade: Fade) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Gain and pedestal of red, green and blue light that the operator set on the faded film's white and black."""
    scan = fade.scan
    ends = _aged(film, fade, film.amounts(np.array([[1.0, 0.0]] * 3, np.float32)), np.ones(2, np.float32))
    white, black = np.maximum(ends[:, 0], 1e-3), np.maximum(ends[:, 1], 0.0)
    gain = (white / white.max()) ** -scan.balance * white.max() ** -scan.exposure
    pedestal = scan.black * (black * gain).min() + scan.black_each * (black * gain - (black * gain).min())
    return gain, np.minimum(pedestal, 0.9)


def _scanned(coded: Rgb, scan: Scan, seed: tuple[int, int]) -> Rgb:
    if scan.gamma != 1.0:
        coded = np.power(coded, np.float32(scan.gamma))
    if scan.noise:
        grain = np.random.default_rng(seed).standard_normal(coded.shape, dtype=np.float32)
        coded = np.clip(coded + np.float32(scan.noise) * grain, 0.0, 1.0)
    if scan.bits:
        most = np.float32(2**scan.bits - 1)
        coded = np.rint(coded * most) / most
    return np.asarray(coded, dtype=np.float32)
