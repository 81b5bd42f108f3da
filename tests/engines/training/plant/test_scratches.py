"""The planter of scratches: what it says is what it did."""

from __future__ import annotations

import numpy as np

from engines.training.plant.scratches import CONTRASTS, WIDTHS, PlantedLine, line_profile, plant_scratches, scratched
from engines.types import ColourSpec, Frame, PixelFormat

GREY = Frame((np.full((120, 160), 126, np.uint8),), PixelFormat("gray", 8), ColourSpec(range="tv"))


def test_only_what_is_said_to_change_changes_much() -> None:
    for one in plant_scratches([GREY] * 6, 5, 3):
        moved = one.frame.planes[0] != GREY.planes[0]
        assert np.array_equal(moved, one.changed | moved)
        assert not (moved & ~one.changed).any()
        assert moved.any()


def test_the_same_seed_gives_the_same_lines_within_the_bounds() -> None:
    first, second = (list(plant_scratches([GREY] * 4, 8, 5)) for _ in range(2))
    assert all(np.array_equal(a.frame.planes[0], b.frame.planes[0]) for a, b in zip(first, second, strict=True))
    lines = [line for one in first for line in one.lines]
    assert all(WIDTHS[0] <= line.width <= WIDTHS[1] and CONTRASTS[0] <= line.contrast <= CONTRASTS[1] for line in lines)
    assert {line.bright for line in lines} == {True, False}


def test_contrast_is_that_of_the_strongest_sample() -> None:
    line = PlantedLine(0, 80.0, 0.0, 60.0, 10, 110, 0.5, 0.1, False)
    drawn = scratched(GREY, [line])
    changes = 126 - drawn.frame.planes[0].astype(int)
    assert abs(int(changes.max()) - 0.1 * 219) <= 1
    assert not changes[:10].any()
    assert not changes[110:].any()
    assert (changes[10:110].argmax(1) == 80).all()


def test_profiles_are_as_wide_as_they_say() -> None:
    offset = np.arange(-8, 8.01, 0.05)
    for width in (0.5, 1.0, 2.0, 4.0):
        profile = line_profile(width, offset)
        assert profile.max() == 1.0
        area = float(profile.sum() * 0.05)
        assert width - 0.1 <= area <= width + 1.2
