"""`tratteggio train detail --from WEIGHTS`: tune to your archive, and show what it gained on held-out frames."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from app.data_folder import models_folder
from app.export.events import Event
from app.progress import Reporter
from app.tune_job import TuneRequest, run_tuning
from engines.cancel import CancelToken

_DEFAULT_NAME = "tuned"
_SAY_EVERY = 60.0


def tune(args: argparse.Namespace) -> int:
    """Tune, keep what is better, print the table. A result that keeps the old weights is a result, too."""
    folder = (args.out or models_folder()).absolute()
    request = TuneRequest(
        args.tuned_name or _DEFAULT_NAME, tuple(args.data), args.minutes, folder, args.start, args.resume
    )
    with Reporter(args.json) as reporter, _stoppable() as cancel:
        told = [0.0]

        def show(event: Event) -> None:
            reporter.show(event)
            if not args.json:
                _say(event, told)

        found = run_tuning(request, show, cancel)
        reporter.show(found)
    if not args.json:
        print("\n".join(lines(found)))
    return 0


def lines(found: Mapping[str, Any]) -> list[str]:
    """The result for a person: table, and what became of the weights."""
    rows: Sequence[Mapping[str, Any]] = found["table"]
    text = [f"{'dB on held-out frames':24}{'degraded':>10}{'before':>10}{'after':>10}{'change':>10}"]
    text += [
        f"{row['task']:24}{row['degraded']:10.2f}{row['before']:10.2f}{row['after']:10.2f}{row['change']:+10.2f}"
        for row in rows
    ]
    text.append(f"held out: {found['rule']}")
    text.append(f"on our drawn film: {found['general_db']:+.2f} dB; {found['steps']} steps, {found['minutes']} minutes")
    if found["kept"]:
        text.append(f"weights  {found['weights']}")
    else:
        text.append("Nothing better was found on the held-out frames: no model was written, the old weights stay.")
    return text


def _say(event: Event, told: list[float]) -> None:
    if event["event"] == "footage":
        print(f"{event['training']} frames to learn from, {event['held_out']} held out ({event['rule']})", flush=True)
    elif event["event"] == "figures":
        changes = "  ".join(f"{task} {db:+.2f} dB" for task, db in event["change_db"].items())
        print(f"{event['minutes']:6.1f} min  {changes}", flush=True)
    elif event["event"] == "tuning" and event["elapsed_s"] - told[0] >= _SAY_EVERY:
        told[0] = event["elapsed_s"]
        print(f"step {event['step']}, {event['elapsed_s'] / 60:.0f} of {event['total_s'] / 60:.0f} minutes", flush=True)


@contextmanager
def _stoppable() -> Iterator[CancelToken]:
    """The first Ctrl-C asks for a stop that keeps the checkpoint, the second ends at once."""
    cancel = CancelToken()

    def ask(_number: int, _frame: FrameType | None) -> None:
        print("Stopping after this step; again to stop at once.", file=sys.stderr, flush=True)
        cancel.cancel()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
