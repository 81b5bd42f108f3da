from __future__ import annotations

import math

import numpy as np
import pytest

from engines.mask_overlay import Frame, Look, MaskOverlay
from engines.paint import Dab, fill_polygon, fill_rectangle, stroke_segment, united
from engines.types import Rect


def test_a_dab_covers_the_area_of_its_circle() -> None:
    coverage = np.zeros((100, 100), np.uint8)
    box = stroke_segment(coverage, Dab(50, 50, 20), Dab(50, 50, 20), 1.0)
    assert coverage.sum() / 255 == pytest.approx(math.pi * 20**2, rel=0.01)
    assert box is not None
    outside = coverage.copy()
    outside[box.y : box.bottom, box.x : box.right] = 0
    assert not outside.any()


def test_a_stroke_has_no_gaps_and_a_changing_radius() -> None:
    coverage = np.zeros((60, 200), np.uint8)
    stroke_segment(coverage, Dab(20, 30, 4), Dab(180, 30, 16), 1.0)
    assert coverage[30, 20:180].min() == 255
    thickness = (coverage > 127).sum(axis=0)
    assert thickness[170] > 2.5 * thickness[30] > 0


def test_passing_twice_over_a_soft_edge_does_not_harden_it() -> None:
    once = np.zeros((80, 80), np.uint8)
    stroke_segment(once, Dab(40, 40, 30), Dab(40, 40, 30), 0.2)
    twice = once.copy()
    stroke_segment(twice, Dab(40, 40, 30), Dab(40, 40, 30), 0.2)
    assert 0 < once[40, 60] < 255
    np.testing.assert_array_equal(once, twice)


def test_erasing_takes_away_what_painting_put_there() -> None:
    coverage = np.zeros((80, 80), np.uint8)
    stroke_segment(coverage, Dab(40, 40, 20), Dab(40, 40, 20), 1.0)
    stroke_segment(coverage, Dab(40, 40, 22), Dab(40, 40, 22), 1.0, erase=True)
    assert not coverage.any()


@pytest.mark.parametrize("x", [-30.0, 130.0])
def test_outside_the_picture_nothing_is_painted(x: float) -> None:
    coverage = np.zeros((100, 100), np.uint8)
    assert stroke_segment(coverage, Dab(x, 50, 10), Dab(x, 90, 10), 1.0) is None
    assert not coverage.any()


def test_a_stroke_over_the_border_is_cut_there() -> None:
    coverage = np.zeros((40, 40), np.uint8)
    assert stroke_segment(coverage, Dab(-5, 20, 10), Dab(45, 20, 10), 1.0) == Rect(0, 9, 40, 22)
    assert coverage[20].min() == 255


def test_shapes_cover_their_area() -> None:
    coverage = np.zeros((100, 100), np.uint8)
    fill_polygon(coverage, [(10, 10), (60, 10), (10, 60)])
    perimeter = 100 + 50 * math.sqrt(2)
    assert 1250 <= coverage.sum() / 255 <= 1250 + perimeter
    assert coverage[12:30, 12:30].min() == 255
    coverage[:] = 0
    assert fill_rectangle(coverage, (50.6, 20.2), (10.1, 30.9)) == Rect(10, 20, 41, 11)
    assert coverage.sum() == 255 * 41 * 11
    assert fill_polygon(coverage, [(1, 1), (2, 2)]) is None


def test_boxes_unite() -> None:
    assert united(None, Rect(1, 2, 3, 4)) == Rect(1, 2, 3, 4)
    assert united(Rect(0, 0, 2, 2), Rect(5, 1, 2, 8)) == Rect(0, 0, 7, 9)


@pytest.mark.parametrize("scale", [0.37, 0.5, 1.0, 1.55, 4.0])
def test_a_partly_redrawn_overlay_equals_a_whole_one(scale: float) -> None:
    coverage = np.zeros((120, 160), np.uint8)
    frame = Frame(7.3, 5.1, scale, scale, int(140 * scale), int(110 * scale))
    overlay = MaskOverlay(frame, Look((120, 180, 230)))
    overlay.draw(coverage)
    box = stroke_segment(coverage, Dab(40, 30, 9), Dab(90, 80, 9), 0.6)
    overlay.draw(coverage, box)
    whole = MaskOverlay(frame, Look((120, 180, 230)))
    whole.draw(coverage)
    assert whole.pixels.any()
    np.testing.assert_array_equal(overlay.pixels, whole.pixels)


def test_a_hair_is_still_seen_when_the_picture_is_small() -> None:
    coverage = np.zeros((400, 400), np.uint8)
    coverage[:, 201] = 255
    overlay = MaskOverlay(Frame(0, 0, 0.2, 0.2, 80, 80), Look((120, 180, 230)))
    overlay.draw(coverage)
    assert overlay.pixels[:, 38:43, 3].max(axis=1).min() > 200


def test_an_overlay_lies_on_its_pixels() -> None:
    coverage = np.zeros((50, 50), np.uint8)
    coverage[20, 30] = 255
    overlay = MaskOverlay(Frame(10, 10, 4, 4, 160, 160), Look((120, 180, 230), hatch=""))
    overlay.draw(coverage)
    coloured = overlay.pixels[..., 0] > 0
    rows, columns = np.nonzero(coloured)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (40, 43, 80, 83)
