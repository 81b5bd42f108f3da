"""Row `grain`: grain told from noise, measured, removed and given back, against what was planted."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames, write_x264
from engines.benchmark.damage.row_repair import CLIPS
from engines.benchmark.peers import Peer, denoisers
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.cancel import CancelToken
from engines.errors import TratteggioError
from engines.grain.blocks import bins_of
from engines.grain.kind import KindVote, kind_model
from engines.grain.measure import GrainMeasure
from engines.grain.model import BINS, LAGS, GrainModel
from engines.grain.planes import changed, nominal
from engines.grain.split import Pictured, grain_of
from engines.grain.synth import synthetic
from engines.luma import luma_of
from engines.media.open import open_source
from engines.metrics.psnr import psnr_y
from engines.nets.grain_kind import KINDS
from engines.training.plant.grain import FilmGrain, plant_grain
from engines.training.plant.noise import DigitalNoise, plant_noise
from engines.types import Frame

_FRAMES = 6
_PAIRS = (0, 2, 4)
_TOLD, _VARIANCE = 90.0, 10.0
_STOCKS = (FilmGrain(1.0, 6.0), FilmGrain(1.6, 4.0), FilmGrain(2.5, 8.0))
_CAMERAS = (DigitalNoise(3.0), DigitalNoise(6.0, mosaic=1.0, photons=0.8))
_FACTORS = (28, 36)
_SIGMA = 6.0
_MEASURED = FilmGrain(1.6, _SIGMA)
# A brightness bin is judged where this many pixels of the clip have it.
_ENOUGH = 3000


@dataclass(frozen=True)
class _Case:
    """One way to damage a clip, and what it is."""

    name: str
    kind: str
    treat: Callable[[Sequence[Frame]], list[Frame]]


def row_grain(bench: Bench) -> Iterator[Table]:
    """Tables of kinds, measurements, removal and giving back."""
    try:
        names = CLIPS[: bench.at_most(len(CLIPS))]
        clips = [(Path(name).stem, clean_frames(bench.folder / name, _FRAMES)) for name in names]
        yield _kinds(clips, bench)
        yield _real(bench)
        yield _measurements(clips, bench)
        yield _removal(clips, bench)
    except TratteggioError as error:
        yield skipped("Grain", error)


def _cases() -> tuple[_Case, ...]:
    film = [_Case(f"grain of {s.size:g} px, sigma {s.sigma:g}", "grain", _grainy(s)) for s in _STOCKS]
    video = [_Case(f"sensor, sigma {c.sigma:g}, mosaic {c.mosaic:g}", "digital", _noisy(c)) for c in _CAMERAS]
    coded = [_Case(f"x264 CRF {crf}", "compression", _coded(crf)) for crf in _FACTORS]
    return (*film, *video, *coded, _Case("nothing", "clean", list))


def _grainy(stock: FilmGrain) -> Callable[[Sequence[Frame]], list[Frame]]:
    return lambda frames: plant_grain(frames, stock, 11)


def _noisy(camera: DigitalNoise) -> Callable[[Sequence[Frame]], list[Frame]]:
    return lambda frames: plant_noise(frames, camera, 11)


def _coded(crf: int) -> Callable[[Sequence[Frame]], list[Frame]]:
    def treat(frames: Sequence[Frame]) -> list[Frame]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "coded.mp4"
            write_x264(path, frames, crf)
            source = open_source(path)
            try:
                return [source.read(n) for n in range(len(frames))]
            finally:
                source.close()

    return treat


def _kinds(clips: Sequence[tuple[str, list[Frame]]], bench: Bench) -> Table:
    columns: tuple[Column, ...] = (
        Column("planted"),
        Column("clips told right", "%", digits=0),
        Column("patches told right", "%", digits=0),
    )
    columns += (Column("mean confidence", "%", digits=0), Column("wrong clips"))
    rows: list[tuple[Cell, ...]] = []
    hits: list[bool] = []
    film: list[bool] = []
    for case in _cases():
        bench.say(f"grain: kind, {case.name}")
        answers = [(name, _voted(case.treat(frames))) for name, frames in clips]
        right = [KINDS[int(said.argmax())] == case.kind for _, (said, _) in answers]
        index = KINDS.index(case.kind)
        patches = float(np.mean(np.concatenate([each.argmax(axis=1) == index for _, (_, each) in answers])))
        sure = float(np.mean([said[index] for _, (said, _) in answers]))
        wrong = ", ".join(
            f"{name}: {KINDS[int(said.argmax())]}"
            for (name, (said, _)), good in zip(answers, right, strict=True)
            if not good
        )
        rows.append((case.name, float(np.mean(right)) * 100, patches * 100, sure * 100, wrong or None))
        hits += right
        film += right if case.kind in ("grain", "digital") else []
    note = f"Held-out clips of {_FRAMES} frames, at most 640x360; {len(_PAIRS)} pairs of frames looked at in each."
    bars = (
        Bar("grain told from digital noise", float(np.mean(film)) * 100, _TOLD, "% of clips"),
        Bar("all kinds told", float(np.mean(hits)) * 100, _TOLD, "% of clips"),
    )
    return Table("Kind of grain, planted", columns, tuple(rows), (note,), bars)


def _real(bench: Bench) -> Table:
    """What real material is said to be; what it is only its origin tells."""
    columns: tuple[Column, ...] = (
        Column("material"),
        Column("origin"),
        Column("said to be"),
        Column("confidence", "%", digits=0),
    )
    found = [(path, "digital camera") for path in sorted((bench.folder / "realnoise").glob("*.*"))]
    found += [(path, "low bit rate") for path in sorted((bench.folder / "lowbitrate").glob("*.*"))]
    found += [(path, "film") for path in sorted((bench.folder / "oldfilm").glob("*"))]
    rows: list[tuple[Cell, ...]] = []
    for path, origin in found[: bench.limit]:
        bench.say(f"grain: kind of {path.name}")
        try:
            source = open_source(path)
        except TratteggioError as error:
            rows.append((path.name, origin, str(error), None))
            continue
        try:
            middle = source.info.frame_count // 2
            frames = [source.read(n) for n in range(middle, min(middle + _FRAMES, source.info.frame_count))]
        finally:
            source.close()
        said, _ = _voted(frames)
        rows.append((path.name, origin, KINDS[int(said.argmax())], float(said.max()) * 100))
    note = "Films here are compressed copies at low resolution: a codec may have left nothing of their grain."
    return Table("Kind of grain, real material", columns, tuple(rows), (note,))


def _voted(frames: Sequence[Frame]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    vote = KindVote(kind_model())
    lumas = [luma_of(frame) for frame in frames]
    for number in _PAIRS:
        if number < len(lumas):
            vote.add(lumas[number], lumas[number + 1] if number + 1 < len(lumas) else None)
    return vote.probabilities(), vote.per_patch


def _measurements(clips: Sequence[tuple[str, list[Frame]]], bench: Bench) -> Table:
    columns: tuple[Column, ...] = (
        Column("clip"),
        Column("grain size", "px", digits=1),
        Column("median error of sigma by brightness", "%"),
    )
    columns += (Column("largest", "%"), Column("error of luma sigma", "%", signed=True))
    columns += (Column("error of correlation to the next pixel"),)
    rows: list[tuple[Cell, ...]] = []
    medians = []
    for name, frames in clips:
        own = _model(frames)
        for size in (1.0, 2.5):
            bench.say(f"grain: measured, {name}, {size:g} px")
            grainy = plant_grain(frames, FilmGrain(size, _SIGMA), 5)
            model = _model(grainy)
            true, near, weight = _truth(frames, grainy)
            # The clip's own noise is in the measurement, too; it was measured on the clean clip.
            found = np.sqrt(np.maximum(model.variance[0] - own.variance[0] * (own.seen > 0), 0.0))
            judged = (model.seen > 0) & (weight >= _ENOUGH)
            errors = np.abs(found[judged] / true[judged] - 1.0) * 100
            share = weight[judged] / weight[judged].sum()
            whole = np.sqrt((found[judged] ** 2 * share).sum() / (true[judged] ** 2 * share).sum()) - 1.0
            medians.append(float(np.median(errors)))
            lag = float(model.correlation[0, LAGS, LAGS + 1] - near)
            rows.append((name, size, medians[-1], float(errors.max()), float(whole) * 100, lag))
    note = "Grain of sigma 6 (8-bit codes) planted; the clip's own noise, measured without it, is taken off."
    bars = (Bar("median error of sigma by brightness", float(np.median(medians)), _VARIANCE, "%", at_most=True),)
    return Table("Grain, measured", columns, tuple(rows), (note,), bars)


def _model(frames: Sequence[Frame]) -> GrainModel:
    measure = GrainMeasure(len(nominal(frames[0])))
    for number in _PAIRS:
        if number + 1 < len(frames):
            here, there = frames[number], frames[number + 1]
            measure.add(nominal(here), luma_of(here), nominal(there), luma_of(there))
    found = measure.model()
    assert found is not None
    return found


def _truth(clean: Sequence[Frame], grainy: Sequence[Frame]) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Per brightness bin the planted standard deviation; correlation of neighbours; pixels in each bin."""
    power, count = np.zeros(BINS), np.zeros(BINS)
    near = []
    for one, other in zip(clean, grainy, strict=True):
        luma = luma_of(one)
        grain = (luma_of(other) - luma).astype(np.float64)
        which = bins_of(luma).ravel()
        power += np.bincount(which, np.square(grain).ravel(), BINS)
        count += np.bincount(which, minlength=BINS)
        near.append((grain[:, 1:] * grain[:, :-1]).mean() / grain.var())
    return np.sqrt(power / np.maximum(count, 1)), float(np.mean(near)), count


def _removal(clips: Sequence[tuple[str, list[Frame]]], bench: Bench) -> Table:
    columns: tuple[Column, ...] = (
        Column("clip"),
        Column("grainy", "dB PSNR-Y"),
        Column("OpenCV non-local means", "dB"),
    )
    columns += (Column("FFmpeg nlmeans", "dB"), Column("one frame", "dB"), Column("with neighbours", "dB"))
    columns += (Column("variance of made grain to planted"), Column("made grain from frame to frame", "correlation"))
    rows: list[tuple[Cell, ...]] = []
    ahead: list[float] = []
    for name, frames in clips:
        bench.say(f"grain: removed, {name}")
        grainy = plant_grain(frames, _MEASURED, 5)
        model = _model(grainy)
        pictures = [Pictured(nominal(frame), luma_of(frame)) for frame in grainy[1:4]]
        scores = []
        for neighbours in ([], [pictures[0], pictures[2]]):
            grain = grain_of(pictures[1], neighbours, model, CancelToken())
            scores.append(psnr_y(changed(grainy[2], [-plane for plane in grain]).quantised(), frames[2]))
        opencv, ffmpeg = (_best(peer, grainy[2], frames[2]) for peer in denoisers(_SIGMA)[:2])
        luma = luma_of(frames[2])
        made = [synthetic(model, 0, luma, (seed,)) for seed in (1, 2)]
        planted = luma_of(grainy[2]) - luma
        alike = float(np.corrcoef(made[0].ravel(), made[1].ravel())[0, 1])
        before = psnr_y(grainy[2], frames[2])
        rows.append((name, before, opencv, ffmpeg, *scores, float(made[0].var() / planted.var()), alike))
        ahead.append(scores[1] - max(score for score in (opencv, ffmpeg, before) if score is not None))
    note = f"Grain of {_MEASURED.size:g} px, sigma {_SIGMA:g} planted, measured, taken off whole. Peers: best of three."
    bars = (Bar("removal ahead of the better peer", float(np.mean(ahead)), 0.0, "dB"),)
    return Table("Grain, removed and made", columns, tuple(rows), (note,), bars)


def _best(peer: Peer, shown: Frame, truth: Frame) -> float | None:
    try:
        return max(psnr_y(make()(shown), truth) for _, make in peer.variants)
    except TratteggioError:
        return None
