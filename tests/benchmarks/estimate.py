"""How far estimates lie from renders: python -m tests.benchmarks.estimate CLIP FIRST-LAST PRESET SUFFIX [STAGE...]."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from app.export.events import Event
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.export.runner import RenderProcess
from app.jobs.estimate_worker import MODULE
from app.jobs.values import Estimate


def main() -> None:
    clip, span, preset, suffix, *stages = sys.argv[1:]
    first, last = map(int, span.split("-"))
    shots = (ShotSpec(0, tuple(StageSpec(name) for name in stages)),)
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples"
        samples.mkdir()
        job = RenderJob(Path(clip).absolute(), samples / f"m{suffix}", preset, frames=(first, last), shots=shots)
        said, took = _run(job, MODULE)
        expected = Estimate.from_event(said)
        result, real = _run(replace(job, out=Path(folder) / f"m{suffix}"), "app.export.worker")
        out = Path(result["master"])
        files = [*(out.iterdir() if out.is_dir() else [out]), Path(result["provenance"])]
        size = sum(file.stat().st_size for file in files)
    seconds, size_span = expected.seconds, expected.size
    print(f"measured for {took:.1f} s on {expected.samples} windows")
    print(f"time    {seconds.low:.1f} to {seconds.high:.1f} s, took {real:.1f} s")
    print(f"size    {size_span.low / 1e6:.2f} to {size_span.high / 1e6:.2f} MB, is {size / 1e6:.2f} MB")
    print(f"memory  {expected.memory / 1e6:.0f} MB, was {result['peak_memory_bytes'] / 1e6:.0f} MB")


def _run(job: RenderJob, module: str) -> tuple[Event, float]:
    started = time.monotonic()
    *_, end = RenderProcess(job, module).events()
    if end["event"] == "error":
        raise SystemExit(end["error"])
    return end, time.monotonic() - started


if __name__ == "__main__":
    main()
