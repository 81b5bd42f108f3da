"""Primaries give the matrices that colour-science gives, keep white white and come back."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engines.colour.science import science
from engines.colour.spaces import PRIMARIES, rgb_to_rgb, rgb_to_xyz, white_xyz
from engines.errors import SettingError

THEIRS = {
    "bt709": "ITU-R BT.709",
    "bt470bg": "ITU-R BT.470 - 625",
    "smpte170m": "SMPTE 240M",
    "bt2020": "ITU-R BT.2020",
    "smpte431": "DCI-P3",
    "smpte432": "Display P3",
}


@pytest.mark.parametrize("name", THEIRS)
def test_matrices_are_those_of_colour_science(name: str) -> None:
    space = science().RGB_COLOURSPACES[THEIRS[name]]
    space.use_derived_transformation_matrices(True)
    np.testing.assert_allclose(rgb_to_xyz(name), space.matrix_RGB_to_XYZ, atol=1e-5)


@pytest.mark.parametrize("name", PRIMARIES)
def test_white_has_luminance_one(name: str) -> None:
    np.testing.assert_allclose(rgb_to_xyz(name) @ np.ones(3), white_xyz(name), atol=1e-12)
    assert white_xyz(name)[1] == 1.0


@pytest.mark.parametrize(("source", "target"), list(product(PRIMARIES, ("bt709", "bt2020", "smpte431"))))
def test_white_stays_white_and_everything_comes_back(source: str, target: str) -> None:
    there, back = rgb_to_rgb(source, target), rgb_to_rgb(target, source)
    np.testing.assert_allclose(there @ np.ones(3), np.ones(3), atol=1e-12)
    np.testing.assert_allclose(back @ there, np.eye(3), atol=1e-12)


def test_bt2087_is_known() -> None:
    published = [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
    np.testing.assert_allclose(rgb_to_rgb("bt709", "bt2020"), published, atol=5e-5)


def test_equal_primaries_are_the_exact_identity() -> None:
    assert np.array_equal(rgb_to_rgb("unknown", "bt709"), np.eye(3))
    assert np.array_equal(rgb_to_rgb("smpte170m", "smpte240m"), np.eye(3))


def test_unknown_names_are_refused() -> None:
    with pytest.raises(SettingError, match="'bt999'"):
        rgb_to_rgb("bt999", "bt709")
