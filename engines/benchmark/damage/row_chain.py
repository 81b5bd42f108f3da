"""Row `chain`: how fast the chain of damage stages is, stage by stage and together, beside a chain of FFmpeg's."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames
from engines.benchmark.cost import Watch
from engines.benchmark.damage.ffmpeg_chain import ffmpeg_chain
from engines.benchmark.held import HeldClip
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.detect.shots import ShotList
from engines.errors import TratteggioError
from engines.graph import Graph, Puller
from engines.policy import RenderPolicy
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.training.plant.dirt import planted as dirty
from engines.training.plant.flicker import Flicker, flickering
from engines.training.plant.grain import FilmGrain, plant_grain
from engines.training.plant.weave import margin_for, planned, woven
from engines.types import Frame

CHAIN = ("stabilise", "deflicker", "dirt", "scratch", "inpaint", "grain")
PEER = "FFmpeg deshake, deflicker, nlmeans"
AT_ONCE = 2
"""Frames worked on at the same time, as in an export."""
# Clip, the box it is shrunk into, and the frames per second that are asked for.
_CASES = (("clean_video/bbb_1080p60_2s.mp4", (1920, 1080), 1.5), ("vid4/calendar.mp4", (720, 576), 5.0))
_FRAMES, _MOST_MIB = 32, 2560.0
_NOTE = (
    "Per size one clip with weave (up to 3 px), flicker (3 to 6 %), grain and dirt planted, held in memory: no "
    "decoding and no encoding of files, measurements over the shot included, detections asked for. A "
    "stage's time is what the chain up to it takes "
    f"longer than the chain before; {AT_ONCE} frames are worked on at the same time, as in an export. Memory: largest "
    "resident size of the whole process."
)


def row_chain(bench: Bench) -> Iterator[Table]:
    """One table per size."""
    count = bench.at_most(_FRAMES)
    for clip, box, wanted in _CASES:
        try:
            frames = _damaged(clean_frames(bench.folder / clip, count, box))
        except TratteggioError as error:
            yield skipped(f"Speed of the chain at {box[0]}x{box[1]}", error)
            continue
        yield _table(bench, frames, wanted)


def _table(bench: Bench, frames: list[Frame], wanted: float) -> Table:
    size = f"{frames[0].width}x{frames[0].height}"
    rows: list[tuple[Cell, ...]] = []
    # Weights are loaded, buffers and threads made before anything is timed.
    _seconds(frames[:3], CHAIN, bench.device)
    before, peak = 0.0, 0
    for length in range(1, len(CHAIN) + 1):
        bench.say(f"chain at {size}: up to {CHAIN[length - 1]}")
        seconds, peak = _seconds(frames, CHAIN[:length], bench.device)
        own = max(seconds - before, 1e-9)
        rows.append((CHAIN[length - 1], len(frames) / own, 1000 * own / len(frames)))
        before = seconds
    together = len(frames) / before
    rows.append(("together", together, 1000 / together))
    bars = [Bar(f"together at {size}", together, wanted, "frames/s")]
    bars.append(Bar(f"memory at {size}", peak / 2**20, _MOST_MIB, "MiB", at_most=True))
    try:
        theirs = _peer(frames)
        rows.append((PEER, theirs, 1000 / theirs))
    except TratteggioError as error:
        rows.append((f"{PEER}: {error}", None, None))
    columns = (Column("stage"), Column("speed", "frames/s"), Column("time", "ms per frame", 0))
    return Table(f"Speed of the chain at {size}", columns, tuple(rows), (_NOTE,), tuple(bars))


def _seconds(frames: Sequence[Frame], names: Sequence[str], device: str) -> tuple[float, int]:
    """Seconds for all frames, and the largest resident size in bytes. Stages and what they measure are made anew."""
    stages = tuple(make_stage(name, {}, StageContext(device=device)) for name in names)
    graph = Graph(HeldClip(frames), ShotList((0,), len(frames)), stages)
    puller = Puller(graph, RenderPolicy("benchmark", device=device))

    def one(number: int) -> None:
        # What is found is asked for even where no stage repairs it.
        puller.marks(len(stages), number)
        puller.pull(number).frame.quantised()

    watch = Watch()
    start = time.perf_counter()
    with watch, ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(one, range(len(frames))):
            pass
        seconds = time.perf_counter() - start
    return seconds, watch.peak


def _peer(frames: Sequence[Frame]) -> float:
    """Frames per second. Raises SettingError where a filter is missing."""
    start = time.perf_counter()
    answered = len(ffmpeg_chain(frames))
    return answered / (time.perf_counter() - start)


def _damaged(frames: list[Frame]) -> list[Frame]:
    """The frames as an old film's: every kind of damage that the chain is for. The size stays."""
    height, width = frames[0].height, frames[0].width
    weave = planned(len(frames), 5, most=3.0, angle=0.1)
    margin = margin_for(weave, width, height)
    held = [_padded(frame, margin) for frame in frames]
    lit, _ = flickering(woven(held, weave, margin), Flicker(0.03, 0.06, patches=1), 5)
    grainy = plant_grain(lit, FilmGrain.drawn(np.random.default_rng(5)), 5)
    rng = np.random.default_rng(5)
    return [dirty(frame, rng, ())[0] for frame in grainy]


def _padded(frame: Frame, margin: int) -> Frame:
    """Mirrored beyond its edges, so that weaving and cutting leaves the size as it was."""
    planes = []
    for index, plane in enumerate(frame.planes):
        step = 1 if index == 0 else frame.format.chroma_x
        planes.append(np.ascontiguousarray(np.pad(plane, margin // step, mode="reflect")))
    return frame.with_planes(tuple(planes))
