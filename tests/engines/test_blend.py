"""The slider's arithmetic: its ends are the ends themselves, and what both ends share stays what it is."""

from __future__ import annotations

import numpy as np
import pytest

from engines.blend import blend
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Rendered
from engines.types import PixelFormat
from tests.fakes import random_frame


def _end(seed: int, confidence: float) -> Rendered:
    frame = random_frame(PixelFormat("yuv", 10, 2, 2), 16, 12, seed)
    floats = tuple(p.astype(np.float32) for p in frame.planes)
    return Rendered(frame.with_planes(floats), ProvenanceMap.uniform(16, 12, Origin.ESTIMATED, confidence))


def test_the_ends_are_handed_through() -> None:
    faithful, full = _end(1, 0.2), _end(2, 1.0)
    assert blend(faithful, full, 0.0) is faithful
    assert blend(faithful, full, 1.0) is full


@pytest.mark.parametrize("share", [0.01, 0.37, 0.5, 0.99])
def test_between_them_lies_a_straight_line(share: float) -> None:
    faithful, full = _end(1, 0.2), _end(2, 1.0)
    mixed = blend(faithful, full, share)
    for a, b, ours in zip(faithful.frame.planes, full.frame.planes, mixed.frame.planes, strict=True):
        np.testing.assert_allclose(ours, (1 - share) * a + share * b, atol=1e-3)
    assert set(np.unique(mixed.provenance.confidence)) == {round(51 + share * 204)}
    assert (mixed.provenance.labels == Origin.ESTIMATED).all()


def test_equal_samples_stay_as_they_are() -> None:
    one, again = _end(1, 0.5), _end(1, 0.5)
    mixed = blend(one, again, 0.3)
    for ours, own in zip(mixed.frame.planes, one.frame.planes, strict=True):
        np.testing.assert_array_equal(ours, own)
