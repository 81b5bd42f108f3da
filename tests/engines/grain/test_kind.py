"""Grain is told from digital noise, and a shot without either is called clean."""

from __future__ import annotations

import numpy as np
import pytest

from engines.errors import ModelError
from engines.grain.kind import KindVote, kind_model, read_kind_model
from engines.grain.patches import patches_of, planes_of
from engines.luma import Luma
from engines.models.registry import weights_folder
from engines.nets.grain_kind import KINDS, PATCH, PLANES
from engines.training.plant.grain import FilmGrain, grain_field
from engines.training.plant.noise import DigitalNoise, noise_field


def _scene() -> tuple[Luma, Luma]:
    y, x = np.mgrid[:192, :256].astype(np.float32)
    return tuple(
        np.asarray(0.2 + 0.5 * x / 256 + 0.1 * np.sin((x + 2 * n) / 9) * np.cos(y / 13), np.float32) for n in (0, 1)
    )  # type: ignore[return-value]


def _told(kind: str) -> np.ndarray:
    rng, fixed = np.random.default_rng(1), np.random.default_rng(2)
    frames = list(_scene())
    if kind == "grain":
        frames = [f + grain_field(f, FilmGrain(1.8, 7.0), rng) for f in frames]
    if kind == "digital":
        frames = [f + noise_field(f, DigitalNoise(6.0, photons=0.7), rng, fixed) for f in frames]
    coded = [np.asarray(np.rint(np.clip(f, 0, 1) * 255) / 255, np.float32) for f in frames]
    vote = KindVote(kind_model())
    vote.add(coded[0], coded[1])
    return vote.probabilities()


@pytest.mark.parametrize("kind", ["grain", "digital", "clean"])
def test_each_kind_is_told(kind: str) -> None:
    said = _told(kind)
    assert KINDS[int(said.argmax())] == kind
    assert said.sum() == pytest.approx(1.0)


def test_nothing_seen_means_nothing_known() -> None:
    assert np.allclose(KindVote(kind_model()).probabilities(), 1 / len(KINDS))


def test_patches_are_spread_and_small_pictures_mirrored() -> None:
    own, other = _scene()
    planes = planes_of(own, other)
    assert planes.shape == (PLANES, *own.shape)
    assert not planes_of(own, None)[2].any()
    patches = patches_of(planes, 8)
    assert 4 <= len(patches) <= 8
    assert patches.shape[1:] == (PLANES, PATCH, PATCH)
    assert patches_of(planes[:, :40, :50], 8).shape == (1, PLANES, PATCH, PATCH)


def test_other_weights_are_refused() -> None:
    with pytest.raises(ModelError):
        read_kind_model(weights_folder() / "draft.safetensors")
