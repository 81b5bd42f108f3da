"""MaxCLL and MaxFALL of pictures whose light is known."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.transfer import from_light
from engines.hdr.light_level import Light, LightMeter, light_of
from engines.types import ColourSpec, Frame, PixelFormat

PQ = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084", "left")
RGB = ColourSpec("pc", "rgb", "bt2020", "smpte2084")


def _codes(nits: np.ndarray) -> np.ndarray:
    light = np.asarray(nits / 10000, dtype=np.float32)
    return np.rint(from_light(light, "smpte2084") * 65535).astype(np.uint16)


def test_the_largest_component_counts() -> None:
    """A quarter of the picture is pure blue of 800 cd/m2, the rest red of 100: 800, and 275 on average."""
    red, blue = np.full((40, 64), 100.0), np.zeros((40, 64))
    red[:20, :32], blue[:20, :32] = 0.0, 800.0
    planes = tuple(_codes(plane) for plane in (red, np.zeros((40, 64)), blue))
    found = light_of(Frame(planes, PixelFormat("rgb", 16), RGB))
    assert found.brightest == pytest.approx(800, rel=1e-3)
    assert found.average == pytest.approx(275, rel=1e-3)
    assert (found.level().max_cll, found.level().max_fall) == (800, 275)


@pytest.mark.parametrize("sampling", [(1, 1), (2, 1), (2, 2)])
def test_strips_change_nothing(sampling: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    layout = PixelFormat("yuv", 10, *sampling)
    noise = np.random.default_rng(2)
    sizes = [layout.plane_size(index, 62, 46) for index in range(3)]
    frame = Frame(tuple(noise.integers(300, 700, (h, w)).astype(np.uint16) for w, h in sizes), layout, PQ)
    whole = light_of(frame)
    monkeypatch.setattr("engines.hdr.light_level._STRIP", 500)
    strips = light_of(frame)
    assert strips.brightest == pytest.approx(whole.brightest, rel=1e-5)
    assert strips.average == pytest.approx(whole.average, rel=1e-5)


def test_over_frames_each_takes_its_own_maximum() -> None:
    assert Light(800, 20).joined(Light(300, 90)) == Light(800, 90)
    meter = LightMeter()
    for nits in (50.0, 400.0, 100.0):
        meter.add(Frame((_codes(np.full((8, 8), nits)),) * 3, PixelFormat("rgb", 16), RGB))
    assert meter.light is not None
    assert meter.light.brightest == pytest.approx(400, rel=1e-3)
    assert meter.light.average == pytest.approx(400, rel=1e-3)


def test_sdr_has_no_absolute_light() -> None:
    meter = LightMeter()
    meter.add(Frame((np.zeros((8, 8), np.uint8),) * 3, PixelFormat("rgb", 8), ColourSpec()))
    assert meter.light is None
