"""The controls do what they say, fast tables and the plain formula agree, and nothing becomes a NaN."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.colour.places import Places
from engines.grade.curve import Curve
from engines.grade.grading import Grading

WEIGHTS = (0.2126, 0.7152, 0.0722)
NOWHERE = Places(0.5, 0.5, 1.0, 1.0)


def _after(grading: Grading, rgb: NDArray[np.float32], linear: bool = False, fine: bool = False) -> NDArray[np.float32]:
    return grading.map(WEIGHTS, linear, fine)(rgb.copy(), NOWHERE)


def _flat(*values: float) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)[:, None, None] * np.ones((3, 2, 5), np.float32)


def _noise(low: float = -0.2, high: float = 1.2) -> NDArray[np.float32]:
    return np.random.default_rng(4).uniform(low, high, (3, 40, 60)).astype(np.float32)


def test_what_is_neutral() -> None:
    assert Grading().neutral
    assert Grading(pivot=0.2, curve=Curve(((0.0, 0.0), (1.0, 1.0)))).neutral
    for moved in (
        Grading(saturation=0.9),
        Grading(lift=(0.0, 0.1, 0.0)),
        Grading(temperature=0.1),
        Grading(contrast=1.1),
        Grading(curves=(Curve(((0.0, 0.1), (1.0, 1.0))), Curve(), Curve())),
    ):
        assert not moved.neutral


def test_lift_moves_black_and_gain_moves_white_and_gamma_neither() -> None:
    black, white = _flat(0, 0, 0), _flat(1, 1, 1)
    lifted, gained, bent = (
        Grading(lift=(0.1, 0.0, -0.1)),
        Grading(gain=(1.2, 1.0, 0.8)),
        Grading(gamma=(2.0, 1.0, 0.5)),
    )
    np.testing.assert_allclose(_after(lifted, black)[:, 0, 0], [0.1, 0.0, -0.1], atol=1e-6)
    np.testing.assert_allclose(_after(lifted, white)[:, 0, 0], 1.0, atol=1e-6)
    np.testing.assert_allclose(_after(gained, black)[:, 0, 0], 0.0, atol=1e-6)
    np.testing.assert_allclose(_after(gained, white)[:, 0, 0], [1.2, 1.0, 0.8], atol=1e-6)
    for ends in (black, white):
        np.testing.assert_array_equal(_after(bent, ends), ends)
    np.testing.assert_allclose(_after(bent, _flat(0.25, 0.25, 0.25))[:, 0, 0], [0.5, 0.25, 0.0625], atol=1e-4)


def test_it_is_the_asc_cdl_where_it_fits() -> None:
    """Slope, offset, power and saturation on Rec. 709 weights, as the standard writes them."""
    rgb, slope, offset, power = _noise(0.05, 0.9), (1.1, 0.9, 1.0), (0.02, -0.01, 0.03), (0.9, 1.2, 1.0)
    ours = _after(Grading(gain=slope, offset=offset, gamma=tuple(1 / p for p in power), saturation=1.3), rgb, fine=True)  # type: ignore[arg-type]
    sop = np.stack([(rgb[c] * slope[c] + offset[c]) ** power[c] for c in range(3)])
    luma = np.tensordot(np.array(WEIGHTS), sop, 1)
    np.testing.assert_allclose(ours, luma + 1.3 * (sop - luma), atol=2e-5)


def test_balance_keeps_the_luma_of_grey() -> None:
    warm = _after(Grading(temperature=1.0), _flat(0.5, 0.5, 0.5))[:, 0, 0]
    assert warm[0] > warm[1] > warm[2]
    magenta = _after(Grading(tint=1.0), _flat(0.5, 0.5, 0.5))[:, 0, 0]
    assert magenta[0] == magenta[2] > magenta[1]
    for found in (warm, magenta):
        assert abs(float(np.dot(found, WEIGHTS)) - 0.5) < 1e-6


def test_saturation_keeps_luma_and_zero_is_grey() -> None:
    rgb = _noise()
    luma = np.tensordot(np.array(WEIGHTS, np.float32), rgb, 1)
    strong, none = _after(Grading(saturation=1.7), rgb), _after(Grading(saturation=0.0), rgb)
    np.testing.assert_allclose(np.tensordot(np.array(WEIGHTS, np.float32), strong, 1), luma, atol=1e-6)
    np.testing.assert_allclose(none, np.stack([luma] * 3), atol=1e-6)


def test_contrast_leaves_its_pivot() -> None:
    grading = Grading(contrast=2.0, pivot=0.4)
    np.testing.assert_allclose(_after(grading, _flat(0.4, 0.5, 0.3))[:, 0, 0], [0.4, 0.6, 0.2], atol=1e-6)


def test_curves_act_after_contrast_the_masters_first() -> None:
    double, halved = Curve(((0.0, 0.0), (0.5, 1.0), (1.0, 1.0))), Curve(((0.0, 0.0), (1.0, 0.5)))
    grading = Grading(curve=double, curves=(halved, Curve(), Curve()))
    expected = double(np.array([0.25]))[0]
    np.testing.assert_allclose(
        _after(grading, _flat(0.25, 0.25, 0.25))[:, 0, 0], [expected / 2, expected, expected], atol=1e-4
    )


@pytest.mark.parametrize("fine", [False, True])
def test_tables_say_what_the_formula_says(fine: bool) -> None:
    bend = Curve(((0.0, 0.05), (0.4, 0.5), (1.0, 0.9)))
    grading = Grading(gamma=(1.2, 1.0, 0.9), contrast=1.1, curve=bend)
    rgb = _noise(0.02, 1.1)
    plain = np.stack(
        [bend(((rgb[c].astype(np.float64) ** (1 / g)) - 0.49) * 1.1 + 0.49) for c, g in enumerate(grading.gamma)]
    )
    assert np.abs(_after(grading, rgb, fine=fine) - plain).max() < (2e-6 if fine else 6e-5)


def test_fine_tables_go_straight_on_far_beyond_their_ends() -> None:
    grading = Grading(curve=Curve(((0.0, 0.0), (0.5, 0.6), (1.0, 1.0))))
    far = _after(grading, _flat(-20.0, 30.0, 40.0), fine=True)[:, 0, 0]
    np.testing.assert_allclose(far, grading.curve([-20.0, 30.0, 40.0]), rtol=1e-3)


@pytest.mark.parametrize("linear", [False, True])
def test_nothing_becomes_a_nan(linear: bool) -> None:
    odd = np.array([np.nan, np.inf, -np.inf, -1.0, 0.0, 1e30, -1e-30, 70000.0], np.float32)
    rgb = np.broadcast_to(odd, (3, 2, 8)).copy()
    strongest = Grading(
        temperature=1.0, tint=-1.0, lift=(0.5,) * 3, gamma=(5.0,) * 3, gain=(4.0,) * 3, contrast=4.0, saturation=4.0
    )
    for grading in (strongest, replace(strongest, gain=(0.0,) * 3, gamma=(0.2,) * 3), Grading(saturation=0.5)):
        assert np.isfinite(_after(grading, rgb, linear=linear, fine=True)).all()


def test_light_is_graded_on_the_perceptual_scale() -> None:
    light = 0.49**2.4
    assert np.allclose(
        _after(Grading(contrast=2.0), _flat(light, light, light), linear=True, fine=True), light, atol=1e-5
    )


def test_where_only_luma_counts_it_is_the_same() -> None:
    """Saturation may be left out there; curves may not."""
    rgb, counts = _noise(), replace(NOWHERE, luma_only=True)
    bent = Grading(gain=(1.1, 1.0, 0.9), curve=Curve(((0.0, 0.05), (0.5, 0.6), (1.0, 1.0))), saturation=1.6)
    for linear in (False, True):
        prepared = bent.map(WEIGHTS, linear, True)
        whole, part = (prepared(rgb.copy(), places) for places in (NOWHERE, counts))
        lumas = [np.tensordot(np.array(WEIGHTS), picture, 1) for picture in (whole, part)]
        np.testing.assert_allclose(lumas[0], lumas[1], atol=1e-5)
