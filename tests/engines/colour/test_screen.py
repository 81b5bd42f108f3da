"""The setting of what the screen shows: stored as texts, read with tolerance."""

from __future__ import annotations

from engines.colour.screen import AUTOMATIC, Screen, screen_of


def test_what_was_stated_is_read_back_without_the_overlay() -> None:
    screen = Screen("ocio", "p3", "ocio://default", "ACEScg", "sRGB", "Raw", "", 0.5, 1.2, "gamut", "smpte432", 4000.0)
    assert screen_of(screen.stated()) == screen.bare()
    assert screen.bare().overlay == ""
    assert AUTOMATIC.bare() is AUTOMATIC


def test_what_cannot_be_read_is_its_default() -> None:
    stated = {"kind": "magic", "display": "tv", "exposure": "much", "gamma": "nan", "peak": "4000", "more": "x"}
    assert screen_of(stated) == Screen(peak=4000.0)
    assert screen_of({}) == AUTOMATIC


def test_the_peak_is_chosen_or_the_clips_or_the_usual_one() -> None:
    assert AUTOMATIC.mastered(None) is AUTOMATIC
    assert AUTOMATIC.rolled_from == 1000.0
    assert AUTOMATIC.mastered(4000.0).rolled_from == 4000.0
    assert Screen(peak=600.0).mastered(4000.0).rolled_from == 600.0
