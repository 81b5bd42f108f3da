"""The automatic view transform against the formulas of its sources in float64."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.automatic import HLG_PEAK, WHITE, Automatic, is_plain, rolled_off, within
from engines.colour.screen import AUTOMATIC, Screen
from engines.colour.spaces import rgb_to_rgb, rgb_to_xyz
from engines.colour.transfer import from_light, to_light
from engines.types import ColourSpec, PixelFormat

_RGB10 = PixelFormat("rgb", 10)
_FLOAT = PixelFormat("rgb", 16, floating=True)
_PQ = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084")
_HLG = ColourSpec("tv", "bt2020nc", "bt2020", "arib-std-b67")
_WIDE = ColourSpec("tv", "bt2020nc", "bt2020", "bt2020-10")


def _greys(*levels: float) -> np.ndarray:
    return np.tile(np.array([levels], np.float32), (3, 1, 1))


def _light(nits: np.ndarray) -> np.ndarray:
    return np.asarray(nits / 10000, np.float32)


def _shown(rgb: np.ndarray, colour: ColourSpec, screen: Screen = AUTOMATIC, layout: PixelFormat = _RGB10) -> np.ndarray:
    return Automatic(screen, layout, colour).apply(np.array(rgb, np.float32)).astype(float)


def test_what_monitors_show_as_it_is_coded_is_plain() -> None:
    for colour in (ColourSpec(), ColourSpec("tv", "bt709", "bt709", "bt709"), ColourSpec(primaries="smpte170m")):
        assert is_plain(AUTOMATIC, _RGB10, colour)
        assert is_plain(Screen(display="bt1886"), _RGB10, colour)
        assert is_plain(Screen(overlay="exposure"), _RGB10, colour)
        assert not is_plain(Screen(display="p3"), _RGB10, colour)
        assert not is_plain(Screen(exposure=1.0), _RGB10, colour)
        assert not is_plain(Screen(gamma=1.1), _RGB10, colour)
    for colour in (_PQ, _HLG, _WIDE, ColourSpec(transfer="cineon"), ColourSpec(primaries="smpte432")):
        assert not is_plain(AUTOMATIC, _RGB10, colour)
    assert is_plain(AUTOMATIC, _FLOAT, ColourSpec())
    assert not is_plain(Screen(display="bt1886"), _FLOAT, ColourSpec())
    assert is_plain(Screen(display="p3"), _RGB10, ColourSpec(primaries="smpte432"))


def test_wide_sdr_keeps_its_greys_and_gets_the_display_s_primaries() -> None:
    levels = np.linspace(0, 1, 33)
    assert np.abs(_shown(_greys(*levels), _WIDE)[0] - levels[:, None] * 255).max() <= 0.51
    rng = np.random.default_rng(4)
    inside = (rng.random((3, 4, 50)) * 0.7 + 0.15).astype(np.float32)
    light = np.einsum("ij,jhw->ihw", rgb_to_rgb("bt709", "bt2020"), inside.astype(float) ** 2.4)
    found = _shown(light ** (1 / 2.4), _WIDE)
    assert np.abs(found - inside.transpose(1, 2, 0) * 255).max() <= 0.7


def test_colours_the_display_has_not_keep_their_luminance() -> None:
    pure = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], np.float32)
    light = np.asarray(rgb_to_rgb("bt2020", "bt709") @ pure, np.float32)
    weights = rgb_to_xyz("bt709")[1]
    before = weights @ light
    after = within(light.copy(), "bt709")
    assert after.min() >= -1e-6
    assert after.max() <= 1 + 1e-6
    assert np.abs(weights @ after - before).max() < 1e-5
    inside = np.full((3, 1, 4), 0.3, np.float32)
    assert np.array_equal(within(inside.copy(), "bt709"), inside)


def test_pq_is_rolled_off_from_the_mastering_peak_to_reference_white() -> None:
    """BT.2390: below the knee light is kept, the mastering peak becomes white, and more light is never darker."""
    nits = np.array([0.005, 0.1, 1, 10, 50, 80, 100, 203, 400, 900, 1000, 4000], np.float32)
    out = rolled_off(_light(nits), 1000.0)
    assert out[:5] == pytest.approx(nits[:5] / WHITE, rel=1e-3)
    assert out[-2:] == pytest.approx([1.0, 1.0], abs=1e-4)
    assert (np.diff(out[:-1]) > 0).all()
    assert 0.6 < out[7] < 0.85
    assert np.allclose(rolled_off(_light(nits), 100.0), nits / WHITE)


def test_pq_greys_are_shown_through_the_display_s_curve() -> None:
    nits = np.array([0.0, 0.1, 1, 10, 50, 203, 600, 1000, 3000], np.float32)
    codes = from_light(_light(nits), "smpte2084")
    for display, curve in (("srgb", "iec61966-2-1"), ("bt1886", "bt709"), ("p3", "iec61966-2-1")):
        expected = from_light(np.clip(rolled_off(_light(nits), 1000.0), 0, 1), curve) * 255
        found = _shown(_greys(*codes), _PQ, Screen(display=display))[0]
        assert np.abs(found - expected[:, None]).max() <= 0.8


def test_hlg_white_is_the_display_s_white_and_its_reference_level_below() -> None:
    found = _shown(_greys(0.0, 0.75, 1.0), _HLG)[0, :, 0]
    assert (found[0], found[2]) == (0, 255)
    # 75 % HLG is 203 cd/m2 on a display of 1000 (BT.2408 table 1).
    expected = from_light(rolled_off(_light(np.array([203.0])), HLG_PEAK), "iec61966-2-1")[0] * 255
    assert abs(found[1] - expected) <= 1.0


def test_hues_of_highlights_stay_when_they_are_rolled_off() -> None:
    screen = Screen(display="p3")
    colour = ColourSpec(primaries="smpte432", transfer="smpte2084")
    light = np.array([900.0, 300.0, 90.0], np.float32)
    shown = _shown(from_light(_light(light), "smpte2084").reshape(3, 1, 1), colour, screen)[0, 0]
    back = to_light(np.asarray(shown / 255, np.float32), "iec61966-2-1")
    assert back / back[0] == pytest.approx(light / light[0], abs=0.01)


def test_printing_density_and_light_go_through_their_own_curves() -> None:
    cineon = ColourSpec(transfer="cineon")
    found = _shown(_greys(95 / 1023, 445 / 1023, 685 / 1023, 1.0), cineon)[0, :, 0]
    assert (found[0], found[2], found[3]) == (0, 255, 255)
    grey = from_light(to_light(np.array([445 / 1023], np.float32), "cineon"), "iec61966-2-1")[0] * 255
    assert abs(found[1] - grey) <= 0.6
    light = _shown(_greys(-0.5, 0.18, 1.0, 7.0), ColourSpec(), Screen(display="bt1886"), _FLOAT)[0, :, 0]
    assert np.abs(light - [0, 255 * 0.18 ** (1 / 2.4), 255, 255]).max() <= 0.6


def test_trims_are_stops_before_and_a_power_after() -> None:
    up = _shown(_greys(0.25), ColourSpec(), Screen(exposure=1.0))[0, 0, 0]
    assert abs(up - 255 * (2 * 0.25**2.4) ** (1 / 2.4)) <= 0.6
    soft = _shown(_greys(0.25), ColourSpec(), Screen(gamma=2.0))[0, 0, 0]
    assert abs(soft - 255 * 0.5) <= 0.6


def test_names_nobody_knows_are_shown_as_untagged() -> None:
    strange = ColourSpec(primaries="reserved", transfer="reserved")
    assert is_plain(AUTOMATIC, _RGB10, strange)
    assert np.abs(_shown(_greys(0.5), strange, Screen(display="p3"))[0, 0] - 127.5).max() <= 0.6
