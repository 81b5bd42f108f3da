"""What unsaved work would add to its saved project, in words; worked out on a thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

from app.changes import in_words
from app.document import Document
from app.errors import ProjectError
from app.project_io import load_project
from app.recovery import Recoverable, recover
from engines.errors import TratteggioError


class Comparison(QObject):
    """One after the other."""

    compared = Signal(object, object)
    """Recoverable, tuple of lines; empty where nothing differs."""
    refused = Signal(object, object)
    """Recoverable, TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "compare")

    def ask(self, recoverable: Recoverable) -> None:
        self._pool.submit(self._run, recoverable)

    def close(self) -> None:
        """What was not begun is dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)

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
