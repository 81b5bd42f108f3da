"""Row `repair`: a tenth of the frame obscured, piece by piece: what is given back, and what its grain looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames
from engines.benchmark.damage.grain_inside import GrainInside, grain_inside, with_grain
from engines.benchmark.damage.planted import repairing
from engines.benchmark.damage.repair_peers import telea, temporal_median
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import TratteggioError
from engines.masks import Mask
from engines.metrics.perceptual import PerceptualMeter, find_perceptual
from engines.provenance import Origin
from engines.repair.cells import any_in, picture_planes, steps
from engines.training.plant.obscure import KINDS, Obscured, obscured, painted
from engines.types import Frame, Rect

CLIPS = (
    "vid4/calendar.mp4",
    "vid4/city.mp4",
    "vid4/walk.mp4",
    "clean_video/polevault_720p.mp4",
    "clean_video/dough_720p.mp4",
    "clean_video/bbb_1080p60_2s.mp4",
)
_FRAMES, _JUDGED, _GRAIN_JUDGED = 14, (5, 8), (6, 7)
_SHARE = 0.10
_GOOD, _GAIN = 28.0, 8.0
# Perceptual networks need some surroundings to look at.
_CROP, _AROUND = 96, 16
_COLUMNS = (
    Column("pieces"),
    Column("number", digits=0),
    Column("inpaint", "dB"),
    Column("Telea", "dB"),
    Column("temporal median", "dB"),
    Column("repaired", "%", digits=1),
    Column("synthesised", "%", digits=1),
)
_GRAIN_COLUMNS = (
    Column("clip"),
    Column("variance", "of the true grain's"),
    Column("worst band", "of the true grain's"),
    Column("correlation to the frames beside, inside"),
    Column("outside"),
    Column("excess", signed=True),
)


@dataclass(frozen=True)
class _Piece:
    """Luma PSNR inside the piece (dB); `closer`: perceptual distance no worse than Telea's."""

    clip: str
    kind: str
    ours: float
    telea: float
    median: float
    closer: bool
    invented: float

    @property
    def repaired(self) -> bool:
        return (self.ours >= _GOOD or self.ours >= self.telea + _GAIN) and self.closer


def row_repair(bench: Bench) -> Iterator[Table]:
    """Two tables: pieces by clip and kind, and grain inside repairs."""
    clips = CLIPS[: bench.at_most(len(CLIPS))]
    meter = find_perceptual().meter
    if meter is None:
        yield skipped("Repair", "no perceptual distance is at hand to judge with.")
        return
    try:
        held = {name: clean_frames(bench.folder / name, _FRAMES) for name in clips}
    except TratteggioError as error:
        yield skipped("Repair", error)
        return
    yield _pieces_table(held, meter, bench)
    yield _grain_table(held, bench)


def _pieces_table(held: dict[str, list[Frame]], meter: PerceptualMeter, bench: Bench) -> Table:
    pieces: list[_Piece] = []
    for seed, (name, truth) in enumerate(held.items()):
        bench.say(f"repair: {name}")
        pieces += _judged(Path(name).stem, truth, seed, meter, bench)
    rows = [_line(clip, [p for p in pieces if p.clip == clip]) for clip in dict.fromkeys(p.clip for p in pieces)]
    rows += [_line(kind, [p for p in pieces if p.kind == kind]) for kind in KINDS]
    rows.append(_line("all", pieces))
    ours, other, median = (float(np.median([getattr(p, key) for p in pieces])) for key in ("ours", "telea", "median"))
    bars = (
        Bar("pieces repaired", 100 * float(np.mean([p.repaired for p in pieces])), 92.0, "%"),
        Bar("median over Telea", ours - other, 4.0, "dB"),
        Bar("median over the temporal median", ours - median, 1.5, "dB"),
    )
    notes = (
        f"Clips of {_FRAMES} frames, at most 640x360; {_SHARE * 100:.0f} % of every frame obscured anew by blobs, "
        f"strokes, lettering and face-sized covers; frames {', '.join(map(str, _JUDGED))} judged. PSNR on luma inside "
        "each piece; medians of the pieces. The temporal median moves neighbours along dense flow found with Telea in "
        "place of the damage and leaves their damage out, over the reach (1 or 2) that does better by the truth.",
        f"Repaired: at least {_GOOD:g} dB, or {_GAIN:g} dB over Telea, with a {meter.name} no worse than Telea's "
        "(each piece by itself, in the true picture).",
    )
    return Table(f"Repair with {_SHARE * 100:.0f} % of the frame obscured", _COLUMNS, tuple(rows), notes, bars)


def _line(name: str, pieces: Sequence[_Piece]) -> tuple[Cell, ...]:
    def middle(key: str) -> float:
        return float(np.median([getattr(p, key) for p in pieces])) if pieces else float("nan")

    share = 100 * float(np.mean([p.repaired for p in pieces])) if pieces else None
    invented = 100 * float(np.mean([p.invented for p in pieces])) if pieces else None
    return (name, len(pieces), middle("ours"), middle("telea"), middle("median"), share, invented)


def _judged(clip: str, truth: list[Frame], seed: int, meter: PerceptualMeter, bench: Bench) -> list[_Piece]:
    plans, damaged = _planted(truth, truth, _SHARE, seed)
    masks = {n: plan.mask for n, plan in enumerate(plans)}
    puller = repairing(damaged, masks, bench.device)
    held = dict(enumerate(damaged))
    numbers = [n for n in _JUDGED if n < len(truth)]
    medians = [{n: temporal_median(held, masks, n, reach) for n in numbers} for reach in (1, 2)]
    best = max(medians, key=lambda m: float(np.mean([_psnr(m[n], truth[n], masks[n]) for n in m])))
    pieces: list[_Piece] = []
    for n in numbers:
        rendered = puller.pull(n)
        ours, other = rendered.frame.quantised(), telea(damaged[n], masks[n])
        invented = rendered.provenance.labels == Origin.SYNTHESISED
        for kind, mask in plans[n].pieces():
            box = _around(mask)
            near, far = (
                meter.distance(_only(picture, truth[n], mask).crop(box), truth[n].crop(box))
                for picture in (ours, other)
            )
            given, filled, median = (_psnr(picture, truth[n], mask) for picture in (ours, other, best[n]))
            pieces.append(_Piece(clip, kind, given, filled, median, near <= far, float(invented[mask].mean())))
    return pieces


def _planted(
    pictures: Sequence[Frame], looks: Sequence[Frame], share: float, seed: int
) -> tuple[list[Obscured], list[Frame]]:
    """What obscures each of `pictures` (placed by what `looks` shows), and the pictures with it."""
    plans = [
        obscured(frame, looks[min(n + 1, len(looks) - 1)], share, seed * 1000 + n) for n, frame in enumerate(looks)
    ]
    return plans, [painted(f, plan, seed * 1000 + n) for n, (f, plan) in enumerate(zip(pictures, plans, strict=True))]


def _only(picture: Frame, truth: Frame, mask: Mask) -> Frame:
    """The truth with one piece as `picture` has it: what is near it must not decide how it is judged."""
    planes = [
        np.where(any_in(mask, steps(truth, i)), picture.planes[i], truth.planes[i]) for i in picture_planes(truth)
    ]
    return truth.with_planes(tuple(planes))


def _psnr(picture: Frame, truth: Frame, mask: Mask) -> float:
    error = float(np.mean(np.square(picture.planes[0][mask].astype(np.float64) - truth.planes[0][mask])))
    return float(10 * np.log10(255.0**2 / max(error, 1e-2)))


def _around(mask: Mask) -> Rect:
    """The piece and its surroundings on the chroma grid, at least `_CROP` a side."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, width = _span(int(columns[0]), int(columns[-1]) + 1, mask.shape[1])
    top, height = _span(int(rows[0]), int(rows[-1]) + 1, mask.shape[0])
    return Rect(left, top, width, height)


def _span(first: int, end: int, size: int) -> tuple[int, int]:
    length = min(max(end - first + 2 * _AROUND, _CROP), size) // 2 * 2
    start = min(max((first + end - length) // 2, 0), size - length) // 2 * 2
    return start, length


def _grain_table(held: dict[str, list[Frame]], bench: Bench) -> Table:
    rows: list[tuple[Cell, ...]] = []
    every: list[GrainInside] = []
    for seed, (name, clean) in enumerate(held.items()):
        bench.say(f"repair: grain, {name}")
        grainy = with_grain(clean, seed)
        plans, damaged = _planted(grainy, clean, _SHARE, seed)
        masks = {n: plan.mask for n, plan in enumerate(plans)}
        puller = repairing(damaged, masks, bench.device)
        numbers = [n for n in _GRAIN_JUDGED if n < len(clean)]
        answers = {n: puller.pull(n).frame.quantised() for n in numbers}
        every.append(grain_inside(answers, grainy, clean, masks))
        g = every[-1]
        rows.append((Path(name).stem, g.variance, g.worst_band, g.inside, g.outside, g.inside - g.outside))
    off = float(np.median([abs(g.variance - 1) for g in every]))
    band = float(np.median([abs(g.worst_band - 1) for g in every]))
    frozen = max(g.inside - g.outside for g in every)
    bars = (
        Bar("grain inside repairs: variance off by", 100 * off, 10.0, "%", at_most=True),
        Bar("grain inside repairs: worst band of the spectrum off by", 100 * band, 10.0, "%", at_most=True),
        Bar("grain frozen: correlation above the outside's, worst clip", frozen, 0.05, "", at_most=True),
    )
    notes = (
        "The same clips and pieces under planted film grain (signal-dependent, clumped, fresh in every frame). Where "
        "the clean picture is calm, the answer less the clean picture is grain; its variance and its power in four "
        "bands are divided by the true grain's at the same pixels, the seam's two pixels left out; its correlation "
        "with the grain of the two frames beside (as answered, at the same place and along the motion, whichever is "
        "larger) is compared with that outside the repairs. Medians of the clips.",
    )
    return Table("Grain inside repairs", _GRAIN_COLUMNS, tuple(rows), notes, bars)
