"""A cut moved by hand."""

from __future__ import annotations

from app.cuts import move_cut
from app.document import ShotWork
from tests.app.works import one_clip

DOC = one_clip(shots=(ShotWork(0, "A"), ShotWork(20, "B", slider=0.5), ShotWork(30, "C")))


def test_the_shot_keeps_its_name_and_treatment() -> None:
    clip = move_cut(DOC, "c1", 1, 12).clip("c1")
    assert [(shot.start, shot.name, shot.slider) for shot in clip.shots] == [(0, "A", 0), (12, "B", 0.5), (30, "C", 0)]
    assert clip.cuts_known


def test_neighbours_keep_a_frame_each() -> None:
    assert move_cut(DOC, "c1", 1, -5).clip("c1").shots[1].start == 1
    assert move_cut(DOC, "c1", 1, 99).clip("c1").shots[1].start == 29
    assert move_cut(DOC, "c1", 2, 99).clip("c1").shots[2].start == 39


def test_nothing_changes_where_it_stays() -> None:
    assert move_cut(DOC, "c1", 1, 20) is DOC
    assert move_cut(DOC, "c1", 0, 5) is DOC
