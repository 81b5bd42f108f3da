"""Scopes of frames whose levels and colours are known."""

from __future__ import annotations

import numpy as np
import pytest

from engines.scopes import mean_luma, scope_data
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import random_frame

GRAY, YUV = PixelFormat("gray", 8), PixelFormat("yuv", 10, 2, 2)
BT709 = ColourSpec(range="tv", matrix="bt709")


def _flat(layout: PixelFormat, codes: tuple[float, ...], colour: ColourSpec = BT709) -> Frame:
    planes = []
    for index, code in enumerate(codes):
        width, height = layout.plane_size(index, 101, 67)
        planes.append(np.full((height, width), code, layout.dtype))
    return Frame(tuple(planes), layout, colour)


@pytest.mark.parametrize(
    ("layout", "codes"),
    [
        # 75 % red bars: Y' 0.7 * 0.2126 + ..., as SMPTE RP 219 writes them in 10 bit.
        (YUV, (204, 435, 848)),
        (PixelFormat("yuv", 8, 2, 1), (51, 109, 212)),
    ],
)
def test_a_known_colour_lands_where_it_belongs(layout: PixelFormat, codes: tuple[float, ...]) -> None:
    for frame in (one := _flat(layout, codes), one.with_planes(tuple(p.astype(np.float32) for p in one.planes))):
        data = scope_data(frame, 40)
        assert data.waveform.shape == (256, 40)
        assert set(np.flatnonzero(data.waveform.sum(axis=1))) == {51}
        row, column = np.argwhere(data.vectorscope)[0]
        assert (row, column) == (212, 109)
        red, green, blue = (int(np.argmax(h)) for h in data.histogram)
        assert abs(red - (16 + 219 * 0.75)) <= 2
        assert max(abs(green - 16), abs(blue - 16)) <= 2
        assert (data.black, data.white) == (16, 235)


def test_rgb_and_grey_agree_with_themselves() -> None:
    rgb = _flat(PixelFormat("rgb", 16), (65535, 0, 0), ColourSpec(matrix="bt709"))
    data = scope_data(rgb, 30)
    assert [int(np.argmax(h)) for h in data.histogram] == [255, 0, 0]
    assert int(np.argmax(data.waveform.sum(axis=1))) == round(0.2126 * 255)
    row, column = np.argwhere(data.vectorscope)[0]
    assert (row, column) == (240, round(128 - 224 * 0.2126 / (2 * (1 - 0.0722))))
    grey = scope_data(_flat(GRAY, (200,)), 30)
    assert grey.histogram.shape == (1, 256)
    assert (grey.parade == grey.waveform).all()
    assert np.argwhere(grey.vectorscope).tolist() == [[128, 128]]


def test_columns_follow_the_picture() -> None:
    ramp = np.tile(np.repeat(np.arange(256, dtype=np.uint8), 4), (50, 1))
    data = scope_data(Frame((ramp,), GRAY, ColourSpec(range="pc")), 256)
    assert (np.argmax(data.waveform, axis=0) == np.arange(256)).all()
    assert len(set(data.waveform.sum(axis=0).tolist())) == 1


def test_one_bright_line_is_not_averaged_away() -> None:
    picture = np.full((1080, 1920), 60, np.uint8)
    picture[:, 960:966] = 250
    data = scope_data(Frame((picture,), GRAY, ColourSpec()))
    assert data.histogram[0, 250] > 0
    assert data.histogram[0, 61:250].sum() == 0


def test_both_fields_are_looked_at() -> None:
    picture = np.zeros((1080, 64), np.uint8)
    picture[1::2] = 255
    counts = scope_data(Frame((picture,), GRAY, ColourSpec())).histogram[0]
    assert 0.45 < counts[0] / counts.sum() < 0.55


@pytest.mark.parametrize(
    "layout", [PixelFormat("yuv", 8, 4, 1, alpha=True), PixelFormat("rgb", 32, floating=True, alpha=True), YUV]
)
def test_any_size_and_layout_is_drawn(layout: PixelFormat) -> None:
    for width, height in ((1, 1), (7, 3), (37, 23)):
        data = scope_data(random_frame(layout, width, height), 20)
        assert data.parade.shape == (3, 256, 20)
        assert data.histogram.sum() == 3 * data.waveform.sum() == 3 * data.vectorscope.sum()


def test_what_is_no_number_counts_as_black() -> None:
    frame = _flat(PixelFormat("gray", 32, floating=True), (np.nan,))
    assert scope_data(frame, 10).histogram[0, 0] > 0
    assert mean_luma(frame) == 0.0


def test_mean_luma_is_nominal() -> None:
    assert mean_luma(_flat(YUV, (940, 512, 512))) == 1.0
    assert mean_luma(_flat(YUV, (502, 512, 512))) == pytest.approx(0.5)
    assert mean_luma(_flat(YUV, (4, 512, 512))) == 0.0
    assert mean_luma(_flat(PixelFormat("rgb", 8), (0, 255, 0), BT709)) == pytest.approx((0.7152 * 255 - 16) / 219)
