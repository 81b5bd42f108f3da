"""Spectra and patch statistics: what they say of pictures that were softened, sharpened or moved in known ways."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.metrics.patches import sliced_wasserstein
from engines.metrics.spectrum import frame_power, high_band_energy, radial_power
from engines.types import ColourSpec, Frame, PixelFormat

_FLOATS = PixelFormat("gray", 32, floating=True)


def _grey(luma: NDArray[np.floating]) -> Frame:
    return Frame((np.ascontiguousarray(luma, dtype=np.float32),), _FLOATS, ColourSpec("pc"))


def _blurred(luma: NDArray[np.floating], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), sigma), dtype=np.float32)


def _texture(seed: int = 0, sigma: float = 0.7) -> NDArray[np.float32]:
    noise = np.random.default_rng(seed).standard_normal((192, 256)).astype(np.float32)
    return np.asarray(0.5 + 0.1 * _blurred(noise, sigma), dtype=np.float32)


def test_a_wave_lies_in_its_ring() -> None:
    """A quarter of the sampling rate is half Nyquist: ring 12 of 24."""
    wave = torch.sin(torch.arange(128) * (math.pi / 2) * 1.02)[None, None, None, :].expand(1, 1, 128, 128)
    assert int(radial_power(wave, 24).argmax()) == 12


def test_energy_of_a_picture_with_half_the_contrast_is_a_quarter() -> None:
    a = _texture()
    assert high_band_energy(_grey(0.5 + (a - 0.5) / 2), _grey(a)) == pytest.approx(0.25, rel=1e-3)
    assert high_band_energy(_grey(a), _grey(a)) == 1.0


def test_blur_takes_energy_and_noise_adds_it() -> None:
    a = _texture()
    noise = np.random.default_rng(9).normal(0, 0.05, a.shape)
    assert high_band_energy(_grey(_blurred(a, 1.0)), _grey(a)) < 0.2
    assert high_band_energy(_grey(a + noise), _grey(a)) > 1.2


def test_flat_pictures_and_small_ones() -> None:
    flat = _grey(np.full((64, 64), 0.5))
    assert high_band_energy(flat, flat) == 1.0
    assert high_band_energy(_grey(_texture()[:64, :64]), flat) > 1e6
    assert frame_power(_grey(_texture()[:40, :50])).shape == (24,)
    with pytest.raises(MediaError, match="at least 32x32"):
        frame_power(_grey(np.zeros((31, 64))))


def test_equal_pictures_are_at_distance_nothing_and_the_seed_decides() -> None:
    a, b = _grey(_texture()), _grey(_blurred(_texture(), 0.8))
    assert sliced_wasserstein(a, a) == 0.0
    assert sliced_wasserstein(b, a) == sliced_wasserstein(b, a)
    assert sliced_wasserstein(b, a) == pytest.approx(sliced_wasserstein(b, a, seed=1), rel=0.05)


def test_the_same_kind_of_texture_elsewhere_is_near_and_a_blurred_one_far() -> None:
    """What PSNR gets the wrong way round."""
    a = _texture(0)
    other, blurred = _texture(1), _blurred(a, 1.0)
    assert np.square(other - a).mean() > 2 * np.square(blurred - a).mean()
    assert sliced_wasserstein(_grey(other), _grey(a)) * 5 < sliced_wasserstein(_grey(blurred), _grey(a))


def test_more_blur_is_further() -> None:
    a = _texture()
    figures = [sliced_wasserstein(_grey(_blurred(a, s)), _grey(a)) for s in (0.4, 0.6, 0.9, 1.5)]
    assert figures == sorted(figures)
    with pytest.raises(MediaError, match="at least 64x64"):
        sliced_wasserstein(_grey(a[:63]), _grey(a[:63]))
