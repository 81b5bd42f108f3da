"""The lines that say how shots and stages stand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from app.commands import add_stage, set_enabled, set_masks, set_setting, set_slider
from app.document import ClipWork, Document
from app.stage_text import StateLine, fidelity_obstacle, percent, risk_promise, shot_line, stage_line, treated
from engines.models.runtime import Choice
from engines.stages.computed import Computed
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


def test_a_repair_tells_who_finds_what_it_repairs() -> None:
    document = add_stage(painted(2), "c1", "dirt")
    inpaint = clip(document).shots[0].stage("inpaint")
    assert inpaint is not None
    assert stage_line(clip(document), 0, inpaint, NOTHING).text == "1 frame masked, and what Dirt finds"
    assert stage_line(clip(document), 1, inpaint, NOTHING).text == "repairs what Dirt finds"
    assert treated(clip(document), 1)
    document = set_enabled(document, "c1", 1, "inpaint", False)
    assert not treated(clip(document), 1), "finding alone changes no pixel"


def test_detail_tells_what_computes_it_once_that_is_known() -> None:
    document = set_enabled(works.one_clip(), "c1", 0, "detail", True)
    document = set_setting(document, "c1", 0, "detail", "scale", "2")
    exact = Choice("torch", "cpu", "float32", "the same answer whatever else is installed")
    chosen = Computed("standard", "chosen by itself: it is quick", True, exact, {})
    line = stage_line(clip(document), 0, clip(document).shots[0].stages[1], NOTHING, chosen)
    assert line.text == "×2 · standard (auto) · PyTorch float32 · noise and compression measured"
    assert line.more.split("\n") == [
        "Model standard: chosen by itself: it is quick.",
        "PyTorch on the processor, float32: the same answer whatever else is installed.",
        "Pictures marked approximate come from tier draft.",
    ]
    document = set_setting(document, "c1", 0, "detail", "weights", "my-reel")
    tuned = Computed("my-reel", "tuned to your archive", False, exact, {})
    line = stage_line(clip(document), 0, clip(document).shots[0].stages[1], NOTHING, tuned)
    assert line.text.startswith("×2 · my-reel · PyTorch float32 · ")
    assert "draft" not in line.more
    off = set_enabled(document, "c1", 0, "detail", False)
    assert "PyTorch" not in stage_line(clip(off), 0, clip(off).shots[0].stages[1], NOTHING, tuned).text


def test_the_promise_of_a_risk_is_told_where_something_may_be_invented() -> None:
    document = set_enabled(works.one_clip(), "c1", 0, "detail", True)
    assert risk_promise(0.1, clip(document).shots[0]).startswith("At faithful nothing is invented")
    slid = set_slider(document, "c1", 0, 0.3)
    assert "at most 2.5 % of the visibly wrong area" in risk_promise(0.025, clip(slid).shots[0])
    by_hand = set_setting(slid, "c1", 0, "detail", "perceptual", "0")
    assert risk_promise(0.1, clip(by_hand).shots[0]).startswith("At faithful")


def test_the_slider_says_what_stands_in_its_way() -> None:
    document = works.one_clip()
    assert fidelity_obstacle(clip(document).shots[0])[1] == "Enable Detail"
    document = set_enabled(document, "c1", 0, "detail", True)
    assert fidelity_obstacle(clip(document).shots[0]) == ("", "")
    document = set_slider(document, "c1", 0, 0.7)
    by_hand = set_setting(document, "c1", 0, "detail", "perceptual", "0")
    assert "by hand" in fidelity_obstacle(clip(by_hand).shots[0])[0]
