"""From logits to candidates, and marks that grow."""

from __future__ import annotations

import numpy as np

from engines.dirt.components import FEATURES, UNREST, candidates, grown
from engines.dirt.evidence import Evidence
from engines.dirt.judge import Sureness
from engines.types import Rect


def _evidence() -> Evidence:
    current = np.full((40, 60), 100, np.uint8)
    current[5:8, 10:14], current[20:30, 40:42] = 220, 20
    neighbours = np.full((4, 40, 60), 100, np.uint8)
    # Around the dark one the neighbours differ from each other.
    neighbours[0, 15:35, 30:55] = 200
    return Evidence(current, neighbours)


def test_pieces_are_told_apart_and_measured() -> None:
    logits = np.full((40, 60), -5.0, np.float32)
    logits[5:8, 10:14], logits[20:30, 40:42] = 2.0, 1.0
    logits[6, 11] = 4.0
    found = candidates(logits, _evidence(), 0.0)
    assert found.boxes == (Rect(10, 5, 4, 3), Rect(40, 20, 2, 10))
    assert found.areas.tolist() == [12, 20]
    assert found.signs.tolist() == [1, -1]
    assert found.features.shape == (2, FEATURES)
    assert np.allclose(found.features[0, :3], ((2.0 * 11 + 4.0) / 12, 4.0, np.log2(12)))
    assert found.features[0, UNREST] == 0.0
    assert found.features[1, UNREST] > 0.3


def test_nothing_is_found_in_nothing() -> None:
    found = candidates(np.full((40, 60), -5.0, np.float32), _evidence(), 0.0)
    assert found.boxes == ()
    assert found.features.shape == (0, FEATURES)
    assert Sureness(0.0, (0.0,) * (FEATURES + 1)).confidence(found.features).shape == (0,)


def test_touching_corners_are_one_piece() -> None:
    logits = np.full((40, 60), -5.0, np.float32)
    logits[3, 3] = logits[4, 4] = 1.0
    assert len(candidates(logits, _evidence(), 0.0).boxes) == 1


def test_growing_takes_only_what_was_free() -> None:
    labels = np.zeros((20, 20), np.int32)
    labels[5, 5], labels[5, 7] = 1, 2
    wide = grown(labels, 1)
    assert wide[5, 5] == 1
    assert wide[5, 7] == 2
    assert wide[4, 5] == 1
    assert wide[5, 8] == 2
    assert (wide > 0).sum() == 9
    assert grown(labels, 0) is labels


def test_unrest_makes_less_sure() -> None:
    sureness = Sureness(0.0, (0.0, 1.0, 0.0, 0.0, -6.0, 0.0))
    calm, restless = sureness.confidence(np.array([[2.0, 3.0, 4.0, 0.0, 1.0], [2.0, 3.0, 4.0, 0.5, 1.0]]))
    assert restless < 0.5 < calm
