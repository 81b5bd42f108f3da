"""Which frames a report shows, by what the manifest knows of every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.export.manifest import Manifest
from app.report.text import percent
from engines.provenance import Origin
from engines.types import FrameNo

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Highlight:
    """index: of the frame in the master, from 0. why: a clause for the caption."""

    index: FrameNo
    why: str


def shares_by_frame(manifest: Manifest) -> Shares:
    """Frames x labels, 0..1; empty (0 x labels) where the manifest does not tell."""
    count = len(manifest.flagged)
    shares = np.zeros((count, len(Origin)), dtype=np.float64)
    shares[:, Origin.SYNTHESISED] = manifest.flagged
    for name, column in manifest.areas.items():
        if name in Origin.__members__ and len(column) == count:
            shares[:, Origin[name]] = column
    shares[:, Origin.SOURCE] = np.clip(1.0 - shares.sum(axis=1), 0.0, 1.0)
    return shares


def highlights(manifest: Manifest) -> tuple[Highlight, ...]:
    """Most flagged, most changed and least changed, each frame once; the middle one where nothing differs."""
    shares = shares_by_frame(manifest)
    if not len(shares):
        return ()
    found: dict[FrameNo, str] = {}
    flagged = shares[:, Origin.SYNTHESISED]
    if flagged.any():
        found[int(np.argmax(flagged))] = f"most synthesised pixels ({percent(float(flagged.max()))} of the picture)"
    moved = shares[:, Origin.TRANSPORTED] + flagged
    changed = 1.0 - shares[:, Origin.SOURCE]
    if moved.any():
        at = int(np.argmax(moved))
        found.setdefault(at, f"most repaired ({percent(float(moved[at]))} of the picture)")
    if changed.any() and changed.max() - changed.min() > 1e-6:
        at = int(np.argmax(changed))
        found.setdefault(at, f"most changed ({percent(float(changed[at]))} of the picture)")
        at = int(np.argmin(changed))
        found.setdefault(at, "untouched" if changed[at] < 1e-9 else f"least changed ({percent(float(changed[at]))})")
    if not found:
        found[len(shares) // 2] = "the middle one, for all are treated alike"
    return tuple(Highlight(index, why) for index, why in found.items())
