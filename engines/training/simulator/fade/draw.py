"""Fades drawn by chance, from none to gone: which stock, how it was kept, how evenly, and who scanned it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.training.simulator.fade.dyes import DYE_SETS, HELD_OUT_DYES
from engines.training.simulator.fade.fading import Fade, Scan, Three
from engines.training.simulator.fade.film import Emulsion
from engines.training.simulator.fade.scanners import HELD_OUT_SCANNER, SCANNERS
from engines.training.simulator.fade.uneven import EVEN, Patch, Uneven

_UNEVEN_SHARE = 0.35
_VINEGAR_SHARE = 0.2


@dataclass(frozen=True)
class _Ageing:
    """Losses of cyan, magenta and yellow when heavy, and the density of the stain that comes with them."""

    loss: Three
    stain: float


_IN_THE_DARK = _Ageing((0.85, 0.18, 0.50), 0.15)
_AGEING: Mapping[str, tuple[_Ageing, ...]] = {
    "eastman_print": (_IN_THE_DARK, _IN_THE_DARK, _Ageing((0.80, 0.10, 0.65), 0.10)),
    "fujicolor": (_IN_THE_DARK, _Ageing((0.70, 0.20, 0.60), 0.20), _Ageing((0.35, 0.65, 0.35), 0.10)),
    "ektachrome": (
        _Ageing((0.75, 0.20, 0.45), 0.20),
        _Ageing((0.30, 0.22, 0.75), 0.15),
        _Ageing((0.30, 0.65, 0.35), 0.1),
    ),
    "kodachrome": (_Ageing((0.25, 0.30, 0.60), 0.05), _Ageing((0.30, 0.65, 0.30), 0.05)),
    "agfacolor": (_Ageing((0.60, 0.45, 0.35), 0.30), _Ageing((0.75, 0.30, 0.40), 0.25)),
    "anscochrome": (_Ageing((0.70, 0.25, 0.55), 0.25), _Ageing((0.40, 0.35, 0.65), 0.20)),
}


def draw_fade(rng: np.random.Generator, heaviness: float | None = None, *, held_out: bool = False) -> Fade:
    """A fade as heavy as asked (0 = none .. 1 = a print gone all magenta), or as chance will have it.

    held_out: with a dye set and a scanner that are never drawn otherwise among the possible ones, for judging.
    """
    heavy = float(rng.uniform()) if heaviness is None else heaviness
    dyes = str(rng.choice([d for d in DYE_SETS if held_out or d != HELD_OUT_DYES]))
    scanner = str(rng.choice([s for s in SCANNERS if held_out or s != HELD_OUT_SCANNER]))
    ageing = _AGEING[dyes][int(rng.integers(len(_AGEING[dyes])))]
    loss = np.clip(np.array(ageing.loss) * rng.uniform(0.75, 1.2, 3) + rng.uniform(-0.05, 0.08, 3), 0.0, 0.92) * heavy
    vinegar = rng.uniform() < _VINEGAR_SHARE
    return Fade(
        dyes=dyes,
        scanner=scanner,
        emulsion=Emulsion(
            _three(rng.normal(0, 3, 3)), _three(rng.uniform(0.94, 1.06, 3)), _three(rng.uniform(0.75, 1.25, 3))
        ),
        headroom=float(rng.uniform(0.08, 0.16)),
        darkest=float(rng.uniform(2.4, 3.0)),
        loss=_three(loss),
        order=_three(rng.uniform(0.85, 1.3, 3)),
        catalysis=float(rng.uniform(-0.05, 0.15)),
        shift=_three(rng.normal(0, 4, 3)),
        residue=float(rng.uniform(0.0, 0.08) * heavy),
        stain=float(ageing.stain * rng.uniform(0.2, 1.4) + (0.25 * rng.uniform() if vinegar else 0.0)) * heavy,
        stain_reach=float(rng.uniform(45.0, 110.0)),
        fog=float(rng.uniform(0.0, 0.04) * heavy),
        uneven=_uneven(rng, vinegar) if vinegar or rng.uniform() < _UNEVEN_SHARE - _VINEGAR_SHARE / 2 else EVEN,
        drift=float(rng.uniform(-0.15, 0.15)),
        scan=_scan(rng, heavy),
        seed=int(rng.integers(2**31)),
    )


def _uneven(rng: np.random.Generator, vinegar: bool) -> Uneven:
    kind = rng.integers(4)
    strength = float(rng.uniform(0.15, 0.6))
    patches = tuple(
        Patch(
            *(
                float(v)
                for v in (
                    *rng.uniform(-0.1, 1.1, 2),
                    rng.uniform(0.12, 0.4),
                    rng.uniform(-0.3, 0.8),
                    rng.normal(0, 0.05),
                )
            )
        )
        for _ in range(int(rng.integers(1, 4)))
    )
    return Uneven(
        slope=strength * (1.0 if kind == 0 else 0.2),
        angle=float(rng.uniform(0, 2 * np.pi)),
        left=strength if kind in (1, 2) else 0.0,
        right=strength if kind == 1 else 0.0,
        reach=float(rng.uniform(0.06, 0.3)),
        radial=strength * float(rng.choice([-1.0, 1.0])) if kind == 3 else 0.0,
        patches=patches if vinegar else (),
    )


def _scan(rng: np.random.Generator, heavy: float) -> Scan:
    """Operators set more the more there is to set."""
    acts = min(1.0, 2.0 * heavy)
    style = rng.uniform()
    # As calibrated on fresh film; balanced on the film's clear base; levels set by eye; every channel by machine.
    balance, black, each = (0.0, 0.0, 0.0)
    if style > 0.9:
        balance, black, each = rng.uniform(0.6, 1.0), rng.uniform(0.5, 0.9), rng.uniform(0.3, 0.9)
    elif style > 0.6:
        balance, black = rng.uniform(0.0, 0.6), rng.uniform(0.2, 0.9)
    elif style > 0.3:
        balance = rng.uniform(0.7, 1.0)
    return Scan(
        balance=float(balance * acts),
        exposure=float(rng.uniform(0.3, 1.0) * acts),
        black=float(black * acts),
        black_each=float(each * acts),
        gamma=float(1.0 + rng.uniform(-0.06, 0.06) * acts),
        noise=float(max(0.0, rng.uniform(-0.004, 0.010))),
        bits=int(rng.choice([8, 8, 16])),
    )


def _three(values: np.ndarray) -> Three:
    return float(values[0]), float(values[1]), float(values[2])
