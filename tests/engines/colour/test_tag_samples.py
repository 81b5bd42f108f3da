"""Codes that contradict the range tag are noticed; pictures that merely overshoot, or are dull, are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.colour.tag_samples import range_doubt
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import MemorySource, random_frame


def _source(low: int, high: int, spread: str, depth: int = 8, stray: float = 0.0) -> MemorySource:
    """Luma evenly from `low` to `high` of 255; a share `stray` of it at 254."""
    layout = PixelFormat("yuv", depth, 2, 2)
    frames = []
    for seed in range(3):
        frame = random_frame(layout, 64, 48)
        noise = np.random.default_rng(seed)
        luma = np.linspace(low, high, 64 * 48).round()
        luma[noise.random(luma.size) < stray] = 254
        plane = (luma.reshape(48, 64) * 2 ** (depth - 8)).astype(layout.dtype)
        frames.append(replace(frame, planes=(plane, *frame.planes[1:]), colour=ColourSpec(spread, "bt709")))
    return MemorySource(frames)


@pytest.mark.parametrize("depth", [8, 10, 16])
@pytest.mark.parametrize(("spread", "assumed"), [("tv", "tv"), ("unknown", "tv")])
def test_full_range_tagged_limited_is_noticed(depth: int, spread: str, assumed: str) -> None:
    found = range_doubt(_source(0, 255, spread, depth))
    assert found is not None
    assert (found.tag, found.assumed, found.choices[0]) == ("range", assumed, "pc")
    assert "0 to 255" in found.sentence


def test_limited_range_tagged_full_is_noticed() -> None:
    found = range_doubt(_source(16, 235, "pc"))
    assert found is not None
    assert found.choices[0] == "tv"


@pytest.mark.parametrize(
    "source",
    [
        _source(16, 235, "tv"),
        _source(16, 235, "tv", stray=0.02),
        _source(0, 235, "tv"),
        _source(0, 255, "pc"),
        _source(60, 180, "pc"),
        _source(14, 235, "pc"),
    ],
)
def test_what_may_be_so_is_left_alone(source: MemorySource) -> None:
    assert range_doubt(source) is None


def test_pictures_without_such_a_tag_are_not_judged() -> None:
    grey = Frame((np.tile(np.arange(256, dtype=np.uint8), (8, 1)),), PixelFormat("gray", 8), ColourSpec("tv"))
    assert range_doubt(MemorySource([grey])) is None
