"""Timecode, feet and what a person may type into "go to"."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.time_text import TimeText, feet
from engines.errors import SettingError

FILM = TimeText(Fraction(24))
NTSC = TimeText(Fraction(30000, 1001), "00:00:00;00")


def test_labels_count_at_the_rounded_rate() -> None:
    assert FILM.timecode(0) == "00:00:00:00"
    assert FILM.timecode(24 * 61 + 5) == "00:01:01:05"
    assert NTSC.timecode(1800) == "00:01:00;02"


def test_a_recorded_start_moves_every_label() -> None:
    time = TimeText.of(Fraction(25), "10:00:00:00")
    assert time.timecode(30) == "10:00:01:05"
    assert time.parse("10:00:01:05", 0) == 30


def test_an_unreadable_recorded_start_counts_from_zero() -> None:
    assert TimeText.of(Fraction(25), "noon").timecode(1) == "00:00:00:01"
    assert TimeText.of(Fraction(25), None).timecode(1) == "00:00:00:01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("123", 123),
        ("+10", 110),
        ("-10", 90),
        ("00:00:01:12", 36),
        ("1:12", 36),
        ("1:00:00", 1440),
        ("+1:00", 124),
        ("2 ft 3", 35),
        ("2ft", 32),
        ("+1 ft 1 fr", 117),
        (" 7 ", 7),
    ],
)
def test_what_may_be_typed(text: str, expected: int) -> None:
    assert FILM.parse(text, 100) == expected


def test_feet_follow_the_gauge() -> None:
    assert feet(35) == "2 ft 3 fr"
    assert feet(85, "16 mm") == "2 ft 5 fr"
    assert FILM.parse("2 ft 5", 0, "16 mm") == 85


@pytest.mark.parametrize("text", ["", "+", "abc", "1:99:00:00", "00:75:00", "1:2:3:4:5", "1.5.x", "²"])
def test_what_names_no_frame_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(SettingError, match="names no frame"):
        FILM.parse(text, 0)


def test_drop_frame_labels_are_read_back_as_they_were_written() -> None:
    for frame in (0, 1799, 1800, 17981, 17982, 107891):
        assert NTSC.parse(NTSC.timecode(frame), 0) == frame
        assert NTSC.parse(NTSC.timecode(frame).replace(";", ":"), 0) == frame


def test_lengths() -> None:
    assert FILM.seconds(47) == "1 s 23 f"
    assert FILM.seconds(24 * 60 * 10) == "10 min 0 s 0 f"
