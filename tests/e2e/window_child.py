"""The real window as a process of its own, which answers on its standard input where things are and how they stand.

Started by `tests/e2e/screen.py`. It adds nothing to the window but this one listener.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, cast

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.cli import parse
from ui.application import Workstation, build


class Listener(QObject):
    """Reads questions on a thread, answers them on the interface thread: one JSON line each."""

    asked = Signal(str)

    def __init__(self, workstation: Workstation) -> None:
        super().__init__()
        self._workstation = workstation
        self.asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.asked.emit(line)

    @Slot(str)
    def _answer(self, line: str) -> None:
        verb, *rest = line.split(maxsplit=1)
        answers: dict[str, Callable[[str], Any]] = {
            "where": _where,
            "state": lambda _: self._state(),
            "grab": self._grab,
        }
        print(json.dumps(answers[verb](rest[0].strip() if rest else "")), flush=True)

    def _state(self) -> dict[str, Any]:
        session, bridge = self._workstation.session, self._workstation.bridge
        clip = session.clip
        return {
            "clips": len(session.document.clips),
            "playhead": session.playhead,
            "damage": sorted(clip.damage) if clip else [],
            "keys": [clip.damage[n].key for n in sorted(clip.damage)] if clip else [],
            "sliders": [shot.slider for shot in clip.shots] if clip else [],
            "stages": [[use.name, use.enabled] for use in clip.shots[0].stages] if clip else [],
            "undo": session.undo_name,
            "redo": session.redo_name,
            "dirty": session.dirty,
            "stroke": self._workstation.window.viewer.desk.stroke is not None,
            "path": str(session.path) if session.path else "",
            "compare": self._workstation.state.compare,
            "ready": list(bridge.cache_states(clip.id)) if clip else [],
            "jobs": [record.state for record in self._workstation.queue.records()],
            "focus": _focus(),
            "typed": _typed(),
            "active": _active(),
            "dialogs": [w.windowTitle() for w in QApplication.topLevelWidgets() if w.isVisible()],
        }

    def _grab(self, path: str) -> bool:
        return self._workstation.window.grab().save(path)


def _focus() -> str:
    """Name of what the keyboard acts on."""
    widget = QApplication.focusWidget()
    return widget.accessibleName() if widget is not None else ""


def _typed() -> str:
    """What stands in the field that the keyboard acts on."""
    widget = QApplication.focusWidget()
    return widget.text() if isinstance(widget, QLineEdit) else ""


def _active() -> str:
    """Title of the window that has the keyboard; empty while none has."""
    window = QApplication.activeWindow()
    return window.windowTitle() if window is not None else ""


def _where(name: str) -> list[int] | None:
    """Global rectangle of the visible widget of that accessible name, once the screen shows its window."""
    for widget in QApplication.allWidgets():
        if widget.accessibleName() == name and widget.isVisible() and _exposed(widget):
            return _rectangle(widget)
    return None


def _exposed(widget: QWidget) -> bool:
    # Its types promise a window; there is none before it was first shown.
    window = cast(QWindow | None, widget.window().windowHandle())
    return window is not None and window.isExposed()


def _rectangle(widget: QWidget) -> list[int]:
    corner = widget.mapToGlobal(QPoint(0, 0))
    return [corner.x(), corner.y(), widget.width(), widget.height()]


def main() -> int:
    """Run the window with the command line's arguments."""
    workstation = build(parse(sys.argv[1:] or []))
    listener = Listener(workstation)
    print(json.dumps({"pid": os.getpid()}), flush=True)
    code = workstation.run()
    del listener
    return code


if __name__ == "__main__":
    sys.exit(main())
