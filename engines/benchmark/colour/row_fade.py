"""Row `fade`: simulated fades of held-out pictures, what stage fade makes of them, beside balances and oracles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.benchmark.bench import Bench
from engines.benchmark.colour import baselines, oracle
from engines.benchmark.colour.fade_set import (
    COUNT,
    Case,
    Photograph,
    as_frame,
    as_picture,
    faded_cases,
    photographs,
)
from engines.benchmark.colour.picks import neutral, picks
from engines.benchmark.ours import restored
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.colour.difference import delta_e
from engines.colour.mapped import Rgb
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.training.simulator.fade.dyes import HELD_OUT_DYES
from engines.training.simulator.fade.scanners import HELD_OUT_SCANNER
from engines.training.simulator.fade.uneven import EVEN

_LOWER, _WITHIN, _WORSE, _CHANGED = 45.0, 1.25, 1.0, 1.0
_TERCILES = ("light", "medium", "heavy")
_UNTOUCHED, _OURS = "untouched", "stage fade"
_PICKED, _ALL_PICKED = "stage fade, the same patch picked", "stage fade, greys, black and white picked"
_GREY_WORLDS = ("grey world on R'G'B'", "grey world on light")
_BALANCES = (
    "white balance on R'G'B'",
    "white balance on light",
    "white balance on R'G'B' and levels",
    "white balance on light and levels",
)
_PEERS: Mapping[str, Callable[[Rgb, Rgb], Rgb]] = {
    _UNTOUCHED: lambda scan, _: scan,
    _GREY_WORLDS[0]: lambda scan, _: baselines.grey_world_coded(scan),
    _GREY_WORLDS[1]: lambda scan, _: baselines.grey_world_light(scan),
    _BALANCES[0]: baselines.white_balance_coded,
    _BALANCES[1]: baselines.white_balance_light,
    _BALANCES[2]: lambda scan, truth: baselines.with_levels(baselines.white_balance_coded(scan, truth)),
    _BALANCES[3]: lambda scan, truth: baselines.with_levels(baselines.white_balance_light(scan, truth)),
    "levels of each channel": lambda scan, _: baselines.levels_each(scan),
}
_AFFINE = ("affine oracle, least squares", "affine oracle, least difference")
_ORACLES: Mapping[str, Callable[[Rgb, Rgb], Rgb]] = {
    _AFFINE[0]: oracle.affine,
    _AFFINE[1]: oracle.affine_seen,
    "affine oracle on density": oracle.density_affine,
}


@dataclass(frozen=True)
class _Judged:
    """Mean differences (CIEDE2000) from the truth by way."""

    case: Case
    away: Mapping[str, float]

    @property
    def tercile(self) -> int:
        return min(2, int(self.case.heaviness * 3))


def row_fade(bench: Bench) -> Iterator[Table]:
    """Tables: all ways on all fades; where ours gains and where not; pictures that have not faded."""
    pictures = photographs(bench.folder, bench.limit)
    count = COUNT if bench.limit is None else min(COUNT, 4 * len(pictures))
    judged = []
    for number, case in enumerate(faded_cases(pictures, count)):
        bench.say(f"fade {number + 1}/{count}: {case.name}, {case.fade.dyes}, heaviness {case.heaviness:.2f}")
        judged.append(_judge(case, bench.device))
    yield _all_ways(judged)
    yield _by_kind(judged)
    yield _unfaded(pictures, bench)


def _judge(case: Case, device: str) -> _Judged:
    answers = {name: way(case.scan, case.truth) for name, way in {**_PEERS, **_ORACLES}.items()}
    answers[_OURS] = _ours(case.scan, device)
    answers[_PICKED] = _ours(case.scan, device, {"neutral": neutral(case.truth).spot})
    answers[_ALL_PICKED] = _ours(case.scan, device, picks(case.truth))
    return _Judged(case, {name: float(delta_e(answer, case.truth).mean()) for name, answer in answers.items()})


def _ours(scan: Rgb, device: str, settings: Mapping[str, str] | None = None) -> Rgb:
    return as_picture(restored(as_frame(scan), make_stage("fade", settings or {}, StageContext()), device=device))


def _all_ways(judged: Sequence[_Judged]) -> Table:
    columns = (
        Column("way"),
        Column("mean", "DeltaE2000"),
        *(Column(name, "DeltaE2000") for name in _TERCILES),
        Column("worst picture", "DeltaE2000"),
        Column("made worse by at most", "DeltaE2000", signed=True),
    )
    ways = list(judged[0].away)
    rows = [(way, *_figures(judged, way)) for way in ways]
    means = {way: float(np.mean([one.away[way] for one in judged])) for way in ways}
    grey, balance = (min(names, key=means.__getitem__) for names in (_GREY_WORLDS, _BALANCES))
    rival, ours, best = min(means[grey], means[balance]), means[_OURS], min(means[way] for way in _AFFINE)
    plain = min(*(means[name] for name in _GREY_WORLDS), *(means[name] for name in _BALANCES[:2]))
    gained = (means[_UNTOUCHED] - ours) / (means[_UNTOUCHED] - best)
    bars = (
        Bar("below the better of grey world and white balance by", 100 * (1 - ours / rival), _LOWER, "%"),
        Bar("below the better balance without levels by", 100 * (1 - ours / plain), _LOWER, "%"),
        Bar("over the best affine oracle's", ours / best, _WITHIN, "times", at_most=True),
        Bar("any picture made worse by", float(_worse(judged, _OURS).max()), _WORSE, "DeltaE2000", at_most=True),
    )
    note = (
        f"{len(judged)} fades, simulated spectrally, light to heavy in even steps, of held-out photographs of at most "
        "256 pixels; a dye set and a scanner among them that no training saw. Mean CIEDE2000 over a picture against "
        f"the scan of the film when new, mean of the pictures. The better grey world: {grey}; the better white "
        f"balance: {balance}; the neutral patch is picked from the truth, levels are the 0.5 % points of luma. Stage "
        "fade is as it comes, and with spots picked in the truth: the patch of the white balance, or three greys, "
        "black and white where there are. The "
        f"oracles are fitted to each picture with its truth; of what the best affine one gains, ours gains "
        f"{100 * gained:.0f} %."
    )
    return Table("Faded colour film brought back", columns, tuple(rows), (note,), bars)


def _figures(judged: Sequence[_Judged], way: str) -> tuple[Cell, ...]:
    away = [one.away[way] for one in judged]
    terciles = [[one.away[way] for one in judged if one.tercile == t] for t in range(3)]
    means = [float(np.mean(part)) if part else None for part in terciles]
    return (float(np.mean(away)), *means, max(away), float(_worse(judged, way).max()))


def _worse(judged: Sequence[_Judged], way: str) -> NDArray[np.float64]:
    return np.array([one.away[way] - one.away[_UNTOUCHED] for one in judged])


def _by_kind(judged: Sequence[_Judged]) -> Table:
    kinds: dict[str, Callable[[_Judged], bool]] = {
        "even": lambda one: one.case.fade.uneven == EVEN,
        "uneven": lambda one: one.case.fade.uneven != EVEN,
        "dyes known to training": lambda one: one.case.fade.dyes != HELD_OUT_DYES,
        f"dyes held out ({HELD_OUT_DYES})": lambda one: one.case.fade.dyes == HELD_OUT_DYES,
        "scanners known to training": lambda one: one.case.fade.scanner != HELD_OUT_SCANNER,
        f"scanner held out ({HELD_OUT_SCANNER})": lambda one: one.case.fade.scanner == HELD_OUT_SCANNER,
    }
    ways = (_UNTOUCHED, _BALANCES[2], _OURS, _PICKED, _AFFINE[1])
    rows: list[tuple[Cell, ...]] = []
    for name, belongs in kinds.items():
        part = [one for one in judged if belongs(one)]
        means = [float(np.mean([one.away[way] for one in part])) if part else None for way in ways]
        rows.append((name, len(part), *means))
    columns = (Column("fades"), Column("number", digits=0), *(Column(way, "DeltaE2000") for way in ways))
    return Table("Faded colour film by kind of fade", columns, tuple(rows))


def _unfaded(pictures: Sequence[Photograph], bench: Bench) -> Table:
    """What becomes of photographs that have not faded."""
    held: dict[str, list[float]] = {_OURS: [], _GREY_WORLDS[0]: []}
    for one in pictures:
        bench.say(f"fade: {one.name}, unfaded")
        held[_OURS].append(float(delta_e(_ours(one.picture, bench.device), one.picture).mean()))
        held[_GREY_WORLDS[0]].append(float(delta_e(baselines.grey_world_coded(one.picture), one.picture).mean()))
    columns = (
        Column("way"),
        Column("pictures", digits=0),
        Column("changed by, mean", "DeltaE2000"),
        Column("changed by, most", "DeltaE2000"),
    )
    rows = tuple((way, len(away), float(np.mean(away)), max(away)) for way, away in held.items())
    bars = tuple(
        Bar(f"unfaded pictures changed by, {name}", value, _CHANGED, "DeltaE2000", at_most=True)
        for name, value in (("mean", float(np.mean(held[_OURS]))), ("most", max(held[_OURS])))
    )
    return Table("Photographs that have not faded", columns, rows, (), bars)
