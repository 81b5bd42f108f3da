"""What watches hostile cases sees everything that it is to see."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engines.errors import MediaError
from tests.fuzz.sandbox import odd_sentence

_SCRIPT = """
import sys
from pathlib import Path
from tests.fuzz.sandbox import Room, Work, judge
from tests.fuzz.test_sandbox import FAULTS
room = Room(Path(sys.argv[1]))
room.furnish()
name = sys.argv[2]
print(judge(room, Work(lambda: FAULTS[name][0](room) or "")).fault)
"""


def _refused_with_leftovers(room: object) -> None:
    Path("../out/half.mkv").write_bytes(b"a")
    raise MediaError("It is damaged.")


def _refused(room: object) -> None:
    raise MediaError("It is damaged.", "Restore it.")


def _escaped(room: object) -> None:
    raise ValueError("escaped")


FAULTS = {
    "nothing": (lambda room: None, ""),
    "refusal": (_refused, ""),
    "trace": (_escaped, "trace: ValueError"),
    "leftovers": (_refused_with_leftovers, "leaves .mkv behind in out"),
    "input changed": (lambda room: Path("x").write_bytes(b"") and None, "written x outside the target"),
    "others' files": (lambda room: Path("../outside/precious.txt").unlink(), "removed .txt outside the target"),
    "elsewhere": (lambda room: Path("/tmp/fuzz-was-here").write_bytes(b"") and None, "writes to /tmp/fuzz-was-here"),
    "a program": (lambda room: os.system("true") and None, "os.system b'true'"),
    "sleep": (lambda room: time.sleep(60), "hangs"),
    "memory": (lambda room: bytearray(2 * 2**30) and None, "takes too much memory"),
    "abort": (lambda room: os.abort(), "dies of signal 6"),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks, and looks into /proc")
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_seen(tmp_path: Path, name: str) -> None:
    # In a process that has no threads, which this one may have.
    command = [sys.executable, "-c", _SCRIPT, str(tmp_path / "room"), name]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]).stdout
    assert said.strip() == FAULTS[name][1]


@pytest.mark.parametrize("said", ["", "no end", "a\x1b[2J.", "‮evil.", "x" * 2000 + ".", "Traceback (most recent)."])
def test_odd_sentences(said: str) -> None:
    assert odd_sentence(said)


def test_what_files_say_cannot_steer_a_terminal() -> None:
    told = str(MediaError(f"The name \x1b[2J\u202e{'x' * 10**6} is odd.", "Restore\nit."))
    assert not odd_sentence(told)
    assert "\\x1b[2J\\u202e" in told
    assert told.endswith("is odd. Restore\\nit.")
