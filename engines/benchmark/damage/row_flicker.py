"""Row `flicker`: flicker planted on clean clips, what is left of it, and whether real changes of light are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames
from engines.benchmark.damage.flicker_peers import SIZES, ffmpeg_deflicker
from engines.benchmark.held import HeldClip
from engines.benchmark.ours import puller
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import TratteggioError
from engines.luma import luma_of
from engines.metrics.steadiness import Motion, motion_of, warping_error
from engines.stages.deflicker import Deflicker, DeflickerSettings
from engines.training.plant.flicker import Flicker, fade, flickering, lamp, lit
from engines.types import Frame

CLIPS = (
    "vid4/calendar.mp4",
    "vid4/city.mp4",
    "vid4/walk.mp4",
    "clean_video/polevault_720p.mp4",
    "clean_video/dough_720p.mp4",
    "clean_video/bbb_1080p60_2s.mp4",
)
_FRAMES = 72
_FLICKER = Flicker(0.05, 0.25, patches=2, breathing=0.02)
_STEADIER, _KEPT = 80.0, 2.0
_LAMP, _FADE = 1.6, 0.4
_NOTE = (
    "At most 72 frames of at most 640x360. Planted in every frame: gain and gamma of luma off by 5 to 25 % each, up or "
    "down by chance, two soft patches that wander with gains of their own off as much, casts of up to 2 %. Jitter: "
    "root mean square of what the frame's mean luma, against the clean one's, does from one frame to the next. Warping "
    "error: its excess over the clean clip's own, along the clean clip's motion. FFmpeg's filter in the best of sizes "
    f"{', '.join(map(str, SIZES))} for each figure."
)
_COLUMNS = (
    Column("clip"),
    Column("jitter planted", "% of white"),
    Column("left by deflicker"),
    Column("lower by", "%", 1),
    Column("FFmpeg lower by", "%", 1),
    Column("warping error planted", "x 1e-5"),
    Column("left by deflicker"),
    Column("lower by", "%", 1),
    Column("FFmpeg lower by", "%", 1),
)
_EVENT_COLUMNS = (
    Column("clip"),
    Column("event"),
    Column("without flicker, worst frame", "% off"),
    Column("under flicker of 5 to 25 %, level before", "% off"),
    Column("level after", "% off"),
)


@dataclass(frozen=True)
class _Unrest:
    """jitter: per cent of white; warping: excess, peak 1."""

    jitter: float
    warping: float


def row_flicker(bench: Bench) -> Iterator[Table]:
    """Two tables: flicker taken away, and real light kept."""
    names = CLIPS[: bench.at_most(len(CLIPS))]
    try:
        clips = {Path(name).stem: clean_frames(bench.folder / name, _FRAMES) for name in names}
    except TratteggioError as error:
        yield skipped("Flicker", error)
        return
    yield _steadied(clips, bench)
    yield _kept(clips, bench)


def _steadied(clips: dict[str, list[Frame]], bench: Bench) -> Table:
    rows: list[tuple[Cell, ...]] = []
    lower: list[tuple[float, float]] = []
    for seed, (name, clean) in enumerate(clips.items()):
        bench.say(f"flicker: {name}")
        motions = [motion_of(a, b) for a, b in pairwise(clean)]
        damaged, _ = flickering(clean, _FLICKER, seed)
        own = _warping(clean, motions)
        planted, ours = (_unrest(frames, clean, motions, own) for frames in (damaged, deflickered(damaged, bench)))
        peers = [_unrest(ffmpeg_deflicker(damaged, size), clean, motions, own) for size in SIZES]
        lower.append((_lower(planted.jitter, ours.jitter), _lower(planted.warping, ours.warping)))
        theirs = min(p.jitter for p in peers), min(p.warping for p in peers)
        jitters = (planted.jitter, ours.jitter, lower[-1][0], _lower(planted.jitter, theirs[0]))
        warps = (planted.warping * 1e5, ours.warping * 1e5, lower[-1][1], _lower(planted.warping, theirs[1]))
        rows.append((name, *jitters, *warps))
    worst = np.min(lower, axis=0)
    bars = (
        Bar("jitter lower by, worst clip", float(worst[0]), _STEADIER, "%"),
        Bar("warping error lower by, worst clip", float(worst[1]), _STEADIER, "%"),
    )
    return Table("Flicker taken away", _COLUMNS, tuple(rows), (_NOTE,), bars)


def deflickered(frames: Sequence[Frame], bench: Bench) -> list[Frame]:
    """Through stage deflicker with its usual settings, as integer samples."""
    pull = puller(HeldClip(frames), [Deflicker(DeflickerSettings())], device=bench.device)
    return [pull(number) for number in range(len(frames))]


def means(frames: Sequence[Frame]) -> NDArray[np.float64]:
    """Mean nominal luma of every frame."""
    return np.array([float(luma_of(frame).mean()) for frame in frames])


def _unrest(frames: Sequence[Frame], clean: Sequence[Frame], motions: Sequence[Motion], own: float) -> _Unrest:
    off = np.diff(means(frames) - means(clean))
    return _Unrest(100.0 * float(np.sqrt(np.mean(np.square(off)))), _warping(frames, motions) - own)


def _warping(frames: Sequence[Frame], motions: Sequence[Motion]) -> float:
    found = [warping_error(a, b, motion) for (a, b), motion in zip(pairwise(frames), motions, strict=True)]
    return float(np.mean([error for error in found if error is not None]))


def _lower(before: float, after: float) -> float:
    return 100.0 * (1.0 - after / before)


def _kept(clips: dict[str, list[Frame]], bench: Bench) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for seed, (name, clean) in enumerate(clips.items()):
        count = len(clean)
        plain = [means(deflickered(_flickered(clean, flicker, seed), bench)) for flicker in (None, _FLICKER)]
        for event, factors in (
            ("lamp on", lamp(count, count // 2, _LAMP)),
            ("fade", fade(count, count // 3, count // 3 * 2, _FADE)),
        ):
            bench.say(f"flicker: {name}, {event}")
            scene = lit(clean, factors)
            true = means(scene) / means(clean)
            off = []
            for flicker, without in zip((None, _FLICKER), plain, strict=True):
                shown = means(deflickered(_flickered(scene, flicker, seed), bench)) / without
                off.append(100.0 * (shown / true - 1.0))
            levels = [abs(float(np.mean(part))) for part in (off[1][: count // 3], off[1][-(count // 3) :])]
            rows.append((name, event, float(np.abs(off[0]).max()), *levels))
    alone = max(float(row[2]) for row in rows if row[2] is not None)
    levels = [float(level) for row in rows for level in row[3:] if level is not None]
    bars = (
        Bar("without flicker, worst frame off", alone, _KEPT, "%", at_most=True),
        Bar("under flicker, levels off in the mean", float(np.mean(levels)), _KEPT, "%", at_most=True),
        Bar("under flicker, worst level off", max(levels), _KEPT, "%", at_most=True),
    )
    note = (
        f"Lamp: light times {_LAMP:g} from one frame to the next. Fade: to {_FADE:g} over a third of the clip. Off: "
        "the ratio of mean luma with and without the event, both treated, against the true ratio. Under flicker of 5 "
        "to 25 % single frames say nothing: the mean over the clip's first and last third is judged."
    )
    return Table("Real light kept", _EVENT_COLUMNS, tuple(rows), (note,), bars)


def _flickered(frames: Sequence[Frame], flicker: Flicker | None, seed: int) -> Sequence[Frame]:
    return frames if flicker is None else flickering(frames, flicker, seed)[0]
