"""A pointwise map reaches every layout alike, changes nothing where it does nothing, and knows where samples lie."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engines.colour.mapped import MARGIN, Places, Rgb, mapped, nominal_rgb
from engines.siting import chroma_phase
from engines.types import ColourSpec, Frame, PixelFormat, Rect

LAYOUTS = [
    PixelFormat("gray", 8),
    PixelFormat("rgb", 16),
    PixelFormat("rgb", 16, floating=True),
    PixelFormat("rgb", 8, alpha=True),
    *(PixelFormat("yuv", depth, x, y) for depth, (x, y) in product((8, 10), ((1, 1), (2, 1), (2, 2), (4, 1)))),
]


def _frame(layout: PixelFormat, width: int = 70, height: int = 46) -> Frame:
    noise = np.random.default_rng(3)
    planes = []
    for index in range(layout.plane_count):
        w, h = layout.plane_size(index, width, height)
        values = noise.uniform(0.1, 0.9, (h, w)) * layout.peak
        planes.append((values if layout.floating else np.rint(values)).astype(layout.dtype))
    matrix = "rgb" if layout.family == "rgb" else "bt709"
    return Frame(tuple(planes), layout, ColourSpec("tv", matrix, "bt709", "bt709", "left"))


def _same(rgb: Rgb, _: Places) -> Rgb:
    return rgb


def _shaded(rgb: Rgb, places: Places) -> Rgb:
    _, height, width = rgb.shape
    shade = 1.0 + 0.004 * places.columns(width)[None, :] + 0.002 * places.rows(height)[:, None]
    return np.asarray(rgb**2 * shade, dtype=np.float32)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_what_changes_nothing_changes_no_code(layout: PixelFormat) -> None:
    frame = _frame(layout)
    after = mapped(frame, 0, 0, frame.bounds, _same).quantised()
    assert all(np.array_equal(a, b) for a, b in zip(frame.planes, after.planes, strict=True))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_region_equals_the_cut_of_the_whole(layout: PixelFormat) -> None:
    frame = _frame(layout)
    whole = mapped(frame, 0, 0, frame.bounds, _shaded)
    inner = Rect(24, 16, 20, 14)
    around = inner.grown(MARGIN, frame.bounds).aligned(layout.chroma_x, layout.chroma_y, frame.bounds)
    part = mapped(frame.crop(around), around.x, around.y, inner, _shaded)
    for ours, theirs in zip(part.planes, whole.crop(inner).planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_every_layout_sees_the_same_colours() -> None:
    """A flat colour comes out the same, however its chroma is stored."""

    def warmer(rgb: Rgb, _: Places) -> Rgb:
        return np.asarray(rgb * np.array([1.2, 1.0, 0.8], np.float32)[:, None, None], dtype=np.float32)

    answers = []
    for x, y in ((1, 1), (2, 1), (2, 2)):
        layout = PixelFormat("yuv", 10, x, y)
        sizes = [layout.plane_size(index, 32, 32) for index in range(3)]
        planes = tuple(np.full((h, w), code, np.uint16) for code, (w, h) in zip((500, 450, 560), sizes, strict=True))
        frame = Frame(planes, layout, ColourSpec("tv", "bt709", "bt709", "bt709", "left"))
        answers.append(nominal_rgb(mapped(frame, 0, 0, frame.bounds, warmer)).mean((1, 2)))
    np.testing.assert_allclose(answers[1:], [answers[0]] * 2, atol=1e-5)


@pytest.mark.parametrize("location", ["left", "center", "topleft", "top", "bottomleft", "bottom"])
@pytest.mark.parametrize(("x", "y"), [(2, 2), (2, 1), (4, 1), (1, 2), (4, 4)])
def test_every_siting_sees_ramps_where_they_are(x: int, y: int, location: str) -> None:
    """Where everything is linear in place, interpolation is exact: luma and chroma come back, and places are told."""
    layout = PixelFormat("yuv", 10, x, y)
    width, height = 48, 32
    phase_x, phase_y = chroma_phase(location)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    up, over = (
        grid.astype(np.float32)
        for grid in np.meshgrid(
            np.arange(height // y) * y + phase_y * (y - 1), np.arange(width // x) * x + phase_x * (x - 1), indexing="ij"
        )
    )
    planes = (300 + 4 * columns + 3 * rows, 512 + over - up, 500 + 2 * up - over)
    frame = Frame(planes, layout, ColourSpec("tv", "bt709", "bt709", "bt709", location))
    seen = []

    def told(rgb: Rgb, places: Places) -> Rgb:
        at_x, at_y = places.columns(rgb.shape[2]) - 0.5, places.rows(rgb.shape[1]) - 0.5
        luma = np.tensordot(np.array([0.2126, 0.7152, 0.0722], np.float32), rgb, 1) * 876 + 64
        blue = (rgb[2] - (luma - 64) / 876) / 1.8556 * 896 + 512
        expected = 300 + 4 * at_x[None] + 3 * at_y[:, None], 512 + at_x[None] - at_y[:, None]
        inner = slice(4, -4), slice(4, -4)
        for found, wanted in zip((luma, blue), expected, strict=True):
            np.testing.assert_allclose(found[inner], wanted[inner], atol=0.01)
        seen.append(places.luma_only)
        return rgb

    after = mapped(frame, 0, 0, frame.bounds, told)
    assert set(seen) == {True, False}
    for ours, theirs in zip(after.planes, planes, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


@pytest.mark.parametrize("layout", [PixelFormat("yuv", 8, 2, 2), PixelFormat("rgb", 8, alpha=True)], ids=str)
@pytest.mark.parametrize("empty", [Rect(8, 8, 0, 6), Rect(8, 8, 6, 0), Rect(8, 8, 0, 0)], ids=str)
def test_an_empty_region_is_an_empty_answer(layout: PixelFormat, empty: Rect) -> None:
    frame = _frame(layout)
    after = mapped(frame, 0, 0, empty, _shaded)
    assert (after.width, after.height) == (empty.width, empty.height)
