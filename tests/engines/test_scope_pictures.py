"""What the scopes show of their counts."""

from __future__ import annotations

import numpy as np
import pytest

from engines.scopes import ScopeData, as_image, histogram_percent, in_percent


def test_one_sample_is_seen_beside_thousands() -> None:
    counts = np.zeros((256, 3), np.int64)
    counts[10, 0], counts[20, 1] = 1, 5000
    shown = as_image(counts)
    assert shown[20, 1] == 255
    assert shown[10, 0] > 16
    assert shown[10, 2] == 0


def test_channels_stand_side_by_side_and_nothing_is_black() -> None:
    counts = np.zeros((3, 256, 4), np.int64)
    assert not as_image(counts).any()
    counts[2, 7, 1] = 9
    assert np.argwhere(as_image(counts)).tolist() == [[7, 9]]


def test_percent_counts_from_nominal_black_to_white() -> None:
    histogram = np.zeros((1, 256), np.int64)
    histogram[0, 16], histogram[0, 235] = 3, 1
    nothing = np.zeros((256, 1), np.int64)
    data = ScopeData(nothing, nothing, nothing, histogram, 16.0, 235.0)
    assert (in_percent(data, 16), in_percent(data, 235)) == (0, 100)
    levels, (grey,) = histogram_percent(data)
    assert levels[16] == 0
    assert (grey[16], grey[235]) == pytest.approx((75, 25))
