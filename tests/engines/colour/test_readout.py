"""Colours read off frames: of a square, and how far two frames lie apart."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.difference import delta_e
from engines.colour.mapped import nominal_rgb
from engines.colour.readout import apart, frames_apart, reading, square_around
from engines.errors import Cancelled
from engines.types import ColourSpec, Frame, PixelFormat, Rect

SD = ColourSpec("tv", "smpte170m", "smpte170m", "smpte170m", "left")
PQ = ColourSpec("pc", "bt2020nc", "bt2020", "smpte2084", "left")
YUV = PixelFormat("yuv", 8, 2, 2)
RGB = PixelFormat("rgb", 16)


def coded(colour: tuple[float, ...], layout: PixelFormat = YUV, spec: ColourSpec = SD, size: int = 32) -> Frame:
    """One colour all over, in codes."""
    planes = []
    for index, value in enumerate(colour):
        width, height = layout.plane_size(index, size, size)
        planes.append(np.full((height, width), value, layout.dtype))
    return Frame(tuple(planes), layout, spec)


def noisy(seed: int, layout: PixelFormat = YUV, spec: ColourSpec = SD, size: tuple[int, int] = (50, 70)) -> Frame:
    rng, planes = np.random.default_rng(seed), []
    for index in range(layout.plane_count):
        width, height = layout.plane_size(index, *size)
        planes.append(rng.integers(60, 180, (height, width)).astype(layout.dtype))
    return Frame(tuple(planes), layout, spec)


def test_white_black_and_a_known_colour() -> None:
    white, black = coded((235, 128, 128)), coded((16, 128, 128))
    there = square_around(16, 16)
    assert reading(white, there, (32, 32)).rgb == pytest.approx((1.0, 1.0, 1.0), abs=1e-5)
    assert reading(white, there, (32, 32)).lab == pytest.approx((100.0, 0.0, 0.0), abs=1e-3)
    assert reading(black, there, (32, 32)).rgb == pytest.approx((0.0, 0.0, 0.0), abs=1e-5)
    assert reading(white, there, (32, 32)).codes == (235.0, 128.0, 128.0)
    assert reading(white, there, (32, 32)).nits is None
    assert apart(reading(white, there, (32, 32)), reading(black, there, (32, 32))) == pytest.approx(100.0, abs=0.01)


def test_absolute_light_is_told_in_nits() -> None:
    read = reading(coded((0.5806888810416109 * 65535,) * 3, RGB, PQ), square_around(16, 16), (32, 32))
    assert read.nits == pytest.approx((203.0,) * 3, rel=1e-3)
    assert read.lab == pytest.approx((100.0, 0.0, 0.0), abs=0.1)


@pytest.mark.parametrize("at", [(0, 0), (49, 69), (25, 30), (3, 68)])
def test_the_mean_of_the_square_is_read_cut_at_the_edges(at: tuple[int, int]) -> None:
    frame, (x, y) = noisy(1), at
    rows, columns = slice(max(y - 2, 0), y + 3), slice(max(x - 2, 0), x + 3)
    wanted = nominal_rgb(frame)[:, rows, columns].mean(axis=(1, 2))
    read = reading(frame, square_around(x, y), (50, 70))
    assert read.rgb == pytest.approx(tuple(wanted), abs=1e-4)
    assert read.codes[0] == pytest.approx(frame.planes[0][rows, columns].mean())


def test_a_part_reads_as_the_whole() -> None:
    frame = noisy(2)
    part = frame.crop(Rect(8, 12, 32, 40))
    whole = reading(frame, square_around(21, 33), (50, 70))
    assert reading(part, square_around(21, 33).moved(-8, -12), (50, 70)).rgb == pytest.approx(whole.rgb, abs=1e-6)


def test_equal_frames_are_not_apart_and_others_as_pixel_by_pixel() -> None:
    one, other = noisy(3, size=(50, 151)), noisy(4, size=(50, 151))
    assert frames_apart(one, one, lambda: None) == (0.0, 0.0)
    wanted = delta_e(nominal_rgb(one), nominal_rgb(other), "smpte170m", "smpte170m")
    mean, largest = frames_apart(one, other, lambda: None)
    assert mean == pytest.approx(float(wanted.mean()), abs=0.02)
    assert largest == pytest.approx(float(wanted.max()), abs=0.5)


def test_an_enlarged_frame_is_compared_by_means() -> None:
    small, large = coded((120, 110, 140)), coded((120, 110, 140), size=64)
    assert frames_apart(small, large, lambda: None)[1] == pytest.approx(0.0, abs=1e-3)


def test_the_work_can_be_cancelled_between_strips() -> None:
    def check() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        frames_apart(noisy(5), noisy(6), check)


def test_untagged_floats_are_light() -> None:
    layout = PixelFormat("rgb", 32, floating=True)
    grey = Frame(tuple(np.full((8, 8), 0.18, np.float32) for _ in range(3)), layout, ColourSpec())
    assert reading(grey, square_around(4, 4), (8, 8)).lab[0] == pytest.approx(49.5, abs=0.1)
