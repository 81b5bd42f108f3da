"""Row `steady`: what stage fade does from one frame of a shot to the next to a colour that stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames
from engines.benchmark.colour.fade_set import as_frame
from engines.benchmark.held import HeldClip
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.colour.difference import delta_e
from engines.colour.mapped import Rgb, nominal_rgb
from engines.detect.shots import ShotList
from engines.errors import TratteggioError
from engines.graph import Graph, Puller
from engines.policy import RenderPolicy
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.training.simulator.fade.draw import draw_fade
from engines.training.simulator.fade.fading import Fade, faded
from engines.types import Frame
from engines.viewing import pinned

FRAMES = 200
_BOX = (240, 136)
_STEADY = 0.2
_SEED, _HEAVY = 20261, 0.7
_SIMULATED, _REAL = "clean_video/dough_720p.mp4", "oldfilm/saturn_launch_colour.mp4"
_NOTE = (
    f"{FRAMES} frames of at most {_BOX[0]}x{_BOX[1]}. The correction's own change: pixels whose three samples are the "
    "same in a frame and the next one, at the same place; CIEDE2000 between what the stage makes of them in both. The "
    "picture's change: mean CIEDE2000 between a frame and the next, before and after the stage. The simulated fade "
    "drifts over the reel and is uneven. The stage acts however sure it is."
)


@dataclass(frozen=True)
class _Course:
    """Per pair of frames: mean and most change of equal samples, their share; change of the picture, in and out."""

    mean: list[float]
    most: list[float]
    share: list[float]
    before: list[float]
    after: list[float]


def row_steady(bench: Bench) -> Iterator[Table]:
    """One table: a clip whose fade is simulated, and a real faded film."""
    rows: list[tuple[Cell, ...]] = []
    worst = 0.0
    frames = FRAMES if bench.limit is None else max(2, min(FRAMES, 8 * bench.limit))
    for name, fade in ((_SIMULATED, _drawn()), (_REAL, None)):
        bench.say(f"steady: {name}")
        try:
            clip = _scans(bench.folder / name, frames, fade)
        except TratteggioError as error:
            yield skipped(f"Steadiness of the fade correction on {name}", error)
            continue
        found = _course(clip, bench.device)
        worst = max(worst, *found.most)
        kind = "real" if fade is None else f"simulated ({fade.dyes}, heaviness {_HEAVY})"
        figures = (float(np.mean(found.mean)), max(found.most), 100.0 * float(np.mean(found.share)))
        rows.append((name, kind, len(clip), *figures, float(np.mean(found.before)), float(np.mean(found.after))))
    if not rows:
        return
    columns = (
        Column("clip"),
        Column("fade"),
        Column("frames", digits=0),
        Column("correction changes by, mean", "DeltaE2000", 3),
        Column("most", "DeltaE2000", 3),
        Column("samples compared", "%", 1),
        Column("picture changes by, before", "DeltaE2000"),
        Column("after", "DeltaE2000"),
    )
    bars = (Bar("correction changes from frame to frame by at most", worst, _STEADY, "DeltaE2000", at_most=True),)
    yield Table("Steadiness of the fade correction", columns, tuple(rows), (_NOTE,), bars)


def _drawn() -> Fade:
    return draw_fade(np.random.default_rng(_SEED), _HEAVY)


def _scans(path: Path, count: int, fade: Fade | None) -> list[Frame]:
    """8-bit RGB frames of a clip, as the film's scan when a fade is given. Raises MediaError."""
    pictures = [_picture(frame) for frame in clean_frames(path, count, _BOX)]
    if fade is None:
        return [as_frame(picture) for picture in pictures]
    last = max(1, len(pictures) - 1)
    return [as_frame(faded(picture, fade, number / last)) for number, picture in enumerate(pictures)]


def _picture(frame: Frame) -> Rgb:
    colour = pinned(frame.colour, frame.width, frame.height)
    return np.asarray(np.clip(nominal_rgb(replace(frame, colour=colour)), 0.0, 1.0), np.float32)


def _course(clip: Sequence[Frame], device: str) -> _Course:
    """The clip is one shot: nothing else would be asked of a correction that follows shots."""
    graph = Graph(HeldClip(clip), ShotList((0,), len(clip)), (make_stage("fade", {"sure": "0"}, StageContext()),))
    puller = Puller(graph, RenderPolicy("benchmark", device=device))
    course = _Course([], [], [], [], [])
    held: tuple[Frame, Rgb] | None = None
    for number, scan in enumerate(clip):
        shown = nominal_rgb(puller.pull(number).frame)
        if held is not None:
            _compare(course, held, (scan, shown))
        held = scan, shown
    return course


def _compare(course: _Course, first: tuple[Frame, Rgb], second: tuple[Frame, Rgb]) -> None:
    same = np.logical_and.reduce([one == other for one, other in zip(first[0].planes, second[0].planes, strict=True)])
    between = delta_e(first[1], second[1])
    alike = between[same] if same.any() else np.zeros(1, np.float32)
    course.mean.append(float(alike.mean()))
    course.most.append(float(alike.max()))
    course.share.append(float(same.mean()))
    course.before.append(_mean(delta_e(_picture(first[0]), _picture(second[0]))))
    course.after.append(_mean(between))


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean())
