"""`tratteggio bench SUBJECT FOLDER`: every number of the README's table, measured here and now, beside the peers."""

from __future__ import annotations

import argparse
import shlex
import time

import torch

from app.data_folder import models_folder
from app.progress import Reporter, as_result
from app.version import VERSION
from engines.benchmark.bench import Bench, Imported
from engines.benchmark.rows import chosen, measure
from engines.errors import MediaError
from engines.media.sink import refuse_existing, whole_file
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage


def run(args: argparse.Namespace) -> int:
    """Print the tables row by row as they are measured; write them all to --out at the end."""
    names = chosen(args.what, args.rows)
    if not args.folder.is_dir():
        raise MediaError(f"There is no folder {args.folder}.", "Name one that holds set5, set14, kodak24 and so on.")
    if args.out is not None and not args.force:
        refuse_existing(args.out)
    context = StageContext(models=models_folder())
    models = tuple(Imported(name, make_stage("model", {"name": name}, context)) for name in args.model)
    with Reporter(args.json) as reporter:

        def say(text: str) -> None:
            reporter.show({"event": "note", "text": text})

        bench = Bench(args.folder, args.limit, models, args.crops, dict(args.set), args.device, say)
        head = _head(args)
        _print(args, "\n".join(head))
        parts = list(head)
        held = []
        for name in names:
            start = time.perf_counter()
            for table in measure(args.what, name, bench):
                parts += ["", table.markdown()]
                held.append({"row": name, **table.values()})
                reporter.show({"event": "table", **held[-1]})
                _print(args, "\n" + table.markdown())
            say(f"{name} took {time.perf_counter() - start:.0f} s")
        if args.out is not None:
            with whole_file(args.out) as partial:
                partial.write_text("\n".join(parts) + "\n", encoding="utf-8")
        reporter.show(as_result(command=_command(args), tables=held))
    return 0


def _head(args: argparse.Namespace) -> list[str]:
    limit = (
        f" At most {args.limit} pictures or clips of a set: a quick look, not the figures to quote."
        if args.limit
        else ""
    )
    machine = f"{torch.get_num_threads()} threads, device {args.device}"
    return [f"## Benchmark of {args.what}", "", f"`{_command(args)}` (Tratteggio {VERSION}, {machine}).{limit}"]


def _command(args: argparse.Namespace) -> str:
    """What reproduces the figures."""
    return shlex.join(["tratteggio", *args.said])


def _print(args: argparse.Namespace, text: str) -> None:
    if not args.json:
        print(text, flush=True)
