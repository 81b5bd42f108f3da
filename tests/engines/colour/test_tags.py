"""Missing, contradictory and unknown tags are said in one sentence each, with what is assumed and what to choose."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from engines.colour.chosen import VALUES, ChosenTags
from engines.colour.tags import check, choices, said
from engines.media.source import ClipInfo
from engines.types import ColourSpec, PixelFormat

HD = ColourSpec("tv", "bt709", "bt709", "bt709", "left")
SD = ColourSpec("tv", "smpte170m", "smpte170m", "smpte170m", "left")
PQ = ColourSpec("tv", "bt2020nc", "bt2020", "smpte2084", "left")
YUV8, YUV10 = PixelFormat("yuv", 8, 2, 2), PixelFormat("yuv", 10, 2, 2)
LINEAR = ColourSpec("pc", "rgb", "unknown", "linear")
LOG = ColourSpec("pc", "rgb", "bt709", "cineon")
FLOAT, RGB10 = PixelFormat("rgb", 16, floating=True), PixelFormat("rgb", 10)


def info(colour: ColourSpec, layout: PixelFormat = YUV8, width: int = 1920, height: int = 1080) -> ClipInfo:
    return ClipInfo(
        path=Path("clip.mkv"),
        kind="container",
        container="matroska",
        codec="ffv1",
        width=width,
        height=height,
        format=layout,
        native_format=layout.name,
        colour=colour,
        sar=Fraction(1),
        rate=Fraction(24),
        time_base=Fraction(1, 24),
        pts=(0,),
    )


@pytest.mark.parametrize(
    "clip",
    [
        info(HD),
        info(SD, width=720, height=576),
        info(HD, width=640, height=360),
        info(PQ, YUV10, 3840, 2160),
        info(replace(LINEAR, primaries="bt709"), FLOAT),
        info(LOG, RGB10),
        info(ColourSpec("pc", "unknown", "unknown", "bt709"), PixelFormat("gray", 8)),
    ],
)
def test_sound_tags_give_no_finding(clip: ClipInfo) -> None:
    assert check(clip) == ()


def test_untagged_video_lacks_everything_and_says_what_is_assumed() -> None:
    found = {one.tag: one for one in check(info(ColourSpec(), width=720, height=576))}
    assert {tag: one.assumed for tag, one in found.items()} == {
        "range": "tv",
        "matrix": "smpte170m",
        "primaries": "bt709",
        "transfer": "bt709",
    }
    assert all(one.kind == "missing" for one in found.values())
    assert {one.assumed for one in check(info(ColourSpec())) if one.tag == "matrix"} == {"bt709"}


@pytest.mark.parametrize(
    ("clip", "tag", "words"),
    [
        (info(replace(HD, matrix="rgb")), "matrix", "stored as Y'CbCr"),
        (info(replace(HD, matrix="bt2020nc")), "matrix", "primaries are BT.709"),
        (info(replace(PQ, primaries="bt709"), YUV10), "primaries", "PQ"),
        (info(replace(PQ, transfer="arib-std-b67", primaries="smpte170m"), YUV10), "primaries", "HLG"),
        (info(PQ), "transfer", "10 bits"),
        (info(HD, width=720, height=576), "matrix", "HD matrix"),
        (info(SD), "matrix", "SD matrix"),
        (info(replace(LOG, range="tv"), RGB10), "range", "full range"),
        (info(LOG, PixelFormat("rgb", 8)), "transfer", "10 bits"),
        (info(replace(LINEAR, primaries="bt709", transfer="bt709"), FLOAT), "transfer", "linear light"),
    ],
)
def test_contradictions_are_named(clip: ClipInfo, tag: str, words: str) -> None:
    found = [one for one in check(clip) if one.kind == "contradicts"]
    assert any(one.tag == tag and words in one.sentence for one in found), found


@pytest.mark.parametrize(
    ("colour", "tag"), [(replace(HD, matrix="ycgco"), "matrix"), (replace(HD, matrix="ictcp"), "matrix")]
)
def test_what_is_not_known_here_is_said(colour: ColourSpec, tag: str) -> None:
    assert [(one.tag, one.kind) for one in check(info(colour))] == [(tag, "unsupported")]


def test_dpx_without_a_transfer_may_be_log() -> None:
    clip = replace(info(replace(LOG, transfer="unknown"), RGB10), codec="dpx", kind="sequence")
    (found,) = check(clip)
    assert found.choices[0] == "cineon"
    assert "film log" in found.sentence


@pytest.mark.parametrize("layout", [YUV8, YUV10, FLOAT, RGB10, PixelFormat("gray", 8)])
@pytest.mark.parametrize("colour", [ColourSpec(), replace(PQ, primaries="bt709"), replace(HD, matrix="rgb"), SD])
def test_every_choice_offered_may_be_chosen_and_mends_the_finding(layout: PixelFormat, colour: ColourSpec) -> None:
    clip = info(colour, layout)
    for one in check(clip):
        for value in one.choices:
            assert value in VALUES[one.tag]
            assert value in choices(clip)[one.tag]
        chosen = ChosenTags().with_tag(one.tag, one.choices[0])
        after = check(replace(clip, colour=chosen.applied(colour)))
        assert (one.tag, "missing") not in [(other.tag, other.kind) for other in after]


def test_values_have_words() -> None:
    assert said("tv") == "limited"
    assert all(said(value) != value for values in VALUES.values() for value in values if value[:2] in ("bt", "sm"))
