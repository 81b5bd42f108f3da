"""Features: finite, local, and what they are named after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.hallucination.evidence import Evidence
from engines.hallucination.features import NAMES, REACH, cell_of, feature_planes
from engines.nets.fidelity import enlarge


def _noise(height: int, width: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width), dtype=np.float32)


def _evidence(scale: int, height: int = 64, width: int = 64) -> Evidence:
    """All pictures unlike one another."""
    f, p, second, doubt = (_noise(height * scale, width * scale, seed) for seed in (1, 2, 3, 4))
    return Evidence(_noise(height, width, 0), f, p, scale, 0.02, 5.0, -8 * doubt, second)


def _plane(evidence: Evidence, name: str) -> np.ndarray:
    return np.asarray(feature_planes(evidence)[NAMES.index(name)])


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_a_cut_grown_by_the_reach_says_what_the_whole_says(scale: int) -> None:
    side = 4 * REACH // scale
    whole = _evidence(scale, side, side)
    first, last = side // 4, 3 * side // 4
    margin = REACH // scale
    source, out = (
        (slice(first - margin, last + margin),) * 2,
        (slice(scale * (first - margin), scale * (last + margin)),) * 2,
    )
    part = replace(
        whole,
        source=whole.source[source].copy(),
        **{n: getattr(whole, n)[out].copy() for n in ("faithful", "perceptual", "log_variance", "second")},
    )
    cell = cell_of(scale)
    inner, edge = slice(scale * first // cell, scale * last // cell), REACH // cell
    expected = feature_planes(whole)[:, inner, inner]
    assert feature_planes(part)[:, edge:-edge, edge:-edge] == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_black_and_equal_pictures_are_finite(scale: int) -> None:
    black = np.zeros((16, 16), dtype=np.float32)
    large = np.zeros((16 * scale, 16 * scale), dtype=np.float32)
    assert np.isfinite(feature_planes(Evidence(black, large, large, scale))).all()


def test_distance_is_the_logarithm_of_the_difference() -> None:
    flat = np.full((128, 128), 0.5, dtype=np.float32)
    evidence = Evidence(np.full((32, 32), 0.5, dtype=np.float32), flat, flat + np.float32(0.1), 4)
    assert _plane(evidence, "distance P - F") == pytest.approx(np.log(0.1), abs=0.01)


def test_what_the_source_confirms_is_observable_and_consistent() -> None:
    source = _noise(48, 48, 5)
    smooth = enlarge(torch.from_numpy(source)[None, None], 4)[0, 0].numpy()
    texture = smooth + 0.1 * np.tile(np.array([[1, -1], [-1, 1]], dtype=np.float32), (96, 96))
    evidence = Evidence(source, smooth, texture, 4)
    inner = slice(12, -12)
    invented, kept = (_plane(evidence, f"unobservable part of {n}")[inner, inner].mean() for n in "PF")
    assert invented > kept
    # A checkerboard of single pixels leaves nothing in the reduced picture.
    assert _plane(evidence, "inconsistency of P")[inner, inner] == pytest.approx(
        _plane(evidence, "inconsistency of F")[inner, inner], abs=0.05
    )
    moved = replace(evidence, perceptual=texture + np.float32(0.2))
    assert (_plane(moved, "inconsistency of P") > _plane(evidence, "inconsistency of P"))[inner, inner].mean() > 0.9


def test_told_noise_excuses_inconsistency() -> None:
    evidence = _evidence(2)
    strict = _plane(replace(evidence, noise=0.0), "inconsistency of F")
    assert (_plane(replace(evidence, noise=0.1), "inconsistency of F") < strict).all()


def test_an_edge_has_a_direction_and_noise_has_less() -> None:
    edge = np.zeros((64, 64), dtype=np.float32)
    edge[:, 32:] = 1.0
    found = _plane(Evidence(edge, edge, edge, 1), "direction of F")
    assert found[32, 32] == pytest.approx(1.0, abs=1e-3)
    grain = _noise(64, 64, 7)
    assert _plane(Evidence(grain, grain, grain, 1), "direction of F").mean() < 0.6


def test_evidence_of_unequal_sizes_is_refused() -> None:
    with pytest.raises(ValueError, match="perceptual"):
        Evidence(_noise(8, 8, 0), _noise(16, 16, 1), _noise(8, 8, 2), 2)
