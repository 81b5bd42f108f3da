"""Progress of long verbs on a terminal, or as JSON lines."""

from __future__ import annotations

import json
import sys
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.export.events import Event


class Reporter:
    """Shows events. With `as_json` every event is printed as it is; otherwise a bar on terminals, notes as lines."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=as_json or not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Reporter:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._bar.stop()

    def show(self, event: Event) -> None:
        """Results and errors are the caller's to print when not in JSON."""
        if self._json:
            sys.stdout.write(json.dumps(event, default=str) + "\n")
            sys.stdout.flush()
        elif event["event"] == "note":
            self._console.print(event["text"], markup=False)
        elif event["event"] == "progress":
            self._advance(event)

    def _advance(self, event: Event) -> None:
        phase, fps = str(event["phase"]), float(event["fps"])
        # What counts no frames (bytes of a package) has no frames per second.
        rate = f"{fps:.1f} fps" if fps else ""
        if phase not in self._tasks:
            self._tasks[phase] = self._bar.add_task(phase, total=int(event["total"]), rate=rate)
        self._bar.update(self._tasks[phase], completed=int(event["n"]), rate=rate)


def as_result(**held: Any) -> Event:
    """The last line of a verb."""
    return {"event": "result", **held}
