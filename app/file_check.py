"""Whether a file that a setting names can be used, looked at on a thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot

from app.errands import Errands
from engines.colour.cube import read_cube
from engines.errors import TratteggioError
from engines.fade.undo import read_undo
from engines.media.open import open_source


class FileCheck(Errands):
    """Asked once; goes by itself.

    kind: "cube" (a look-up table), "manifest" (of a master that faded) or "still" (a picture or a film's first).
    """

    checked = Signal(str, str)
    """The path as it was asked for; why it cannot be used, empty where it can."""

    def __init__(self, kind: str) -> None:
        super().__init__("file check")
        self._kind = kind
        self.checked.connect(self._on_checked)

    def ask(self, path: str) -> None:
        """`checked` answers."""
        self._submit(self._look, path)

    @Slot(str, str)
    def _on_checked(self, path: str, wrong: str) -> None:  # noqa: ARG002 - as it is sent
        self.retire()

    def _look(self, path: str) -> None:
        try:
            if self._kind == "cube":
                read_cube(Path(path).expanduser())
            elif self._kind == "manifest":
                read_undo(Path(path).expanduser())
            else:
                open_source(Path(path).expanduser()).close()
        except TratteggioError as error:
            self.checked.emit(path, str(error))
        else:
            self.checked.emit(path, "")
