"""The map that brings dyes back: neutral, undone exactly, alike in parts, and the same in both of its forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.colour.mapped import Places, Rgb
from engines.fade.model import FadeMap
from engines.fade.parameters import LIMITS, REACH, SIZE, FadeParameters
from engines.fade.tensors import limited, restored

WIDTH, HEIGHT = 40, 24
WHOLE = Places(0.5, 0.5, 1.0, 1.0)


def picture(seed: int = 0) -> Rgb:
    return np.random.default_rng(seed).uniform(0.0, 1.05, (3, HEIGHT, WIDTH)).astype(np.float32)


def drawn(seed: int, share: float = 0.5) -> FadeParameters:
    return FadeParameters.from_vector(np.random.default_rng(seed).uniform(-share, share, SIZE) * LIMITS)


def test_the_defaults_change_nothing() -> None:
    shown = FadeMap(FadeParameters(), WIDTH, HEIGHT).restore(picture(), WHOLE)
    np.testing.assert_allclose(shown, picture(), atol=2e-6)
    assert FadeParameters().neutral
    assert not drawn(1).neutral


def test_vectors_and_arrays_say_the_same_parameters() -> None:
    one = drawn(2)
    np.testing.assert_allclose(FadeParameters.from_vector(one.vector()).vector(), one.vector(), atol=1e-12)
    np.testing.assert_array_equal(FadeParameters.from_arrays(one.arrays()).vector(), one.vector())


@pytest.mark.parametrize("seed", range(6))
def test_what_was_restored_can_be_undone(seed: int) -> None:
    fade = FadeMap(drawn(seed), WIDTH, HEIGHT)
    shown = fade.restore(picture(seed), WHOLE)
    back = fade.unrestore(shown, WHOLE)
    assert np.abs(back - picture(seed)).max() < 0.5 / 1023.0


@pytest.mark.parametrize("seed", range(3))
def test_a_half_float_master_can_be_undone_within_half_an_8_bit_code(seed: int) -> None:
    fade = FadeMap(drawn(seed, 0.3), WIDTH, HEIGHT)
    codes = np.clip(picture(seed), 0.0, 1.0)
    master = fade.restore(codes.copy(), WHOLE).astype(np.float16).astype(np.float32)
    assert np.abs(fade.unrestore(master, WHOLE) - codes).max() < 0.5 / 255.0


def test_curves_are_monotone_as_far_as_dyes_go() -> None:
    amounts = np.linspace(-0.5, REACH + 1.0, 500)
    for seed in range(20):
        p = drawn(seed, 1.0)
        curves = amounts * (p.gain[:, None] + p.bend[:, None] * np.clip(amounts, 0.0, REACH))
        assert (np.diff(curves, axis=1) > 0.0).all()


def test_a_part_equals_the_same_cut_of_the_whole() -> None:
    fade = FadeMap(drawn(3), WIDTH, HEIGHT)
    whole = fade.restore(picture(), WHOLE)
    part = fade.restore(np.ascontiguousarray(picture()[:, 5:17, 7:30]), Places(7.5, 5.5, 1.0, 1.0))
    np.testing.assert_array_equal(part, whole[:, 5:17, 7:30])


def test_neutral_stays_neutral_whatever_dyes_do_to_each_other() -> None:
    vector = np.zeros(SIZE)
    vector[12:18] = (0.2, -0.1, 0.3, 0.05, -0.2, 0.1)
    grey = np.repeat(np.linspace(0, 1, WIDTH, dtype=np.float32)[None, None], 3, axis=0)
    shown = FadeMap(FadeParameters.from_vector(vector), WIDTH, 1).restore(grey.copy(), WHOLE)
    np.testing.assert_allclose(shown, grey, atol=3e-6)


def test_tensors_say_the_same() -> None:
    for seed in range(4):
        p = drawn(seed)
        ours = FadeMap(p, WIDTH, HEIGHT).restore(picture(seed), WHOLE)
        theirs = restored(torch.from_numpy(p.vector())[None].float(), torch.from_numpy(picture(seed))[None])[0]
        np.testing.assert_allclose(theirs.numpy(), ours, rtol=1e-4, atol=1e-4)


def test_numbers_of_any_size_are_held_within_limits() -> None:
    wild = limited(torch.full((1, SIZE), 1e6))[0].numpy()
    assert (np.abs(wild) <= LIMITS * (1 + 1e-6)).all()
    assert np.abs(limited(torch.full((1, SIZE), 1e-4))[0].numpy() - 1e-4).max() < 1e-6
