"""Interlacing is measured in the pictures, and removed only when asked."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engines.detect.interlace import measure_interlacing
from engines.errors import MediaError
from engines.media.deinterlace import Deinterlaced
from engines.media.source import OWN, ClipInfo, Descent
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat

COUNT, WIDTH, HEIGHT = 14, 128, 96


class Moving:
    """A smooth pattern moving sideways; fields of one frame are `gap` half steps apart (0 = progressive)."""

    def __init__(self, gap: int, flagged: str, layout: PixelFormat | None = None) -> None:
        self.gap = gap
        layout = layout or PixelFormat("yuv", 8, 2, 2)
        self.info = ClipInfo(
            path=Path("moving.mov"), kind="container", container="mov", codec="rawvideo", width=WIDTH, height=HEIGHT,
            format=layout, native_format=layout.name, colour=ColourSpec(), sar=Fraction(1), rate=Fraction(25),
            time_base=Fraction(1, 25), pts=tuple(range(COUNT)), field_order=flagged,
        )  # fmt: skip
        self.asked: list[FrameNo] = []

    def read(self, number: FrameNo) -> Frame:
        self.asked.append(number)
        layout = self.info.format
        if not 0 <= number < COUNT:
            raise IndexError(number)
        planes = []
        for index in range(layout.plane_count):
            w, h = layout.plane_size(index, WIDTH, HEIGHT)
            late = np.arange(h)[:, None] % 2 if self.gap > 0 else 1 - np.arange(h)[:, None] % 2
            shift = 8 * number + 4 * late * abs(self.gap)
            wave = np.sin((np.arange(w)[None, :] * (WIDTH // w) - shift) / 7) * np.cos(np.arange(h)[:, None] / 15)
            planes.append(np.rint((wave * 0.4 + 0.5) * layout.peak).astype(layout.dtype))
        return Frame(tuple(planes), layout, ColourSpec())

    def descent(self, number: FrameNo) -> Descent:
        return OWN

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("gap", "verdict", "order"),
    [(0, "progressive", "unknown"), (1, "interlaced", "tff"), (-1, "interlaced", "bff")],
)
def test_fields_are_seen(gap: int, verdict: str, order: str) -> None:
    report = measure_interlacing(Moving(gap, "progressive"))
    assert (report.verdict, report.order) == (verdict, order)
    assert report.sampled == COUNT
    assert report.contradicts == (gap != 0)


def test_stills_tell_nothing() -> None:
    source = Moving(0, "tff", PixelFormat("rgb", 16))
    first = source.read(0)
    source.read = lambda number: first  # type: ignore[method-assign]
    assert measure_interlacing(source).verdict in ("undetermined", "progressive")


def test_long_clips_are_sampled() -> None:
    source = Moving(1, "tff")
    source.info = replace(source.info, pts=tuple(range(1000)))
    source.read = lambda number, read=source.read: read(number % COUNT)  # type: ignore[method-assign,misc]
    report = measure_interlacing(source, runs=4, length=5)
    assert report.sampled == 20


@pytest.mark.parametrize("layout", [PixelFormat("yuv", 8, 2, 2), PixelFormat("yuv", 10, 2, 1), PixelFormat("gray", 16)])
@pytest.mark.parametrize("order", ["tff", "bff"])
def test_deinterlacing_keeps_count_and_one_field(order: str, layout: PixelFormat) -> None:
    source = Moving(1 if order == "tff" else -1, order, layout)
    whole = Deinterlaced(source, lambda _: None)
    assert whole.info.pts == source.info.pts
    assert whole.info.field_order == "progressive"
    for number in (0, 6, COUNT - 1):
        first, given = (0 if order == "tff" else 1), whole.read(number)
        for made, kept in zip(given.planes, source.read(number).planes, strict=True):
            assert np.array_equal(made[first::2], kept[first::2])
            assert not np.array_equal(made, kept)


def test_any_order_of_reading_gives_the_same() -> None:
    forward = Deinterlaced(Moving(1, "tff"), lambda _: None)
    backward = Deinterlaced(Moving(1, "tff"), lambda _: None)
    straight = [forward.read(number) for number in range(COUNT)]
    for number in reversed(range(COUNT)):
        for one, other in zip(straight[number].planes, backward.read(number).planes, strict=True):
            assert np.array_equal(one, other)


def test_a_missing_flag_is_said() -> None:
    said: list[str] = []
    Deinterlaced(Moving(1, "unknown"), said.append)
    assert "taken to be first" in said[0]


def test_floats_are_refused() -> None:
    with pytest.raises(MediaError, match="cannot be deinterlaced"):
        Deinterlaced(Moving(0, "tff", PixelFormat("rgb", 16, floating=True)), lambda _: None)
