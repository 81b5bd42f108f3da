"""Row `dirt`: planted specks, hairs and stains: how much of them is found, and what is found that is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames
from engines.benchmark.damage.row_repair import CLIPS
from engines.benchmark.held import HeldClip
from engines.benchmark.pictures import noisy
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.detect.shots import Shot, ShotList
from engines.dirt.evidence import rank_order
from engines.dirt.look import ReadFrames, evidence_for
from engines.errors import TratteggioError
from engines.graph import Graph, Puller
from engines.masks import Mask
from engines.policy import RenderPolicy
from engines.stages.dirt import Dirt, DirtSettings
from engines.training.plant.dirt import VISIBLE, DirtReach, load_mattes, planted
from engines.types import Frame

_FRAMES, _EVERY = 24, 3
_GRAIN = 6.0
_RECALL, _PRECISION, _F1 = 90.0, 85.0, 0.9
# Pieces so near each other (px) are one object; one that nowhere changes by so many codes is none.
_APART, _CLEAR = 4, 16.0
_LEVELS = np.arange(2, 128)
_OURS, _BASELINE = "dirt", "rank order alone"
_COLUMNS = (
    Column("clip"),
    Column("detector"),
    Column("area recall", "%", digits=1),
    Column("area precision", "%", digits=1),
    Column("objects", digits=0),
    Column("object recall", "%", digits=1),
    Column("object precision", "%", digits=1),
    Column("object F1", digits=3),
    Column("false on the clean clip", "per frame"),
)
_NOTE = (
    f"Clips of {_FRAMES} frames, at most 640x360; every frame has its own dirt of 1 to 40 px and opacity 0.3 to 1, "
    "mattes that the network never saw and drawn ones; every third frame is judged. A pixel is dirt from a change of "
    f"{VISIBLE:g} of 255 codes on; what changed less counts for nobody. An object is found if half its pixels are "
    "marked, a detection right if half of its pixels were changed; pieces up to "
    f"{_APART} px apart are one, and what changed nowhere by {_CLEAR:g} codes is no object. Rank order: its best "
    "threshold for the clips "
    "together, by the truth. False on the clean clip: detections on the same frames without dirt."
)


@dataclass
class _Tally:
    """Pixels and objects, counted."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    found: int = 0
    lost: int = 0
    good: int = 0
    false: int = 0
    clean_frames: int = 0
    clean_false: int = 0

    def add(self, marked: Mask, changed: NDArray[np.float32]) -> None:
        """Count a frame."""
        truth = changed >= VISIBLE
        self.right += int((marked & truth).sum())
        self.wrong += int((marked & (changed == 0)).sum())
        self.missed += int((truth & ~marked).sum())
        held, lost = _halves(truth, marked, changed >= _CLEAR)
        good, false = _halves(marked, changed > 0, marked)
        self.found, self.lost, self.good, self.false = (
            self.found + held, self.lost + lost, self.good + good, self.false + false,
        )  # fmt: skip

    def add_clean(self, marked: Mask) -> None:
        """Count a frame without dirt."""
        self.clean_frames += 1
        self.clean_false += _halves(marked, ~marked, marked)[1]

    def joined(self, other: _Tally) -> _Tally:
        return _Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def area(self) -> tuple[float, float]:
        """Recall and precision, 0..1."""
        return self.right / max(self.right + self.missed, 1), self.right / max(self.right + self.wrong, 1)

    @property
    def objects(self) -> tuple[float, float, float]:
        """Recall, precision and F1, 0..1."""
        recall, precision = self.found / max(self.found + self.lost, 1), self.good / max(self.good + self.false, 1)
        return recall, precision, 2 * recall * precision / max(recall + precision, 1e-9)

    def cells(self, clip: str, detector: str) -> tuple[Cell, ...]:
        (recall, precision), (orecall, oprecision, f1) = self.area, self.objects
        clean = self.clean_false / self.clean_frames if self.clean_frames else None
        count = self.found + self.lost
        return (clip, detector, recall * 100, precision * 100, count, orecall * 100, oprecision * 100, f1, clean)


@dataclass
class _Judged:
    """A clip: our tally; per judged frame rank order (dirty) and what was changed; rank order of the clean frames."""

    name: str
    ours: _Tally
    ranks: list[tuple[NDArray[np.int16], NDArray[np.float32]]] = field(default_factory=list)
    clean_ranks: list[NDArray[np.int16]] = field(default_factory=list)


def row_dirt(bench: Bench) -> Iterator[Table]:
    """Two tables: clips as they are, and with grain."""
    mattes = load_mattes(bench.folder.parent / "train" / "overlays", judging=True)
    notes = (_NOTE,) if mattes else (_NOTE, "No mattes lie beside the benchmark: all dirt is drawn.")
    for title, sigma in (("Dirt", 0.0), (f"Dirt under grain of {_GRAIN:g} codes", _GRAIN)):
        try:
            judged = []
            for index, name in enumerate(CLIPS[: bench.at_most(len(CLIPS))]):
                bench.say(f"dirt: {title}, {name}")
                clean = clean_frames(bench.folder / name, _FRAMES)
                if sigma:
                    clean = [noisy(frame, sigma, 100 * index + number) for number, frame in enumerate(clean)]
                reach = DirtReach()
                dirty = [planted(f, np.random.default_rng((7, index, n)), mattes, reach) for n, f in enumerate(clean)]
                judged.append(_judged(Path(name).stem, clean, dirty, bench.device))
        except TratteggioError as error:
            yield skipped(title, error)
            continue
        yield _table(title, judged, notes)


def _judged(name: str, clean: list[Frame], dirty: list[tuple[Frame, NDArray[np.float32]]], device: str) -> _Judged:
    judged = _Judged(name, _Tally())
    soiled = [frame for frame, _ in dirty]
    pull, pull_clean = _marks(soiled, device), _marks(clean, device)
    read, read_clean = ReadFrames(soiled.__getitem__), ReadFrames(clean.__getitem__)
    shot = Shot(0, len(clean) - 1)
    for number in range(1, len(clean), _EVERY):
        judged.ours.add(_marked(pull, number), dirty[number][1])
        judged.ours.add_clean(_marked(pull_clean, number))
        evidence, clean_evidence = evidence_for(number, shot, read), evidence_for(number, shot, read_clean)
        if evidence is not None:
            judged.ranks.append((np.abs(rank_order(evidence)), dirty[number][1]))
        if clean_evidence is not None:
            judged.clean_ranks.append(np.abs(rank_order(clean_evidence)))
    return judged


def _marks(frames: Sequence[Frame], device: str) -> Puller:
    graph = Graph(HeldClip(frames), ShotList((0,), len(frames)), (Dirt(DirtSettings()),))
    return Puller(graph, RenderPolicy("benchmark", device=device))


def _marked(pull: Puller, number: int) -> Mask:
    damage = pull.marks(1, number).damage
    geometry = pull.geometry(0)
    return np.zeros((geometry.height, geometry.width), np.bool_) if damage is None else damage > 0


def _table(title: str, judged: Sequence[_Judged], notes: tuple[str, ...]) -> Table:
    level = _best_level(judged)
    rows: list[tuple[Cell, ...]] = []
    tallies: list[_Tally] = []
    for one in judged:
        baseline = _Tally()
        for rank, changed in one.ranks:
            baseline.add(rank >= level, changed)
        for rank in one.clean_ranks:
            baseline.add_clean(rank >= level)
        rows += [one.ours.cells(one.name, _OURS), baseline.cells(one.name, _BASELINE)]
        tallies.append(baseline)
    ours, baseline = _Tally(), _Tally()
    for one, tally in zip(judged, tallies, strict=True):
        ours, baseline = ours.joined(one.ours), baseline.joined(tally)
    rows += [ours.cells("all", _OURS), baseline.cells("all", _BASELINE)]
    bars = (
        Bar("area recall over all clips", ours.area[0] * 100, _RECALL, "%"),
        Bar("area precision over all clips", ours.area[1] * 100, _PRECISION, "%"),
        Bar("object F1 over all clips", ours.objects[2], _F1, ""),
    )
    return Table(title, _COLUMNS, tuple(rows), (*notes, f"Rank order's threshold: {level} codes."), bars)


def _best_level(judged: Sequence[_Judged]) -> int:
    """The threshold of the rank order that gives the best area F1."""
    hits, falses, total = np.zeros(256), np.zeros(256), 0
    for rank, changed in (pair for one in judged for pair in one.ranks):
        truth = changed >= VISIBLE
        hits += np.bincount(rank[truth], minlength=256)[:256]
        falses += np.bincount(rank[changed == 0], minlength=256)[:256]
        total += int(truth.sum())
    right, wrong = hits[::-1].cumsum()[::-1], falses[::-1].cumsum()[::-1]
    scores = 2 * right / np.maximum(right + wrong + total, 1)
    return int(_LEVELS[np.argmax(scores[_LEVELS])])


def _halves(pieces: Mask, covering: Mask, telling: Mask) -> tuple[int, int]:
    """How many pieces are covered by half at least, and how many are not; only those with a `telling` pixel count."""
    reach = np.ones((_APART + 1, _APART + 1), np.uint8)
    count, labels = cv2.connectedComponents(cv2.dilate(pieces.view(np.uint8), reach), connectivity=8)
    labels = np.where(pieces, labels, 0)
    sizes, covered, tell = (
        np.bincount(labels.ravel(), weights, count)[1:] for weights in (None, covering.ravel(), telling.ravel())
    )
    counted = tell > 0
    good = int(((covered * 2 >= sizes) & counted).sum())
    return good, int(counted.sum()) - good
