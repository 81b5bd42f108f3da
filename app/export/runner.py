"""Runs a render in a process of its own and hands its events on; whatever happens there, this process lives."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Generator
from typing import Any, Protocol

from app.export.events import Event, error


class Request(Protocol):
    """What a worker reads from the first line of its input."""

    def to_json(self) -> str: ...


class RenderProcess:
    """A running render, or another worker that reads and reports as it does.

    `events` ends with a `result` or an `error` event, always.
    """

    def __init__(self, job: Request, module: str = "app.export.worker") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._send(job.to_json())

    @property
    def pid(self) -> int:
        return self._process.pid

    def cancel(self) -> None:
        """Ask for a stop after the current frame; finished segments are kept."""
        self._send("cancel")

    def kill(self) -> None:
        """End it now; the segment in progress is lost, finished ones are kept."""
        self._process.kill()

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return  # it has ended already; `events` says how

    def events(self) -> Generator[Event, None, None]:
        """Blocks for each event until the process has ended; closed before, it asks for a stop and waits for it."""
        assert self._process.stdout is not None
        said_last = False
        try:
            for line in self._process.stdout:
                if not line.endswith("\n"):
                    break  # killed in the middle of a word
                event: dict[str, Any] = json.loads(line)
                said_last = event["event"] in ("result", "error")
                yield event
        finally:
            code = self._end()
        if not said_last:
            yield error(_died(code))

    def _end(self) -> int:
        """Close both pipes, which stops a process that still runs, and wait for its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # An order that a process did not live to read is still in the buffer, and closing tries to send it again.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        return self._process.wait()


def _died(code: int) -> str:
    how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    return (
        f"The render process {how} before it was done; every finished segment is kept. "
        "Run the same command again to go on; if memory ran out, close other programs first."
    )
