"""Overshoot of steps whose overshoot is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.metrics.overshoot import overshoot
from engines.resample import enlarge_plane
from engines.types import ColourSpec, Frame, PixelFormat

_FLOATS = PixelFormat("gray", 32, floating=True)


def _grey(luma: NDArray[np.floating]) -> Frame:
    return Frame((np.ascontiguousarray(luma, dtype=np.float32),), _FLOATS, ColourSpec("pc"))


def _step(low: float = 0.3, high: float = 0.7, side: int = 64) -> NDArray[np.float32]:
    plane = np.full((side, side), low, np.float32)
    plane[:, side // 2 :] = high
    return plane


def _lanczos(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    side = plane.shape[0] * 4
    return np.asarray(cv2.resize(plane, (side, side), interpolation=cv2.INTER_LANCZOS4), dtype=np.float32)


def test_a_clean_step_has_none() -> None:
    assert overshoot(_grey(_step())) == pytest.approx(0.0, abs=1e-4)
    assert overshoot(_grey(_step()), _grey(_step())) == pytest.approx(0.0, abs=1e-4)
    soft = np.asarray(cv2.GaussianBlur(_step(), (0, 0), 1.0), dtype=np.float32)
    assert overshoot(_grey(soft)) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("turned", [False, True])
def test_a_known_overshoot(turned: bool) -> None:
    """0.06 beyond the upper plateau of a step of 0.4, 0.02 below the lower one: 15 per cent, the worse side."""
    plane = _step()
    plane[:, 33], plane[:, 31] = 0.76, 0.28
    plane, clean = (p.T if turned else p for p in (plane, _step()))
    assert overshoot(_grey(plane)) == pytest.approx(15.0, abs=0.01)
    assert overshoot(_grey(plane), _grey(clean)) == pytest.approx(15.0, abs=0.01)
    assert overshoot(_grey(clean), _grey(plane)) == pytest.approx(0.0, abs=0.01)


def test_undershoot_counts_as_well() -> None:
    plane = _step()
    plane[:, 30] = 0.26
    assert overshoot(_grey(plane)) == pytest.approx(10.0, abs=0.01)


def test_the_cubic_kernel_rings_as_computed() -> None:
    """Keys' kernel (a = -0.5) at twice the size: a quarter from a step its weights leave out -0.0703, else 1."""
    assert overshoot(_grey(enlarge_plane(_step(), 2)), scale=2) == pytest.approx(7.03, abs=0.05)


def test_lanczos_rings_more_than_cubic() -> None:
    cubic = overshoot(_grey(enlarge_plane(_step(), 4)), scale=4)
    lanczos = overshoot(_grey(_lanczos(_step())), scale=4)
    assert cubic is not None
    assert lanczos is not None
    assert lanczos > cubic + 1


def test_noise_of_the_reference_is_not_overshoot() -> None:
    rng = np.random.default_rng(0)
    noisy = _grey(_step() + rng.normal(0, 0.01, (64, 64)).astype(np.float32))
    assert overshoot(noisy, noisy) == 0.0
    assert overshoot(noisy) != 0.0


def test_without_steps_there_is_no_figure() -> None:
    assert overshoot(_grey(np.full((64, 64), 0.5))) is None
    assert overshoot(_grey(np.random.default_rng(0).random((64, 64)))) is None
    assert overshoot(_grey(_step(0.50, 0.55))) is None
    assert overshoot(_grey(np.zeros((8, 8)))) is None
