"""Row `speed`: fade and grade at 3840x2160 as an export pulls them, and at the size of a preview."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from engines.ahead import pulled
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.colour.fade_set import photographs
from engines.benchmark.held import HeldClip
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.chroma import on_chroma_grid
from engines.colour.mapped import Rgb, code_matrix, inverse_matrix, times
from engines.detect.shots import ShotList
from engines.errors import TratteggioError
from engines.graph import Graph, Puller
from engines.policy import EXPORT
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.training.simulator.fade.draw import draw_fade
from engines.training.simulator.fade.fading import faded
from engines.types import ColourSpec, Frame, PixelFormat

AT_ONCE = 2
"""Frames worked on at the same time, as in an export."""
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "fade": {"sure": "0"},
    "grade": {
        "temperature": "10",
        "lift_rgb": "0.01,0,-0.01",
        "gamma": "1.1",
        "gain_rgb": "1.05,1,0.95",
        "contrast": "1.1",
        "saturation": "1.2",
        "curve": "0,0 0.25,0.22 0.75,0.8 1,1",
    },
}
"""Every control of the grade moved, so that no short cut is left."""
_MASTER, _PREVIEW = (3840, 2160), (1600, 900)
_LAYOUTS = (PixelFormat("yuv", 8, 2, 2), PixelFormat("yuv", 10, 2, 1))
_FRAMES, _DISTINCT, _REPEATS = 24, 4, 7
_LEAST, _MOST_PREVIEW = 8.0, 33.0
_HEAVINESS, _SEED = 0.6, 7
_NOTE = (
    "A held-out photograph, enlarged and faded, panning by 8 pixels a frame; frames are held in memory: no decoding, "
    f"no encoding. Together: {AT_ONCE} frames at the same time, the shot measured before. A stage's own time is the "
    "median of pulls of single frames through it alone, on one thread."
)


def row_speed(bench: Bench) -> Iterator[Table]:
    """One table."""
    try:
        picture = _enlarged(bench.folder)
        rows: list[tuple[Cell, ...]] = []
        bars: list[Bar] = []
        for size, layout in ((_MASTER, _LAYOUTS[0]), (_MASTER, _LAYOUTS[1]), (_PREVIEW, _LAYOUTS[0])):
            name = f"{size[0]}x{size[1]} {layout.name}"
            bench.say(f"speed at {name}")
            frames = _clip(picture, size, layout)
            each = [_one(frames, stage) for stage in SETTINGS]
            together = _together(frames, bench.at_most(_FRAMES))
            rows.append((name, *(1000.0 * seconds for seconds in each), together))
            if size == _MASTER:
                bars.append(Bar(f"fade and grade at {name}", together, _LEAST, "frames/s"))
            else:
                bars += [
                    Bar(f"{stage} at {name}", 1000.0 * seconds, _MOST_PREVIEW, "ms", at_most=True)
                    for stage, seconds in zip(SETTINGS, each, strict=True)
                ]
    except TratteggioError as error:
        yield skipped("Speed of fade and grade", error)
        return
    columns = (
        Column("pictures"),
        *(Column(stage, "ms per frame", 0) for stage in SETTINGS),
        Column("together", "frames/s"),
    )
    yield Table("Speed of fade and grade", columns, tuple(rows), (_NOTE,), tuple(bars))


def _one(frames: Sequence[Frame], stage: str) -> float:
    """Seconds for a frame through one stage."""
    puller = _puller(frames, (stage,))
    puller.pull(0)
    seconds = []
    for number in range(1, 1 + _REPEATS):
        start = time.perf_counter()
        puller.pull(number % len(frames))
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _together(frames: Sequence[Frame], count: int) -> float:
    """Frames per second through all stages."""
    clip = [frames[number % len(frames)] for number in range(count)]
    puller = _puller(clip, tuple(SETTINGS))
    puller.pull(0)
    start = time.perf_counter()
    for answer in pulled(puller, range(count), AT_ONCE):
        assert answer.frame.planes
    return count / (time.perf_counter() - start)


def _puller(frames: Sequence[Frame], names: Sequence[str]) -> Puller:
    stages = tuple(make_stage(name, SETTINGS[name], StageContext()) for name in names)
    return Puller(Graph(HeldClip(frames), ShotList((0,), len(frames)), stages), EXPORT)


def _enlarged(folder: Path) -> Rgb:
    """A faded photograph as large as a master and a little wider, 3 x H x W."""
    first = photographs(folder, 1)[0].picture
    fade = draw_fade(np.random.default_rng(_SEED), _HEAVINESS, held_out=True)
    size = (_MASTER[0] + 8 * _DISTINCT, _MASTER[1])
    large = cv2.resize(faded(first, fade).transpose(1, 2, 0), size, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(large.transpose(2, 0, 1))


def _clip(picture: Rgb, size: tuple[int, int], layout: PixelFormat) -> list[Frame]:
    """A few frames of a pan over the picture."""
    colour = ColourSpec("tv", "bt709", "bt709", "bt709", "left")
    frames = []
    for number in range(_DISTINCT):
        part = picture[:, :, 8 * number : 8 * number + _MASTER[0]].transpose(1, 2, 0)
        small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).transpose(2, 0, 1)
        full = PixelFormat("yuv", layout.depth)
        empty = tuple(np.empty(small.shape[1:], full.dtype) for _ in range(3))
        planes = times(inverse_matrix(code_matrix(Frame(empty, full, colour))), list(small))
        coarse = (on_chroma_grid(plane, layout, colour.chroma_location) for plane in planes[1:])
        frames.append(Frame((planes[0], *coarse), layout, colour).quantised())
    return frames
