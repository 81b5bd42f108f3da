"""One fine-tuning of `detail` on the user's footage, from the request to the model in the user's folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.atomic import write_atomically
from app.export.events import Emit, Event, note
from app.export.typed import typed
from engines.cancel import CancelToken
from engines.errors import MediaError, SettingError
from engines.media.sink import refusals
from engines.models.collection import Card, add, find, proper_name, shelf
from engines.plain_file import loaded, read_words

if TYPE_CHECKING:
    from engines.training.tune import Tuned
    from engines.training.tune_data import Footage

SHIPPED = "shipped"
"""Stands for the weights that come with the program."""
FEWEST_MINUTES = 5.0
"""Less than this on a usual machine seldom changes anything; it is said, and done all the same."""

_REQUEST, _SUFFIX = "request.json", ".tuning"


@dataclass(frozen=True)
class TuneRequest:
    """data: clean clips and stills, files or folders. start: "shipped", a weight file, or a tuned model's name.

    folder: where models are kept; what is unfinished lies there as well, in NAME.tuning.
    """

    name: str
    data: tuple[Path, ...]
    minutes: float
    folder: Path
    start: str = SHIPPED
    resume: bool = False

    @property
    def work(self) -> Path:
        return self.folder / f"{self.name}{_SUFFIX}"

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> TuneRequest:
        """Raises ValueError or TypeError for anything else."""
        held = loaded(text)
        return typed(cls, held)


def unfinished(folder: Path) -> tuple[TuneRequest, ...]:
    """Runs that were stopped or cut off, and can be resumed; one whose request cannot be read is passed over."""
    found = []
    for path in sorted(folder.glob(f"*{_SUFFIX}/{_REQUEST}")):
        try:
            request = TuneRequest.from_json(read_words(path))
            # What is forgotten is removed: only ever the folder in which the request lies.
            if request.work == path.parent:
                found.append(request)
        except (OSError, ValueError, TypeError):
            continue
    return tuple(found)


def forget(request: TuneRequest) -> None:
    """Remove what an unfinished run left. Raises MediaError where the disk refuses."""
    try:
        shutil.rmtree(request.work)
    except FileNotFoundError:
        return
    except OSError as error:
        raise MediaError(f"{request.work} could not be removed ({error.strerror or error}).", "Remove it.") from error


def run_tuning(request: TuneRequest, emit: Emit, cancel: CancelToken) -> Event:
    """Tune, keep the result if it is better, and say both; returns the `result` event.

    Raises SettingError for a name that is taken or footage that does not do, ModelError, RenderError, Cancelled.
    """
    _check_free(request)
    start = _start(request)
    if request.minutes < FEWEST_MINUTES:
        emit(note(f"{request.minutes:g} minutes seldom change anything; ten or more are usual."))
    # The networks only now: a wrong path must be said at once.
    from engines.training.tune import TuneOrder, tune_detail
    from engines.training.tune_data import load_footage

    footage = load_footage(request.data, lambda sentence: emit(note(sentence)), cancel)
    emit(
        {
            "event": "footage",
            "training": len(footage.training),
            "held_out": len(footage.held_out),
            "rule": footage.rule,
            "skipped": list(footage.skipped),
        }
    )
    with refusals(request.work):
        request.work.mkdir(parents=True, exist_ok=True)
        write_atomically(request.work / _REQUEST, request.to_json().encode())
    order = TuneOrder(start, request.minutes, request.work, request.resume)
    tuned = tune_detail(order, footage, emit, cancel)
    event = _result(request, footage, tuned)
    if tuned.weights is not None:
        card = _card(request, footage, tuned)
        add(request.folder, tuned.weights, card)
        event |= {"weights": str(request.folder / card.file), "sha256": card.sha256}
    forget(request)
    return event


def _check_free(request: TuneRequest) -> None:
    if proper_name(request.name) != request.name:
        raise SettingError(f"{request.name!r} is no name for a model.", f"{proper_name(request.name)} would do.")
    if request.name in {card.name for card in shelf(request.folder).cards}:
        raise SettingError(f"There is a model {request.name} already.", "Choose another name with --name.")
    if not request.resume and (request.work / _REQUEST).exists():
        raise SettingError(
            f"An unfinished run is called {request.name} already.", "Add --resume to go on, or choose another --name."
        )
    if request.resume and not (request.work / _REQUEST).exists():
        raise SettingError(f"There is no unfinished run {request.name} to resume.", "Leave out --resume.")


def _start(request: TuneRequest) -> Path:
    if request.start == SHIPPED:
        from engines.models.registry import weights_folder

        return weights_folder() / "detail.safetensors"
    if Path(request.start).is_file():
        return Path(request.start)
    if request.start in {card.name for card in shelf(request.folder).cards}:
        return request.folder / find(request.folder, request.start).file
    raise SettingError(
        f"There are no weights {request.start}.", 'Give a .safetensors file, a tuned model\'s name, or "shipped".'
    )


def _result(request: TuneRequest, footage: Footage, tuned: Tuned) -> dict[str, Any]:
    from engines.training.tune_score import as_json

    return {
        "event": "result",
        "name": request.name,
        "kept": tuned.weights is not None,
        "weights": None,
        "table": as_json(tuned.table),
        "share": tuned.share,
        "general_db": round(tuned.general, 3),
        "steps": tuned.steps,
        "minutes": tuned.minutes,
        "stopped_early": tuned.stopped_early,
        "rule": footage.rule,
    }


def _card(request: TuneRequest, footage: Footage, tuned: Tuned) -> Card:
    assert tuned.weights is not None
    told = _result(request, footage, tuned)
    for name in ("event", "name", "kept", "weights"):
        told.pop(name)
    data: Sequence[dict[str, Any]] = [
        {"file": str(item.path), "fingerprint": item.fingerprint, "frames": item.frames} for item in footage.items
    ]
    told |= {"from": request.start, "from_sha256": tuned.start_sha256, "data": list(data)}
    return Card(
        name=request.name,
        kind="tuned",
        file=f"{request.name}.safetensors",
        sha256=tuned.sha256,
        nbytes=tuned.weights.stat().st_size,
        purpose=f"Stage detail, tuned on {len(footage.items)} files of your own footage.",
        licence="Apache-2.0, tuned on footage of your own",
        architecture="FidelityNet",
        channels=1,
        parameters=tuned.parameters,
        origin="tratteggio train detail --from",
        told=told,
    )
