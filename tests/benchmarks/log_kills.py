"""Fifty renders killed at random moments: is the audit log one chain every time? And what does the log cost?

    python -m tests.benchmarks.log_kills [KILLS]

prints a table, and the cost of an entry in milliseconds and bytes.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from app.audit.log import AuditLog, read_log
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.export.render import render
from app.export.verify import verify
from engines.cancel import CancelToken
from tests.clips import write_clip
from tests.e2e.log_killing import Kill, kills


def main(count: int) -> int:
    """Kill, check, go on; every master that comes of it is verified at the end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_clip(folder / "in.mkv", frames=72, width=160, height=120)
        job = RenderJob(
            source, folder / "out.mkv", shots=(ShotSpec(0, (StageSpec("grade", {"gamma": "1.2"}),)),), reversible=True
        )
        print("kill  after     entries  last entry   torn  placed  chain")
        found = []
        for number, kill in enumerate(kills(job, count, random.Random(7)), start=1):
            found.append(kill)
            print(
                f"{number:4}  {kill.after * 1000:6.0f} ms  {kill.entries:5}  {kill.last or '-':12} "
                f"{'yes' if kill.torn else 'no':5} {'yes' if kill.placed else 'no':6}  intact",
                flush=True,
            )
        print("\nlast entries:", ", ".join(f"{event or 'none'} {n}" for event, n in _counted(found)))
        for parts in folder.glob("*.parts"):
            render(replace(job, out=folder / parts.name.removesuffix(".parts")), lambda _: None, CancelToken())
        for master in sorted(folder.glob("*-out.mkv")):
            verify(master, None, lambda _: None, rerun=1)
            entries = read_log(master.with_name(f"{master.name}.audit.jsonl"))
            runs = sum(entry.event == "started" for entry in entries)
            print(f"{master.name}: verified, {len(entries)} entries of {runs} runs")
        _cost(folder)
    return 0


def _counted(found: list[Kill]) -> list[tuple[str, int]]:
    return Counter(kill.last for kill in found).most_common()


def _cost(folder: Path) -> None:
    """Of the entry that every segment writes."""
    log = AuditLog.open(folder / "cost.audit.jsonl")
    times = []
    for number in range(200):
        began = time.perf_counter()
        log.add(
            "segment",
            frames=(number * 24, number * 24 + 23),
            key="0" * 64,
            picture="1" * 64,
            provenance="2" * 64,
            reused=False,
        )
        times.append(time.perf_counter() - began)
    size = log.path.stat().st_size / 200
    print(f"an entry per segment: median {statistics.median(times) * 1000:.2f} ms on the disk, {size:.0f} bytes")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
