"""Detections: which are sure enough, and that they survive being kept."""

from __future__ import annotations

import numpy as np

from engines.detect.proposals import Detections, Proposal
from engines.types import Rect


def _found() -> Detections:
    labels = np.zeros((8, 10), np.int32)
    labels[1:3, 2:4] = 1
    labels[5, 9] = 2
    return Detections(
        labels,
        (
            Proposal(7, "dirt", Rect(2, 1, 2, 2), 4, 0.9, "bright"),
            Proposal(7, "scratch", Rect(9, 5, 1, 1), 1, 0.3, "dark"),
        ),
    )


def test_only_what_is_sure_enough_covers_anything() -> None:
    found = _found()
    assert np.count_nonzero(found.coverage(0.3)) == 5
    assert np.count_nonzero(found.coverage(0.5)) == 4
    assert np.count_nonzero(found.coverage(0.95)) == 0


def test_kept_and_read_again_it_is_the_same() -> None:
    found = _found()
    again = Detections.unpacked(found.packed())
    np.testing.assert_array_equal(again.labels, found.labels)
    assert again.proposals == found.proposals


def test_nothing_found_can_be_kept_too() -> None:
    empty = Detections(np.zeros((3, 5), np.int32), ())
    again = Detections.unpacked(empty.packed())
    assert again.labels.shape == (3, 5)
    assert again.proposals == ()
