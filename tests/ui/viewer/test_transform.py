from __future__ import annotations

import math
from fractions import Fraction

import pytest
from PySide6.QtCore import QRectF

from ui.viewer.compare import Wipe, kinds, panes
from ui.viewer.transform import Camera

_PANE, _SIZE = (1600, 900), (1920, 1080)


def test_a_fitted_picture_is_all_seen_and_centred() -> None:
    now = Camera().transform(_PANE, _SIZE, Fraction(1), 1.0)
    view = now.view()
    assert view is not None
    assert (view.x, view.y, view.width, view.height) == (0, 0, 1920, 1080)
    left, top, right, bottom = now.area()
    assert abs(left - (1600 - right)) <= 1
    assert abs(top - (900 - bottom)) <= 1


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_at_100_percent_a_picture_pixel_is_a_screen_pixel(ratio: float) -> None:
    now = Camera(0.3, 0.6, 1.0).transform(_PANE, _SIZE, Fraction(1), ratio)
    view = now.view()
    assert view is not None
    assert (view.width, view.height) == (view.out_width, view.out_height)
    assert view.x == int(view.x)
    assert view.y == int(view.y)


def test_the_point_under_the_cursor_stays() -> None:
    camera = Camera()
    now = camera.transform(_PANE, _SIZE, Fraction(16, 15), 1.0)
    before = now.to_source(700, 400)
    for factor in (1.2, 3.0, 0.7):
        camera = camera.zoomed(min(now.scale_x, now.scale_y) * factor, now, (700, 400))
        now = camera.transform(_PANE, _SIZE, Fraction(16, 15), 1.0)
        assert now.to_source(700, 400) == pytest.approx(before, abs=3 / now.scale_x)


@pytest.mark.parametrize(("sar", "wider"), [(Fraction(16, 15), 16 / 15), (Fraction(8, 9), 8 / 9)])
def test_samples_keep_their_shape_and_none_is_shrunk(sar: Fraction, wider: float) -> None:
    now = Camera(zoom=1.0).transform(_PANE, (720, 576), sar, 1.0)
    assert now.scale_x / now.scale_y == pytest.approx(wider)
    assert min(now.scale_x, now.scale_y) == 1.0


def test_panning_moves_by_screen_pixels_and_never_loses_the_picture() -> None:
    camera = Camera(zoom=2.0)
    now = camera.transform(_PANE, _SIZE, Fraction(1), 1.0)
    moved = camera.panned(30, -20, now).transform(_PANE, _SIZE, Fraction(1), 1.0)
    assert (moved.left - now.left, moved.top - now.top) == (30, -20)
    lost = camera.panned(1e6, 1e6, now).transform(_PANE, _SIZE, Fraction(1), 1.0)
    assert lost.view() is not None


def test_from_200_percent_pixels_are_repeated() -> None:
    smooth = [Camera(zoom=z).transform(_PANE, _SIZE, Fraction(1), 1.0).view() for z in (1.99, 2.0)]
    assert [view.smooth for view in smooth if view] == [True, False]


def test_side_by_side_panes_are_of_one_size() -> None:
    first, second = panes("side", (1001, 500), gap=4)
    assert (first.width, first.height) == (second.width, second.height)
    assert first.x + first.width < second.x
    assert second.x + second.width == 1001
    assert kinds("blink") == ("source", "restored")


def test_the_wipe_edge_is_dragged_and_turned() -> None:
    now = Camera().transform((400, 400), (100, 100), Fraction(1), 1.0)
    wipe = Wipe()
    assert wipe.point(now) == pytest.approx((200, 200), abs=1)
    assert wipe.moved(40, 0, now).distance(240, 10, now) == pytest.approx(0, abs=1.5)
    px, py = wipe.point(now)
    turned = wipe.turned((px, py - 100), (px + 100, py), now)
    assert turned.angle == pytest.approx(math.pi / 2)
    area = QRectF(0, 0, 400, 400)
    assert turned.restored_side(area, now).boundingRect().top() == pytest.approx(py, abs=1)
    first, last = turned.ends(area, now)
    assert sorted((first.x(), last.x())) == pytest.approx([0, 400])
