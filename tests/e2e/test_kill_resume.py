"""A render killed at any moment goes on after its last whole segment, to the very same master."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engines.media.readback import decoded_hashes
from tests.clips import write_clip
from tests.e2e.harness import process, render_here

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX word")

FRAMES = 144
WIDTH, HEIGHT = 96, 64


def _argv(folder: Path, out: str) -> list[object]:
    return ["render", folder / "in.mkv", "-o", folder / out, "--stage", "detail:noise=5,compression=0", "--json"]


def _finished(folder: Path) -> list[str]:
    journal = folder / "killed.mkv.parts" / "journal.jsonl"
    if not journal.exists():
        return []
    lines = journal.read_text().splitlines()
    return [json.loads(line)["key"] for line in lines if line.endswith("}")]


def _worker_of(parent: subprocess.Popen[str]) -> int:
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    return int(children[0])


@pytest.mark.timeout(900)
def test_five_kills_end_in_the_same_master_and_repeat_nothing(tmp_path: Path) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("needs /proc to find the render process")
    write_clip(tmp_path / "in.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)
    rng = random.Random(4)
    kills = 0
    while kills < 5:
        before = len(_finished(tmp_path))
        parent = process(*_argv(tmp_path, "killed.mkv"))
        assert parent.stdout is not None
        target = rng.randrange(1, min(45, FRAMES - before * 24 - 1))
        for line in parent.stdout:
            event = json.loads(line)
            rendering = event["event"] == "progress" and event["phase"] == "render"
            if rendering and event["n"] >= before * 24 + target:
                # Either the render process itself or the whole family, as an out-of-memory killer or a power cut would.
                victim = _worker_of(parent) if kills % 2 else parent.pid
                os.kill(victim, signal.SIGKILL)
                kills += 1
                break
            assert event["event"] != "result", "the render ended before it was killed"
        parent.communicate()
        _wait_until_free(tmp_path / "killed.mkv.parts.lock")
        assert not (tmp_path / "killed.mkv").exists()
    finished = _finished(tmp_path)
    last = render_here(*_argv(tmp_path, "killed.mkv")[1:-1])
    assert last.code == 0, last.sentence
    # The journal names every segment once: none was rendered twice.
    assert last.result["segments"]["reused"] == len(set(finished)) == len(finished) >= 1
    assert last.result["segments"]["rendered"] + last.result["segments"]["reused"] == 6
    whole = render_here(*_argv(tmp_path, "whole.mkv")[1:-1])
    assert whole.code == 0, whole.sentence
    assert [*decoded_hashes(tmp_path / "killed.mkv")] == [*decoded_hashes(tmp_path / "whole.mkv")]
    track = ".mkv.provenance.mkv"
    assert [*decoded_hashes(tmp_path / f"killed{track}")] == [*decoded_hashes(tmp_path / f"whole{track}")]
    assert not (tmp_path / "killed.mkv.parts").exists()


def _wait_until_free(lock: Path) -> None:
    """An orphaned render process notices its parent's death at its next frame."""
    import fcntl

    deadline = time.monotonic() + 120
    while lock.exists() and time.monotonic() < deadline:
        with lock.open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.1)
                continue
            return


def test_a_killed_render_process_is_one_sentence(tmp_path: Path) -> None:
    write_clip(tmp_path / "in.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)
    parent = process(*_argv(tmp_path, "killed.mkv"))
    assert parent.stdout is not None
    for line in parent.stdout:
        if json.loads(line).get("phase") == "render":
            os.kill(_worker_of(parent), signal.SIGKILL)
            break
    _, said = parent.communicate(timeout=240)
    assert parent.returncode == 1
    assert "was killed by signal 9" in said
    assert "Run the same command again" in said
    assert "Traceback" not in said


def test_ctrl_c_stops_in_one_sentence_and_keeps_what_is_finished(tmp_path: Path) -> None:
    write_clip(tmp_path / "in.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT)
    parent = process(*_argv(tmp_path, "killed.mkv"), start_new_session=True)
    assert parent.stdout is not None
    for line in parent.stdout:
        event = json.loads(line)
        if event.get("phase") == "render" and event["n"] >= 30:
            os.killpg(parent.pid, signal.SIGINT)
            break
    _, said = parent.communicate(timeout=240)
    assert parent.returncode == 1
    assert "cancelled" in said
    assert "Traceback" not in said
    assert len(_finished(tmp_path)) == 1


@pytest.mark.parametrize("out", ["out.mkv", "stills/m_%04d.png"])
def test_a_render_that_dies_while_it_names_its_files_goes_on(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stills").mkdir()
    write_clip(tmp_path / "in.mkv", pix_fmt="gray16le")
    # The power fails after half of the renames.
    renames: list[Path] = []
    rename = Path.replace

    def failing(self: Path, target: Path) -> Path:
        final = Path(target).parent in (tmp_path, tmp_path / "stills") and "parts" in str(self)
        if final and len(renames) == (1 if out == "out.mkv" else 6):
            raise KeyboardInterrupt
        renames.extend([self] if final else [])
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(KeyboardInterrupt):
        render_here(tmp_path / "in.mkv", "-o", tmp_path / out)
    monkeypatch.setattr(Path, "replace", rename)
    again = render_here(tmp_path / "in.mkv", "-o", tmp_path / out)
    assert again.code == 0, again.sentence
    assert again.result["segments"] == {"rendered": 0, "reused": 1}
    refused = render_here(tmp_path / "in.mkv", "-o", tmp_path / out)
    assert "exists already" in refused.sentence


def test_two_renders_to_one_master_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    from app.export import work_folder

    monkeypatch.setattr(work_folder, "_PATIENCE_SECONDS", 0.2)
    write_clip(tmp_path / "in.mkv")
    with FileLock(tmp_path / "out.mkv.parts.lock"):
        outcome = render_here(tmp_path / "in.mkv", "-o", tmp_path / "out.mkv")
    assert outcome.code == 1
    assert "Another render is writing to out.mkv" in outcome.sentence
