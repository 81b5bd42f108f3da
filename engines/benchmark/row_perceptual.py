"""Row `perceptual`: x4 Kodak24 along the slider: distance, fidelity and spectrum, and crops to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from engines.benchmark import ours, peers
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.crops import write_crops
from engines.benchmark.pictures import pictures_in, read_picture, shrunk
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.blend import blend
from engines.errors import TratteggioError
from engines.metrics.patches import sliced_wasserstein
from engines.metrics.perceptual import PerceptualMeter, find_perceptual
from engines.metrics.psnr import psnr_y
from engines.metrics.spectrum import frame_power
from engines.stages.base import Rendered, Stage
from engines.types import Frame

SCALE = 4
POSITIONS = tuple(step / 10 for step in range(11))
_SHOWN = (0.0, 0.5, 1.0)
_UP_TO = 0.8
_CLOSER, _GIVEN_UP, _OFF = 25.0, 2.0, 15.0
_TITLE = "The slider: Kodak24 x4"
_NOTE = (
    "Mean of {count} pictures, border of 4 cropped for PSNR-Y; seed 1. The slider mixes the two ends, as the stage "
    "does. Sliced Wasserstein distance of patches (Karras et al. 2018) asks no network. Spectrum: radially averaged "
    "power of all pictures together over the truth's, the ring up to 0.8 Nyquist that is furthest off."
)


@dataclass(frozen=True)
class _Point:
    """One picture at one position."""

    psnr: float
    patches: float
    perceptual: float | None
    power: torch.Tensor


def row_perceptual(bench: Bench) -> Iterator[Table]:
    """One table: a line per position of the slider, and bicubic."""
    try:
        pictures = pictures_in(bench.folder / "kodak24", bench.limit)
        search = find_perceptual()
        _ends(bench)
    except TratteggioError as error:
        yield skipped(_TITLE, error)
        return
    columns: list[list[_Point]] = [[] for _ in (*POSITIONS, "bicubic")]
    truths: list[torch.Tensor] = []
    for path in pictures:
        bench.say(f"perceptual: {path.stem}")
        truth = read_picture(path, SCALE)
        small = shrunk(truth, SCALE)
        faithful, full = (ours.rendered(small, end, device=bench.device) for end in _ends(bench))
        shown = [*(_mixed(faithful, full, share) for share in POSITIONS), peers.bicubic(small, SCALE)]
        truths.append(frame_power(truth))
        for column, picture in zip(columns, shown, strict=True):
            column.append(_point(picture, truth, search.meter))
        if bench.crops is not None:
            held = [(f"slider {p:g}", shown[POSITIONS.index(p)]) for p in _SHOWN]
            write_crops(bench.crops / f"{path.stem}_x{SCALE}.png", [*held, ("truth", truth)])
    meter = search.meter.name if search.meter else None
    notes = (_NOTE.format(count=len(pictures)), *([] if meter else [search.reason]))
    yield _table(columns, torch.stack(truths).mean(0), meter, notes)


def _ends(bench: Bench) -> list[Stage]:
    return [bench.detail(scale=SCALE, perceptual=share, seed=1) for share in (0.0, 1.0)]


def _mixed(faithful: Rendered, full: Rendered, share: float) -> Frame:
    return blend(faithful, full, share).frame.quantised()


def _point(picture: Frame, truth: Frame, meter: PerceptualMeter | None) -> _Point:
    distance = meter.distance(picture, truth) if meter else None
    return _Point(psnr_y(picture, truth, SCALE), sliced_wasserstein(picture, truth), distance, frame_power(picture))


def worst_ratio(power: torch.Tensor, truth: torch.Tensor) -> float:
    """The ratio of `power` to `truth` (24 rings to Nyquist) furthest from 1, among rings up to 0.8 Nyquist."""
    used = int(power.numel() * _UP_TO)
    ratios = (power[:used] / truth[:used]).numpy()
    return float(ratios[np.argmax(np.abs(np.log(ratios)))])


def _table(
    columns: Sequence[Sequence[_Point]], truth: torch.Tensor, meter: str | None, notes: tuple[str, ...]
) -> Table:
    psnr = [float(np.mean([p.psnr for p in column])) for column in columns]
    patches = [float(np.mean([p.patches for p in column])) for column in columns]
    distance = [_mean([p.perceptual for p in column]) for column in columns]
    ratio = [worst_ratio(torch.stack([p.power for p in column]).mean(0), truth) for column in columns]
    names = [*(f"slider {p:.1f}" for p in POSITIONS), "bicubic"]
    rows: list[tuple[Cell, ...]] = list(zip(names, psnr, distance, patches, ratio, strict=True))
    own = len(POSITIONS)
    bars = [
        Bar("dB given up at slider 1", psnr[0] - psnr[own - 1], _GIVEN_UP, "dB", at_most=True),
        Bar("steps of the slider on which PSNR-Y falls", _falling(psnr[:own]), own - 1, f"of {own - 1}"),
        Bar("spectrum at slider 1 off by", abs(ratio[own - 1] - 1) * 100, _OFF, "%", at_most=True),
        Bar("sliced Wasserstein distance lower at slider 1 by", _lower(patches, own), 0.0, "%"),
    ]
    known = [d for d in distance if d is not None]
    if len(known) == len(distance):
        bars[1:1] = [
            Bar("perceptual distance lower at slider 1 by", _lower(known, own), _CLOSER, "%"),
            Bar("steps on which the perceptual distance falls", _falling(known[:own]), own - 1, f"of {own - 1}"),
        ]
    headings = (
        Column("picture"),
        Column("PSNR-Y", "dB"),
        Column(meter or "perceptual distance", digits=4),
        Column("sliced Wasserstein", "x 1000", digits=3),
        Column("spectrum, worst ratio", digits=3),
    )
    return Table(_TITLE, headings, tuple(rows), notes, tuple(bars))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _falling(values: Sequence[float]) -> float:
    return float(sum(b < a for a, b in pairwise(values)))


def _lower(values: Sequence[float], own: int) -> float:
    return (1 - values[own - 1] / values[0]) * 100
