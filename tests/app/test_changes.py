"""Tests of what differs, in words."""

from __future__ import annotations

from app import commands
from app.changes import in_words
from app.document import Document
from tests.app.works import disc, media, one_clip


def test_every_kind_of_change_is_named() -> None:
    before = one_clip()
    after = before
    for frame in range(2, 8):
        after = commands.set_mask(after, "c1", "damage", frame, disc(50, 50))
    after = commands.set_slider(after, "c1", 1, 0.5)
    after = commands.set_setting(after, "c1", 0, "inpaint", "search", "6")
    after = commands.toggle_marker(commands.set_in(after, "c1", 4), "c1", 9)
    after, _ = commands.add_clip(after, media("b.mov"))
    assert in_words(before, after) == (
        "reel.mov: masks of frames 2, 3, 4, 5 and 2 more",
        "reel.mov: slider of shot 2",
        "reel.mov: stages of shot 1",
        "reel.mov: markers (0, now 1)",
        "reel.mov: in and out",
        "b.mov: added",
    )
    assert in_words(before, commands.add_cut(before, "c1", 9)) == ("reel.mov: cuts (2 shots, now 3)",)
    assert in_words(before, Document()) == ("reel.mov: taken out",)


def test_equal_documents_do_not_differ() -> None:
    assert in_words(one_clip(), one_clip()) == ()
