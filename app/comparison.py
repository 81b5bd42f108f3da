"""What unsaved work would add to its saved project, in words; worked out on a thread."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.changes import in_words
from app.document import Document
from app.errands import Errands
from app.errors import ProjectError
from app.project_io import load_project
from app.recovery import Recoverable, recover
from engines.errors import TratteggioError


class Comparison(Errands):
    """One after the other."""

    compared = Signal(object, object)
    """Recoverable, tuple of lines; empty where nothing differs."""
    refused = Signal(object, object)
    """Recoverable, TratteggioError."""

    def __init__(self) -> None:
        super().__init__("compare")

    def ask(self, recoverable: Recoverable) -> None:
        self._submit(self._run, recoverable)

    def _run(self, recoverable: Recoverable) -> None:
        try:
            saved = load_project(recoverable.project) if recoverable.project else Document()
            lines = in_words(saved, recover(recoverable))
        except TratteggioError as error:
            self.refused.emit(recoverable, error)
        except Exception as error:
            self.refused.emit(recoverable, ProjectError("The work could not be compared.", repr(error)))
            raise
        else:
            self.compared.emit(recoverable, lines)
