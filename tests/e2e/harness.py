"""Runs the command line as its user would: in this process where that is the same, in processes where it matters."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli import main, parse
from app.export.events import Event
from app.export.render import render
from app.verbs.render import job_for
from engines.cancel import CancelToken
from engines.errors import TratteggioError

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a verb said. `sentence` is the error's, empty where there was none."""

    code: int
    sentence: str
    events: tuple[Event, ...]

    @property
    def result(self) -> Event:
        assert self.events, self.sentence
        return self.events[-1]


def render_here(*argv: object) -> Outcome:
    """`tratteggio render ARGV` with the worker's work done in this process (no second interpreter to start)."""
    events: list[Event] = []
    try:
        with job_for(parse(["render", *map(str, argv)])) as job:
            events.append(render(job, events.append, CancelToken()))
    except TratteggioError as failure:
        return Outcome(1, str(failure), tuple(events))
    return Outcome(0, "", tuple(events))


def command(capsys: pytest.CaptureFixture[str], *argv: object) -> Outcome:
    """Any verb with --json through `main`."""
    code = main([*map(str, argv), "--json"])
    said = capsys.readouterr()
    events = tuple(json.loads(line) for line in said.out.splitlines())
    assert "Traceback" not in said.err
    return Outcome(code, said.err.strip(), events)


def process(*argv: object, **options: Any) -> subprocess.Popen[str]:
    """`tratteggio ARGV` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", *map(str, argv)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
