"""Texts of keyframes and rectangles."""

from __future__ import annotations

import pytest

from engines.errors import SettingError
from engines.stages.setting_texts import at, parsed_keys, parsed_rect
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
