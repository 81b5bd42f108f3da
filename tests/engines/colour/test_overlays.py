"""False colour names the level a waveform shows; the gamut warning marks what leaves range, gamut or peak, no more."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engines import viewing
from engines.colour.false_colour import bands, exposure, painted
from engines.colour.gamut import GAMUT, PEAK, RANGE, beyond, striped
from engines.colour.scale import SCALES
from engines.colour.screen import Screen
from engines.colour.transfer import from_light
from engines.scopes import scope_data
from engines.types import ColourSpec, Frame, PixelFormat
from engines.viewing import Window

_YUV = PixelFormat("yuv", 10, 2, 2)
_RGB = PixelFormat("rgb", 10)
_709 = ColourSpec("tv", "bt709", "bt709", "bt709", "left")
_PQ = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084", "left")
_WARN, _FALSE = Screen(overlay="gamut"), Screen(overlay="exposure")


def _ramp(signals: list[float], colour: ColourSpec) -> Frame:
    """Grey columns, two pixels each, of nominal signals."""
    luma = np.tile(np.repeat(np.array(signals, np.float32) * 876 + 64, 2), (4, 1))
    chroma = np.full((2, len(signals)), 512, np.float32)
    return Frame((luma, chroma, chroma.copy()), _YUV, colour)


def _named(frame: Frame, scale: str) -> list[str]:
    names = ["", *(band.name for band in bands(SCALES[scale]))]
    return [names[label] for label in exposure(frame)[0, ::2]]


def test_sdr_bands_are_in_ire() -> None:
    found = _named(_ramp([-0.05, 0.0, 0.1, 0.40, 0.54, 0.98, 1.0, 1.05], _709), "percent")
    assert found == ["below", "black", "", "grey", "skin", "bright", "white", "above"]


@pytest.mark.parametrize(("transfer", "name"), [("smpte2084", "pq"), ("arib-std-b67", "hlg")])
def test_hdr_bands_are_in_nits(transfer: str, name: str) -> None:
    levels = [0.01, 5.0, 26.0, 100.0, 203.0, 600.0]
    colour = ColourSpec("tv", "bt2020nc", "bt2020", transfer, "left")
    found = _named(_ramp([SCALES[name].coded(level) for level in levels], colour), name)
    assert found == ["black", "", "grey", "", "reference", "highlight"]


def test_light_is_judged_as_it_would_be_coded() -> None:
    light = np.array([[0.0, 0.133, 1.0, 5.0, np.nan]], np.float32)
    frame = Frame((light, light.copy(), light.copy()), PixelFormat("rgb", 16, floating=True), ColourSpec())
    assert [int(label) for label in exposure(frame)[0]] == [2, 3, 6, 7, 2]


def test_bands_overlap_nowhere_and_their_colours_differ() -> None:
    for name in SCALES:
        rows = bands(SCALES[name])
        assert all(a.high <= b.low for a, b in itertools.pairwise(rows))
        assert len({band.colour for band in rows}) == len(rows)


def test_what_is_in_no_band_is_grey() -> None:
    picture = np.full((4, 6, 3), (10, 200, 90), np.uint8)
    labels = np.zeros((4, 6), np.uint8)
    labels[:, 3:] = 1
    shown = painted(picture, labels, SCALES["pq"])
    assert (np.ptp(shown[:, :3], axis=-1) == 0).all()
    assert (shown[:, 3:] == bands(SCALES["pq"])[0].colour).all()


def test_range_is_warned_of_beyond_its_tolerance() -> None:
    found = beyond(_ramp([-0.03, -0.005, 0.5, 1.005, 1.03], _709), _WARN)[0, ::2]
    assert found.tolist() == [RANGE, 0, 0, 0, RANGE]


def test_gamut_is_warned_of_in_a_wider_master_only() -> None:
    green = np.array([[0.0, 0.5], [0.8, 0.5], [0.0, 0.5]], np.float32)[:, None] * 1023
    for colour, expected in ((ColourSpec(primaries="bt2020"), GAMUT), (ColourSpec(primaries="bt709"), 0)):
        frame = Frame(tuple(np.ascontiguousarray(plane) for plane in green), _RGB, colour)
        assert beyond(frame, _WARN)[0].tolist() == [expected, 0]
    wide = Frame(tuple(np.ascontiguousarray(plane) for plane in green), _RGB, ColourSpec(primaries="bt2020"))
    assert not beyond(wide, Screen(overlay="gamut", target="bt2020")).any()


def test_light_above_the_mastering_peak_is_warned_of() -> None:
    signals = [float(v) for v in from_light(np.array([0.09, 0.1, 0.12], np.float32), "smpte2084")]
    assert beyond(_ramp(signals, _PQ), _WARN)[0, ::2].tolist() == [0, 0, PEAK]
    assert not beyond(_ramp(signals, _PQ), Screen(overlay="gamut", peak=4000.0)).any()


def test_stripes_tell_what_is_wrong_without_colour() -> None:
    picture = np.full((48, 48, 3), 90, np.uint8)
    shown = [striped(picture, np.full((48, 48), label, np.uint8)) for label in (RANGE, GAMUT, PEAK)]
    masks = [(one == 90).all(axis=-1) for one in shown]
    assert not any(np.array_equal(a, b) for i, a in enumerate(masks) for b in masks[i + 1 :])
    assert all(0.2 < mask.mean() < 0.7 for mask in masks)
    assert striped(picture, np.zeros((48, 48), np.uint8)) is picture


@pytest.mark.parametrize("screen", [_WARN, _FALSE])
@pytest.mark.parametrize("out", [(20, 10), (40, 20), (160, 80)])
def test_overlays_lie_over_the_picture_at_every_size(screen: Screen, out: tuple[int, int]) -> None:
    frame = _ramp([0.2] * 10 + [1.08] * 10, _709)
    window = Window(0, 0, 40, 4, *out, smooth=False)
    bare, shown = viewing.show(frame, window, screen.bare()), viewing.show(frame, window, screen)
    changed = (bare != shown).any(axis=-1)
    assert not changed[:, : out[0] // 2 - 2].any() or screen is _FALSE
    assert changed[:, out[0] // 2 + 2 :].any()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("transfer", ["unknown", "linear", "smpte2084", "bt709"])
@pytest.mark.parametrize("overlay", ["", "exposure", "gamut"])
def test_values_that_are_no_light_are_safe(transfer: str, overlay: str) -> None:
    wild = np.array([[np.nan, np.inf, -np.inf, -5.0, 1e30, 0.5, 0.0, 1.0]], np.float32).repeat(4, axis=0)
    layout = PixelFormat("rgb", 32, floating=True)
    frame = Frame((wild, wild.copy(), wild.copy()), layout, ColourSpec(primaries="bt2020", transfer=transfer))
    for screen in (Screen(overlay=overlay), Screen(overlay=overlay, display="p3")):
        shown = viewing.show(frame, Window(0, 0, 8, 4, 8, 4), screen)
        assert shown.shape == (4, 8, 4)
        if not overlay:
            assert shown[0, 0, :3].tolist() == [0, 0, 0]
            assert shown[0, 2, :3].tolist() == [0, 0, 0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("transfer", ["unknown", "smpte2084"])
def test_scopes_of_values_that_are_no_light_are_safe(transfer: str) -> None:
    wild = np.array([[np.nan, np.inf, -np.inf, -5.0, 1e30, 0.5]], np.float32).repeat(4, axis=0)
    layout = PixelFormat("rgb", 32, floating=True)
    data = scope_data(Frame((wild, wild.copy(), wild.copy()), layout, ColourSpec(transfer=transfer)), 6)
    assert data.waveform.sum() > 0
