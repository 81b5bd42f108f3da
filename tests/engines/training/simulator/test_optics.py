"""Point spread functions: energy, centre, size; light and not code values are mixed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.training.simulator.halation import glowing
from engines.training.simulator.lens import drawn_psf, through_lens
from engines.training.simulator.motion_blur import curve, line, moved
from engines.training.simulator.optics import Psf, airy, blurred, disc, gaussian, linear, spread
from engines.training.simulator.reach import DegradationRange


def _centre(psf: Psf) -> tuple[float, float]:
    y, x = np.indices(psf.shape)
    return float((psf * x).sum() - psf.shape[1] // 2), float((psf * y).sum() - psf.shape[0] // 2)


@pytest.mark.parametrize(
    "psf", [gaussian(1.2), airy(3.0), disc(2.5), line(7.0, 0.4), curve(9.0, np.random.default_rng(0))]
)
def test_point_spreads_keep_light_and_place(psf: Psf) -> None:
    assert psf.sum() == pytest.approx(1.0, abs=1e-5)
    assert float(psf.min()) >= 0
    assert _centre(psf) == pytest.approx((0, 0), abs=0.05)


def test_spreads_are_those_of_the_formulas() -> None:
    assert spread(gaussian(2.0)) == pytest.approx(2.0, rel=0.06)
    # A disc's standard deviation along an axis is half its radius, a line's length / sqrt(12) along itself only.
    assert spread(disc(6.0)) == pytest.approx(3.0, rel=0.05)
    assert spread(line(12.0, 0.7)) == pytest.approx(12.0 / np.sqrt(12) / np.sqrt(2), rel=0.1)


def test_an_airy_pattern_is_dark_at_its_first_ring() -> None:
    psf = airy(10.0)
    middle = psf.shape[0] // 2
    assert psf[middle, middle + 10] < 0.002 * psf[middle, middle]
    assert psf[middle, middle + 13] > 3 * psf[middle, middle + 10]


def test_blur_keeps_flat_fields_and_mixes_light() -> None:
    flat = torch.full((20, 20), 0.3)
    assert torch.allclose(blurred(flat, gaussian(1.5)), flat, atol=1e-5)
    edge = torch.zeros(20, 20)
    edge[:, 10:] = 1.0
    soft = blurred(edge, gaussian(1.0))
    assert float(linear(soft).mean()) == pytest.approx(0.5, abs=0.01)
    assert float(soft.mean()) > 0.51


def test_halation_brightens_around_highlights_only() -> None:
    dark = torch.full((64, 64), 0.2)
    assert torch.allclose(glowing(dark, 4.0, 0.5), dark, atol=1e-6)
    lamp = dark.clone()
    lamp[28:36, 28:36] = 1.0
    gain = glowing(lamp, 4.0, 0.5) - lamp
    assert float(gain.min()) >= -1e-6
    assert float(gain[32, 24]) > 0.05
    assert float(gain[2, 2]) < 1e-3


def test_movement_is_where_it_is_asked_for() -> None:
    dot = torch.zeros(2, 1, 15, 17)
    dot[:, 0, 7, 8] = 1.0
    there = moved(dot, torch.tensor([[3.0, -2.0], [0.0, 0.0]]))
    assert float(there[0, 0, 5, 11]) == pytest.approx(1.0, abs=1e-4)
    assert torch.allclose(there[1], dot[1], atol=1e-5)


def test_some_patches_are_blurred_and_say_how_much() -> None:
    clean = torch.rand(12, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    seen, blurs = through_lens(clean, 2, np.random.default_rng(0), DegradationRange(blurred_share=0.5))
    changed = [not torch.equal(a, b) for a, b in zip(clean, seen, strict=True)]
    assert changed == [blur > 0 for blur in blurs]
    assert 0 < sum(changed) < 12
    same, none = through_lens(clean, 2, np.random.default_rng(0), DegradationRange())
    assert torch.equal(same, clean)
    assert not none.any()


def test_drawn_blurs_have_sensible_sizes() -> None:
    rng = np.random.default_rng(0)
    sizes = [spread(drawn_psf(1.0, rng)) for _ in range(200)]
    assert min(sizes) > 0.2
    assert max(sizes) < 3.5
