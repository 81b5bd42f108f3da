"""Every curve is that of colour-science, comes back, keeps signs and never makes a NaN of a number."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.hlg import hlg_ootf, hlg_ootf_inverse
from engines.colour.science import science
from engines.colour.transfer import TRANSFERS, Rgb, from_light, to_light
from engines.errors import SettingError

CODES = np.linspace(0.0, 1.0, 4097, dtype=np.float32)


def _theirs(name: str, coded: Rgb) -> Rgb:
    models = science().models
    wide = coded.astype(np.float64)
    match name:
        case "smpte2084":
            light = models.eotf_ST2084(wide) / 10000
        case "arib-std-b67":
            light = models.oetf_inverse_BT2100_HLG(wide)
        case "iec61966-2-1":
            light = models.eotf_sRGB(wide)
        case "bt709":
            light = models.eotf_BT1886(wide, L_B=0, L_W=1)
        case "smpte428":
            light = models.eotf_DCDM(wide)
        case "cineon":
            light = models.log_decoding_Cineon(wide)
    return np.asarray(light, dtype=np.float32)


@pytest.mark.parametrize("name", ["smpte2084", "arib-std-b67", "iec61966-2-1", "bt709", "cineon"])
def test_curves_are_those_of_colour_science(name: str) -> None:
    theirs = _theirs(name, CODES)
    np.testing.assert_allclose(to_light(CODES, name), theirs, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(from_light(theirs, name), CODES, atol=1e-5)


@pytest.mark.parametrize(("name", "gamma"), [("bt470m", 2.2), ("bt470bg", 2.8), ("unknown", 2.4), ("bt2020-10", 2.4)])
def test_plain_powers(name: str, gamma: float) -> None:
    np.testing.assert_allclose(to_light(CODES, name), CODES.astype(np.float64) ** gamma, atol=1e-6)


@pytest.mark.parametrize("name", TRANSFERS)
def test_every_16_bit_code_comes_back(name: str) -> None:
    codes = np.linspace(0, 1, 65536, dtype=np.float32)
    back = from_light(to_light(codes, name), name)
    assert np.array_equal(np.rint(back * 65535), np.arange(65536)), np.abs(back - codes).max() * 65535


@pytest.mark.parametrize("name", TRANSFERS)
def test_codes_beyond_black_and_white_keep_sign_and_order_and_come_back(name: str) -> None:
    codes = np.linspace(-1.5, 1.5, 3001, dtype=np.float32)
    light = to_light(codes, name)
    assert np.all(np.diff(light) >= 0)
    assert np.all(np.sign(light[codes < -0.5]) <= 0)
    np.testing.assert_allclose(from_light(light, name), codes, atol=2e-5)


@pytest.mark.parametrize("name", TRANSFERS)
def test_numbers_give_numbers_and_what_is_none_stays_none(name: str) -> None:
    extremes = np.array([0.0, -0.0, 1e-38, -1e-38, 65504.0, -65504.0, 1e6, -1e6], dtype=np.float32)
    for curve in (to_light, from_light):
        assert np.all(np.isfinite(curve(extremes, name)))
        assert np.isnan(curve(np.array([np.nan], np.float32), name)[0])
        assert not np.isnan(curve(np.array([np.inf, -np.inf, 3e38, -3e38], np.float32), name)).any()


def test_input_is_left_alone() -> None:
    for name in TRANSFERS:
        codes = CODES.copy()
        from_light(to_light(codes, name), name)
        assert np.array_equal(codes, CODES)


def test_known_levels() -> None:
    nits = to_light(np.array([0.5806889, 0.7518271], np.float32), "smpte2084") * 10000
    np.testing.assert_allclose(nits, [203.0, 1000.0], rtol=1e-3)
    density = to_light(np.array([95 / 1023, 685 / 1023], np.float32), "cineon")
    np.testing.assert_allclose(density, [0.0, 1.0], atol=1e-6)


@pytest.mark.parametrize("peak", [300.0, 1000.0, 2000.0, 4000.0])
def test_hlg_on_a_display_is_that_of_colour_science_and_comes_back(peak: float) -> None:
    light = np.random.default_rng(1).uniform(0, 1, (3, 40, 50)).astype(np.float32)
    shown = hlg_ootf(light, peak)
    if 400 <= peak <= 2000:
        theirs = science().models.ootf_BT2100_HLG(np.moveaxis(light, 0, -1).astype(np.float64), L_W=peak)
        np.testing.assert_allclose(np.moveaxis(shown, 0, -1) * 10000, theirs, rtol=1e-4)
    np.testing.assert_allclose(hlg_ootf_inverse(shown, peak), light, atol=1e-5)


def test_hlg_white_at_75_per_cent_is_203_nits() -> None:
    grey = to_light(np.full((3, 1, 1), 0.75, np.float32), "arib-std-b67")
    np.testing.assert_allclose(hlg_ootf(grey, 1000.0) * 10000, 203.0, atol=0.5)


def test_black_has_an_inverse() -> None:
    assert np.array_equal(hlg_ootf_inverse(np.zeros((3, 2, 2), np.float32), 1000.0), np.zeros((3, 2, 2)))


def test_unknown_names_are_refused() -> None:
    with pytest.raises(SettingError, match="'gamma'"):
        to_light(CODES, "gamma")
