"""Makes sure that a view transform can be used before pictures are asked for through it, on a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot

from app.errands import Errands
from app.render_bridge import RenderBridge
from app.session import Session
from app.view_state import ViewState
from engines.colour.automatic import is_plain
from engines.colour.look import transform_of
from engines.colour.ocio import ConfigFacts, config_facts, guessed_space
from engines.colour.screen import AUTOMATIC, Screen
from engines.errors import SettingError
from engines.types import ColourSpec, PixelFormat

_UNKNOWN = PixelFormat("rgb", 10), ColourSpec()


@dataclass(frozen=True)
class ConfigOffer:
    """What a configuration offers for the clip on screen. guess: its colour space by its tags."""

    facts: ConfigFacts
    guess: str


class ScreenDesk(Errands):
    """Keeps `ViewState.screen` usable: what cannot be used is refused in a sentence, and the view is automatic."""

    adopted = Signal(object)
    """Screen, without overlay."""
    refused = Signal(object)
    """SettingError."""
    offered = Signal(str, object)
    """Where a configuration is, and its ConfigOffer or SettingError."""
    _checked = Signal(object, object)

    def __init__(self, session: Session, bridge: RenderBridge, state: ViewState) -> None:
        super().__init__("screen")
        self._session, self._bridge, self._state = session, bridge, state
        self._wanted = state.screen
        self._checked.connect(self._on_checked)
        state.changed.connect(self._on_state)

    def choose(self, screen: Screen) -> None:
        """See through it as soon as it is known to work; the latest choice counts."""
        self._wanted = screen
        if screen.kind == "automatic":
            self._adopt(screen)
        else:
            self._submit(self._check, screen, *self._shown())

    def ask(self, config: str) -> None:
        """What a configuration offers comes by `offered`."""
        self._submit(self._look, config, *self._shown())

    def _shown(self) -> tuple[PixelFormat, ColourSpec]:
        info = self._bridge.clip_info(self._session.clip_id)
        return _UNKNOWN if info is None else (info.format, info.colour)

    def _check(self, screen: Screen, layout: PixelFormat, colour: ColourSpec) -> None:
        try:
            if not is_plain(screen, layout, colour):
                transform_of(screen, layout, colour)
        except SettingError as error:
            self._checked.emit(screen, error)
        else:
            self._checked.emit(screen, None)

    def _look(self, config: str, layout: PixelFormat, colour: ColourSpec) -> None:
        try:
            found: object = ConfigOffer(config_facts(config), guessed_space(config, layout, colour))
        except SettingError as error:
            found = error
        self.offered.emit(config, found)

    @Slot(object, object)
    def _on_checked(self, screen: Screen, error: SettingError | None) -> None:
        if screen != self._wanted:
            return
        if error is None:
            self._adopt(screen)
            return
        self.refused.emit(error)
        self._session.notify(f"{error.sentence} The view is automatic.", error.hint, "warning")
        self._wanted = AUTOMATIC
        self._adopt(AUTOMATIC)

    def _adopt(self, screen: Screen) -> None:
        self._state.set("screen", screen.under(self._state.screen.overlay))
        self.adopted.emit(screen.bare())

    @Slot(str)
    def _on_state(self, name: str) -> None:
        if name == "screen":
            self._bridge.set_screen(self._state.screen)
