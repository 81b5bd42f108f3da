"""The clean scene: repeatable, moving, with one hard cut."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from engines.training.scene import Scene

_SIZE = (128, 96)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(*_SIZE, frames=12, seed=5)


def test_pictures_are_in_range_and_repeatable(scene: Scene) -> None:
    every = list(scene)
    assert len(every) == len(scene) == 12
    again = Scene(*_SIZE, frames=12, seed=5)
    for number in (11, 0, 6):
        assert np.array_equal(every[number], again.frame(number))
    for picture in every:
        assert picture.shape == (96, 128, 3)
        assert picture.dtype == np.float32
        assert picture.min() >= 0.0
        assert picture.max() <= 1.0
        # Deep shadows, bright lights and colour.
        assert np.percentile(picture, 1) < 0.2
        assert np.percentile(picture, 99.5) > 0.85
        assert np.ptp(picture, axis=2).mean() > 0.05
    assert not np.array_equal(Scene(*_SIZE, frames=12, seed=6).frame(0), every[0])


def test_there_is_one_hard_cut_and_motion_everywhere(scene: Scene) -> None:
    every = list(scene)
    steps = [float(np.abs(b - a).mean()) for a, b in itertools.pairwise(every)]
    cut = steps.pop(scene.cut - 1)
    assert cut > 2.0 * max(steps)
    assert min(steps) > 0.004


def test_the_title_fades_within_the_first_shot() -> None:
    long = Scene(160, 120, frames=48, seed=1)
    first = long.frame(0)
    band = first[14:25, 30:130]
    assert (band.min(axis=2) > 0.85).mean() > 0.08  # cream lettering
    # Against the same picture without the title, only the last third of the shot is equal.
    harbour = long._harbour
    for number, titled in ((0, True), (23, False)):
        bare = harbour.picture(number / 23, number / 24)
        assert np.array_equal(long.frame(number), bare) is not titled


def test_wide_pictures_are_painted_to_the_edges() -> None:
    wide = Scene(160, 68, frames=4, seed=2)
    for number in (0, 3):
        picture = wide.frame(number)
        for edge in (picture[:, :2], picture[:, -2:], picture[:2], picture[-2:]):
            # Nothing unpainted: that would be black all along.
            assert edge.max(axis=(2,)).mean() > 0.1


def test_bad_requests(scene: Scene) -> None:
    with pytest.raises(IndexError, match="frame 12 of 12"):
        scene.frame(12)
    with pytest.raises(ValueError, match="at least 32x32"):
        Scene(16, 16)
