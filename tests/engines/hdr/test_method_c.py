"""Method C of BT.2446-1: the Report's constants, its inverse, chromaticity kept."""

from __future__ import annotations

import numpy as np
import pytest

from engines.hdr.method_c import Constants, MethodC


def test_the_reports_constants() -> None:
    found = Constants.for_display(1000)
    assert (found.k1, found.k2, found.k3, found.k4) == pytest.approx((0.83802, 15.09968, 0.74204, 78.99439), abs=1e-5)
    assert found.inflection == pytest.approx(58.5 / 0.83802, rel=1e-3)


def test_anchors() -> None:
    """80 % SDR at the inflection; HDR reference white, 203 cd/m2, at 96 % SDR."""
    found = Constants.for_display(1000)
    assert found.down(np.array(found.inflection)) == pytest.approx(100 * 0.8**2.4)
    assert found.down(np.array(203.0)) == pytest.approx(100 * 0.96**2.4, rel=1e-3)
    luminance = np.linspace(0, 140, 50)
    np.testing.assert_allclose(found.down(found.up(luminance)), luminance, atol=1e-9)


def test_there_and_back_with_chromaticity_kept() -> None:
    light = np.random.default_rng(1).uniform(0, 1, (3, 40, 40)).astype(np.float32) ** 2
    method = MethodC.for_display(1000, 203)
    up = method.expanded(light)
    np.testing.assert_allclose(up / up.sum(axis=0), light / light.sum(axis=0), atol=1e-5)
    assert np.abs(method.compressed(up) - light).max() < 2e-4


def test_white_scales_the_light() -> None:
    grey = np.full((3, 1, 1), 0.5, np.float32)
    bright, dark = (MethodC.for_display(1000, white).expanded(grey)[0, 0, 0] for white in (203, 100))
    assert bright / dark == pytest.approx(2.03, rel=1e-3)
