"""Pictures and clips for the tests of the writing side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from operator import itemgetter
from pathlib import Path
from typing import Any

import av
import numpy as np

from engines.media.assemble import assemble
from engines.media.encode import Segment, encode_segment
from engines.media.planes import format_of
from engines.media.presets import PRESETS
from engines.media.source import ClipInfo, Source
from engines.types import ColourSpec, Frame

SIZE = (48, 32)


def picture(name: str, seed: int = 0, size: tuple[int, int] = SIZE, colour: ColourSpec | None = None) -> Frame:
    """Noise over the whole code range in FFmpeg's layout `name`."""
    layout = format_of(name)
    rng = np.random.default_rng(seed)
    shapes = [layout.plane_size(index, *size)[::-1] for index in range(layout.plane_count)]
    if layout.floating:
        planes = [rng.standard_normal(shape).astype(layout.dtype) for shape in shapes]
    else:
        planes = [rng.integers(0, int(layout.peak) + 1, shape).astype(layout.dtype) for shape in shapes]
    return Frame(tuple(planes), layout, colour or ColourSpec())


def smooth(name: str, shift: int = 0, size: tuple[int, int] = SIZE) -> Frame:
    """A moving ramp, for codecs that make a mess of noise."""
    layout = format_of(name)
    planes = []
    for index in range(layout.plane_count):
        width, height = layout.plane_size(index, *size)
        ramp = (np.arange(width)[None, :] + np.arange(height)[:, None] + shift) % 64 / 63
        planes.append((layout.peak * (0.25 + 0.5 * ramp)).astype(layout.dtype))
    return Frame(tuple(planes), layout, ColourSpec())


def clip_of(name: str, count: int, size: tuple[int, int] = SIZE, **known: Any) -> ClipInfo:
    """A clip that exists in memory only."""
    fields: dict[str, Any] = {
        "path": Path("memory"),
        "kind": "still",
        "container": "",
        "codec": "",
        "width": size[0],
        "height": size[1],
        "format": format_of(name),
        "native_format": name,
        "colour": ColourSpec(),
        "sar": Fraction(1),
        "rate": Fraction(24),
        "time_base": Fraction(1, 24),
        "pts": tuple(range(count)),
    }
    return ClipInfo(**(fields | known))


def frames_of(source: Source, first: int = 0, last: int | None = None) -> Iterator[Frame]:
    for number in range(first, (source.info.frame_count - 1 if last is None else last) + 1):
        yield source.read(number)


def export(
    source: Source,
    out: Path,
    preset: str,
    work: Path,
    cuts: Sequence[int] = (),
    first: int = 0,
    last: int | None = None,
) -> tuple[list[Segment], list[str]]:
    """The whole way out: read, encode in segments that start at `cuts`, assemble. Returns segments and notes."""
    info = source.info
    last = info.frame_count - 1 if last is None else last
    starts = [first, *cuts]
    ends = [*(cut - 1 for cut in cuts), last]
    segments = [
        encode_segment(
            work / f"segment_{start}",
            PRESETS[preset],
            info,
            info.format,
            frames_of(source, start, end),
            start,
            threads=1,
        )
        for start, end in zip(starts, ends, strict=True)
    ]
    notes: list[str] = []
    assemble(out, segments, PRESETS[preset], info, first, last, notes.append)
    return segments, notes


def same_planes(one: Frame, other: Frame) -> bool:
    return one.format == other.format and all(map(np.array_equal, one.planes, other.planes))


def packets_of(path: Path, kind: str) -> list[tuple[int, Fraction, bytes]]:
    """Stream, time and bytes of every packet of the streams of one kind, stream by stream."""
    with av.open(str(path)) as container:
        streams = [s for s in container.streams if s.type == kind]
        packets = [(p.stream.index, (p.pts or 0) * p.time_base, bytes(p)) for p in container.demux(*streams) if p.size]
    return sorted(packets, key=itemgetter(0))
