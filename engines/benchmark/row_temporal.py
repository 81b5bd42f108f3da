"""Row `temporal`: how steady clips come out with neighbours, against the same network frame by frame."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.benchmark import ours
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames, clips_in, write_x264
from engines.benchmark.held import HeldClip
from engines.benchmark.pictures import noisy
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import TratteggioError
from engines.media.open import open_source
from engines.media.source import Source
from engines.metrics.psnr import psnr_y
from engines.metrics.steadiness import Motion, motion_of, warping_error
from engines.types import Frame

_FRAMES, _JUDGED = 24, tuple(range(10, 14))
_SIGMA, _CRF = 15.0, 35
_DAMAGES = (f"noise sigma {_SIGMA:g}", f"x264 CRF {_CRF}")
_STEADIER, _STEADIER_SEEDED, _LOST = 60.0, 80.0, 0.1
_CLIPS = 4
_COLUMNS = (
    Column("damage"),
    Column("slider"),
    Column("treatment"),
    Column("warping error", "x 1e-5"),
    Column("above the clean clip's own", "x 1e-5"),
    Column("PSNR-Y", "dB"),
)
_NOTE = (
    "Clips of 24 frames, at most 640x360, frames 10 to 13 judged, x1. Warping error: mean squared difference of a "
    "frame and its neighbour moved along the clean clip's motion, over pixels visible in both, on luma with peak 1; "
    "the clean clips' own, which no treatment should go below, is in the first line."
)


@dataclass(frozen=True)
class _Truth:
    """Clean frames by number, and the motion from each judged one back to the one before."""

    frames: list[Frame]
    motions: dict[int, Motion]


@dataclass(frozen=True)
class _Figures:
    """Means: warping error (peak 1) and PSNR-Y (dB)."""

    warping: float
    psnr: float


def row_temporal(bench: Bench) -> Iterator[Table]:
    """Tables for slider 0 (neighbours against none) and slider 1 (one seed against a seed per frame)."""
    try:
        clips = clips_in(bench.folder, ("clean_video", "vid4"), bench.at_most(_CLIPS))
        truths = [_truth(clean_frames(path, _FRAMES)) for path in clips]
    except TratteggioError as error:
        yield skipped("Steadiness", error)
        return
    names = ", ".join(path.stem for path in clips)
    notes = (_NOTE, f"Clips: {names}.")
    faithful: list[tuple[str, dict[str, object]]] = [("frame by frame", {"temporal": 0}), ("with neighbours", {})]
    yield _compared("Steadiness at slider 0", 0, faithful, _STEADIER, truths, notes, bench)
    seeded: list[tuple[str, dict[str, object]]] = [("a seed per frame", {"seeds": True}), ("one seed", {})]
    yield _compared("Steadiness at slider 1", 1, seeded, _STEADIER_SEEDED, truths, notes, bench)


def _compared(
    title: str,
    slider: int,
    treatments: Sequence[tuple[str, dict[str, object]]],
    steadier: float,
    truths: Sequence[_Truth],
    notes: tuple[str, ...],
    bench: Bench,
) -> Table:
    own = _judged([dict(enumerate(truth.frames)) for truth in truths], truths)
    rows: list[tuple[Cell, ...]] = [("none", None, "clean clip", own.warping * 1e5, 0.0, None)]
    bars: list[Bar] = []
    for damage in _DAMAGES:
        figures: list[_Figures] = []
        for name, settings in treatments:
            bench.say(f"temporal: slider {slider}, {damage}, {name}")
            try:
                answers = _treated(damage, slider, settings, truths, bench)
            except TratteggioError as error:
                return skipped(title, error)
            figures.append(_judged(answers, truths))
            excess = (figures[-1].warping - own.warping) * 1e5
            rows.append((damage, slider, name, figures[-1].warping * 1e5, excess, figures[-1].psnr))
        before, after = figures
        bars += [
            Bar(f"{damage}: warping error lower by", (1 - after.warping / before.warping) * 100, steadier, "%"),
            Bar(f"{damage}: PSNR-Y lost", before.psnr - after.psnr, _LOST, "dB", at_most=True),
        ]
    return Table(title, _COLUMNS, tuple(rows), notes, tuple(bars))


def _truth(frames: list[Frame]) -> _Truth:
    return _Truth(frames, {n: motion_of(frames[n - 1], frames[n]) for n in _JUDGED[1:] if n < len(frames)})


def _judged(answers: Sequence[Mapping[int, Frame]], truths: Sequence[_Truth]) -> _Figures:
    """`answers`: per clip its frames by number."""
    errors, scores = [], []
    for frames, truth in zip(answers, truths, strict=True):
        for number, motion in truth.motions.items():
            error = warping_error(frames[number - 1], frames[number], motion)
            if error is not None:
                errors.append(error)
            scores.append(psnr_y(frames[number], truth.frames[number]))
    return _Figures(float(np.mean(errors)), float(np.mean(scores)))


def _treated(
    damage: str, slider: int, settings: dict[str, object], truths: Sequence[_Truth], bench: Bench
) -> list[dict[int, Frame]]:
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for index, truth in enumerate(truths):
            source = _damaged(damage, truth.frames, index, Path(folder) / f"{index}.mp4")
            try:
                answers.append(_pulled(source, slider, settings, bench))
            finally:
                source.close()
    return answers


def _damaged(damage: str, frames: list[Frame], seed: int, path: Path) -> Source:
    if damage == _DAMAGES[0]:
        return HeldClip([noisy(frame, _SIGMA, seed * 1000 + number) for number, frame in enumerate(frames)])
    write_x264(path, frames, _CRF)
    return open_source(path)


def _pulled(source: Source, slider: int, settings: dict[str, object], bench: Bench) -> dict[int, Frame]:
    held = dict(settings)
    apart = bool(held.pop("seeds", False))
    if slider:
        held |= {"perceptual": slider, "seed": 1}
    one = ours.puller(source, [bench.detail(**held)], device=bench.device)
    answers = {}
    for number in (n for n in _JUDGED if n < source.info.frame_count):
        pull = ours.puller(source, [bench.detail(**held | {"seed": number})], device=bench.device) if apart else one
        answers[number] = pull(number)
    return answers
