"""Timelines that are broken, absurd or mean: one sentence each, and nothing outside their folder is looked at."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.interchange import edl_reading, otio_reading
from app.interchange.media import find_media
from app.interchange.otio import text_of
from app.interchange.read import media_of_timeline, read_timeline
from app.interchange.times import exact_rate, frames_of
from engines.errors import MediaError, SettingError
from tests.app.interchange.reels import RATES, cut_reel, edl_of, timeline_of

WHOLE = text_of(timeline_of(cut_reel(), "reel", {}))
EVENTS = edl_of(cut_reel(), "reel", {})


def spoilt(**changes: object) -> str:
    """Our own timeline with every value of these keys replaced."""

    def walk(held: object) -> object:
        if isinstance(held, dict):
            return {key: changes.get(key, walk(value)) for key, value in held.items()}
        return [walk(one) for one in held] if isinstance(held, list) else held

    return json.dumps(walk(json.loads(WHOLE)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no events"),
        ("{", "is not JSON"),
        ("{}", "is no OpenTimelineIO file"),
        ('{"OTIO_SCHEMA": "Track.1"}', "can be read"),
        ('{"OTIO_SCHEMA": "Nonsense.7"}', "where a timeline belongs"),
        ('{"OTIO_SCHEMA": ' * 5000, "is not JSON"),
        ('{"OTIO_SCHEMA": "Timeline.1", "a": ' + "[" * 500 + "]" * 500 + "}", "nested deeper than any timeline"),
        (spoilt(rate=0), "is none that a film has"),
        (spoilt(rate=-24), "is none that a film has"),
        (spoilt(rate=1e300), "is none that a film has"),
        (spoilt(value=1e300), "a frame that no film has"),
        (spoilt(value=-5), "frames long"),
        (spoilt(value="many"), "can be read"),
        (spoilt(cuts=["x"]), "no film has"),
        (spoilt(cuts=7), "is damaged"),
        (spoilt(tracks=None), "damaged|can be read"),
        (spoilt(source_range=None, available_range=None), "does not say which frames"),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><xmeml>&b;</xmeml>", "is XML"),
        ("\0" * 99, "no timeline in text form"),
        ("words\n", "is no EDL: line 1"),
        ("001 REEL V C 00:00:00:00\n", "is no event of an EDL"),
        ("001 R V C 00:00:00:24 00:00:01:00 00:00:00:00 00:00:00:01", "is no timecode at 24"),
        ("001 R V C 99:00:00:00 99:00:01:00 00:00:00:00 00:00:00:01", "is no timecode at 24"),
        ("001 R V C 00:00:02:00 00:00:01:00 00:00:00:00 00:00:00:01", "ends before it begins"),
        ("001 " + "9" * 5000, "longer than any EDL"),
        ("*\n" * 300_000, "longer than any EDL"),
    ],
)
def test_one_sentence_each(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "x.otio"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((MediaError, SettingError), match=why) as caught:
        read_timeline(path, RATES["24"])
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


def test_sizes_and_places(tmp_path: Path) -> None:
    large = tmp_path / "large.otio"
    with large.open("wb") as sink:
        sink.truncate(100 * 2**20)
    with pytest.raises(MediaError, match="larger than any timeline"):
        read_timeline(large)
    with pytest.raises(MediaError, match="There is no timeline"):
        read_timeline(tmp_path / "none.otio")
    with pytest.raises(MediaError, match="There is no timeline"):
        read_timeline(tmp_path)
    os.mkfifo(tmp_path / "pipe.otio")
    with pytest.raises(MediaError, match="There is no timeline"):
        read_timeline(tmp_path / "pipe.otio")
    (tmp_path / "x.edl").write_text(EVENTS)
    with pytest.raises(MediaError, match="does not say its rate"):
        read_timeline(tmp_path / "x.edl")


@pytest.mark.parametrize(
    "url", ["../secret.mkv", "file:///etc/passwd", "/etc/passwd", "sub/../../secret.mkv", "..", "."]
)
def test_media_is_looked_for_in_the_timelines_own_folder_only(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "edit"
    folder.mkdir()
    (tmp_path / "secret.mkv").write_bytes(b"x")
    (folder / "link.mkv").symlink_to(tmp_path / "secret.mkv")
    path = folder / "x.otio"
    path.write_text(spoilt(target_url=url))
    assert find_media(path, media_of_timeline(path)) == {}
    path.write_text(spoilt(target_url="link.mkv"))
    assert find_media(path, media_of_timeline(path)) == {}


def test_media_beside_the_timeline_is_found_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.otio"
    (tmp_path / "sub").mkdir()
    for place, url in (("reel.mkv", "file:///elsewhere/reel.mkv"), ("sub/b%20c.mkv", "sub/b%2520c.mkv")):
        (tmp_path / place).write_bytes(b"x")
        path.write_text(spoilt(target_url=url))
        assert set(find_media(path, media_of_timeline(path)).values()) == {tmp_path / place}
    other = tmp_path / "other.mov"
    assert set(find_media(path, media_of_timeline(path), [other]).values()) == {other}


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_changed_bytes_are_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from((WHOLE, EVENTS)))
    held = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(held) - 1))
        cut = data.draw(st.integers(0, 6))
        held[at : at + cut] = data.draw(st.binary(max_size=6))
    changed = held.decode("utf-8", "replace")
    with contextlib.suppress(MediaError, SettingError):
        if changed.lstrip().startswith("{"):
            otio_reading.cutting_of_text(changed, "x.otio")
        else:
            edl_reading.cutting_of_text(changed, "x.edl", RATES["24"])


def test_rates_and_labels() -> None:
    assert [exact_rate(value) for value in (23.976, 23.98, 23.976023976, 24.0, 29.97, 59.94, 12.5)] == [
        RATES["23.976"],
        RATES["23.976"],
        RATES["23.976"],
        RATES["24"],
        RATES["29.97"],
        RATES["59.94"],
        12.5,
    ]
    with pytest.raises(SettingError, match="does not exist: drop-frame"):
        frames_of("01:01:00;00", RATES["29.97"])
    assert frames_of("01:00:00;00", RATES["29.97"]) == 107892
    assert frames_of("01:00:00:00", RATES["29.97"]) == 108000
    assert frames_of("01:00:00:00", RATES["29.97"], drop=True) == 107892
    with pytest.raises(SettingError, match="none that a film has"):
        exact_rate(float("nan"))
