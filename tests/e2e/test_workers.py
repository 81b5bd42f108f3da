"""A render by several processes: the same frames, whatever happens to them."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.clips import write_clip
from tests.e2e.harness import process, render_here

STAGES = ("--stage", "grade:contrast=1.2", "--json")


def _argv(folder: Path, out: str, *more: object) -> list[object]:
    return [folder / "in.mkv", "-o", folder / out, *STAGES, *more]


def test_two_workers_give_the_same_frames(tmp_path: Path) -> None:
    write_clip(tmp_path / "in.mkv", frames=60, width=96, height=64)
    alone = render_here(*_argv(tmp_path, "one.mkv"))
    both = render_here(*_argv(tmp_path, "two.mkv", "--workers", "2"))
    assert alone.code == both.code == 0, both.sentence
    assert both.result["segments"] == {"rendered": 3, "reused": 0}
    assert (tmp_path / "one.mkv.framemd5").read_bytes() == (tmp_path / "two.mkv.framemd5").read_bytes()
    first, second = (json.loads((tmp_path / f"{n}.mkv.tratteggio.json").read_text()) for n in ("one", "two"))
    assert first["provenance_hashes"] == second["provenance_hashes"]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX word")
def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    write_clip(tmp_path / "in.mkv", frames=120, width=96, height=64)
    render_here(*_argv(tmp_path, "one.mkv"))
    parent = process("render", *_argv(tmp_path, "two.mkv", "--workers", "2"))
    with parent:
        assert parent.stdout is not None
        killed, last = False, {}
        for line in parent.stdout:
            last = json.loads(line)
            if not killed and last["event"] == "progress" and last["phase"] == "render" and last["n"] >= 1:
                workers = [
                    child
                    for child in psutil.Process(parent.pid).children(recursive=True)
                    if "app.farm.hand_process" in child.cmdline()
                ]
                os.kill(workers[0].pid, signal.SIGKILL)
                killed = True
    assert killed
    assert parent.returncode == 0, last
    assert any("was killed by signal 9" in note for note in last["notes"])
    assert (tmp_path / "one.mkv.framemd5").read_bytes() == (tmp_path / "two.mkv.framemd5").read_bytes()
