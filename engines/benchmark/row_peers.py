"""Row `peers`: quality, time and memory of everything that can do a task, on the same pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engines.benchmark import ours, peers
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.contest import Entry, best_of, entered
from engines.benchmark.cost import HOW
from engines.benchmark.peers import Peer
from engines.benchmark.pictures import grey_of, jpeg, noisy, pictures_in, read_picture, shrunk
from engines.benchmark.table import Cell, Column, Table
from engines.errors import MediaError, TratteggioError
from engines.metrics.ssim import ssim_y
from engines.stages.base import Stage
from engines.types import Frame

_SET, _PICTURES = "set14", 8
_SIGMA, _QUALITY = 15.0, 20
_COLUMNS = (
    Column("method"),
    Column("PSNR-Y", "dB"),
    Column("SSIM-Y", digits=4),
    Column("time", "s per picture", digits=3),
    Column("memory", "MiB", digits=0),
)


@dataclass(frozen=True)
class _Task:
    """damage: from the truth and the picture's number. scale: by which the answer is larger than the source."""

    title: str
    damage: Callable[[Frame, int], Frame]
    rivals: tuple[Peer, ...]
    settings: dict[str, object]
    scale: int = 1
    grey: bool = True


def row_peers(bench: Bench) -> Iterator[Table]:
    """A table per task."""
    try:
        paths = pictures_in(bench.folder / _SET, bench.at_most(_PICTURES))
    except MediaError as error:
        yield skipped("All methods on one set", error)
        return
    for task in _tasks():
        bench.say(f"peers: {task.title}")
        whole = [read_picture(path, 4) for path in paths]
        truths = [grey_of(picture) if task.grey else picture for picture in whole]
        sources = [task.damage(truth, number) for number, truth in enumerate(truths)]
        yield _contest(task, sources, truths, bench)


def _tasks() -> Iterator[_Task]:
    for scale in (2, 4):
        yield _Task(
            f"Clean enlargement x{scale}",
            lambda truth, _, scale=scale: shrunk(truth, scale),  # type: ignore[misc]
            peers.enlargers(scale),
            {"scale": scale},
            scale,
            grey=False,
        )
    yield _Task(
        f"White noise of sigma {_SIGMA:g}, x1",
        lambda truth, seed: noisy(truth, _SIGMA, seed),
        (peers.untouched(), *peers.denoisers(_SIGMA)),
        {"noise": _SIGMA, "compression": 0},
    )
    yield _Task(
        f"JPEG of quality {_QUALITY}, x1",
        lambda truth, _: jpeg(truth, _QUALITY),
        (peers.untouched(), *peers.deblockers()),
        {},
    )


def _contest(task: _Task, sources: Sequence[Frame], truths: Sequence[Frame], bench: Bench) -> Table:
    border = task.scale if task.scale > 1 else 0
    found = [best_of(peer, sources, truths, border) for peer in task.rivals]
    found.append(_run(ours.OURS, lambda: bench.detail(**task.settings), sources, truths, border, bench.device))
    for model in bench.models:
        if model.scale == task.scale:
            found.append(_run(f"imported {model.name}", _always(model.stage), sources, truths, border, bench.device))
    rows: list[tuple[Cell, ...]] = []
    for e in found:
        if isinstance(e, Entry):
            similar = sum(ssim_y(a, t, border) for a, t in zip(e.answers, truths, strict=True)) / len(truths)
            rows.append((e.name, e.mean, similar, e.seconds, e.peak_mib))
    told = ", ".join(f"{k} {v}" for k, v in task.settings.items()) or "nothing told, all measured by itself"
    notes = [
        f"{len(truths)} pictures of {_SET}{', luma only' if task.grey else ''}. Every peer in the best of its "
        f"strengths, chosen by the truth. {ours.OURS}: {told}. {HOW}"
    ]
    notes += [str(e) for e in found if isinstance(e, TratteggioError)]
    return Table(task.title, _COLUMNS, tuple(rows), tuple(notes))


def _run(
    name: str, make: Callable[[], Stage], sources: Sequence[Frame], truths: Sequence[Frame], border: int, device: str
) -> Entry:
    return entered(name, lambda n: ours.restored(sources[n], make(), device=device), truths, border)


def _always(stage: Stage) -> Callable[[], Stage]:
    return lambda: stage
