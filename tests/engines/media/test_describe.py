"""Descriptions for a program and for a person."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from engines.detect.interlace import InterlaceReport
from engines.media.describe import as_dict, as_text
from engines.media.source import Chapter, ClipInfo, StreamInfo
from engines.types import ColourSpec, PixelFormat

INFO = ClipInfo(
    path=Path("/films/reel.mov"),
    kind="container",
    container="mov",
    codec="prores",
    width=720,
    height=576,
    format=PixelFormat("yuv", 10, 2, 1),
    native_format="yuv422p10le",
    colour=ColourSpec("tv", "smpte170m"),
    sar=Fraction(16, 15),
    rate=Fraction(30000, 1001),
    time_base=Fraction(1, 30000),
    pts=tuple(range(0, 1001 * 60, 1001)),
    timecode="01:00:00:00",
    field_order="tff",
    streams=(StreamInfo(1, "audio", "pcm_s24le", "de", "stereo, 48000 Hz"),),
    chapters=(Chapter(Fraction(0), Fraction(61), "Leader"),),
    metadata={"title": "Reel 1"},
    fingerprint="ab" * 32,
)
REPORT = InterlaceReport("tff", tff=1, bff=0, progressive=29, undetermined=0)


def test_everything_survives_json() -> None:
    told = json.loads(json.dumps(as_dict(INFO, REPORT)))
    assert told["frame_rate"] == "30000/1001"
    assert told["display_aspect_ratio"] == "4/3"
    assert told["frame_count"] == 60
    assert told["duration"] == 60 * 1001 / 30000
    assert told["streams"][0]["codec"] == "pcm_s24le"
    assert told["interlacing"]["verdict"] == "progressive"
    assert told["interlacing"]["contradicts_flag"] is True
    assert "interlacing" not in as_dict(INFO)


def test_text_is_aligned_and_complete() -> None:
    text = as_text(INFO, REPORT)
    lines = text.splitlines()
    starts = {line.index(word) for line, word in ((lines[0], "/films"), (lines[2], "720 x 576"))}
    assert len(starts) == 1
    for word in ("prores in mov", "10 bit", "29.970 (30000/1001)", "01:00:00:00", "00:00:02.002", "against the flag"):
        assert word in text


def test_gaps_are_told() -> None:
    times = (0, 1001, 2002, 9009, 10010)
    torn = replace(INFO, pts=times, variable_rate=True)
    assert "1 gap, the first after frame 2" in as_text(torn)
    assert as_dict(torn)["uneven_steps"] == 1
    assert "every step of time alike" in as_text(INFO)
