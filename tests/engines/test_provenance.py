"""Labels, how they chain, and the track that carries them."""

from __future__ import annotations

import numpy as np
import pytest

from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.provenance_track import pack, unpack
from engines.types import Rect


def _map(labels: list[list[int]], confidence: int = 255, donor: int = 0) -> ProvenanceMap:
    held = np.array(labels, np.uint8)
    return ProvenanceMap(held, np.full_like(held, confidence), np.full(held.shape, donor, np.int8))


def test_highest_label_wins_whichever_stage_came_last() -> None:
    first = _map([[0, 2, 4]], confidence=200, donor=-1)
    later = _map([[1, 1, 3]], confidence=100)
    merged = first.merge(later)
    assert merged.labels.tolist() == [[1, 2, 4]]
    assert merged.confidence.tolist() == [[100, 200, 200]]
    assert merged.donor.tolist() == [[0, -1, -1]]


def test_lower_confidence_stays_where_labels_agree() -> None:
    assert _map([[3]], confidence=10).merge(_map([[3]], confidence=90)).confidence.tolist() == [[10]]


def test_shares_add_up() -> None:
    shares = _map([[0, 0, 2, 4]]).shares()
    assert shares == {"SOURCE": 0.5, "ADJUSTED": 0, "TRANSPORTED": 0.25, "ESTIMATED": 0, "SYNTHESISED": 0.25}


def test_a_uniform_map_costs_nothing_and_crops() -> None:
    whole = ProvenanceMap.uniform(4000, 3000, Origin.ESTIMATED, 0.5)
    assert whole.nbytes == 0
    assert whole.crop(Rect(5, 6, 7, 8)).labels.shape == (8, 7)
    assert whole.confidence[0, 0] == 128


@pytest.mark.parametrize("later", [(Origin.ADJUSTED, 1.0, 0), (Origin.SOURCE, 0.5, 2), (Origin.ESTIMATED, 0.2, -1)])
def test_uniform_maps_merge_to_a_uniform_one_with_the_same_content(later: tuple[Origin, float, int]) -> None:
    """Not a byte per pixel, and what merging every pixel says."""
    first, second = ProvenanceMap.uniform(8, 6, Origin.ADJUSTED, 0.7, 1), ProvenanceMap.uniform(8, 6, *later)
    merged = first.merge(second)
    stored = ProvenanceMap(first.labels.copy(), first.confidence.copy(), first.donor.copy()).merge(second)
    assert merged.nbytes == 0 < stored.nbytes
    assert np.array_equal(merged.labels, stored.labels)
    assert np.array_equal(merged.confidence, stored.confidence)
    assert np.array_equal(merged.donor, stored.donor)


def test_enlarging_repeats_labels() -> None:
    assert _map([[0, 4]]).resize(2).labels.tolist() == [[0, 0, 4, 4], [0, 0, 4, 4]]


def test_a_masked_pixel_marks_the_chroma_sample_that_colours_it() -> None:
    mask = np.zeros((5, 7), bool)
    mask[3, 5] = True
    cells = chroma_cells(mask, 2, 2)
    assert cells.shape == (3, 4)
    assert np.argwhere(cells).tolist() == [[1, 2]]
    assert np.array_equal(chroma_cells(mask, 1, 1), mask)


def test_the_track_holds_every_label_donor_and_confidence() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 5, (40, 50)).astype(np.uint8)
    confidence = rng.integers(0, 256, (40, 50)).astype(np.uint8)
    donor = rng.integers(-15, 16, (40, 50)).astype(np.int8)
    back = unpack(pack(ProvenanceMap(labels, confidence, donor)))
    assert np.array_equal(back.labels, labels)
    assert np.array_equal(back.confidence, confidence)
    assert np.array_equal(back.donor, donor)


def test_the_track_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(ValueError, match="15 frames"):
        pack(_map([[2]], donor=16))
    with pytest.raises(ValueError, match="labels that do not exist"):
        unpack(pack(_map([[7]])))
