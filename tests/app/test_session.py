"""Tests of the session and its history."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from app import commands
from app.document import Document
from app.history import History, Step
from app.session import Session
from tests.app.works import disc, media, one_clip


def _heard(session: Session) -> list[str]:
    heard: list[str] = []
    session.document_changed.connect(lambda *_: heard.append("document"))
    session.clip_changed.connect(lambda *_: heard.append("clip"))
    session.playhead_changed.connect(lambda *_: heard.append("playhead"))
    session.history_changed.connect(lambda *_: heard.append("history"))
    return heard


def test_a_step_is_undone_and_redone_to_the_very_same_documents() -> None:
    session = Session(one_clip())
    first = session.document
    second = commands.set_slider(first, "c1", 0, 0.5)
    session.do("Slider", second)
    assert (session.undo_name, session.redo_name, session.dirty) == ("Slider", "", True)
    session.undo()
    assert session.document is first
    assert (session.undo_name, session.redo_name, session.dirty) == ("", "Slider", False)
    session.redo()
    assert session.document is second


def test_doing_nothing_makes_no_step() -> None:
    session = Session(one_clip())
    heard = _heard(session)
    session.do("Slider", commands.set_slider(session.document, "c1", 0, 0.0))
    session.undo()
    session.redo()
    assert heard == []


def test_random_work_is_undone_to_the_start_and_redone_to_the_end() -> None:
    rng = random.Random(4)
    session = Session(one_clip())
    states = [session.document]
    for number in range(60):
        frame = rng.randrange(40)
        doc = session.document
        after = rng.choice(
            (
                lambda d, f: commands.set_mask(d, "c1", "damage", f, disc(rng.randrange(300), 100)),
                lambda d, f: commands.toggle_marker(d, "c1", f),
                lambda d, f: commands.add_cut(d, "c1", f),
                lambda d, f: commands.set_slider(d, "c1", 0, rng.random()),
            )
        )(doc, frame)
        session.do(f"Step {number}", after)
        if after is not doc:
            states.append(after)
    for state in reversed(states[:-1]):
        session.undo()
        assert session.document is state
    for state in states[1:]:
        session.redo()
        assert session.document is state


def test_a_new_step_forgets_what_was_undone() -> None:
    session = Session(one_clip())
    session.do("A", commands.set_slider(session.document, "c1", 0, 0.5))
    session.undo()
    session.do("B", commands.set_slider(session.document, "c1", 0, 0.7))
    assert (session.undo_name, session.redo_name) == ("B", "")


def test_undo_goes_to_the_frame_and_the_clip_where_the_change_was() -> None:
    doc, other = commands.add_clip(one_clip(), media("b.mov"))
    session = Session(doc)
    session.seek(12)
    session.do("Paint frame 12", commands.set_mask(doc, "c1", "damage", 12, disc(9, 9)))
    session.set_clip(other)
    session.seek(30)
    session.undo()
    assert (session.clip_id, session.playhead) == ("c1", 12)
    session.set_clip(other)
    assert session.playhead == 30
    session.redo()
    assert (session.clip_id, session.playhead) == ("c1", 12)


def test_undoing_the_addition_of_the_active_clip_leaves_no_active_clip() -> None:
    session = Session()
    doc, clip_id = commands.add_clip(session.document, media())
    session.do("Add reel.mov", doc)
    session.set_clip(clip_id)
    seen: list[object] = []
    session.document_changed.connect(lambda *_: seen.append(session.clip))
    session.undo()
    assert (session.clip_id, session.clip, seen) == ("", None, [None])
    session.redo()
    assert session.clip_id == clip_id


def test_a_gesture_is_one_step() -> None:
    session = Session(one_clip())
    first = session.document
    session.begin("Slider")
    for value in (0.1, 0.2, 0.3):
        session.update(commands.set_slider(session.document, "c1", 0, value))
    assert session.gesturing
    session.commit()
    assert session.undo_name == "Slider"
    session.undo()
    assert session.document is first


def test_an_abandoned_gesture_leaves_no_trace() -> None:
    session = Session(one_clip())
    first = session.document
    session.begin("Slider")
    session.update(commands.set_slider(first, "c1", 0, 0.1))
    session.abandon()
    assert session.document is first
    assert (session.undo_name, session.dirty, session.gesturing) == ("", False, False)


def test_an_empty_gesture_makes_no_step_and_undo_takes_back_a_gesture_under_way() -> None:
    session = Session(one_clip())
    first = session.document
    session.begin("Nothing")
    session.commit()
    assert session.undo_name == ""
    session.begin("Slider")
    session.update(commands.set_slider(first, "c1", 0, 0.1))
    session.undo()
    session.update(commands.set_slider(first, "c1", 0, 0.2))
    session.commit()
    assert session.document is first


def test_a_step_during_a_gesture_keeps_both() -> None:
    session = Session(one_clip())
    first = session.document
    session.begin("Slider")
    session.update(commands.set_slider(first, "c1", 0, 0.1))
    session.do("Cuts", commands.add_cut(session.document, "c1", 7))
    session.update(commands.set_slider(session.document, "c1", 0, 0.2))
    session.commit()
    names = []
    while session.undo_name:
        names.append(session.undo_name)
        session.undo()
    assert names == ["Slider", "Cuts", "Slider"]
    assert session.document is first


def test_the_saved_point_is_found_again_by_undo() -> None:
    session = Session(one_clip())
    session.do("A", commands.set_slider(session.document, "c1", 0, 0.1))
    saved = session.document
    session.do("B", commands.set_slider(session.document, "c1", 0, 0.2))
    session.mark_saved(saved, Path("/p.tratteggio"), 12.0)
    assert session.dirty
    session.undo()
    assert not session.dirty
    session.undo()
    assert session.dirty


def test_loading_starts_a_new_history_and_activates_the_first_clip() -> None:
    session = Session()
    session.do("Add", commands.add_clip(session.document, media())[0])
    heard = _heard(session)
    session.load(one_clip(), Path("/p.tratteggio"))
    assert (session.clip_id, session.undo_name, session.dirty, session.playhead) == ("c1", "", False, 0)
    assert "document" in heard
    assert "clip" in heard


def test_the_playhead_stays_within_the_clip() -> None:
    session = Session(one_clip())
    session.seek(1000)
    assert session.playhead == 39
    session.seek(-5)
    assert session.playhead == 0
    empty = Session()
    empty.seek(3)
    assert empty.playhead == 0


def test_unknown_clips_cannot_be_active() -> None:
    with pytest.raises(KeyError):
        Session(one_clip()).set_clip("nobody")


def test_history_forgets_the_oldest_beyond_its_budgets() -> None:
    history = History(most_steps=3, most_bytes=100)
    for number in range(5):
        history.push(Step(str(number), Document(), Document()))
    assert len(history) == 3
    history.push(Step("big", Document(), Document(), size=90))
    history.push(Step("bigger", Document(), Document(), size=95))
    assert (len(history), history.undo_name, history.size) == (1, "bigger", 95)


def test_a_step_counts_the_masks_that_only_it_keeps() -> None:
    session = Session(one_clip())
    plane = disc(9, 9)
    session.do("Paint", commands.set_mask(session.document, "c1", "damage", 3, plane))
    steps: list[Any] = []
    session.stepped.connect(steps.append)
    session.do("Clear", commands.set_mask(session.document, "c1", "damage", 3, None))
    assert steps[0].size == sum(len(packed) for packed in plane.tiles.values())
