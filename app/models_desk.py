"""The models dialog's errands: what there is, import, fetch, measure and removal, all on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal

from app.data_folder import lpips_folder, models_folder
from app.errands import Errands
from engines.cancel import CancelToken
from engines.errors import Cancelled, ModelError, TratteggioError
from engines.metrics.perceptual import find_perceptual
from engines.models.catalogue import OFFERS, offer
from engines.models.collection import Card, remove, shelf
from engines.models.importing import import_model
from engines.models.measure import Row, measured, table, trial
from engines.models.obtain import obtain, place_of
from engines.models.registry import describe_model, model_names


@dataclass(frozen=True)
class ModelLine:
    """One model. kind: shipped, tuned, imported, fetched, or offered where it is not here yet.

    scale: 0 where it has none. address: where it lies or comes from.
    """

    name: str
    kind: str
    purpose: str
    scale: int
    nbytes: int
    licence: str
    sha256: str
    address: str
    architecture: str = ""
    parameters: int = 0

    @property
    def own(self) -> bool:
        """Whether it may be removed."""
        return self.kind in ("tuned", "imported", "fetched")

    @property
    def measurable(self) -> bool:
        """Whether it can be run beside stage detail."""
        return self.kind in ("imported", "fetched") and self.scale > 0


@dataclass(frozen=True)
class Measurement:
    """What a trial on a folder of pictures gave. task: what the pictures went through. measure: of `perceptual`."""

    name: str
    task: str
    rows: tuple[Row, ...]
    measure: str


class ModelsDesk(Errands):
    """Answers by signal; `changed` is followed by a new `listed`."""

    listed = Signal(object, object)
    """Sequence of ModelLine, sequence of sentences on cards that cannot be read."""
    changed = Signal(str, str)
    """What was done ("imported", "fetched", "removed"), name."""
    refused = Signal(object)
    """TratteggioError."""
    progressed = Signal(int, int)
    """How much of how much: bytes, or pictures where the whole is not known (0)."""
    measured = Signal(object)
    """Measurement."""

    def __init__(self) -> None:
        super().__init__("models")
        self._cancel = CancelToken()

    def look(self) -> None:
        self._submit(self._look)

    def take(self, path: Path) -> None:
        """Import a file."""
        self._submit(self._run, lambda _: self._take(path))

    def fetch(self, name: str) -> None:
        """Download an offer that the user agreed to."""
        self._submit(self._run, lambda cancel: self._fetch(name, cancel))

    def remove(self, name: str) -> None:
        self._submit(self._run, lambda _: self._remove(name))

    def measure(self, name: str, folder: Path, noise: float) -> None:
        """`noise`: standard deviation to add, 8-bit codes."""
        self._submit(self._run, lambda cancel: self._measure(name, folder, noise, cancel))

    def stop(self) -> None:
        """What runs ends soon; what was fetched so far stays for another time."""
        self._cancel.cancel()

    def retire(self) -> None:
        self.stop()
        super().retire()

    def _run(self, work: Callable[[CancelToken], None]) -> None:
        self._cancel = CancelToken()
        try:
            work(self._cancel)
        except Cancelled:
            self._look()
        except TratteggioError as error:
            self.refused.emit(error)
            self._look()
        except Exception as error:
            self.refused.emit(ModelError("This did not work, for a reason that was not foreseen.", repr(error)))
            raise

    def _look(self) -> None:
        try:
            shipped = [_shipped(name) for name in model_names()]
        except TratteggioError as error:
            self.refused.emit(error)
            shipped = []
        held = shelf(models_folder())
        offers = [
            ModelLine(one.name, "offered", one.purpose, 0, one.nbytes, one.licence, one.sha256, one.url)
            for one in OFFERS
            if place_of(one, models_folder(), lpips_folder()) is None
        ]
        backbones = [
            ModelLine(one.name, "fetched", one.purpose, 0, one.nbytes, one.licence, one.sha256, str(place))
            for one in OFFERS
            if one.use == "lpips" and (place := place_of(one, models_folder(), lpips_folder())) is not None
        ]
        self.listed.emit([*shipped, *map(_own, held.cards), *backbones, *offers], list(held.problems))

    def _take(self, path: Path) -> None:
        taken = import_model(models_folder(), path)
        self.changed.emit("imported", taken.card.name)
        self._look()

    def _fetch(self, name: str, cancel: CancelToken) -> None:
        obtain(offer(name), models_folder(), lpips_folder(), progress=self.progressed.emit, cancel=cancel)
        self.changed.emit("fetched", name)
        self._look()

    def _remove(self, name: str) -> None:
        backbone = next((one for one in OFFERS if one.name == name and one.use == "lpips"), None)
        place = place_of(backbone, models_folder(), lpips_folder()) if backbone is not None else None
        if place is not None:
            place.unlink(missing_ok=True)
        else:
            remove(models_folder(), name)
        self.changed.emit("removed", name)
        self._look()

    def _measure(self, name: str, folder: Path, noise: float, cancel: CancelToken) -> None:
        what = trial(models_folder(), name, noise)
        meter = find_perceptual().meter
        shown = []
        for count, one in enumerate(measured(what, folder, None, meter, cancel), start=1):
            shown.append(one)
            self.progressed.emit(count, 0)
        self.measured.emit(Measurement(name, what.task, table(shown), meter.name if meter else ""))


def _shipped(name: str) -> ModelLine:
    held = describe_model(name)
    return ModelLine(
        name,
        "shipped",
        held.purpose,
        0,
        held.nbytes,
        held.licence,
        held.sha256,
        str(held.path),
        parameters=held.parameters,
    )


def _own(card: Card) -> ModelLine:
    return ModelLine(
        card.name,
        card.kind,
        card.purpose,
        card.scale if card.usable_as_stage else 0,
        card.nbytes,
        card.licence,
        card.sha256,
        str(models_folder() / card.file),
        card.architecture,
        card.parameters,
    )
