"""Shots treated apart: who answers which frame, and what an edit of one shot leaves alone."""

from __future__ import annotations

import numpy as np
import pytest

from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph, Puller
from engines.policy import EXPORT
from engines.stages.base import Stage
from engines.stages.detail import DetailSettings, DetailStage
from engines.stages.per_shot import PerShot, per_shot
from engines.types import PixelFormat
from tests.fakes import AddStage, MemorySource, random_frame

COUNT, STARTS = 12, (0, 4, 8)
SOURCE = MemorySource([random_frame(PixelFormat("yuv", 8, 2, 2), 20, 14, seed=n) for n in range(COUNT)])


def _graph(*variants: Stage | None) -> Graph:
    stage = per_shot(dict(zip(STARTS, variants, strict=True)))
    return Graph(SOURCE, ShotList(STARTS, COUNT), (stage,) if stage else ())


def test_every_frame_goes_to_its_shots_variant() -> None:
    puller = Puller(_graph(AddStage(1), None, AddStage(5)), EXPORT)
    for number in range(COUNT):
        added = puller.pull(number).frame.planes[0] - SOURCE.read(number).planes[0].astype(np.float32)
        assert set(np.unique(added)) == {(1.0, 0.0, 5.0)[number // 4]}


def test_shots_that_agree_are_one_plain_stage() -> None:
    stage = AddStage(1)
    assert per_shot(dict.fromkeys(STARTS, stage)) is stage
    assert per_shot({0: stage, 4: AddStage(1)}) is stage
    assert per_shot(dict.fromkeys(STARTS)) is None


def test_an_edit_changes_the_keys_of_its_shot_alone() -> None:
    plain = _graph(AddStage(1, temporal=True), AddStage(1, temporal=True), AddStage(1, temporal=True))
    edited = _graph(AddStage(1, temporal=True), AddStage(2, temporal=True), AddStage(1, temporal=True))
    off = _graph(AddStage(1, temporal=True), None, AddStage(1, temporal=True))
    for number in range(COUNT):
        same = number // 4 != 1
        assert (plain.key(number, number) == edited.key(number, number)) is same
        assert (plain.key(number, number) == off.key(number, number)) is same
    assert len({g.key(2, 9) for g in (plain, edited, off)}) == 3
    assert edited.key(5, 5) == _graph(None, AddStage(2, temporal=True), AddStage(9)).key(5, 5)


def test_a_shot_handed_through_has_the_key_of_no_stage() -> None:
    assert _graph(AddStage(1), None, None).key(4, 7) == Graph(SOURCE, ShotList(STARTS, COUNT)).key(4, 7)


def test_reach_and_measuring_are_the_largest() -> None:
    stage = PerShot({0: AddStage(1), 4: AddStage(1, temporal=True), 8: DetailStage(DetailSettings())})
    assert (stage.reach, stage.measures_shot) == (DetailSettings().temporal, True)
    assert stage.key() != PerShot({0: AddStage(1), 5: AddStage(1, temporal=True)}).key()


def test_one_size_for_all_shots() -> None:
    with pytest.raises(SettingError, match="40x28 from frame 4 on, but of 20x14 before"):
        _graph(None, DetailStage(DetailSettings(scale=2)), None).geometry()


def test_shots_must_cover_the_clip() -> None:
    with pytest.raises(ValueError, match="begin at frame 0"):
        PerShot({3: AddStage(1)})
