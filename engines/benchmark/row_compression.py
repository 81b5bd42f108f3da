"""Row `compression`: real x264 clips at several rates, cleaned at x1, beside what FFmpeg and OpenCV have."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.benchmark import ours, peers
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.clips import clean_frames, clips_in, write_x264
from engines.benchmark.contest import Entry, best_of, entered
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.detect.cuts import detect_shots
from engines.errors import MediaError, TratteggioError
from engines.media.open import open_source
from engines.metrics.blockiness import blockiness
from engines.types import Frame

_BARS = {28: 0.4, 35: 0.5, 40: 0.6}
_BLOCKS_CUT = 90.0
_FRAMES, _JUDGED = 24, (6, 11, 16)
_COLUMNS = (
    Column("CRF"),
    Column("method"),
    Column("PSNR-Y", "dB"),
    Column("gain", "dB", digits=3, signed=True),
    Column("blockiness above the clean clip's", digits=4),
    Column("blockiness cut", "%", digits=0),
    Column("time", "s per picture", digits=3),
    Column("memory", "MiB", digits=0),
)
_NOTE = (
    "Clean clips of 24 frames, at most 640x360, 4:2:0, encoded by x264 (preset medium) and opened again as clips; "
    "frames {judged} judged. PSNR-Y of the clip's own luma. Every peer in the best of its strengths, chosen by the "
    "truth; ours with its defaults, degradation measured by itself. Blockiness: steps across 8 x 8 block borders "
    "relative to others (after Wang, Sheikh, Bovik 2002)."
)


@dataclass(frozen=True)
class _Material:
    """The judged frames of all clips at one rate; `own` treats them with the stage, neighbours and all."""

    truths: list[Frame]
    coded: list[Frame]
    own: Entry


def row_compression(bench: Bench) -> Iterator[Table]:
    """One table: per rate a line per method."""
    title = "Compression: x264 at x1, slider 0"
    try:
        clips = clips_in(bench.folder, ("clean_video",), bench.limit)
        clean = [clean_frames(path, _FRAMES) for path in clips]
    except MediaError as error:
        yield skipped(title, error)
        return
    rows: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    notes = [_NOTE.format(judged=", ".join(map(str, _JUDGED))), f"Clips: {', '.join(path.stem for path in clips)}."]
    for crf, least in _BARS.items():
        bench.say(f"compression: CRF {crf}")
        material = _coded(clean, crf, bench)
        entries = [best_of(peer, material.coded, material.truths) for peer in (peers.untouched(), *peers.deblockers())]
        entries.append(material.own)
        notes += [str(e) for e in entries if isinstance(e, TratteggioError) and str(e) not in notes]
        ranked = [e for e in entries if isinstance(e, Entry)]
        excess = {e.name: _excess(e, material) for e in ranked}
        before = excess[ranked[0].name]
        for e in ranked:
            rows.append(
                (
                    crf,
                    e.name,
                    e.mean,
                    e.mean - ranked[0].mean,
                    excess[e.name],
                    _cut(excess[e.name], before),
                    e.seconds,
                    e.peak_mib,
                )
            )
        best_peer = max(e.mean for e in ranked[1:-1])
        bars += [
            Bar(f"CRF {crf}, gain", material.own.mean - ranked[0].mean, least, "dB"),
            Bar(f"CRF {crf}, over the best peer", material.own.mean - best_peer, 0.0, "dB"),
            Bar(f"CRF {crf}, blockiness cut", _cut(excess[ours.OURS], before), _BLOCKS_CUT, "%"),
        ]
    yield Table(title, _COLUMNS, tuple(rows), tuple(notes), tuple(bars))


def _excess(entry: Entry, material: _Material) -> float:
    """Mean over the frames of how far blockiness lies above the clean frame's own; below it counts as none."""
    pairs = zip(entry.answers, material.truths, strict=True)
    return float(np.mean([max(0.0, blockiness(a) - blockiness(t)) for a, t in pairs]))


def _cut(excess: float, before: float) -> float:
    """By how much lower, in per cent; 0 where there was nothing to cut."""
    return (1 - excess / before) * 100 if before else 0.0


def _coded(clean: list[list[Frame]], crf: int, bench: Bench) -> _Material:
    truths: list[Frame] = []
    coded: list[Frame] = []
    pulls: list[tuple[ours.Pull, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        opened = []
        for index, frames in enumerate(clean):
            path = Path(folder) / f"{index}.mp4"
            write_x264(path, frames, crf)
            source = open_source(path)
            opened.append(source)
            pull = ours.puller(source, [bench.detail(scale=1)], detect_shots(source), device=bench.device)
            for number in (n for n in _JUDGED if n < len(frames)):
                truths.append(frames[number])
                coded.append(source.read(number))
                pulls.append((pull, number))
        try:
            own = entered(ours.OURS, lambda n: pulls[n][0](pulls[n][1]), truths)
        finally:
            for source in opened:
                source.close()
    return _Material(truths, coded, own)
