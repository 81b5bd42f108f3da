"""What stage fade is judged against: balances that undo plain casts, oracles that undo what their maps can."""

from __future__ import annotations

import numpy as np

from engines.benchmark.colour import baselines, oracle
from engines.benchmark.colour.fade_set import Photograph, as_frame, as_picture, faded_cases
from engines.benchmark.colour.picks import neutral, picks
from engines.colour.difference import delta_e
from engines.colour.mapped import Rgb


def _picture(seed: int = 3) -> Rgb:
    """Coloured noise around greys, with a grey patch in the middle."""
    rng = np.random.default_rng(seed)
    picture = rng.uniform(0.2, 0.7, (1, 48, 64)) + rng.uniform(-0.15, 0.15, (3, 48, 64))
    picture[:, 20:28, 28:36] = 0.55
    return np.asarray(np.clip(picture, 0, 1), np.float32)


def test_white_balance_undoes_a_cast_of_its_own_scale() -> None:
    truth = _picture()
    gains = np.array([1.15, 1.0, 0.8], np.float32)[:, None, None]
    cast = truth * gains
    coded = baselines.white_balance_coded(cast, truth)
    light = baselines.white_balance_light(cast, truth)
    before = delta_e(cast, truth).mean()
    assert delta_e(coded, truth).mean() < 0.15 * before
    assert delta_e(light, truth).mean() < 0.15 * before


def test_grey_world_makes_the_means_equal() -> None:
    cast = _picture() * np.array([1.2, 1.0, 0.7], np.float32)[:, None, None]
    assert np.ptp(baselines.grey_world_coded(cast).mean(axis=(1, 2))) < 2e-3
    light = baselines.grey_world_light(cast) ** 2.4
    assert np.ptp(light.mean(axis=(1, 2))) < 2e-3


def test_levels_stretch_what_is_flat() -> None:
    flat = _picture() * 0.4 + 0.3
    assert np.ptp(baselines.with_levels(flat)) > 0.95
    each = baselines.levels_each(flat)
    assert (np.ptp(each.reshape(3, -1), axis=1) > 0.95).all()


def test_the_truths_greys_black_and_white_are_picked() -> None:
    truth = _picture()
    grey = neutral(truth)
    assert np.hypot(grey.y - 23.5, grey.x - 31.5) < 6
    assert set(picks(truth)) == {"neutral"}
    truth[:, :8, :8], truth[:, :8, 56:] = 0.01, 1.0
    found = {
        kind: [int(part) for part in spot[2:].split(",")] for kind, spot in picks(truth).items() if kind != "neutral"
    }
    assert set(found) == {"black", "white"}
    assert max(found["black"]) < 8
    assert found["white"][0] >= 56
    assert grey.spot in picks(truth)["neutral"].split()


def test_oracles_undo_what_their_maps_can() -> None:
    truth = _picture()
    mixing = np.array([[0.7, 0.15, 0.0], [0.1, 0.6, 0.1], [0.0, 0.2, 0.5]], np.float32)
    mixed = np.tensordot(mixing, truth, 1) + np.float32(0.12)
    assert delta_e(oracle.affine(mixed, truth), truth).max() < 0.1
    assert delta_e(oracle.affine_seen(mixed, truth), truth).mean() < 0.3
    dense = np.asarray(((truth + 0.02) ** 0.8) * 1.1 - 0.02, np.float32)
    assert delta_e(oracle.density_affine(dense, truth), truth).max() < 0.2


def test_seeing_the_difference_is_never_worse_by_much_than_squares() -> None:
    truth = _picture()
    scan = np.asarray(np.clip(truth**0.6 * np.array([1.0, 0.7, 0.8])[:, None, None], 0, 1), np.float32)
    squares, seen = (delta_e(way(scan, truth), truth).mean() for way in (oracle.affine, oracle.affine_seen))
    assert seen < squares * 1.02


def test_cases_are_spread_evenly_and_the_same_again() -> None:
    pictures = [Photograph("a", _picture(1)), Photograph("b", _picture(2))]
    cases = list(faded_cases(pictures, 6))
    assert sorted(round(c.heaviness * 6 - 0.5) for c in cases) == list(range(6))
    assert [c.name for c in cases] == ["a", "b"] * 3
    again = list(faded_cases(pictures, 6))
    assert all(np.array_equal(c.scan, d.scan) for c, d in zip(cases, again, strict=True))
    heavy = max(cases, key=lambda c: c.heaviness)
    assert delta_e(heavy.scan, heavy.truth).mean() > 5.0


def test_a_scan_travels_as_a_frame() -> None:
    codes = (np.rint(_picture() * 255) / 255).astype(np.float32)
    assert np.array_equal(as_picture(as_frame(codes)), codes)
