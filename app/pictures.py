"""What a view may ask of the render bridge, and what comes back. Frozen values that cross the thread boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engines.colour.screen import AUTOMATIC, Screen
from engines.scopes import ScopeData
from engines.types import FrameNo

Kind = Literal["source", "restored", "difference", "provenance"]
Bgrx = NDArray[np.uint8]
"""H x W x 4, C-contiguous, as QImage.Format_RGB32 wants it."""


@dataclass(frozen=True)
class View:
    """Which part of the picture, and how many device pixels it fills.

    x, y, width, height: in *source pixels* (floats; restored pictures of any scale share this space), within the
    picture. out_width, out_height: device pixels of the answer. smooth: interpolate (below 200 %) or repeat pixels.
    """

    x: float
    y: float
    width: float
    height: float
    out_width: int
    out_height: int
    smooth: bool = True


@dataclass(frozen=True)
class Want:
    """One picture that a view needs. gain: amplification of `difference`. marks: paint provenance marks over it.

    screen: through which view transform it is seen, and under which overlay.
    """

    clip_id: str
    frame: FrameNo
    kind: Kind
    view: View
    gain: float = 8.0
    marks: bool = False
    screen: Screen = AUTOMATIC


@dataclass(frozen=True, eq=False)
class Picture:
    """An answer. reduction: 1 = exact; 2, 4 = computed on a picture reduced by so much ("approx, 1/2 res").

    flagged: share of the frame's pixels that are invented (0..1), None for the source. failure: a sentence; then
    `pixels` is None. stale: answers a want of an older document, shown until the new one comes. waiting: a stage that
    needs its shot analysed first handed its picture through.
    """

    want: Want
    pixels: Bgrx | None
    reduction: int = 1
    flagged: float | None = None
    failure: str = ""
    stale: bool = False
    waiting: bool = False
    scale: str = ""
    """What its levels mean, by the name in `engines.colour.scale.SCALES`; "" where it was not told again."""

    @property
    def exact(self) -> bool:
        return self.pixels is not None and self.reduction == 1 and not (self.stale or self.waiting)


@dataclass(frozen=True)
class Probe:
    """One pixel. source, restored: code values per component as stored; names: "Y Cb Cr" or "R G B" or "Y".

    origin: provenance label by name; stage: the last stage that changed the pixel, "" where none did.
    confidence: 0..1. donor: frame offset of transported content. restored is None until it is rendered.
    """

    clip_id: str
    frame: FrameNo
    x: int
    y: int
    names: tuple[str, ...]
    source: tuple[float, ...]
    restored: tuple[float, ...] | None
    origin: str = "SOURCE"
    confidence: float = 1.0
    donor: int = 0
    stage: str = ""


CacheState = Literal["", "approximate", "ready", "failed"]
"""Of one frame under the current document, for the cache lane."""


@dataclass(frozen=True)
class Readouts:
    """What the fidelity slider does to one frame. None where it was not computed (yet).

    flagged: share (0..1) that is invented. decibels: PSNR of the shown luma against the faithful answer, infinite where
    they are equal. distance: perceptual, against the faithful answer; `distance_name` names the measure, and
    `distance_why` says in a sentence why there is none, where that is known.
    reduction: 1 = measured on the exact pictures, 2 or 4 = on approximate ones.
    """

    flagged: float | None = None
    decibels: float | None = None
    distance: float | None = None
    distance_name: str = ""
    distance_why: str = ""
    reduction: int = 1


@dataclass(frozen=True, eq=False)
class ScopeAnswer:
    """Scopes of one frame; `restored` is None until it was rendered."""

    clip_id: str
    frame: FrameNo
    source: ScopeData
    restored: ScopeData | None = None
