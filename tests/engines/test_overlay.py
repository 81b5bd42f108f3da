"""Provenance painted over a picture."""

from __future__ import annotations

import numpy as np
import pytest

from engines.overlay import MARKS, provenance_overlay
from engines.provenance import Origin


def _picture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, 256, (64, 96, 3)).astype(np.uint8)


def test_the_source_is_grey_and_carries_no_mark() -> None:
    shown = provenance_overlay(_picture(), np.zeros((64, 96), dtype=np.uint8))
    assert np.ptp(shown, axis=2).max() == 0


@pytest.mark.parametrize("origin", [o for o in Origin if o != Origin.SOURCE])
def test_every_other_label_differs_from_the_source_everywhere(origin: Origin) -> None:
    labels = np.zeros((64, 96), dtype=np.uint8)
    labels[20:40, 30:60] = origin
    picture = _picture()
    picture[..., :] = 120
    shown = provenance_overlay(picture, labels)
    plain = provenance_overlay(picture, np.zeros_like(labels))
    assert (shown[20:40, 30:60] != plain[20:40, 30:60]).any(axis=2).all()
    outside = labels == 0
    if MARKS[origin].outlined:
        near = np.zeros_like(outside)
        near[18:42, 28:62] = True
        outside &= ~near
    assert np.array_equal(shown[outside], plain[outside])


def test_hatching_tells_the_labels_apart_without_colour() -> None:
    """Turned to grey, each hatch has its own pattern."""
    picture = np.full((64, 96, 3), 120, dtype=np.uint8)
    patterns = []
    for origin in (Origin.TRANSPORTED, Origin.ESTIMATED, Origin.SYNTHESISED):
        shown = provenance_overlay(picture, np.full((64, 96), origin, dtype=np.uint8))
        patterns.append(np.unique(shown.mean(axis=2), return_inverse=True)[1].reshape(64, 96))
        assert patterns[-1].max() >= 1
    assert not any(np.array_equal(a, b) for i, a in enumerate(patterns) for b in patterns[i + 1 :])


def test_a_single_invented_pixel_is_outlined() -> None:
    labels = np.zeros((64, 96), dtype=np.uint8)
    labels[31, 47] = Origin.SYNTHESISED
    shown = provenance_overlay(np.full((64, 96, 3), 120, dtype=np.uint8), labels)
    ring = shown[30:33, 46:49].reshape(9, 3)
    assert (np.delete(ring, 4, axis=0) == 255).all()
    assert ring[4].tolist() != [255, 255, 255]
