"""Conversions of depth, range, sampling and matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.errors import SettingError
from engines.media.convert import convert
from engines.media.planes import format_of
from engines.media.resample import resample_chroma
from engines.types import ColourSpec, Frame, PixelFormat
from tests.engines.media.write_helpers import picture, same_planes

LIMITED, FULL = ColourSpec(range="tv", matrix="bt709"), ColourSpec(range="pc", matrix="bt709")


def test_no_change_is_the_same_object() -> None:
    frame = picture("yuv422p10le")
    assert convert(frame, frame.format, frame.colour) is frame


def test_a_new_tag_keeps_the_planes() -> None:
    frame = picture("yuv422p10le", colour=ColourSpec(matrix="bt709"))
    changed = convert(frame, frame.format, LIMITED)
    assert all(a is b for a, b in zip(changed.planes, frame.planes, strict=True))


def test_limited_depth_scales_by_powers_of_two() -> None:
    frame = picture("yuv420p", colour=LIMITED)
    deep = convert(frame, format_of("yuv420p10le"), LIMITED)
    assert all(np.array_equal(a, b.astype(np.uint16) * 4) for a, b in zip(deep.planes, frame.planes, strict=True))
    assert same_planes(convert(deep, frame.format, LIMITED), frame)


@pytest.mark.parametrize(("shallow", "deep"), [("gbrp10le", "gbrp16le"), ("gray", "gray12le"), ("gbrp", "gbrp14le")])
def test_full_range_scales_by_peaks(shallow: str, deep: str) -> None:
    frame = picture(shallow)
    grown = convert(frame, format_of(deep), frame.colour)
    assert grown.planes[0].max() == round(frame.planes[0].max() * grown.format.peak / frame.format.peak)
    assert same_planes(convert(grown, frame.format, frame.colour), frame)


def test_full_range_chroma_stays_neutral() -> None:
    flat = Frame(tuple(np.full((4, 4), 128, np.uint8) for _ in range(3)), PixelFormat("yuv", 8), FULL)
    deep = convert(flat, PixelFormat("yuv", 10), FULL)
    assert np.all(deep.planes[1] == 512)
    assert np.all(deep.planes[0] == round(128 * 1023 / 255))


def test_range_changes() -> None:
    frame = Frame(tuple(np.full((4, 4), v, np.uint8) for v in (255, 128, 255)), PixelFormat("yuv", 8), FULL)
    planes = convert(frame, frame.format, LIMITED).planes
    assert [int(plane[0, 0]) for plane in planes] == [235, 128, 240]


@pytest.mark.parametrize("target", ["yuv444p16le", "yuv422p10le", "yuv420p"])
def test_a_flat_picture_stays_flat(target: str) -> None:
    frame = Frame((np.full((32, 48), 90, np.uint8), *(np.full((16, 24), v, np.uint8) for v in (70, 200))),
                  PixelFormat("yuv", 8, 2, 2), LIMITED)  # fmt: skip
    step = 2 ** (format_of(target).depth - 8)
    assert [np.unique(p).tolist() for p in convert(frame, format_of(target), LIMITED).planes] == [
        [90 * step], [70 * step], [200 * step]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("location", "offset"), [("left", (0.0, 0.5)), ("center", (0.5, 0.5)), ("topleft", (0.0, 0.0))]
)
def test_chroma_keeps_its_place(location: str, offset: tuple[float, float]) -> None:
    """A ramp over luma positions comes out as the same ramp wherever the coarse samples sit."""
    coarse, fine = PixelFormat("yuv", 16, 2, 2), PixelFormat("yuv", 16)
    x, y = np.arange(32) * 2 + offset[0], np.arange(24) * 2 + offset[1]
    plane = (100 + 3 * x[None, :] + 5 * y[:, None]).astype(np.float32)
    grown = resample_chroma(plane, coarse, fine, location, (64, 48))
    expected = 100 + 3 * np.arange(64)[None, :] + 5 * np.arange(48)[:, None]
    inner = np.s_[8:-8, 8:-8]
    # Lanczos reproduces a ramp to about two per cent of its step from sample to sample (16).
    assert np.abs(grown[inner] - expected[inner]).max() < 0.35
    back = resample_chroma(grown, fine, coarse, location, (64, 48))
    assert np.abs(back[4:-4, 4:-4] - plane[4:-4, 4:-4]).max() < 0.35


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m", "bt2020nc"])
def test_rgb_and_back(matrix: str) -> None:
    colour = replace(LIMITED, matrix=matrix)
    frame = picture("gbrp10le")
    middle = convert(frame, PixelFormat("yuv", 16), colour)
    back = convert(middle, frame.format, ColourSpec("pc", "rgb"))
    assert same_planes(back, frame)


def test_known_colours() -> None:
    red = Frame(tuple(np.full((2, 2), v, np.uint8) for v in (255, 0, 0)), PixelFormat("rgb", 8), ColourSpec())
    planes = convert(red, PixelFormat("yuv", 8), LIMITED).planes
    assert [int(plane[0, 0]) for plane in planes] == [63, 102, 240]


def test_grey_becomes_neutral_colour() -> None:
    frame = picture("gray16le")
    planes = convert(frame, format_of("yuv422p16le"), ColourSpec("pc", "bt709")).planes
    assert np.array_equal(planes[0], frame.planes[0])
    assert np.all(planes[1] == 32768)
    assert all(np.array_equal(p, frame.planes[0]) for p in convert(frame, format_of("rgb48le"), ColourSpec()).planes)


def test_alpha_is_added_opaque_and_kept() -> None:
    frame = picture("gbrp")
    assert np.all(convert(frame, format_of("gbrap10le"), frame.colour).planes[3] == 1023)
    with_alpha = picture("yuva444p10le", colour=LIMITED)
    eight = PixelFormat("yuv", 8, alpha=True)
    assert convert(with_alpha, eight, LIMITED).planes[3][0, 0] == round(int(with_alpha.planes[3][0, 0]) * 255 / 1023)


def test_floats_hold_codes() -> None:
    frame = picture("gbrp10le")
    half = convert(frame, format_of("gbrpf16le"), frame.colour)
    restored = np.rint(half.planes[0].astype(np.float64) * 1023).astype(np.uint16)
    assert np.array_equal(restored, frame.planes[0])


@pytest.mark.parametrize(
    ("layout", "target", "lost"),
    [("gbrap10le", "gbrp10le", "alpha"), ("gbrpf16le", "gbrp16le", "floats"), ("gbrp", "gray", "colour")],
)
def test_losses_are_refused(layout: str, target: str, lost: str) -> None:
    frame = picture(layout)
    with pytest.raises(SettingError, match=lost):
        convert(frame, format_of(target), frame.colour)


def test_another_matrix_is_refused() -> None:
    with pytest.raises(SettingError, match="matrix bt709"):
        convert(picture("yuv444p", colour=LIMITED), format_of("yuv420p"), replace(LIMITED, matrix="bt2020nc"))
