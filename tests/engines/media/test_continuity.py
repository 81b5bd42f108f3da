"""Gaps, uneven times, missing numbers and repeated frames."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from engines.media.continuity import Run, continuity, duplicate_runs, runs
from engines.media.open import open_source
from engines.media.source import ClipInfo
from tests.clips import write_clip, write_stills


@pytest.fixture
def steady(tmp_path: Path) -> ClipInfo:
    source = open_source(write_clip(tmp_path / "reel.mkv", frames=12))
    source.close()
    return source.info


def test_a_steady_clip_has_nothing(steady: ClipInfo) -> None:
    found = continuity(steady)
    assert (found.missing, found.gaps, found.crowds, found.uneven) == ((), (), (), 0)
    assert found.duplicates is None
    assert found.repeated == 0


def test_gaps_and_crowds_are_told_with_their_frames(steady: ClipInfo) -> None:
    times = [0, 40, 80, 200, 240, 245, 280, 320, 363]
    clip = replace(steady, pts=tuple(times), time_base=Fraction(1, 1000), rate=Fraction(25), variable_rate=True)
    found = continuity(clip)
    assert [step.frame for step in found.gaps] == [2]
    assert found.gaps[0].seconds == pytest.approx(0.12)
    assert [step.frame for step in found.crowds] == [4]
    assert found.uneven == 2
    assert found.gaps[0].usual == pytest.approx(0.04)


def test_rounding_of_times_is_no_irregularity(steady: ClipInfo) -> None:
    pts = tuple(round(n * 1000 / 24) for n in range(50))
    clip = replace(steady, pts=pts, time_base=Fraction(1, 1000), rate=Fraction(24))
    assert continuity(clip).uneven == 0


def test_missing_stills_are_runs(tmp_path: Path) -> None:
    folder = write_stills(tmp_path / "scan", frames=9)
    for still in sorted(folder.iterdir())[2:4]:
        still.unlink()
    source = open_source(folder, missing="hold")
    assert continuity(source.info).missing == (Run(2, 3),)


def test_duplicates_are_neighbours_only() -> None:
    assert duplicate_runs(["a", "a", "b", "a", "c", "c", "c"], first=10) == (Run(10, 11), Run(14, 16))
    assert duplicate_runs([]) == duplicate_runs(["a"]) == ()


def test_repeated_frames_are_counted(steady: ClipInfo) -> None:
    found = continuity(steady, ["x"] * 3 + [str(n) for n in range(9)])
    assert found.repeated == 2


def test_numbers_become_runs() -> None:
    assert runs([1, 2, 3, 7, 9, 10]) == (Run(1, 3), Run(7, 7), Run(9, 10))


def test_lists_stay_short_and_nothing_is_forgotten(steady: ClipInfo) -> None:
    looks = [str(n // 2) for n in range(30_000)]
    found = continuity(steady, looks)
    assert found.duplicates is not None
    assert len(found.duplicates) == 10_000
    assert (found.repeated, found.unlisted) == (15_000, 5_000)
