"""Texts of keyframes, rectangles, spots, curves and colours."""

from __future__ import annotations

import pytest

from engines.errors import SettingError
from engines.stages.setting_texts import at, parsed_colour, parsed_curve, parsed_keys, parsed_points, parsed_rect
from engines.types import Rect


def test_keys_are_linear_between_and_hold_beyond() -> None:
    keys = parsed_keys("deflicker", "24:0.5 0:1")
    assert keys == ((0, 1.0), (24, 0.5))
    assert [at(keys, n, 0.3) for n in (0, 12, 24, 99)] == [1.0, 0.75, 0.5, 0.5]
    assert at((), 5, 0.3) == 0.3


@pytest.mark.parametrize("text", ["x", "1", "3:2", "-1:0.5", "2:nan", "1:0.5,2:1"])
def test_unreadable_keys_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="Give frame:strength"):
        parsed_keys("deflicker", text)


def test_rectangles() -> None:
    assert parsed_rect("deflicker", " ") is None
    assert parsed_rect("deflicker", "4,6,100,50") == Rect(4, 6, 100, 50)


@pytest.mark.parametrize("text", ["1,2,3", "1,2,0,4", "-1,0,4,4", "a,b,c,d"])
def test_unreadable_rectangles_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="x,y,width,height"):
        parsed_rect("deflicker", text)


def test_spots_keep_the_order_they_were_picked_in() -> None:
    assert parsed_points("fade", "") == ()
    assert parsed_points("fade", "24:320,200 0:5,6") == ((24, 320, 200), (0, 5, 6))


@pytest.mark.parametrize("text", ["320,200", "0:1", "0:1,2,3", "-1:2,3", "0:-2,3", "0:1.5,2", "x:1,2"])
def test_unreadable_spots_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="frame:x,y"):
        parsed_points("fade", text)
    with pytest.raises(SettingError, match="neutral="):
        parsed_points("fade", text, "neutral")


def test_curves() -> None:
    assert parsed_curve("grade", " ") == ()
    assert parsed_curve("grade", "0,0.1 0.5,0.6 1,1") == ((0.0, 0.1), (0.5, 0.6), (1.0, 1.0))


@pytest.mark.parametrize("text", ["0,0 0,1", "0.5,0 0.2,1", "0,0 1,1.5", "0,nan 1,1", "0 1", "0,0,0 1,1,1", "0.5,0.5"])
def test_unreadable_curves_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="red="):
        parsed_curve("grade", text, "red")


def test_colours() -> None:
    assert parsed_colour("grade", "1, 0.9,-2e-1") == (1.0, 0.9, -0.2)


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4", "a,b,c", "nan,1,1", "1,1,5"])
def test_unreadable_colours_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="Give three numbers r,g,b from 0 to 4"):
        parsed_colour("grade", text, "gain", 0.0, 4.0)
