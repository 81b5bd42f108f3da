"""Conversions agree with colour-science, come back, and leave nothing outside where colours are drawn in."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.compress import Compression
from engines.colour.conversion import HLG, PQ, Conversion
from engines.colour.places import Places, Rgb
from engines.colour.science import science
from engines.colour.spaces import rgb_to_rgb

HERE = Places(0.5, 0.5, 1, 1)
SDR, WIDE, P3 = ("bt709", "bt709"), ("bt2020", "bt2020-10"), ("smpte432", "iec61966-2-1")


def _picture(low: float = 0.0, high: float = 1.0) -> Rgb:
    return np.random.default_rng(2).uniform(low, high, (3, 40, 50)).astype(np.float32)


def _there_and_back(source: tuple[str, str], target: tuple[str, str], picture: Rgb, **how: float) -> Rgb:
    there = Conversion(source, target, **how).map(picture.copy(), HERE)  # type: ignore[arg-type]
    return Conversion(target, source, **how).map(there, HERE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (SDR, WIDE),
        (SDR, P3),
        (P3, WIDE),
        (("smpte170m", "smpte170m"), SDR),
        (SDR, ("bt2020", PQ)),
        (SDR, ("bt2020", HLG)),
        (SDR, ("bt709", "linear")),
        (SDR, ("bt709", "cineon")),
    ],
)
def test_what_the_target_holds_comes_back(source: tuple[str, str], target: tuple[str, str]) -> None:
    # Not of the brimful corners, which BT.709 has outside SMPTE C and the other way round.
    picture = _picture(0.3, 0.8)
    np.testing.assert_allclose(_there_and_back(source, target, picture), picture, atol=2e-4)


@pytest.mark.parametrize("peak", [1000.0, 2000.0])
def test_pq_and_hlg_are_the_same_light(peak: float) -> None:
    picture = _picture(0.05, 0.55)
    back = _there_and_back(("bt2020", PQ), ("bt2020", HLG), picture, peak=peak)
    np.testing.assert_allclose(back, picture, atol=2e-4)


def test_bt709_in_bt2020_is_that_of_colour_science() -> None:
    picture = _picture()
    ours = Conversion(SDR, WIDE).map(picture.copy(), HERE)
    spaces = science().RGB_COLOURSPACES
    light = np.moveaxis(picture.astype(np.float64), 0, -1) ** 2.4
    theirs = science().RGB_to_RGB(light, spaces["ITU-R BT.709"], spaces["ITU-R BT.2020"], "Bradford") ** (1 / 2.4)
    np.testing.assert_allclose(np.moveaxis(ours, 0, -1), theirs, atol=2e-4)


@pytest.mark.parametrize(("white", "code"), [(203.0, 0.580689), (100.0, 0.508078)])
def test_white_of_sdr_in_pq(white: float, code: float) -> None:
    ones = np.ones((3, 2, 2), np.float32)
    np.testing.assert_allclose(Conversion(SDR, ("bt2020", PQ), white=white).map(ones, HERE), code, atol=1e-4)


def test_white_of_sdr_in_hlg_is_75_per_cent() -> None:
    ones = np.ones((3, 2, 2), np.float32)
    np.testing.assert_allclose(Conversion(SDR, ("bt2020", HLG)).map(ones, HERE), 0.75, atol=2e-3)


def test_light_that_sdr_lacks_is_cut_off() -> None:
    bright = np.full((3, 2, 2), 0.9, np.float32)
    assert np.array_equal(Conversion(("bt2020", PQ), SDR).map(bright, HERE), np.ones((3, 2, 2)))


def test_codes_above_white_survive_where_sdr_stays_sdr() -> None:
    over = np.full((3, 2, 2), 1.08, np.float32)
    np.testing.assert_allclose(Conversion(SDR, WIDE).map(over, HERE), 1.08, atol=1e-4)


@pytest.mark.parametrize("source", [("unknown", "smpte170m"), ("bt709", "bt2020-12"), ("bt709", "unknown")])
def test_equal_meanings_change_nothing(source: tuple[str, str]) -> None:
    conversion = Conversion(source, SDR)
    assert conversion.neutral
    picture = _picture()
    assert conversion.map(picture, HERE) is picture


@pytest.mark.parametrize("compress", [False, True])
def test_outside_colours_are_never_negative(compress: bool) -> None:
    conversion = Conversion(WIDE, SDR, compress=compress)
    corners = np.array([[1, 0, 0, 1, 1, 0, 0], [0, 1, 0, 1, 0, 1, 0], [0, 0, 1, 0, 1, 1, 0]], np.float32)[:, None]
    answer = conversion.map(corners, HERE)
    assert answer.min() >= -1e-3
    assert np.isfinite(answer).all()


def test_drawing_in_keeps_near_colours_and_order() -> None:
    matrix = rgb_to_rgb("bt2020", "bt709")
    red = np.stack([np.ones(101), *(np.linspace(1, 0, 101) for _ in range(2))])[:, None].astype(np.float32)
    light = np.einsum("ij,jhw->ihw", matrix, red).astype(np.float32)
    answer = Compression.between("bt2020", "bt709")(light)
    near = (light.max(axis=0) - light).max(axis=0) / light.max(axis=0) < 0.8
    np.testing.assert_array_equal(answer[:, near], light[:, near])
    saturation = (answer.max(axis=0) - answer.min(axis=0)) / answer.max(axis=0)
    assert np.all(np.diff(saturation[0]) > 0)
    assert answer.min() >= -1e-5


@pytest.mark.parametrize("target", [WIDE, ("bt2020", PQ), ("bt2020", HLG), ("smpte432", "cineon"), ("bt709", "linear")])
@pytest.mark.parametrize("compress", [False, True])
def test_numbers_give_numbers(target: tuple[str, str], compress: bool) -> None:
    wild = np.array([[-65504, 65504, 0, 1e-30, -1e-30, 3]] * 3, np.float32)[:, None]
    wild[1] = wild[1, :, ::-1]
    for source in (SDR, ("bt709", "linear"), ("bt2020", PQ), ("bt2020", HLG)):
        assert np.isfinite(Conversion(source, target, compress=compress).map(wild.copy(), HERE)).all()
