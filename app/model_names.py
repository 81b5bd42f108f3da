"""The names of the user's models of one kind, read on a thread."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from app.data_folder import models_folder
from app.errands import Errands
from engines.models.collection import shelf


class ModelNames(Errands):
    """For a list to choose from, looked up once; goes by itself, so that no thread waits behind every list.

    kind: "stage" (imported and fetched) or "tuned".
    """

    listed = Signal(object)
    """Tuple of names, in order."""

    def __init__(self, kind: str) -> None:
        super().__init__("model names")
        self._tuned = kind == "tuned"
        self.listed.connect(self._on_listed)

    def look(self) -> None:
        """Ask; `listed` answers."""
        self._submit(self._look)

    @Slot(object)
    def _on_listed(self, _: object) -> None:
        self.retire()

    def _look(self) -> None:
        cards = shelf(models_folder()).cards
        self.listed.emit(tuple(card.name for card in cards if card.usable_as_stage is not self._tuned))
