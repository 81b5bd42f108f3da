"""Row `hdr`: SDR clips as HDR masters and back, in samples and through real files that must say what they are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.benchmark.bench import Bench, skipped
from engines.benchmark.held import HeldClip
from engines.benchmark.ours import puller
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.colour.difference import delta_e
from engines.colour.mapped import nominal_rgb
from engines.errors import TratteggioError
from engines.hdr.light_level import LightMeter
from engines.luma import matrix_name
from engines.media.assemble import Said, assemble
from engines.media.encode import encode_segment
from engines.media.hdr_metadata import HdrMetadata
from engines.media.open import open_source
from engines.media.presets import PRESETS, Preset, stored_colour
from engines.stages.base import StageContext
from engines.stages.hdr import Hdr, HdrSettings
from engines.stages.sdr import Sdr, SdrSettings
from engines.types import Frame

CLIPS = (
    "vid4/calendar.mp4",
    "vid4/city.mp4",
    "vid4/walk.mp4",
    "clean_video/dough_720p.mp4",
    "clean_video/polevault_720p.mp4",
)
_FRAMES = 2
_METHODS, _WHITES, _PEAKS = ("A", "C"), (100, 203), (1000, 10000)
_MEAN, _MOST = 0.5, 2.0
_NOTE = (
    f"CIEDE2000 of {_FRAMES} whole frames from the middle of each clip, every pixel, against the SDR picture before; "
    "both within 0..1, as an SDR display shows them. Method A makes SDR white as bright as the peak; C puts it at 332 "
    "cd/m2 (white 203) whatever the peak, which for PQ changes no sample."
)
_FILE_NOTE = (
    "Method A, white 203. Written as an export writes them, metadata included, read back from the disk, and made SDR "
    "again by what the file says of itself. Chroma as is: as in the source (4:4:4 in vid4, 4:2:0 in the others). What "
    "the same codec costs the SDR picture itself, subsampling included, stands beside it."
)
_COLUMNS = (
    Column("clip"),
    Column("method"),
    Column("white", "cd/m2"),
    Column("peak", "cd/m2"),
    Column("4:4:4 10 bit, mean", "DeltaE2000"),
    Column("most"),
    Column("chroma as is 10 bit, mean"),
    Column("most"),
    Column("4:4:4 12 bit, mean"),
    Column("most"),
)
_FILE_COLUMNS = (
    Column("master"),
    Column("peak", "cd/m2"),
    Column("mean, worst clip", "DeltaE2000"),
    Column("99.9th percentile, worst clip"),
    Column("most, worst clip"),
    Column("meets the bar"),
    Column("SDR through the same codec, mean"),
    Column("most"),
    Column("metadata equal"),
)


Differences = NDArray[np.float32]


@dataclass(frozen=True)
class _Master:
    title: str
    preset: Preset
    chroma: str
    depth: int


_X265 = "open-gop=0:log-level=none"
_HEVC = PRESETS["hevc_hdr10"]
_MASTERS = (
    _Master("FFV1, 4:4:4 12 bit", PRESETS["ffv1"], "444", 12),
    _Master("FFV1, 4:4:4 10 bit", PRESETS["ffv1"], "444", 10),
    _Master("FFV1, chroma as is 10 bit", PRESETS["ffv1"], "as_is", 10),
    _Master("ProRes 4444, 10 bit", PRESETS["prores_4444"], "444", 10),
    _Master("ProRes 4444 XQ, 10 bit", PRESETS["prores_4444xq"], "444", 10),
    _Master("HEVC HDR10, 4:2:0, lossless", _HEVC, "as_is", 10),
    _Master("HEVC HDR10, 4:2:0, as the preset is", _HEVC, "as_is", 10),
)


def row_hdr(bench: Bench) -> Iterator[Table]:
    """Two tables: in samples, and through files."""
    names = CLIPS[: bench.at_most(len(CLIPS))]
    try:
        clips = {Path(name).stem: _frames(bench.folder / name) for name in names}
    except TratteggioError as error:
        yield skipped("SDR through HDR and back", error)
        return
    yield _in_samples(clips, bench)
    yield _through_files(clips, bench)


def _frames(path: Path) -> list[Frame]:
    """From the middle, tagged with the matrix that they are taken to have."""
    source = open_source(path)
    try:
        info = source.info
        colour = replace(info.colour, matrix=matrix_name(info.colour, info.width, info.height))
        first = max(0, (info.frame_count - _FRAMES) // 2)
        numbers = range(first, min(first + _FRAMES, info.frame_count))
        return [replace(source.read(number), colour=colour) for number in numbers]
    finally:
        source.close()


def _in_samples(clips: dict[str, list[Frame]], bench: Bench) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for (name, frames), method, white, peak in product(clips.items(), _METHODS, _WHITES, _PEAKS):
        if method == "C" and peak != _PEAKS[0]:
            continue
        bench.say(f"hdr: {name}, method {method}, white {white}, peak {peak}")
        found: list[float] = []
        for chroma, depth in (("444", 10), ("as_is", 10), ("444", 12)):
            settings = HdrSettings(method, float(peak), white, chroma=chroma, depth=depth)
            up = _through(frames, Hdr(settings), bench)
            back = Sdr(SdrSettings(method, float(peak), float(white), fit="off"))
            off = _off(frames, _through(up, back, bench))
            found += [float(off.mean()), float(off.max())]
        rows.append((name, method, white, peak, *found))
    bars = [
        Bar(f"{what}, worst clip and setting: {which}", max(float(row[place] or 0) for row in rows), limit, "", True)
        for what, first in (("4:4:4 10 bit", 4), ("4:4:4 12 bit", 8))
        for which, place, limit in (("mean", first, _MEAN), ("most", first + 1, _MOST))
    ]
    return Table("SDR through PQ samples and back", _COLUMNS, tuple(rows), (_NOTE,), tuple(bars))


def _through(frames: Sequence[Frame], stage: Hdr | Sdr, bench: Bench) -> list[Frame]:
    pull = puller(HeldClip(frames), [stage], device=bench.device)
    return [pull(number) for number in range(len(frames))]


def _off(before: Sequence[Frame], after: Sequence[Frame]) -> Differences:
    """DeltaE2000 of every pixel."""
    pairs = ((np.clip(nominal_rgb(frame), 0, 1) for frame in pair) for pair in zip(before, after, strict=True))
    return np.stack([delta_e(first, second) for first, second in pairs])


def _through_files(clips: dict[str, list[Frame]], bench: Bench) -> Table:
    rows: list[tuple[Cell, ...]] = []
    alone: dict[str, tuple[float, float]] = {}
    for master, peak in product(_MASTERS, _PEAKS):
        bench.say(f"hdr: {master.title}, peak {peak}")
        if master.title not in alone:
            plain = [_codec_alone(frames, master) for frames in clips.values()]
            alone[master.title] = max(float(off.mean()) for off in plain), max(float(off.max()) for off in plain)
        worst, equal = np.zeros(3), True
        for frames in clips.values():
            off, same = _through_file(frames, master, float(peak), bench)
            worst = np.maximum(worst, [off.mean(), np.percentile(off, 99.9), off.max()])
            equal = equal and same
        met = "yes" if worst[0] < _MEAN and worst[2] < _MOST else "no"
        rows.append((master.title, peak, *map(float, worst), met, *alone[master.title], "yes" if equal else "NO"))
    bars = (Bar("files whose metadata equals what was computed", sum(r[-1] == "yes" for r in rows), len(rows), ""),)
    return Table("SDR through HDR files and back", _FILE_COLUMNS, tuple(rows), (_FILE_NOTE,), bars)


def _preset(master: _Master) -> Preset:
    if "lossless" not in master.title:
        return master.preset
    return replace(master.preset, options=(("preset", "fast"), ("x265-params", f"{_X265}:lossless=1")))


def _codec_alone(frames: Sequence[Frame], master: _Master) -> Differences:
    """What the codec does to the SDR picture."""
    clip = HeldClip(frames).info
    with tempfile.TemporaryDirectory() as folder:
        preset = _preset(master)
        segment = encode_segment(Path(folder) / f"sdr{preset.suffix}", preset, clip, clip.format, frames, 0)
        source = open_source(segment.path)
        try:
            return _off(frames, [source.read(number) for number in range(len(frames))])
        finally:
            source.close()


def _through_file(frames: Sequence[Frame], master: _Master, peak: float, bench: Bench) -> tuple[Differences, bool]:
    stage = Hdr(HdrSettings("A", peak, 203, chroma=master.chroma, depth=master.depth))
    up = _through(frames, stage, bench)
    preset = _preset(master)
    clip = HeldClip(up).info
    meter = LightMeter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"master{preset.suffix}"
        segment = encode_segment(Path(folder) / "segment", preset, clip, clip.format, up, 0, seen=meter.add)
        assert meter.light is not None
        said = HdrMetadata(stage.mastering, meter.light.level(), stage.mapping.words())
        colour = stored_colour(preset, clip.format, clip.colour, clip.width, clip.height)
        bare = replace(clip, kind="sequence")
        assemble(out, [segment], preset, bare, 0, len(up) - 1, said=Said(colour, said))
        source = open_source(out)
        try:
            back = [source.read(number) for number in range(len(up))]
            read = source.info.hdr
        finally:
            source.close()
    assert read is not None
    down = _through(back, Sdr(SdrSettings(), StageContext(hdr=read)), bench)
    return _off(frames, down), read.codes() == said.codes() and read.mapping == said.mapping
