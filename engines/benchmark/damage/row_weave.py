"""Row `weave`: planted gate weave, and how much of it stabilising leaves, with the camera's own motion kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from engines.analysis.weave import WeaveAnalysis
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames
from engines.benchmark.damage.row_repair import CLIPS
from engines.benchmark.damage.weave_peers import by_deshake, by_features
from engines.benchmark.held import HeldClip
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.detect.shots import ShotList
from engines.errors import TratteggioError
from engines.graph import Graph, Puller
from engines.luma import luma_of
from engines.policy import RenderPolicy
from engines.stabilise.cells import dense, measured, view
from engines.stabilise.correction import measured_path
from engines.stabilise.fit import fitted
from engines.stabilise.model import SHIFT, SIMILARITY, basis, root_mean_square
from engines.stages.stabilise import Stabilise, StabiliseSettings
from engines.training.plant.weave import cut, margin_for, planned, woven
from engines.types import Frame

_STANDING = ("lowbitrate/intersection_cctv_384x288.mp4", "lowbitrate/highway_cctv_320x240.avi")
"""Cameras on posts, traffic before them: the only clips of the bench whose camera does not move at all."""
_FRAMES, _RATE, _HERTZ = 48, 24.0, 1.0
_MOST, _ANGLE = 6.0, 0.3
_LOWER, _PAN = 95.0, 0.25
_PANS = 0.01
"""Share of its width that a clip's slow path must span to count as a pan."""
_COLUMNS = (
    Column("clip"),
    Column("camera"),
    Column("treatment"),
    Column("weave before", "px"),
    Column("weave after", "px", digits=3),
    Column("lower by", "%", digits=1),
    Column("clean clip's slow path moved by", "px", digits=3),
)
_NOTE = (
    f"Clips of {_FRAMES} frames, at most 640x360 and taken as {_RATE:g} frames per second; a leaky random walk and a "
    f"beat of 1.5 to 5 Hz, up to {_MOST:g} px and {_ANGLE:g} degrees, cut so that the edges show picture. All figures "
    "are RMS displacements over the picture. The displacement of every treated frame is measured against the same "
    "clean frame (dense flow and Lucas-Kanade in 240 cells, true to 0.02 px). Standing cameras: all of it about its "
    "mean counts. Moving: the part faster than 1 Hz (what no line and no cosines up to 1 Hz explain) of the picture's "
    "path, the clean clip's own included. Slow path: what the treatment does below 1 Hz to the clip without weave; "
    f"the bar is for pans, clips whose slow path spans at least {_PANS:.0%} of their width."
)

Path = NDArray[np.float64]
Treatment = Callable[[Sequence[Frame]], list[Frame]]


@dataclass(frozen=True)
class _Planted:
    """Clean and woven frames of a clip; camera: N x 4, the clean clip's own path."""

    name: str
    standing: bool
    clean: list[Frame]
    woven: list[Frame]
    camera: Path


def row_weave(bench: Bench) -> Iterator[Table]:
    """One table: this stage, feature tracking, FFmpeg's deshake."""
    title = "Weave"
    treatments: dict[str, Treatment] = {
        "stabilise": lambda frames: _stabilised(frames, bench.device)[0],
        "features (OpenCV)": lambda frames: by_features(frames, _RATE),
        "deshake (FFmpeg)": by_deshake,
    }
    rows: list[tuple[Cell, ...]] = []
    lower: dict[bool, list[float]] = {True: [], False: []}
    pans: list[float] = []
    names = [(name, False) for name in CLIPS] + [(name, True) for name in _STANDING]
    try:
        for seed, (name, standing) in enumerate(names[: bench.at_most(len(names))]):
            held = _planted(bench, name, standing, seed)
            before = _left(held, held.woven)
            for called, treat in treatments.items():
                bench.say(f"weave: {held.name}, {called}")
                after = _left(held, treat(held.woven))
                # Where the camera stands there is no path to spoil.
                pan = None if standing else _slowed(held, treat(held.clean))
                share = 100 * (1 - after / before)
                camera = "standing" if standing else "moving"
                rows.append((held.name, camera, called, before, after, share, pan))
                if called == "stabilise":
                    lower[standing].append(share)
                    pans += [pan] if pan is not None and _pans(held) else []
    except TratteggioError as error:
        yield skipped(title, error)
        return
    bars = [
        Bar(f"{kind} camera: weave lower by, {how} clip", figure(lower[standing]), _LOWER, "%")
        for standing, kind in ((False, "moving"), (True, "standing"))
        for how, figure in (("mean", _mean), ("worst", min))
        if lower[standing]
    ]
    bars += [Bar("slow path of a clean pan moved by, worst clip", max(pans), _PAN, "px", at_most=True)] if pans else []
    yield Table(title, _COLUMNS, tuple(rows), (_NOTE,), tuple(bars))


def _pans(held: _Planted) -> bool:
    slow = _slow(held.camera[:, :SHIFT])
    return float(np.hypot(*np.ptp(slow, axis=0))) >= _PANS * held.clean[0].width


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _planted(bench: Bench, name: str, standing: bool, seed: int) -> _Planted:
    frames = clean_frames(bench.folder / name, _FRAMES)
    weave = planned(len(frames), seed, rate=_RATE, most=_MOST, angle=_ANGLE)
    margin = margin_for(weave, frames[0].width, frames[0].height)
    clean = [cut(frame, margin) for frame in frames]
    path = np.zeros((len(frames), SIMILARITY)) if standing else _stabilised(clean, bench.device)[1]
    return _Planted(bench.folder.joinpath(name).stem, standing, clean, woven(frames, weave, margin), path)


def _stabilised(frames: Sequence[Frame], device: str) -> tuple[list[Frame], Path]:
    """The frames as one shot through the stage at its defaults, and their measured path (N x 4)."""
    clip = HeldClip(frames)
    clip.info = replace(clip.info, rate=Fraction(_RATE))
    graph = Graph(clip, ShotList((0,), len(frames)), (Stabilise(StabiliseSettings()),))
    puller = Puller(graph, RenderPolicy("benchmark", device=device))
    answers = [puller.pull(number).frame.quantised() for number in range(len(frames))]
    arrays = puller.analysed(0, WeaveAnalysis())
    assert arrays is not None
    return answers, measured_path(arrays)[0][:, 0, :SIMILARITY]


def _left(held: _Planted, treated: Sequence[Frame]) -> float:
    """RMS weave, px."""
    path = held.camera + _displaced(held.clean, treated)
    size = held.clean[0].width, held.clean[0].height
    return root_mean_square(path - (path.mean(axis=0) if held.standing else _slow(path)), *size)


def _slowed(held: _Planted, treated: Sequence[Frame]) -> float:
    """RMS of what a treatment did to the slow path of the clean clip, px; a constant shift does nothing."""
    slow = _slow(_displaced(held.clean, treated))
    return root_mean_square(slow - slow.mean(axis=0), held.clean[0].width, held.clean[0].height)


def _displaced(clean: Sequence[Frame], treated: Sequence[Frame]) -> Path:
    """N x 4: where the treated frames' content lies, against the clean ones'."""
    found = []
    for a, b in zip(clean, treated, strict=True):
        first, second = (view(luma_of(frame), (0.0, 0.0), (1.0, 1.0)) for frame in (a, b))
        cells = measured(first, second, dense(first, second))
        terms = basis(cells.places, a.width, a.height, SIMILARITY)
        found.append(fitted(terms, cells.moves, cells.trust, None)[0])
    return np.array(found)


def _slow(path: Path) -> Path:
    """What a line and cosines of up to 1 Hz explain."""
    count = len(path)
    time = (np.arange(count) + 0.5) / count
    waves = int(2 * _HERTZ * count / _RATE)
    columns = [np.ones(count), time, *(np.cos(np.pi * wave * time) for wave in range(1, waves + 1))]
    base, _ = np.linalg.qr(np.stack(columns, axis=1))
    return np.asarray(base @ (base.T @ path))
