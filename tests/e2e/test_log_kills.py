"""The audit log of a render that is killed again and again is one intact chain of all its runs."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.audit.log import read_log
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.export.render import render
from app.export.verify import verify
from engines.cancel import CancelToken
from tests.clips import write_clip
from tests.e2e.log_killing import kills

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX word")


def test_six_kills_leave_a_chain_that_goes_on_and_a_master_that_verifies(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", frames=96, width=160, height=120)
    job = RenderJob(source, tmp_path / "out.mkv", shots=(ShotSpec(0, (StageSpec("grade", {"gamma": "1.2"}),)),))
    found = list(kills(job, 6, random.Random(3)))
    assert len(found) == 6
    for parts in tmp_path.glob("*.parts"):
        out = tmp_path / parts.name.removesuffix(".parts")
        render(replace(job, out=out), lambda _: None, CancelToken())
    masters = list(tmp_path.glob("*-out.mkv"))
    assert masters
    for master in masters:
        assert verify(master, None, lambda _: None, rerun=1)["verified"]
        events = [entry.event for entry in read_log(master.with_name(f"{master.name}.audit.jsonl"))]
        assert events[-1] == "sealed"
        # Whoever goes on says so first, but for runs killed before their first word.
        assert events.count("resumed") >= events.count("started") - 1
