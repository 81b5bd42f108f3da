"""Pictures for views: alignment of source and enlarged pictures, exact pixels at 1:1, flags that survive shrinking."""

from __future__ import annotations

import numpy as np
import pytest

from engines import viewing
from engines.media.display import to_rgb8
from engines.media.planes import format_of
from engines.overlay import MARKS, UNREPAIRED
from engines.provenance import Origin, ProvenanceMap
from engines.resample import enlarge_plane
from engines.types import ColourSpec, Frame, PixelFormat
from engines.viewing import Window
from tests.clips import clip_frame
from tests.fakes import random_frame

FORMATS = ("yuv420p", "yuv422p10le", "gray", "gbrp10le", "yuv444p16le", "grayf32le")


def grey(values: np.ndarray) -> Frame:
    return Frame((values,), PixelFormat("gray", 8), ColourSpec())


@pytest.mark.parametrize("name", FORMATS)
def test_one_to_one_shows_the_very_pixels(name: str) -> None:
    frame = random_frame(format_of(name), 64, 48)
    shown = viewing.show(frame, Window(0, 0, 64, 48, 64, 48))
    assert np.array_equal(shown[..., 2::-1], to_rgb8(frame))
    assert shown.flags.c_contiguous
    assert (shown[..., 3] == 255).all()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("odd", [0, 1])
def test_a_cut_equals_the_same_cut_of_the_whole(name: str, odd: int) -> None:
    frame = random_frame(format_of(name), 67, 49)
    whole = to_rgb8(frame)
    shown = viewing.show(frame, Window(20 + odd, 10 + odd, 24, 16, 24, 16))
    assert np.array_equal(shown[..., 2::-1], whole[10 + odd : 26 + odd, 20 + odd : 44 + odd])


def test_pixels_are_repeated_where_not_smooth() -> None:
    frame = random_frame(PixelFormat("yuv", 8, 2, 2), 32, 32)
    shown = viewing.show(frame, Window(4, 6, 8, 8, 32, 32, smooth=False))
    expected = to_rgb8(frame)[6:14, 4:12].repeat(4, 0).repeat(4, 1)
    assert np.array_equal(shown[..., 2::-1], expected)


def test_float_code_values_look_as_the_samples_they_stand_for() -> None:
    frame = clip_frame(0, 96, 64, "yuv420p")
    floats = frame.with_planes(tuple(plane.astype(np.float32) for plane in frame.planes))
    for window in (Window(0, 0, 96, 64, 96, 64), Window(8, 8, 64, 48, 40, 30)):
        gap = viewing.show(frame, window).astype(int) - viewing.show(floats, window).astype(int)
        assert np.abs(gap).max() <= 2


@pytest.mark.parametrize(
    ("x", "y", "width", "height", "out"),
    [(0, 0, 128, 96, (50, 37)), (3.3, 5.7, 100.2, 80.4, (50, 40)), (10.5, 8.25, 40, 30, (60, 45))],
)
@pytest.mark.parametrize("name", ["gray", "yuv420p"])
def test_an_enlarged_picture_lies_exactly_over_its_source(
    name: str, x: float, y: float, width: float, height: float, out: tuple[int, int]
) -> None:
    layout = format_of(name)
    ramp = np.add.outer(np.arange(96), np.arange(128)).astype(np.float32)
    planes = [ramp]
    for _ in range(layout.plane_count - 1):
        planes.append(np.full((48, 64), 128, np.float32))
    source = Frame(tuple(planes), layout, ColourSpec(matrix="bt709"))
    double = source.with_planes(tuple(enlarge_plane(plane, 2) for plane in planes))
    window = Window(x, y, width, height, *out)
    a = viewing.show(source, window)[2:-2, 2:-2].astype(int)
    b = viewing.show(double, window.scaled(2.0))[2:-2, 2:-2].astype(int)
    # The ramp climbs by one code per pixel: two codes of display range are well below one pixel of shift.
    assert np.abs(a - b).max() <= 2


def test_untagged_material_keeps_its_colours_when_enlarged() -> None:
    small = clip_frame(0, 96, 64, "yuv420p")
    big = small.with_planes(tuple(np.tile(plane, (20, 20)) for plane in small.planes))
    pinned = viewing.pinned(big.colour, 96, 64)
    assert pinned.matrix == "smpte170m"
    assert viewing.pinned(big.colour, big.width, big.height).matrix == "bt709"
    assert viewing.pinned(ColourSpec(matrix="bt709"), 96, 64).matrix == "bt709"


def test_a_difference_of_nothing_is_mid_grey_and_is_amplified() -> None:
    first = viewing.show(grey(np.full((8, 8), 100, np.uint8)), Window(0, 0, 8, 8, 8, 8))
    second = viewing.show(grey(np.full((8, 8), 103, np.uint8)), Window(0, 0, 8, 8, 8, 8))
    assert (viewing.difference(first, first, 8.0)[..., :3] == 128).all()
    assert (viewing.difference(first, second, 8.0)[..., :3] == 128 + 24).all()
    assert (viewing.difference(first, second, 8.0)[..., 3] == 255).all()


def test_one_flagged_pixel_stays_visible_at_an_eighth() -> None:
    labels = np.zeros((256, 256), np.uint8)
    labels[101, 57] = Origin.SYNTHESISED
    said = ProvenanceMap(labels, np.full_like(labels, 255), np.zeros((256, 256), np.int8))
    window = Window(0, 0, 256, 256, 32, 32)
    picture = viewing.show(grey(np.full((256, 256), 90, np.uint8)), window)
    colour = MARKS[Origin.SYNTHESISED].colour
    for shown in (viewing.provenance(picture, said, window), viewing.marked(picture, said, window)):
        assert (shown[..., :3] == colour[::-1]).all(axis=-1).any() or (np.ptp(shown[..., :3], axis=-1) > 20).any()
    plain = ProvenanceMap.uniform(256, 256)
    assert np.array_equal(viewing.marked(picture, plain, window), picture)


def test_damage_that_was_left_is_marked_and_never_hides_a_flag() -> None:
    labels = np.zeros((64, 64), np.uint8)
    labels[20:30, 20:30] = Origin.SYNTHESISED
    said = ProvenanceMap(labels, np.full_like(labels, 255), np.zeros((64, 64), np.int8))
    left = np.zeros((64, 64), np.uint8)
    left[16:50, 16:50] = 255
    window = Window(0, 0, 64, 64, 64, 64)
    picture = viewing.show(grey(np.full((64, 64), 90, np.uint8)), window)
    for paint in (viewing.provenance, viewing.marked):
        shown, without = paint(picture, said, window, left), paint(picture, said, window)
        assert (shown[40:48, 40:48, :3] == UNREPAIRED.colour[::-1]).all(axis=-1).any()
        assert (shown[40:48, 40:48] == without[40:48, 40:48]).all(axis=-1).any(), "the source is seen between the lines"
        assert np.array_equal(shown[20:30, 20:30], without[20:30, 20:30])


def test_the_flagged_share_counts_invented_pixels() -> None:
    labels = np.array([[0, 1, 2, 3], [4, 1, 0, 0]], np.uint8)
    said = ProvenanceMap(labels, np.full_like(labels, 255), np.zeros((2, 4), np.int8))
    assert viewing.flagged_share(said) == pytest.approx(1 / 8)
    assert viewing.flagged_share(ProvenanceMap.uniform(5, 5, Origin.ESTIMATED)) == 0.0
    assert viewing.flagged_share(ProvenanceMap.uniform(5, 5, Origin.SYNTHESISED)) == 1.0


@pytest.mark.parametrize("depth", [8, 10, 16])
def test_code_values_between_codes_are_shown_as_they_are_stored(depth: int) -> None:
    """Halves to even, and nothing wraps around beyond the ends."""
    peak = 2**depth - 1
    values = np.linspace(-2.0, peak + 2.0, 4 * 96 * 64, dtype=np.float32).reshape(4 * 64, 96)
    values[:, ::2] = np.rint(values[:, ::2] * 2) / 2
    between = Frame((values,) * 3, PixelFormat("rgb", depth), ColourSpec("pc", "rgb", "bt709", "bt709"))
    window = Window(0, 0, 96, 4 * 64, 96, 4 * 64)
    assert np.array_equal(viewing.show(between, window), viewing.show(between.quantised(), window))
