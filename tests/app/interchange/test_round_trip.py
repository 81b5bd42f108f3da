"""Timelines out of documents and back: the same cuts, names, markers and range, at every rate and timecode."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from otio_cmx3600_adapter import cmx_3600

from app.commands import add_clip, set_cuts, set_in, set_markers, set_out
from app.document import Document, Marker
from app.interchange import edl_reading, otio_reading
from app.interchange.apply import apply_cutting
from app.interchange.cutting import Cutting
from app.interchange.otio import text_of
from app.interchange.times import can_drop
from engines.errors import SettingError
from engines.types import Rate
from tests.app.interchange.reels import RATES, bare, cut_reel, edit, edl_of, media, timeline_of

TEXTS = st.from_regex(r"[a-z][a-z ;:,.()*\"#0-9]{0,20}[a-z]", fullmatch=True)
STARTS = (None, "00:00:00:00", "10:00:00:00", "00:59:58:10")


def by_otio(document: Document, starts: dict[str, str | None]) -> Cutting:
    return otio_reading.cutting_of_text(text_of(timeline_of(document, "reel", starts)), "reel.otio")


def by_edl(document: Document, starts: dict[str, str | None]) -> Cutting:
    return edl_reading.cutting_of_text(edl_of(document, "reel", starts), "reel.edl", document.clips[0].media.rate)


@pytest.mark.parametrize("way", [by_otio, by_edl])
@pytest.mark.parametrize("start", [*STARTS, "00:59:58;10"])
@pytest.mark.parametrize("rate", RATES.values(), ids=RATES)
def test_everything_a_timeline_can_say_comes_back(way: object, rate: Rate, start: str | None) -> None:
    document = cut_reel(rate)
    (clip,) = document.clips
    starts = {clip.id: start}
    assert callable(way)
    applied = apply_cutting(bare(document), way(document, starts), starts)
    assert edit(applied.document.clips[0]) == edit(clip)
    assert applied.notes == ()
    assert applied.clips == (clip.id,)


@given(
    cuts=st.sets(st.integers(1, 399), max_size=8),
    ends=st.tuples(st.integers(0, 399), st.integers(0, 399)),
    marks=st.dictionaries(
        st.integers(0, 399), st.from_regex(r"[a-z][a-z ;:,.()*\"#0-9]{0,20}[a-z]", fullmatch=True), max_size=5
    ),
    rate=st.sampled_from(tuple(RATES.values())),
    start=st.sampled_from(STARTS),
)
@settings(deadline=None, max_examples=40)
def test_whatever_was_cut(
    cuts: set[int], ends: tuple[int, int], marks: dict[int, str], rate: Rate, start: str | None
) -> None:
    document, clip_id = add_clip(Document(), media(rate=rate))
    document = set_markers(set_cuts(document, clip_id, cuts), clip_id, [Marker(*mark) for mark in marks.items()])
    first, last = min(ends), max(ends)
    document = set_out(set_in(document, clip_id, first or None), clip_id, last if last < 399 else None)
    for way in (by_otio, by_edl):
        applied = apply_cutting(bare(document), way(document, {clip_id: start}), {clip_id: start})
        assert edit(applied.document.clips[0]) == edit(document.clips[0])


def test_two_clips_of_one_file_are_told_apart_in_otio() -> None:
    document = cut_reel()
    second, other = add_clip(Document(), media())
    second = set_cuts(second, other, [7])
    document = Document((*document.clips, *second.clips))
    applied = apply_cutting(bare(document), by_otio(document, {}), {})
    assert [edit(clip) for clip in applied.document.clips] == [edit(clip) for clip in document.clips]


@pytest.mark.parametrize(("rate", "start"), [(RATES["25"], "10:00:00:00"), (RATES["29.97"], "00:59:58;10")])
def test_an_independent_reader_finds_the_same_events(rate: Rate, start: str) -> None:
    document = cut_reel(rate)
    starts = {document.clips[0].id: start}
    ours = timeline_of(document, "reel", starts)
    theirs = cmx_3600.read_from_string(edl_of(document, "reel", starts), rate=float(rate))
    ranges = [
        [(clip.source_range.start_time.value, clip.source_range.duration.value) for clip in found.find_clips()]
        for found in (ours, theirs)
    ]
    assert ranges[0] == ranges[1]
    assert {clip.name for clip in theirs.find_clips()} == {"reel.mkv"}


def test_an_edl_of_an_independent_writer_is_read() -> None:
    document = cut_reel(RATES["25"])
    starts = {document.clips[0].id: "10:00:00:00"}
    written = cmx_3600.write_to_string(timeline_of(document, "reel", starts), rate=25)
    cutting = edl_reading.cutting_of_text(written, "reel.edl", RATES["25"])
    applied = apply_cutting(bare(document), cutting, starts)
    (clip,) = applied.document.clips
    assert [shot.start for shot in clip.shots] == [0, 50, 120, 300]
    assert (clip.in_point, clip.out_point) == (30, 310)


def test_drop_frame_is_said_where_it_is_counted() -> None:
    document = cut_reel(RATES["29.97"])
    clip_id = document.clips[0].id
    assert "FCM: DROP FRAME" in edl_of(document, "reel", {clip_id: "00:59:58;10"})
    counted = edl_of(document, "reel", {clip_id: "00:59:58:10"})
    assert "FCM: NON-DROP FRAME" in counted
    assert ";" not in "".join(line for line in counted.splitlines() if line[:1].isdigit())
    assert can_drop(RATES["29.97"])
    assert not can_drop(Fraction(30))


def test_ranges_lie_within_what_is_available_so_that_there_are_handles() -> None:
    document = cut_reel()
    timeline = timeline_of(document, "reel", {document.clips[0].id: "10:00:00:00"})
    text = text_of(timeline)
    held = otio.adapters.read_from_string(text, "otio_json")
    clips = list(held.find_clips())
    assert len(clips) == 4
    for clip in clips:
        available = clip.media_reference.available_range
        assert available.contains(clip.source_range)
        assert available.start_time.value == 10 * 3600 * 24
        assert available.duration.value == 400
    assert clips[0].source_range.start_time.value - 10 * 3600 * 24 == 30
    assert text == text_of(timeline_of(document, "reel", {document.clips[0].id: "10:00:00:00"}))


def test_an_edl_refuses_what_it_cannot_say() -> None:
    both = Document((*cut_reel().clips, *cut_reel(RATES["25"], "b.mkv").clips))
    with pytest.raises(SettingError, match="one rate"):
        edl_of(both, "reel", {})
    long, clip_id = add_clip(Document(), media(frames=1200))
    with pytest.raises(SettingError, match="999 events"):
        edl_of(set_cuts(long, clip_id, range(1, 1100)), "reel", {})
    day, clip_id = add_clip(Document(), media(frames=24 * 3600 * 24))
    with pytest.raises(SettingError, match="midnight"):
        edl_of(day, "reel", {clip_id: "10:00:00:00"})
