"""What a worker process leaves behind, however it and its reader end."""

from __future__ import annotations

import gc
from pathlib import Path

import psutil
import pytest

from app.export.job import RenderJob
from app.export.runner import RenderProcess
from app.verbs.render import render
from engines.errors import RenderError
from tests.clips import write_clip


def test_a_failing_render_leaves_no_process_and_no_pipe(tmp_path: Path) -> None:
    children = psutil.Process().children()
    with pytest.raises(RenderError, match=r"missing\.mkv"):
        render(RenderJob(tmp_path / "missing.mkv", tmp_path / "out.mkv"), as_json=True)
    assert psutil.Process().children() == children
    gc.collect()  # an open pipe would warn here


def test_whoever_stops_listening_stops_the_worker(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=96)
    process = RenderProcess(RenderJob(source, tmp_path / "out.mkv"))
    events = process.events()
    assert next(events)["event"] not in ("result", "error")
    events.close()
    assert not psutil.pid_exists(process.pid)


def test_an_order_to_one_who_has_died_is_no_failure_of_its_own(tmp_path: Path) -> None:
    process = RenderProcess(RenderJob(tmp_path / "in.mkv", tmp_path / "out.mkv"), "app.no_such_worker")
    process._process.wait()
    process.cancel()
    (said,) = process.events()
    assert "ended with code 1" in said["error"]
