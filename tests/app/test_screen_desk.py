"""View transforms are checked before anything is seen through them; what cannot be used leaves the view automatic."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.notify import Notice
from app.screen_desk import ConfigOffer, ScreenDesk
from app.session import Session
from app.view_state import ViewState
from engines.colour.screen import AUTOMATIC, Screen
from engines.errors import SettingError

_WAIT = 60_000


class _Bridge(QObject):
    """What the desk needs of the bridge."""

    def __init__(self) -> None:
        super().__init__()
        self.screens: list[Screen] = []

    def clip_info(self, clip_id: str) -> SimpleNamespace | None:
        return None

    def set_screen(self, screen: Screen) -> None:
        self.screens.append(screen)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[tuple[ScreenDesk, Session, ViewState, _Bridge]]:
    session, state, bridge = Session(), ViewState(), _Bridge()
    desk = ScreenDesk(session, bridge, state)  # type: ignore[arg-type]
    yield desk, session, state, bridge
    desk.close()


def test_automatic_is_adopted_at_once_and_thumbnails_follow(
    desk: tuple[ScreenDesk, Session, ViewState, _Bridge],
) -> None:
    one, _, state, bridge = desk
    one.choose(Screen(display="p3"))
    assert state.screen == Screen(display="p3")
    assert bridge.screens == [Screen(display="p3")]


def test_a_configuration_is_adopted_once_it_is_known_to_work(
    desk: tuple[ScreenDesk, Session, ViewState, _Bridge], qtbot: QtBot
) -> None:
    one, _, state, _ = desk
    wanted = Screen("ocio", config="ocio://default", view="Raw")
    with qtbot.waitSignal(one.adopted, timeout=_WAIT) as caught:
        one.choose(wanted)
        assert state.screen == AUTOMATIC
    assert caught.args == [wanted]
    assert state.screen == wanted


def test_what_cannot_be_used_is_said_and_the_view_is_automatic(
    desk: tuple[ScreenDesk, Session, ViewState, _Bridge], qtbot: QtBot
) -> None:
    one, session, state, _ = desk
    notices: list[Notice] = []
    session.notified.connect(notices.append)
    state.set("screen", AUTOMATIC.under("gamut"))
    with qtbot.waitSignal(one.refused, timeout=_WAIT):
        one.choose(Screen("lut", lut="/nowhere/none.cube"))
    assert state.screen == AUTOMATIC.under("gamut")
    assert "none.cube. The view is automatic." in notices[0].sentence


def test_only_the_latest_choice_counts(desk: tuple[ScreenDesk, Session, ViewState, _Bridge], qtbot: QtBot) -> None:
    one, _, state, _ = desk
    one.choose(Screen("ocio", config="ocio://nonsense"))
    one.choose(Screen(display="bt1886"))
    with qtbot.waitSignal(one.offered, timeout=_WAIT):
        one.ask("ocio://default")
    assert state.screen == Screen(display="bt1886")


def test_configurations_say_what_they_offer_or_why_not(
    desk: tuple[ScreenDesk, Session, ViewState, _Bridge], qtbot: QtBot
) -> None:
    one = desk[0]
    with qtbot.waitSignal(one.offered, timeout=_WAIT) as caught:
        one.ask("ocio://default")
    offer = caught.args[1]
    assert isinstance(offer, ConfigOffer)
    assert offer.guess == "Rec.1886 Rec.709 - Display"
    with qtbot.waitSignal(one.offered, timeout=_WAIT) as caught:
        one.ask("/nowhere/none.ocio")
    assert isinstance(caught.args[1], SettingError)
