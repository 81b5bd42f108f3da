"""Method A of BT.2446-1: the Report's own curve, its inverse, and what the Report fits to that."""

from __future__ import annotations

import numpy as np
import pytest

from engines.hdr.method_a import MethodA, table_4, tone_mapped


def test_ends_stay() -> None:
    for white, peak in ((100, 1000), (203, 10000)):
        np.testing.assert_allclose(tone_mapped(np.array([0.0, 1.0]), white, peak), [0.0, 1.0], atol=1e-9)


def test_step_1_to_3_by_hand() -> None:
    """Y' = 0.5 from 1000 to 100 cd/m2: rho 13.2598 and 5.6970; Y'p 0.75995, past the first knee."""
    bright, dark = 1 + 32 * 0.1 ** (1 / 2.4), 1 + 32 * 0.01 ** (1 / 2.4)
    assert (bright, dark) == pytest.approx((13.2598, 5.6970), abs=1e-4)
    even = np.log(1 + (bright - 1) * 0.5) / np.log(bright)
    knee = -1.1510 * even**2 + 2.7811 * even - 0.6302
    assert tone_mapped(np.array(0.5), 100, 1000) == pytest.approx((dark**knee - 1) / (dark - 1))


def test_the_inverse_follows_table_4() -> None:
    """The Report's polynomial fits 100 to 1000 cd/m2; section 4.1 turned round stays within 2 % of the peak of it."""
    sdr = np.linspace(0.05, 1, 96)
    ours = MethodA.between(100, 1000).up(sdr.astype(np.float32)[None])[0] * sdr
    assert np.abs(ours - table_4(sdr)).max() < 0.02


@pytest.mark.parametrize(("white", "peak"), [(100, 1000), (203, 1000), (100, 10000), (203, 203)])
def test_there_and_back(white: float, peak: float) -> None:
    """Colours that BT.709 can show, which in BT.2020 have no component near black."""
    rgb = np.random.default_rng(1).uniform(0.1, 1.05, (3, 40, 40)).astype(np.float32)
    method = MethodA.between(white, peak)
    assert np.abs(method.compressed(method.expanded(rgb)) - rgb).max() < 3e-4


def test_it_rises() -> None:
    """Where the Report's pieces meet they leave a step; tones never turn back there."""
    for white, peak in ((100, 1000), (203, 4000)):
        grey = np.linspace(0, 1.1, 4000, dtype=np.float32)
        up = MethodA.between(white, peak).expanded(np.stack([grey[None]] * 3))[0, 0]
        assert np.diff(up).min() > -1e-4
