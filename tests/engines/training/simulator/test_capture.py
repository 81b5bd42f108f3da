"""Sampling, sensor, grain, fields, tones, chroma: each does what its paper or standard says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.training.simulator.chroma import Layout, subsample_chroma
from engines.training.simulator.grain import GrainLook, film_grain
from engines.training.simulator.interlace import bobbed, combed
from engines.training.simulator.levels import Levels, quantised
from engines.training.simulator.mosaic import through_mosaic
from engines.training.simulator.sampling import Sampling, sampled
from engines.training.simulator.sensor import SensorLook, sensor_noise

HOWS: tuple[Sampling, ...] = ("bicubic", "area", "aliased")


def _ramp(height: int, width: int) -> torch.Tensor:
    return torch.linspace(0, 1, width).expand(1, 1, height, width)


@pytest.mark.parametrize("how", HOWS)
def test_sampling_keeps_geometry(how: Sampling) -> None:
    ramp = _ramp(32, 64)
    inner = sampled(ramp, 4, how)[0, 0, 4, 3:-3]
    assert torch.allclose(inner, ramp[0, 0, 0].reshape(-1, 4).mean(dim=1)[3:-3], atol=1e-3)
    assert torch.equal(sampled(ramp, 1, how), ramp)


def test_only_the_aliased_kind_aliases() -> None:
    stripes = torch.tensor([0.0, 1.0, 1.0, 0.0, 0.0, 1.0]).repeat(16).expand(1, 1, 32, 96)
    ripple = {how: float(sampled(stripes, 4, how)[..., 2:-2].std()) for how in HOWS}
    assert ripple["aliased"] > 2 * ripple["bicubic"]


def test_photon_noise_grows_with_light_and_electronics_do_not() -> None:
    sigmas = torch.full((2,), 0.05)
    grey = torch.cat((torch.full((1, 1, 200, 200), 0.5), torch.full((1, 1, 200, 200), 0.9)))
    photons = sensor_noise(grey, sigmas, SensorLook(1.0), np.random.default_rng(0)).std(dim=(1, 2, 3))
    electronics = sensor_noise(grey, sigmas, SensorLook(0.0), np.random.default_rng(0)).std(dim=(1, 2, 3))
    assert photons[0].item() == pytest.approx(0.05, rel=0.03)
    assert electronics[0].item() == pytest.approx(0.05, rel=0.03)
    # In light, variance is proportional to it; the gamma divides by its slope.
    slope = (0.5 / 0.9) ** 1.2
    assert photons[1].item() == pytest.approx(0.05 * slope * (0.9 / 0.5) ** 1.1, rel=0.03)
    assert electronics[1].item() == pytest.approx(0.05 * slope, rel=0.03)


def test_grain_clumps_and_follows_density() -> None:
    grey = torch.cat((torch.full((1, 1, 128, 128), 0.5), torch.full((1, 1, 128, 128), 0.02)))
    sigmas = torch.full((2,), 0.05)
    fine = film_grain(grey, sigmas, GrainLook(0.0, by_density=False), np.random.default_rng(0))
    coarse = film_grain(grey, sigmas, GrainLook(1.0, by_density=True), np.random.default_rng(0))
    assert coarse[0].std().item() == pytest.approx(0.05, rel=0.08)
    assert coarse[1].std().item() == pytest.approx(0.05 * (0.5 + 2 * 0.02 * 0.98), rel=0.08)

    def along(noise: torch.Tensor) -> float:
        pair = torch.stack((noise[0, 0, :, :-1].flatten(), noise[0, 0, :, 1:].flatten()))
        return float(torch.corrcoef(pair)[0, 1])

    assert abs(along(fine)) < 0.05
    # Two Gaussians of sigma 1 a pixel apart overlap by exp(-1/4).
    assert along(coarse) == pytest.approx(np.exp(-0.25), abs=0.06)


@pytest.mark.parametrize("parity", [0, 1])
@pytest.mark.parametrize("height", [8, 9])
def test_fields(parity: int, height: int) -> None:
    first, second = torch.zeros(1, height, 6), torch.ones(1, height, 6)
    woven = combed(first, second, 0.5, parity)
    assert float(woven[:, parity::2].min()) == float(woven[:, parity::2].max()) == 0.5
    assert float(woven[:, 1 - parity :: 2].max()) == 0
    rows = torch.arange(height).float()[None, :, None].expand(1, height, 6)
    one = bobbed(rows, parity)
    assert torch.equal(one[:, 1 - parity :: 2], rows[:, 1 - parity :: 2])
    # On a ramp the mean of the neighbours is the line itself, away from the edges.
    assert torch.equal(one[:, 1:-1], rows[:, 1:-1])


def test_tones_and_codes() -> None:
    tone = torch.tensor([0.0, 0.5, 1.0])
    assert Levels(gamma=2.0).applied(tone).tolist() == pytest.approx([0, 0.25, 1])
    assert Levels(gain=0.5, lift=0.1).applied(tone).tolist() == pytest.approx([0.1, 0.35, 0.6])
    rng = np.random.default_rng(0)
    assert len({Levels.drawn(rng) for _ in range(60)}) > 20
    assert quantised(torch.tensor([-1.0, 0.5001, 2.0])).tolist() == pytest.approx([0, 128 / 255, 1])
    assert quantised(torch.tensor([0.5]), 10).item() == pytest.approx(512 / 1023)


def test_a_mosaic_gives_every_patch_back_to_its_place() -> None:
    luma = (torch.rand(3, 4, 10, 12, generator=torch.Generator().manual_seed(0)) * 255).round() / 255
    for seed in range(3):
        same = through_mosaic(luma, lambda pictures: pictures.copy(), np.random.default_rng(seed))
        assert torch.allclose(same, luma, atol=1e-6)


@pytest.mark.parametrize(("layout", "shape"), [("444", (8, 16)), ("422", (8, 8)), ("420", (4, 8)), ("411", (8, 4))])
def test_chroma_layouts(layout: Layout, shape: tuple[int, int]) -> None:
    chroma = torch.rand(2, 2, 8, 16, generator=torch.Generator().manual_seed(0))
    for location in ("left", "center"):
        planes = subsample_chroma(chroma, layout, location)
        assert planes.shape == (2, 2, *shape)
        assert float(planes.mean()) == pytest.approx(float(chroma.mean()), abs=0.03)


def test_chroma_is_sited_where_it_says() -> None:
    ramp = torch.arange(16.0).expand(1, 1, 4, 16)
    assert subsample_chroma(ramp, "420", "left")[0, 0, 0, 1:].tolist() == pytest.approx([2, 4, 6, 8, 10, 12, 14])
    assert subsample_chroma(ramp, "420", "center")[0, 0, 0].tolist() == pytest.approx([0.5 + 2 * n for n in range(8)])
    with pytest.raises(ValueError, match="does not divide"):
        subsample_chroma(ramp[..., :15], "422")
