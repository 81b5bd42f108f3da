"""The table of actions is complete and without clashes."""

from __future__ import annotations

import pytest

from app.actions import ACTIONS, MENUS, NEEDS, Action
from app.view_state import COMPARE_MODES, TOOLS


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.id)
def test_an_action_is_complete(action: Action) -> None:
    assert action.menu in MENUS
    assert action.needs == "" or action.needs in NEEDS
    assert action.tip[0].isupper()
    assert action.tip.endswith(".")
    assert action.tip.rstrip(".") != action.text
    assert not (action.held and action.checkable)
    assert not action.choice or action.checkable


def test_every_compare_mode_tool_and_workspace_has_one() -> None:
    names = {f"view.compare_{mode}" for mode in COMPARE_MODES} | {f"mask.{tool}" for tool in TOOLS}
    names |= {f"workspace.{name}" for name in ("review", "repair", "forensic", "deliver")}
    assert names <= set(ACTIONS)
    assert all(ACTIONS[name].choice for name in names)


def test_alt_keys_do_not_hide_a_menu() -> None:
    """Alt and a letter opens a menu; the table must not take those keys."""
    assert not [
        key for action in ACTIONS.values() for key in action.keys if key.startswith("Alt+") and key[4:].isalpha()
    ]
