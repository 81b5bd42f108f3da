"""A delta and the master give the source again, bit for bit, whatever both are; and nothing changed costs nothing."""

from __future__ import annotations

from itertools import product

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from engines.errors import RenderError
from engines.media.delta import make_delta, restored
from engines.media.delta_guess import Guess
from engines.media.delta_layout import Stack, codes_of, samples_of
from engines.media.delta_numbers import packed, unpacked
from engines.media.planes import format_of
from engines.types import ColourSpec, Frame
from tests.engines.media.write_helpers import picture, smooth

SOURCES = (
    *(
        "gray",
        "gray10le",
        "ya8",
        "ya16le",
        "yuv420p",
        "yuv422p10le",
        "yuv444p16le",
        "yuv410p",
        "yuv411p",
        "yuv440p12le",
    ),
    *("yuva420p", "gbrp", "gbrp10le", "gbrp16le", "gbrap12le", "grayf16le", "gbrpf16le", "gbrapf32le", "grayf32le"),
)
MASTERS = ("yuv420p", "gray16le", "gbrp16le", "gbrpf16le", "gbrpf32le")


def stack_of(frame: Frame) -> Stack:
    return Stack(frame.format, frame.width, frame.height)


def same_bits(a: Frame, b: Frame) -> bool:
    return a.format == b.format and all(
        p.dtype == q.dtype and p.tobytes() == q.tobytes() for p, q in zip(a.planes, b.planes, strict=True)
    )


@pytest.mark.parametrize("name", SOURCES)
def test_any_source_comes_back_from_a_master_of_its_own_layout(name: str) -> None:
    for size in ((48, 32), (47, 31), (1, 1), (2, 3)):
        source, master = picture(name, 1, size), picture(name, 2, size)
        delta = make_delta(source, master)
        assert same_bits(restored(delta, master, stack_of(source), source.colour), source)


@pytest.mark.parametrize(("name", "stored"), [*product(SOURCES, MASTERS)])
def test_any_source_comes_back_from_a_master_of_another_layout(name: str, stored: str) -> None:
    source, master = smooth(name), smooth(stored, 1)
    delta = make_delta(source, master)
    assert same_bits(restored(delta, master, stack_of(source), source.colour), source)


@pytest.mark.parametrize("size", [(96, 64), (94, 62), (24, 16), (50, 31)])
def test_a_master_of_another_size_does_not_hinder(size: tuple[int, int]) -> None:
    source, master = smooth("yuv420p", size=(47, 31)), smooth("yuv420p", 3, size)
    assert same_bits(restored(make_delta(source, master), master, stack_of(source), source.colour), source)


def test_without_a_master_to_guess_from_the_source_itself_is_kept() -> None:
    source, other = picture("yuv420p", 1), picture("yuv420p", 9)
    assert same_bits(restored(make_delta(source, None), other, stack_of(source), source.colour), source)


def test_floats_keep_their_bits_and_their_order() -> None:
    specials = np.array([[-np.inf, -2.0, -0.0, 0.0, 1e-7, 2.0, np.inf, np.nan]])
    for name in ("grayf16le", "grayf32le"):
        layout = format_of(name)
        plane = specials.astype(layout.dtype)
        codes = codes_of(plane)
        assert np.all(np.diff(codes.astype(np.int64)[0, :7]) > 0)
        assert samples_of(codes, layout).tobytes() == plane.tobytes()


def test_what_did_not_change_is_0_everywhere() -> None:
    source = picture("yuv420p10le", 1)
    stack, delta = stack_of(source), make_delta(source, source)
    assert not delta.planes[0][: stack.picture_rows].any()


def test_only_changed_samples_stand_out() -> None:
    source = smooth("gbrp16le")
    planes = [plane.copy() for plane in source.planes]
    planes[1][5:9, 7:12] += 300
    master = source.with_planes(tuple(planes))
    delta = make_delta(source, master).planes[0][:96]
    assert np.count_nonzero(delta) == 4 * 5


def test_changed_tones_are_guessed_from_the_master() -> None:
    """A lift that crosses the channels costs next to nothing, where a mere difference costs as much as the picture."""
    rng = np.random.default_rng(5)
    planes = [rng.integers(2000, 60000, (96, 96)).astype(np.uint16) for _ in range(3)]
    source = Frame(tuple(planes), format_of("gbrp16le"), ColourSpec())
    red, green, blue = (plane.astype(np.float64) / 65535 for plane in planes)
    lifted = (0.8 * red + 0.1 * green, 0.85 * green + 0.1, 0.7 * blue + 0.1 * green + 0.05)
    master = source.with_planes(tuple(np.rint(plane * 65535).astype(np.uint16) for plane in lifted))
    delta = make_delta(source, master)
    stack = stack_of(source)
    off = delta.planes[0][: stack.picture_rows].view(np.int16)
    assert np.abs(off).max() <= 1
    assert same_bits(restored(delta, master, stack, source.colour), source)


def test_a_damaged_or_foreign_delta_is_refused() -> None:
    source = smooth("yuv420p")
    delta, stack = make_delta(source, source), stack_of(source)
    for column, value in ((0, 9), (1, 7), (1, 2), (2, 200)):
        grey = delta.planes[0].copy()
        grey[stack.picture_rows, column] = value
        with pytest.raises(RenderError, match="damaged"):
            restored(Frame((grey,), delta.format, delta.colour), source, stack, source.colour)
    with pytest.raises(RenderError, match="does not fit"):
        restored(delta, source, Stack(source.format, 50, 32), source.colour)
    with pytest.raises(RenderError, match="layout"):
        restored(delta, smooth("gray"), stack, source.colour)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_no_header_does_more_than_be_refused(header: bytes) -> None:
    """Whatever a header says, there is a picture or a sentence."""
    source = smooth("gbrp10le", size=(20, 10))
    stack = stack_of(source)
    grey = make_delta(source, source).planes[0].copy()
    told = np.zeros(grey[stack.picture_rows :].size, dtype=grey.dtype)
    told[: len(header) + 1] = (1, *header)
    grey[stack.picture_rows :] = told.reshape(-1, grey.shape[1])
    grey[0, 0] = 60000
    try:
        found = restored(Frame((grey,), stack.grey, source.colour), source, stack, source.colour)
        assert found.format == source.format
    except RenderError:
        pass


@given(st.lists(st.integers(-(2**50), 2**50)))
def test_numbers_are_read_as_they_were_written(numbers: list[int]) -> None:
    assert unpacked(packed(numbers) + b"rest", len(numbers)) == (numbers, b"rest")


def test_a_guess_is_read_as_it_was_written() -> None:
    rng = np.random.default_rng(1)
    guess = Guess(curves=rng.integers(-(2**27), 2**27, (4, 17)), own=2, weights=rng.integers(-4096, 4096, 8))
    found, rest = Guess.from_bytes(guess.to_bytes() + b"rest")
    assert found.curves is not None
    assert found.weights is not None
    np.testing.assert_array_equal(found.curves, guess.curves)
    np.testing.assert_array_equal(found.weights, guess.weights)
    assert (found.own, found.same, rest) == (2, False, b"rest")
