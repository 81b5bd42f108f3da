"""Tests of the commands that replace a document."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import pytest

from app import commands
from app.document import Document, Marker, ShotWork, StageUse
from engines.errors import MaskError, SettingError
from tests.app.works import disc, media, one_clip


def _shots(doc: Document) -> tuple[ShotWork, ...]:
    return doc.clips[0].shots


def _use(doc: Document, shot: int, name: str) -> StageUse:
    use = _shots(doc)[shot].stage(name)
    assert use is not None
    return use


def test_a_new_clip_repairs_and_does_not_invent_detail() -> None:
    doc, clip_id = commands.add_clip(Document(), media())
    assert [(use.name, use.enabled) for use in doc.clip(clip_id).shots[0].stages] == [
        ("inpaint", True),
        ("detail", False),
    ]
    assert commands.remove_clip(doc, clip_id) == Document()


def test_a_setting_is_of_one_shot_and_its_default_is_not_written() -> None:
    doc = commands.set_setting(one_clip(), "c1", 1, "inpaint", "search", "6")
    assert dict(_use(doc, 0, "inpaint").settings) == {}
    assert dict(_use(doc, 1, "inpaint").settings) == {"search": "6"}
    assert commands.set_setting(doc, "c1", 1, "inpaint", "search", "4") == one_clip()
    assert commands.set_setting(doc, "c1", 1, "inpaint", "search", "") == one_clip()


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(SettingError, match="out of range"):
        commands.set_setting(one_clip(), "c1", 0, "inpaint", "search", "99")
    with pytest.raises(SettingError, match="not used"):
        commands.set_setting(one_clip(), "c1", 0, "fade", "x", "1")


def test_the_scale_is_of_the_whole_clip_and_so_is_its_switch() -> None:
    doc = commands.set_enabled(one_clip(), "c1", 1, "detail", True)
    assert [_use(doc, shot, "detail").enabled for shot in (0, 1)] == [False, True]
    doc = commands.set_setting(doc, "c1", 1, "detail", "scale", "2")
    assert [(_use(doc, s, "detail").settings["scale"], _use(doc, s, "detail").enabled) for s in (0, 1)] == [
        ("2", True),
        ("2", True),
    ]
    doc = commands.set_enabled(doc, "c1", 0, "detail", False)
    assert [_use(doc, shot, "detail").enabled for shot in (0, 1)] == [False, False]


def test_how_pictures_are_coded_is_of_the_whole_clip() -> None:
    doc = commands.add_stage(one_clip(), "c1", "hdr")
    doc = commands.set_setting(doc, "c1", 1, "hdr", "peak", "4000")
    assert [_use(doc, shot, "hdr").settings["peak"] for shot in (0, 1)] == ["4000", "4000"]
    doc = commands.set_enabled(doc, "c1", 1, "hdr", False)
    assert [_use(doc, shot, "hdr").enabled for shot in (0, 1)] == [False, False]


def test_stages_are_added_moved_and_removed_in_all_shots() -> None:
    doc = commands.remove_stage(one_clip(), "c1", "inpaint")
    assert [[use.name for use in shot.stages] for shot in _shots(doc)] == [["detail"]] * 2
    doc = commands.add_stage(doc, "c1", "inpaint")
    assert [[use.name for use in shot.stages] for shot in _shots(doc)] == [["inpaint", "detail"]] * 2
    doc = commands.move_stage(doc, "c1", "inpaint", 1)
    assert [[use.name for use in shot.stages] for shot in _shots(doc)] == [["detail", "inpaint"]] * 2
    with pytest.raises(SettingError):
        commands.add_stage(doc, "c1", "magic")


def test_a_stage_is_put_where_it_usually_stands() -> None:
    doc = commands.add_stage(one_clip(), "c1", "model")
    for name in ("dirt", "stabilise", "deflicker"):
        doc = commands.add_stage(doc, "c1", name)
    names = ["stabilise", "deflicker", "dirt", "inpaint", "detail", "model"]
    assert [[use.name for use in shot.stages] for shot in _shots(doc)] == [names] * 2


def test_the_treatment_is_copied_without_name_and_cut() -> None:
    doc = commands.set_slider(commands.set_setting(one_clip(), "c1", 0, "inpaint", "grain", "0.5"), "c1", 0, 7.0)
    doc = commands.copy_treatment(doc, "c1", 0, [1])
    first, second = _shots(doc)
    assert (second.stages, second.slider, second.name, second.start) == (first.stages, 1.0, "B", 20)


def test_cuts_keep_names_and_treatment_of_the_shots_they_divide() -> None:
    doc = commands.set_setting(one_clip(), "c1", 1, "inpaint", "search", "6")
    doc = commands.add_cut(doc, "c1", 30)
    assert [(shot.start, shot.name) for shot in _shots(doc)] == [(0, ""), (20, "B"), (30, "")]
    assert _use(doc, 2, "inpaint").settings == MappingProxyType({"search": "6"})
    assert doc.clips[0].cuts_known
    doc = commands.remove_cut(doc, "c1", 20)
    assert [shot.start for shot in _shots(doc)] == [0, 30]
    doc = commands.set_cuts(doc, "c1", [7, -3, 99, 7])
    assert [shot.start for shot in _shots(doc)] == [0, 7]
    assert commands.remove_cut(doc, "c1", 0) is doc


def test_in_and_out_stay_in_order_and_within_the_clip() -> None:
    doc = commands.set_out(commands.set_in(one_clip(), "c1", 10), "c1", 500)
    assert (doc.clips[0].in_point, doc.clips[0].out_point) == (10, 39)
    doc = commands.set_out(doc, "c1", 5)
    assert (doc.clips[0].in_point, doc.clips[0].out_point) == (None, 5)
    doc = commands.set_in(doc, "c1", 6)
    assert (doc.clips[0].in_point, doc.clips[0].out_point) == (6, None)


def test_markers_toggle_and_take_texts() -> None:
    doc = commands.toggle_marker(commands.toggle_marker(one_clip(), "c1", 9), "c1", 3)
    assert doc.clips[0].markers == (Marker(3), Marker(9))
    doc = commands.toggle_marker(doc, "c1", 9, "tear")
    assert doc.clips[0].markers == (Marker(3), Marker(9, "tear"))
    assert commands.toggle_marker(doc, "c1", 9).clips[0].markers == (Marker(3),)


def test_masks_are_set_removed_and_checked() -> None:
    doc = commands.set_mask(one_clip(), "c1", "damage", 4, disc(5, 5))
    assert list(doc.clips[0].damage) == [4]
    assert commands.set_mask(doc, "c1", "damage", 4, disc(5, 5)) is doc
    assert commands.set_mask(doc, "c1", "damage", 4, None) == one_clip()
    with pytest.raises(MaskError, match="no frame 40"):
        commands.set_mask(doc, "c1", "damage", 40, disc(5, 5))
    with pytest.raises(MaskError, match="320x200"):
        commands.set_mask(doc, "c1", "original", 4, disc(5, 5, height=200))


def test_relinking_to_shorter_media_drops_what_lies_beyond_but_never_a_mask() -> None:
    doc = commands.toggle_marker(commands.set_out(one_clip(), "c1", 35), "c1", 30)
    short = media("short.mov", frames=15)
    clip = commands.relink(doc, "c1", short).clips[0]
    assert (len(clip.shots), clip.markers, clip.out_point, clip.media) == (1, (), 14, short)
    with pytest.raises(MaskError):
        commands.relink(commands.set_mask(doc, "c1", "damage", 20, disc(5, 5)), "c1", short)


@pytest.mark.parametrize(
    "command",
    [
        lambda doc: commands.set_slider(doc, "c1", 0, 0.0),
        lambda doc: commands.set_enabled(doc, "c1", 0, "inpaint", True),
        lambda doc: commands.add_stage(doc, "c1", "inpaint"),
        lambda doc: commands.add_cut(doc, "c1", 20),
        lambda doc: commands.name_shot(doc, "c1", 1, " B "),
        lambda doc: commands.set_in(doc, "c1", None),
        lambda doc: commands.set_mask(doc, "c1", "damage", 3, None),
        lambda doc: commands.move_stage(doc, "c1", "inpaint", 0),
    ],
)
def test_commands_that_change_nothing_answer_the_same_document(command: Callable[[Document], Document]) -> None:
    doc = one_clip()
    assert command(doc) is doc
