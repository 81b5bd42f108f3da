"""The lines that say how shots and stages stand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from app.commands import set_enabled, set_masks, set_setting, set_slider
from app.document import ClipWork, Document
from app.stage_text import StateLine, fidelity_obstacle, percent, shot_line, stage_line, treated
from tests.app import works

NOTHING: Mapping[int, float] = MappingProxyType({})


def clip(document: Document) -> ClipWork:
    return document.clip("c1")


def painted(*frames: int) -> Document:
    return set_masks(works.one_clip(), "c1", "damage", dict.fromkeys(frames, works.disc(50, 50)))


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.0001, "<0.1 %"), (0.0123, "1.2 %"), (0.0996, "10 %"), (1, "100 %")]
)
def test_shares_are_as_exact_as_they_need_be(share: float, text: str) -> None:
    assert percent(share) == text


def test_a_shot_without_work_is_untouched_though_inpaint_is_on() -> None:
    bare = clip(works.one_clip())
    assert not treated(bare, 0)
    assert shot_line(bare, 0, NOTHING) == StateLine("untouched")


def test_a_shot_tells_its_masks_and_the_mean_share_of_what_was_rendered() -> None:
    document = painted(2, 5, 30)
    assert shot_line(clip(document), 0, NOTHING) == StateLine("not rendered yet, 2 masks")
    assert shot_line(clip(document), 0, {2: 0.01, 5: 0.03, 30: 1.0}).text == "2.0 % flagged, 2 masks"
    assert shot_line(clip(document), 1, {30: 0.0}) == StateLine("nothing flagged, 1 mask", "ready")


def test_failed_frames_are_told_first() -> None:
    states = ["ready", "failed", "failed", *[""] * 37]
    assert shot_line(clip(painted(2)), 0, {0: 0.5}, states) == StateLine("2 frames failed, 1 mask", "failed")  # type: ignore[arg-type]


def test_masks_without_a_stage_that_uses_them_want_a_look() -> None:
    document = set_enabled(painted(2), "c1", 0, "inpaint", False)
    assert shot_line(clip(document), 0, NOTHING) == StateLine("untouched, 1 mask", "approximate")


def test_stages_tell_what_they_do_to_the_shot() -> None:
    document = painted(2, 5)
    inpaint, detail = clip(document).shots[0].stages
    assert stage_line(clip(document), 0, inpaint, {2: 0.01}).text == "2 frames masked, 1.0 % flagged"
    assert stage_line(clip(document), 1, inpaint, NOTHING).text == "no mask in this shot, nothing to repair"
    assert stage_line(clip(document), 0, detail, NOTHING).text == "off · ×1, noise and compression measured"
    document = set_setting(document, "c1", 0, "detail", "noise", "3.1")
    document = set_enabled(document, "c1", 0, "detail", True)
    inpaint, detail = clip(document).shots[0].stages
    assert stage_line(clip(document), 0, detail, NOTHING).text == "×1, noise 3.1, compression measured"
    # What is flagged is the whole chain's now, not the repair's.
    assert stage_line(clip(document), 0, inpaint, {2: 1.0}).text == "2 frames masked"


def test_the_slider_says_what_stands_in_its_way() -> None:
    document = works.one_clip()
    assert fidelity_obstacle(clip(document).shots[0])[1] == "Enable Detail"
    document = set_enabled(document, "c1", 0, "detail", True)
    assert fidelity_obstacle(clip(document).shots[0]) == ("", "")
    document = set_slider(document, "c1", 0, 0.7)
    by_hand = set_setting(document, "c1", 0, "detail", "perceptual", "0")
    assert "by hand" in fidelity_obstacle(clip(by_hand).shots[0])[0]
