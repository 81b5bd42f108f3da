"""What a timeline of others does to a document, and what is said of that which it cannot do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import opentimelineio as otio
import pytest
from opentimelineio import opentime, schema

from app.commands import add_clip, set_markers, set_slider
from app.document import Document, Marker
from app.interchange import edl_reading, otio_reading
from app.interchange.apply import apply_cutting
from app.interchange.cutting import Cutting
from engines.errors import SettingError
from tests.app.interchange.reels import RATES, cut_reel, media

EDL = """TITLE: Conform 3
FCM: NON-DROP FRAME

001  REEL     V     C        00:00:01:00 00:00:02:00 01:00:00:00 01:00:01:00
* FROM CLIP NAME: SC01_010
* SOURCE FILE: REEL.MKV
* LOC: 01:00:00:12 RED     Splice
002  REEL     V     C        00:00:04:00 00:00:05:00 01:00:01:00 01:00:02:00
* SOURCE FILE: REEL.MKV
* ASC_SAT 0.9
"""


def take(text: str, document: Document | None = None, **more: object) -> tuple[Document, tuple[str, ...]]:
    document = document or add_clip(Document(), media())[0]
    cutting = edl_reading.cutting_of_text(text, "conform.edl", document.clips[0].media.rate)
    applied = apply_cutting(document, cutting, {}, **more)  # type: ignore[arg-type]
    return applied.document, applied.notes


def test_pieces_become_cuts_where_they_begin_and_end() -> None:
    document, notes = take(EDL)
    (clip,) = document.clips
    assert [shot.start for shot in clip.shots] == [0, 48, 96]
    assert (clip.in_point, clip.out_point) == (24, 119)
    assert clip.markers == (Marker(36, "Splice"),)
    assert notes == ("Line 10 says something that is not read: * ASC_SAT 0.9",)


def test_handles_widen_the_range_as_far_as_there_are_frames() -> None:
    document, _ = take(EDL, handles=30)
    (clip,) = document.clips
    assert (clip.in_point, clip.out_point) == (None, 149)


def test_treatments_and_other_notes_stay() -> None:
    document = cut_reel()
    clip_id = document.clips[0].id
    document = set_slider(set_markers(document, clip_id, [Marker(5, "mine")]), clip_id, 0, 0.5)
    after, _ = take(EDL, document)
    (clip,) = after.clips
    assert clip.shots[0].slider == 0.5
    # Inside the range the timeline's cuts, outside it those that were there.
    assert [shot.start for shot in clip.shots] == [0, 48, 96, 120, 300]
    assert Marker(5, "mine") in clip.markers


def test_one_piece_says_a_range_and_leaves_cuts_alone() -> None:
    text = "001  REEL V C 00:00:01:00 00:00:10:00 01:00:00:00 01:00:09:00\n* FROM CLIP NAME: reel.mkv\n"
    document, _ = take(text, cut_reel())
    (clip,) = document.clips
    assert [shot.start for shot in clip.shots] == [0, 50, 120, 300]
    assert (clip.in_point, clip.out_point) == (24, 239)


def test_timecode_of_the_media_is_taken_off() -> None:
    document = add_clip(Document(), media())[0]
    text = EDL.replace(" 00:00:0", " 10:00:0")
    cutting = edl_reading.cutting_of_text(text, "conform.edl", RATES["24"])
    applied = apply_cutting(document, cutting, {document.clips[0].id: "10:00:00:00"})
    assert applied.document.clips[0].in_point == 24
    with pytest.raises(SettingError, match=r"asks for frames 864096 to 864119 of reel\.mkv, which has 400"):
        apply_cutting(document, cutting, {})


def test_what_cannot_be_taken_is_named() -> None:
    text = """001  REEL     V     C        00:00:01:00 00:00:02:00 01:00:00:00 01:00:01:00
002  REEL     V     C        00:00:02:00 00:00:02:00 01:00:01:00 01:00:01:00
002  OTHER    V     D    012 00:00:00:00 00:00:01:00 01:00:01:00 01:00:02:00
M2   OTHER           048.0                00:00:00:00
003  REEL     A     C        00:00:01:00 00:00:02:00 01:00:00:00 01:00:01:00
004  BL       V     C        00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00
005  REEL     V     C        00:00:16:00 00:00:20:00 01:00:03:00 01:00:07:00
* LOC: 05:00:00:00 RED     nowhere
"""
    document, notes = take(text)
    assert len(document.clips) == 1
    assert notes == (
        "Event 002 begins with a transition (D): taken as a cut.",
        "Event 002 runs at another speed: its frames are taken as they are in the media.",
        "Event 003 is sound and was left out.",
        "Event 004 shows no media and was left out.",
        "A marker of event 005 lies outside it and was left out: 05:00:00:00 RED     nowhere",
        "OTHER is not in the project: 1 piece of it left out.",
        "Event 005 reaches beyond reel.mkv: cut to what there is.",
    )


def foreign() -> schema.Timeline:
    """As another program might write it: a video track of all there is, and a sound track."""
    timeline = schema.Timeline("edit")
    track, sound = schema.Track("V1"), schema.Track("A1", kind=schema.TrackKind.Audio)
    timeline.tracks.extend([track, sound])
    reference = schema.ExternalReference("file:///C:/films/Reel.MKV")

    def shown(start: float, count: float, rate: float = 24) -> opentime.TimeRange:
        return opentime.TimeRange(opentime.RationalTime(start, rate), opentime.RationalTime(count, rate))

    track.append(schema.Clip("SC 1", reference, shown(10, 20)))
    track.append(schema.Gap(source_range=shown(0, 5)))
    track.append(
        schema.Transition("fade", "SMPTE_Dissolve", opentime.RationalTime(2, 24), opentime.RationalTime(2, 24))
    )
    fast = schema.Clip("SC 2", reference, shown(40, 20))
    fast.effects.append(schema.LinearTimeWarp("fast", 2.0))
    track.append(fast)
    off = schema.Clip("SC 3", reference, shown(80, 20))
    off.enabled = False
    track.append(off)
    track.append(schema.Stack("nest"))
    track.append(schema.Clip("bars", schema.GeneratorReference("bars", "SMPTEBars"), shown(0, 9)))
    sound.append(schema.Clip("sound", reference, shown(0, 9)))
    return timeline


def cutting_of(timeline: schema.Timeline) -> Cutting:
    return otio_reading.cutting_of_text(otio.adapters.write_to_string(timeline, "otio_json"), "edit.otio")


def test_a_timeline_of_another_program() -> None:
    document = add_clip(Document(), media())[0]
    applied = apply_cutting(document, cutting_of(foreign()), {})
    (clip,) = applied.document.clips
    assert [(shot.start, shot.name) for shot in clip.shots] == [(0, "SC 1"), (30, ""), (40, "SC 2")]
    assert (clip.in_point, clip.out_point) == (10, 59)
    assert applied.notes == (
        "A transition on track V1 was left out: the cut in its middle stays.",
        "Clip 4 of track V1 has the effect LinearTimeWarp, which was left out.",
        "Clip 5 of track V1 is switched off and was left out.",
        "Clip 6 of track V1 is a nested stack and was left out: export it by itself.",
        "Clip 7 of track V1 shows no media and was left out.",
        "Track A1 (audio) was left out: only pictures are restored.",
    )


def test_rates_that_count_other_frames_go_by_time() -> None:
    document = add_clip(Document(), media(rate=RATES["25"]))[0]
    applied = apply_cutting(document, cutting_of(foreign()), {})
    assert applied.document.clips[0].in_point == 10 * 25 // 24
    assert any("counts other frames than reel.mkv (24 and 25 per second): by time" in note for note in applied.notes)
    near = apply_cutting(add_clip(Document(), media(rate=RATES["23.976"]))[0], cutting_of(foreign()), {})
    assert near.document.clips[0].in_point == 10
    assert not any("counts other frames" in note for note in near.notes)


def test_media_that_goes_by_another_name_can_be_chosen() -> None:
    document = add_clip(Document(), media("scan_%06d.dpx"))[0]
    cutting = cutting_of(foreign())
    with pytest.raises(SettingError, match=r"Reel.MKV is not in the project: 2 pieces"):
        apply_cutting(document, cutting, {})
    chosen = dict.fromkeys(cutting.media(), document.clips[0].id)
    assert apply_cutting(document, cutting, {}, clips=chosen).document.clips[0].in_point == 10


@pytest.mark.parametrize("name", ["scan_%04d.dpx", "vault"])
def test_stills_as_editors_name_them(name: str) -> None:
    document = add_clip(Document(), media(name))[0]
    text = EDL.replace("* SOURCE FILE: REEL.MKV", "* FROM CLIP: /mnt/vault/scan_[0040-0451].dpx")
    after, notes = take(text, document)
    assert after.clips[0].in_point == 24
    assert len(notes) == 1


def test_a_document_that_is_as_the_timeline_says_stays_the_very_same() -> None:
    document = add_clip(Document(), media())[0]
    once = apply_cutting(document, cutting_of(foreign()), {}).document
    assert apply_cutting(once, cutting_of(foreign()), {}).document == once
    assert replace(once.clips[0].media, rate=Fraction(24)) == document.clips[0].media
