"""CIEDE2000 is Sharma's, to his four decimals, and colour-science's."""

from __future__ import annotations

import numpy as np
import pytest

from engines.colour.difference import Lab, Rgb, ciede2000, delta_e, lab
from engines.colour.science import science

# Sharma, Wu, Dalal 2005, table 1: two colours and their difference.
PAIRS = np.array(
    [
        [50.0, 2.6772, -79.7751, 50.0, 0.0, -82.7485, 2.0425],
        [50.0, 3.1571, -77.2803, 50.0, 0.0, -82.7485, 2.8615],
        [50.0, 2.8361, -74.0200, 50.0, 0.0, -82.7485, 3.4412],
        [50.0, -1.3802, -84.2814, 50.0, 0.0, -82.7485, 1.0000],
        [50.0, -1.1848, -84.8006, 50.0, 0.0, -82.7485, 1.0000],
        [50.0, -0.9009, -85.5211, 50.0, 0.0, -82.7485, 1.0000],
        [50.0, 0.0, 0.0, 50.0, -1.0, 2.0, 2.3669],
        [50.0, -1.0, 2.0, 50.0, 0.0, 0.0, 2.3669],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0009, 7.1792],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0010, 7.1792],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0011, 7.2195],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0012, 7.2195],
        [50.0, -0.0010, 2.4900, 50.0, 0.0009, -2.4900, 4.8045],
        [50.0, -0.0010, 2.4900, 50.0, 0.0010, -2.4900, 4.8045],
        [50.0, -0.0010, 2.4900, 50.0, 0.0011, -2.4900, 4.7461],
        [50.0, 2.5, 0.0, 50.0, 0.0, -2.5, 4.3065],
        [50.0, 2.5, 0.0, 73.0, 25.0, -18.0, 27.1492],
        [50.0, 2.5, 0.0, 61.0, -5.0, 29.0, 22.8977],
        [50.0, 2.5, 0.0, 56.0, -27.0, -3.0, 31.9030],
        [50.0, 2.5, 0.0, 58.0, 24.0, 15.0, 19.4535],
        [50.0, 2.5, 0.0, 50.0, 3.1736, 0.5854, 1.0000],
        [50.0, 2.5, 0.0, 50.0, 3.2972, 0.0, 1.0000],
        [50.0, 2.5, 0.0, 50.0, 1.8634, 0.5757, 1.0000],
        [50.0, 2.5, 0.0, 50.0, 3.2592, 0.3350, 1.0000],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
        [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
        [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
        [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ]
)


def test_sharmas_pairs() -> None:
    first, second, wanted = PAIRS[:, :3].T, PAIRS[:, 3:6].T, PAIRS[:, 6]
    np.testing.assert_allclose(ciede2000(first, second), wanted, atol=5.1e-5)
    np.testing.assert_allclose(ciede2000(second, first), wanted, atol=5.1e-5)


@pytest.mark.parametrize("primaries", ["bt709", "bt2020"])
def test_pictures_differ_as_colour_science_says(primaries: str) -> None:
    models = science()
    noise = np.random.default_rng(4)
    first = noise.uniform(0, 1, (3, 60, 50)).astype(np.float32)
    second = np.clip(first + noise.normal(0, 0.05, first.shape), 0, 1).astype(np.float32)
    space = models.RGB_COLOURSPACES["ITU-R BT.709" if primaries == "bt709" else "ITU-R BT.2020"]
    space.use_derived_transformation_matrices(True)

    def theirs(picture: Rgb) -> Lab:
        light = np.moveaxis(picture.astype(np.float64), 0, -1) ** 2.4
        xyz = light @ space.matrix_RGB_to_XYZ.T
        return np.asarray(models.XYZ_to_Lab(xyz, (0.3127, 0.3290)))

    np.testing.assert_allclose(np.moveaxis(lab(first, primaries), 0, -1), theirs(first), atol=2e-3)
    wanted = models.delta_E(theirs(first), theirs(second), method="CIE 2000")
    ours = delta_e(first, second, primaries)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, wanted, atol=2e-3)


def test_white_and_black() -> None:
    np.testing.assert_allclose(lab(np.ones((3, 1), np.float32)).ravel(), [100, 0, 0], atol=1e-3)
    np.testing.assert_allclose(lab(np.zeros((3, 1), np.float32)).ravel(), [0, 0, 0], atol=1e-3)


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_reference_white_of_hdr_is_white(transfer: str) -> None:
    code = 0.580689 if transfer == "smpte2084" else 0.75
    white = lab(np.full((3, 1), code, np.float32), "bt2020", transfer)
    np.testing.assert_allclose(white.ravel(), [100, 0, 0], atol=0.1)


def test_equal_and_odd_pictures_differ_by_numbers() -> None:
    wild = np.random.default_rng(5).uniform(-3, 4, (3, 30, 30)).astype(np.float32)
    assert np.array_equal(delta_e(wild, wild), np.zeros((30, 30)))
    assert np.all(np.isfinite(delta_e(wild, wild[:, ::-1])))
