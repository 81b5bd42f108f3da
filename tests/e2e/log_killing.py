"""Renders that are killed at random moments, and what their audit log is then."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from app.audit.log import read_log
from app.export.job import RenderJob
from app.export.paths import master_paths
from engines.errors import RenderError

_LONG = 600.0


@dataclass(frozen=True)
class Kill:
    """One kill -9. after: seconds from the start of the render. last: event of the last whole entry, "" without one.

    torn: whether the last line had no end. placed: whether the log had been placed beside the master already.
    """

    after: float
    last: str
    entries: int
    torn: bool
    placed: bool


def kills(job: RenderJob, count: int, rng: random.Random) -> Iterator[Kill]:
    """Kill `count` renders of the job, each going on where the one before was killed; one that ends is begun anew
    under another name. The first is left alone: moments are drawn from as long as it took. Raises RenderError where a
    log is broken.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["app.export.render", "tests.e2e.log_killing"])
    longest, made, done = 0.0, 0, 0
    while done < count:
        current = replace(job, out=job.out.with_name(f"{made}-{job.out.name}"))
        child = context.Process(target=_render, args=(current.to_json(),))
        child.start()
        started = time.monotonic()
        if _ended(child, rng.uniform(0.0, longest) if longest else _LONG):
            longest = longest or time.monotonic() - started
            made += 1
            continue
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        done += 1
        yield _found(current, time.monotonic() - started)


def _render(job: str) -> None:
    from app.export.render import render
    from engines.cancel import CancelToken

    render(RenderJob.from_json(job), lambda _event: None, CancelToken())


def _ended(child: ForkServerProcess, seconds: float) -> bool:
    child.join(seconds)
    if child.exitcode not in (None, 0):
        raise RenderError(f"A render that went on failed with code {child.exitcode}.")
    return child.exitcode == 0


def _found(job: RenderJob, after: float) -> Kill:
    paths = master_paths(job.out)
    inside = paths.parts / paths.audit.name
    log: Path = inside if inside.exists() else paths.audit
    if not log.exists():
        return Kill(after, "", 0, torn=False, placed=False)
    whole = log.with_name("whole.jsonl")
    content = log.read_bytes()
    kept = content[: content.rfind(b"\n") + 1]
    whole.write_bytes(kept)
    entries = read_log(whole)
    whole.unlink()
    return Kill(after, entries[-1].event if entries else "", len(entries), len(kept) < len(content), log != inside)
