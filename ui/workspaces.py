"""Arrangements of the window: which docks stand where. What a person changes in one is remembered with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow

LAYOUT_VERSION = 4


@dataclass(frozen=True)
class Workspace:
    """Docks that are seen at first, by name; marks: whether provenance marks are on."""

    docks: frozenset[str]
    marks: bool = False


WORKSPACES: Mapping[str, Workspace] = {
    "review": Workspace(frozenset({"shots", "timeline", "scopes", "measures"})),
    "repair": Workspace(frozenset({"shots", "treatment", "masks", "proposals", "curves", "timeline"})),
    "forensic": Workspace(frozenset({"shots", "treatment", "regions", "timeline"}), marks=True),
    "deliver": Workspace(frozenset({"shots", "timeline", "jobs"})),
}


class Workspaces(QObject):
    """Switches a window between arrangements."""

    changed = Signal(str)

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget], held: Mapping[str, str]) -> None:
        """held: arrangements saved by `saved`, base64 by workspace."""
        super().__init__(window)
        self._window, self._docks = window, docks
        self._states = {name: QByteArray.fromBase64(text.encode()) for name, text in held.items() if name in WORKSPACES}
        self.current = ""

    def switch(self, name: str) -> None:
        """Raises KeyError for an unknown name."""
        workspace = WORKSPACES[name]
        self._remember()
        self.current = name
        if not (name in self._states and self._window.restoreState(self._states[name], LAYOUT_VERSION)):
            for dock_name, dock in self._docks.items():
                dock.setVisible(dock_name in workspace.docks)
        self.changed.emit(name)

    def forget(self) -> None:
        """Every workspace as it came."""
        self._states.clear()
        current, self.current = self.current, ""
        self.switch(current)

    def saved(self) -> dict[str, str]:
        """All arrangements as base64 texts, for the settings."""
        self._remember()
        return {name: bytes(state.toBase64().data()).decode() for name, state in self._states.items()}

    def _remember(self) -> None:
        if self.current and self._window.isVisible():
            self._states[self.current] = self._window.saveState(LAYOUT_VERSION)
