"""Columns and stretches of the timeline's lanes."""

from __future__ import annotations

from app.lane_columns import Shares, cache_runs


def test_the_largest_share_of_a_column_is_kept() -> None:
    shares = Shares.of({0: 0.1, 1: 0.9, 2: 0.3, 10: 0.0, 11: 0.2})
    assert shares.peaks(0, 0.25, 100) == [(0, 0.9), (2, 0.2)]


def test_only_what_is_in_sight_counts() -> None:
    shares = Shares.of(dict.fromkeys(range(100), 0.5))
    assert [column for column, _ in shares.peaks(10, 4, 12)] == [0, 4, 8]
    assert [column for column, _ in shares.peaks(10.5, 4, 12)] == [-2, 2, 6, 10]


def test_nothing_is_nothing() -> None:
    assert Shares.of({}).peaks(0, 1, 10) == []
    assert Shares.of({3: 0.2}).at(4) is None
    assert Shares.of({3: 0.2}).at(3) == 0.2


def test_marked_frames_count_fully() -> None:
    assert Shares.marked([5]).peaks(0, 1, 10) == [(5, 1.0)]


def test_stretches_of_the_same_state() -> None:
    assert cache_runs(["ready", "ready", "", "failed", "approximate"]) == (
        (0, 2, "ready"),
        (3, 4, "failed"),
        (4, 5, "approximate"),
    )
    assert cache_runs([]) == ()
