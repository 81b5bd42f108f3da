"""Regions to look at: what belongs together is one, what does not is not, nothing is lost but what is said."""

from __future__ import annotations

import time

import numpy as np

from engines.provenance import Origin, ProvenanceMap
from engines.regions import MOST, regions_of
from engines.types import Rect


def said(labels: np.ndarray, confidence: int = 128) -> ProvenanceMap:
    sure = np.full(labels.shape, confidence, np.uint8)
    return ProvenanceMap(labels.astype(np.uint8), sure, np.zeros(labels.shape, np.int8))


def test_regions_by_kind_with_area_and_confidence() -> None:
    labels = np.zeros((60, 80), np.uint8)
    labels[5:15, 10:30] = Origin.SYNTHESISED
    labels[40:44, 60:66] = Origin.TRANSPORTED
    labels[50, 0:80] = Origin.ADJUSTED
    left = np.zeros((60, 80), np.uint8)
    left[55:60, 70:80] = 7
    found, dropped = regions_of(said(labels), left)
    assert dropped == 0
    assert [(one.kind, one.box, one.area) for one in found] == [
        ("SYNTHESISED", Rect(10, 5, 20, 10), 200),
        ("TRANSPORTED", Rect(60, 40, 6, 4), 24),
        ("unrepaired", Rect(70, 55, 10, 5), 50),
    ]
    assert found[0].confidence == 128 / 255
    assert found[0].mask.all()


def test_specks_close_to_each_other_are_one_region_and_far_ones_are_not() -> None:
    labels = np.zeros((40, 60), np.uint8)
    labels[10, 10] = labels[10, 13] = labels[12, 11] = Origin.SYNTHESISED
    labels[10, 40] = Origin.SYNTHESISED
    first, second = regions_of(said(labels), None)[0]
    assert (first.area, second.area) == (3, 1)
    assert first.mask.sum() > 3
    assert second.box == Rect(40, 10, 1, 1)
    covered = np.zeros(labels.shape, bool)
    for one in (first, second):
        covered[one.box.y : one.box.bottom, one.box.x : one.box.right] |= one.mask
    assert covered[labels == Origin.SYNTHESISED].all()


def test_the_picture_s_edge_adds_and_loses_nothing() -> None:
    labels = np.full((20, 30), Origin.ESTIMATED, np.uint8)
    (one,) = regions_of(said(labels), None)[0]
    assert (one.box, one.area, bool(one.mask.all())) == (Rect(0, 0, 30, 20), 600, True)


def test_too_many_are_cut_to_the_largest_and_counted() -> None:
    labels = np.zeros((500, 500), np.uint8)
    labels[::10, ::10] = Origin.SYNTHESISED
    labels[250:255, 251:259] = Origin.SYNTHESISED
    started = time.thread_time()
    found, dropped = regions_of(said(labels), None)
    assert time.thread_time() - started < 2
    assert len(found) == MOST
    # Two of the dots touch the bar.
    assert dropped == 50 * 50 - 1 - MOST
    assert max(one.area for one in found) > 40


def test_nothing_to_look_at() -> None:
    assert regions_of(said(np.zeros((9, 9), np.uint8)), np.zeros((9, 9), np.uint8)) == ((), 0)
