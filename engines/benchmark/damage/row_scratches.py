"""Row `scratches`: planted lines, how many are found, and what is taken for a scratch and is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
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
from engines.detect.proposals import Detections, Proposal
from engines.detect.shots import ShotList
from engines.errors import TratteggioError
from engines.graph import Graph, Puller
from engines.policy import RenderPolicy
from engines.stages.scratch import Scratch, ScratchSettings
from engines.training.plant.scratches import PlantedLine, Scratched, plant_scratches
from engines.types import Frame

_FRAMES, _EVERY = 32, 2
_CLEAN_FRAMES = 120
_LINES = 10
_ALSO_CLEAN = ("clean_video/spmc_temple_1200x800.mp4",)
_GRAIN = 6.0
_RECALL, _FALSE = 90.0, 1.0
_WEAK, _STRONG = 0.06, 0.12
_NEAR = 1.5
_COLUMNS = (
    Column("clip"),
    Column("planted", "line-frames"),
    Column("found", "%", digits=1),
    Column("of 3 to 6 % contrast", "%", digits=1),
    Column("of 6 to 12 %", "%", digits=1),
    Column("of 12 to 30 %", "%", digits=1),
    Column("area found", "%", digits=1),
    Column("false", "line-frames"),
    Column("clean frames"),
    Column("false on the clean clip", "lines"),
    Column("false on the clean clip", "line-frames"),
)
_NOTE = (
    f"Clips of {_FRAMES} frames, at most 640x360, {_LINES} lines each: 0.5 to 4 px wide, contrast 3 to 30 % (of the "
    "range, of the strongest sample against its surround), tilted by up to 1 degree, drifting, a third of them over 30 "
    f"to 70 % of the height, bright and dark, now and then away for a frame; every {_EVERY}nd frame is judged. A line "
    "is found in a frame if marks cover half its rows within 1.5 px, false if half its rows have no line. Area: pixels "
    f"that the line changed by half a code. Clean: up to {_CLEAN_FRAMES} frames of the clip itself; a false line that "
    "lasts counts once as a line."
)


@dataclass
class _Tally:
    """Line-frames and pixels, counted."""

    planted: int = 0
    found: int = 0
    weak: int = 0
    weak_found: int = 0
    middling: int = 0
    middling_found: int = 0
    strong: int = 0
    strong_found: int = 0
    area: int = 0
    area_found: int = 0
    false: int = 0
    clean_frames: int = 0
    clean_lines: int = 0
    clean_line_frames: int = 0

    def add(self, one: Scratched, detections: Detections, sure: float) -> None:
        """Count a frame."""
        marked = detections.coverage(sure) > 0
        wide = _widened(marked)
        for line in one.lines:
            self._count(line, _covered(line, wide) >= 0.5)
        self.area += int(one.changed.sum())
        self.area_found += int((one.changed & marked).sum())
        truth = _widened(one.changed)
        for number, proposal in enumerate(detections.proposals, start=1):
            if proposal.confidence >= sure:
                mine = detections.labels == number
                self.false += int((truth & mine).any(1).sum() < 0.5 * mine.any(1).sum())

    def _count(self, line: PlantedLine, found: bool) -> None:
        kind = "weak" if line.contrast < _WEAK else "middling" if line.contrast < _STRONG else "strong"
        for name in ("planted", kind):
            setattr(self, name, getattr(self, name) + 1)
        for name in ("found", f"{kind}_found"):
            setattr(self, name, getattr(self, name) + int(found))

    def joined(self, other: _Tally) -> _Tally:
        return _Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def cells(self, clip: str) -> tuple[Cell, ...]:
        shares = [
            100.0 * found / count if count else None
            for found, count in (
                (self.found, self.planted),
                (self.weak_found, self.weak),
                (self.middling_found, self.middling),
                (self.strong_found, self.strong),
                (self.area_found, self.area),
            )
        ]
        planted = self.planted or None
        false = self.false if self.planted else None
        return (clip, planted, *shares, false, self.clean_frames, self.clean_lines, self.clean_line_frames)


def row_scratches(bench: Bench) -> Iterator[Table]:
    """Two tables: clips as they are, and with grain."""
    names = CLIPS[: bench.at_most(len(CLIPS))]
    for title, sigma in (("Scratches", 0.0), (f"Scratches under grain of {_GRAIN:g} codes", _GRAIN)):
        try:
            tallies = []
            for index, name in enumerate((*names, *(_ALSO_CLEAN if bench.limit is None else ()))):
                bench.say(f"scratches: {title}, {name}")
                clean = clean_frames(bench.folder / name, _CLEAN_FRAMES)
                if sigma:
                    clean = [noisy(frame, sigma, 100 * index + number) for number, frame in enumerate(clean)]
                tallies.append((Path(name).stem, _judged(clean, index, index < len(names), bench.device)))
        except TratteggioError as error:
            yield skipped(title, error)
            continue
        yield _table(title, tallies)


def _judged(clean: list[Frame], seed: int, with_planted: bool, device: str) -> _Tally:
    tally, sure = _Tally(), ScratchSettings().confidence
    if with_planted:
        first = max(0, (len(clean) - _FRAMES) // 2)
        planted = list(plant_scratches(clean[first : first + _FRAMES], _LINES, seed))
        for number, found in _detected([one.frame for one in planted], _EVERY, device):
            tally.add(planted[number], found, sure)
    before: list[Proposal] = []
    for _, found in _detected(clean, 1, device):
        now = [proposal for proposal in found.proposals if proposal.confidence >= sure]
        tally.clean_frames += 1
        tally.clean_line_frames += len(now)
        tally.clean_lines += sum(not any(_same(one, other) for other in before) for one in now)
        before = now
    return tally


def _detected(frames: Sequence[Frame], step: int, device: str) -> Iterator[tuple[int, Detections]]:
    graph = Graph(HeldClip(frames), ShotList((0,), len(frames)), (Scratch(ScratchSettings()),))
    pull = Puller(graph, RenderPolicy("benchmark", device=device))
    for number in range(0, len(frames), step):
        for _, found in pull.detections(number):
            yield number, found


def _covered(line: PlantedLine, marked: NDArray[np.bool_]) -> float:
    """Share of its rows (inside the picture) in which it is marked."""
    rows, columns = np.arange(line.top, line.bottom), np.rint(line.centres()).astype(int)
    inside = (columns >= 0) & (columns < marked.shape[1]) & (rows < marked.shape[0])
    return float(marked[rows[inside], columns[inside]].mean()) if inside.any() else 1.0


def _widened(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(cv2.dilate(marked.view(np.uint8), np.ones((1, 2 * int(np.ceil(_NEAR)) - 1), np.uint8)) > 0)


def _same(one: Proposal, other: Proposal) -> bool:
    """Whether two lines of neighbouring frames are one."""
    return one.polarity == other.polarity and abs(one.box.x - other.box.x) <= 4 and one.box.width < 40


def _table(title: str, tallies: Sequence[tuple[str, _Tally]]) -> Table:
    rows = [tally.cells(name) for name, tally in tallies]
    all_of = _Tally()
    for _, tally in tallies:
        all_of = all_of.joined(tally)
    rows.append(all_of.cells("all"))
    per = 200.0 / max(all_of.clean_frames, 1)
    bars = (
        Bar("line-frames found", 100.0 * all_of.found / max(all_of.planted, 1), _RECALL, "%"),
        Bar("area found", 100.0 * all_of.area_found / max(all_of.area, 1), _RECALL, "%"),
        Bar("false lines on clean clips per 200 frames", all_of.clean_lines * per, _FALSE, "", at_most=True),
        Bar(
            "false line-frames on clean clips per 200 frames", all_of.clean_line_frames * per, _FALSE, "", at_most=True
        ),
    )
    return Table(title, _COLUMNS, tuple(rows), (_NOTE,), bars)
