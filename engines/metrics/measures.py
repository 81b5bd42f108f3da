"""The catalogue of measures: what each is called, in which unit, which way is better, and how a frame is measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engines.errors import SettingError
from engines.metrics.blockiness import UNCROPPED, BlockGrid, blockiness
from engines.metrics.chroma_error import chroma_error
from engines.metrics.overshoot import overshoot
from engines.metrics.patches import sliced_wasserstein
from engines.metrics.perceptual import PerceptualMeter
from engines.metrics.psnr import psnr_y
from engines.metrics.spectrum import high_band_energy
from engines.metrics.ssim import ssim_y
from engines.metrics.steadiness import motion_of, warping_error
from engines.types import Frame


@dataclass(frozen=True, eq=False)
class Moment:
    """One frame of the result beside its reference, and what measures need to know besides.

    before: the pair of the frame before, None at the start of a shot. border: pixels left out of PSNR and SSIM on
    every side. scale: how many times the result was enlarged since it was coded. grid: of the coded blocks.
    """

    ours: Frame
    theirs: Frame
    before: tuple[Frame, Frame] | None = None
    border: int = 0
    scale: int = 1
    grid: BlockGrid = UNCROPPED
    meter: PerceptualMeter | None = None


@dataclass(frozen=True)
class Measure:
    """`compute` gives a frame's figure, None where it has none; `own` the reference's own, where that means something.

    unit: written behind a figure, "" for pure numbers. form: how a figure is written. better: which way.
    """

    key: str
    title: str
    unit: str
    form: str
    better: Literal["higher", "lower", "one"]
    compute: Callable[[Moment], float | None]
    own: Callable[[Moment], float | None] | None = None

    def badness(self, value: float) -> float:
        """Larger is worse, over the figures of this measure."""
        if self.better == "one":
            return abs(math.log(value)) if value > 0 else math.inf
        return value if self.better == "lower" else -value

    def text(self, value: float | None) -> str:
        """With its unit; a dash where there is none."""
        if value is None:
            return "-"
        figure = "∞" if math.isinf(value) else format(value, self.form)
        return f"{figure} {self.unit}".strip()


def _perceptual(moment: Moment) -> float | None:
    return None if moment.meter is None else moment.meter.distance(moment.ours, moment.theirs)


def _unsteadiness(moment: Moment) -> float | None:
    if moment.before is None:
        return None
    return warping_error(moment.before[0], moment.ours, motion_of(moment.before[1], moment.theirs))


MEASURES: Mapping[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("psnr_y", "PSNR", "dB", ".3f", "higher", lambda m: psnr_y(m.ours, m.theirs, m.border)),
        Measure("ssim_y", "SSIM", "", ".5f", "higher", lambda m: ssim_y(m.ours, m.theirs, m.border)),
        Measure("perceptual", "Perceptual", "", ".4f", "lower", _perceptual),
        Measure("warping_error", "Warping", "", ".3e", "lower", _unsteadiness),
        Measure(
            "blockiness",
            "Blockiness",
            "×",
            ".3f",
            "lower",
            lambda m: blockiness(m.ours, m.grid, m.scale),
            lambda m: blockiness(m.theirs, m.grid, m.scale),
        ),
        Measure("overshoot", "Overshoot", "%", ".2f", "lower", lambda m: overshoot(m.ours, m.theirs, m.scale)),
        Measure("chroma_error", "Edge chroma", "codes", ".2f", "lower", lambda m: chroma_error(m.ours, m.theirs)),
        Measure(
            "high_band",
            "Fine detail",
            "×",
            ".3f",
            "one",
            lambda m: high_band_energy(m.ours, m.theirs),
        ),
        Measure(
            "patches",
            "Patches",
            "",
            ".4f",
            "lower",
            lambda m: sliced_wasserstein(m.ours, m.theirs),
        ),
    )
}
USUAL = ("psnr_y", "ssim_y", "perceptual", "warping_error")


def chosen(names: Sequence[str]) -> tuple[Measure, ...]:
    """Measures by key or by a beginning that only one key has ("psnr"); "all" is every one. Raises SettingError."""
    if "all" in names:
        return tuple(MEASURES.values())
    found: dict[str, Measure] = {}
    for name in names:
        fitting = [key for key in MEASURES if name and key.startswith(name)]
        if len(fitting) != 1:
            raise SettingError(f"There is no measure '{name}'.", f"There are: {', '.join(MEASURES)}, or all.")
        found[fitting[0]] = MEASURES[fitting[0]]
    return tuple(found.values())
