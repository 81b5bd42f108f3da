"""Hostile input of every kind: one sentence or success, in bounded time and memory, and nothing written elsewhere.

Few cases of each target here; `python -m tests.fuzz.long MINUTES` runs as many as there is time for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.sandbox import Verdict

ROOT = Path(__file__).resolve().parents[2]
TARGETS = (
    *("weights", "model cards", "look-up table", "colour configuration", "XML", "still or film", "content credential"),
    *("checksums", "fade to undo", "beside a master", "manifest", "audit log", "headers of stills", "delta", "package"),
    *("names in a package", "package bagged again", "result of a verification", "project", "masks of a project"),
    *("folder of masks", "timeline", "journal of a crash", "settings", "queue of exports", "half-finished render"),
    "texts of a case",
)
Run = Callable[[str, int], Verdict]

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks, and looks into /proc")


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Asks a process that has imported everything and holds the corpus."""
    command = [sys.executable, "-m", "tests.fuzz.server"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as bench:
        assert bench.stdin is not None
        assert bench.stdout is not None
        sink, source = bench.stdin, bench.stdout
        assert set(json.loads(source.readline())) == set(TARGETS)

        def ask(target: str, seed: int) -> Verdict:
            sink.write(json.dumps([target, seed]) + "\n")
            sink.flush()
            return Verdict(**json.loads(source.readline()))

        yield ask
        sink.close()


@pytest.mark.parametrize("target", TARGETS)
def test_hostile_input(run: Run, target: str) -> None:
    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(seed=st.integers(0, 2**32 - 1))
    def case(seed: int) -> None:
        verdict = run(target, seed)
        assert not verdict.fault, (
            f"{verdict.fault}: python -m tests.fuzz.long 1 {target!r} --seed {seed}\n{verdict.said}"
        )

    case()
