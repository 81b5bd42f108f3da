"""The process that measures what a render will take: it renders short windows of it, for about ten seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import psutil

from app.export.events import Emit, Event, note
from app.export.job import RenderJob
from app.jobs.serving import serve
from app.jobs.values import Estimate
from engines.cancel import CancelToken

MODULE = "app.jobs.estimate_worker"
SECONDS = 10.0
"""After the first window; slow frames make it longer."""

_ENOUGH = 0.075
_WINDOWS = 8
"""So many windows should fit into the frames of a kind, however few these are."""


def main() -> int:
    return serve(lambda request, emit, cancel: measure(RenderJob.from_json(request), emit, cancel))


def measure(job: RenderJob, emit: Emit, cancel: CancelToken) -> Event:
    """Render windows of `job` below the folder of its `out`, which must be a folder of its own; the last estimate.

    Raises what a render of the job would raise before its first frame; FrameError, Cancelled.
    """
    answer: Estimate | None = None
    started = time.monotonic()
    for answer in estimates(job, emit, cancel):
        share = (time.monotonic() - started) / SECONDS
        if share >= 1:
            break
        emit(replace(answer, progress=share).as_event())
    assert answer is not None
    return replace(answer, final=True, progress=1.0).as_event()


def estimates(job: RenderJob, emit: Emit, cancel: CancelToken) -> Iterator[Estimate]:
    """Ever better ones, until more windows would not tell much more or none is left."""
    from app.export.preflight import check_frames, check_source
    from app.jobs.estimate import Sample, Surroundings, estimate, settled
    from app.jobs.sampling import Sampler, frames_by_kind, runs_of
    from app.jobs.tasting import Taster
    from app.memory import peak_memory
    from engines.media.open import open_source

    def say(sentence: str) -> None:
        emit(note(sentence))

    with closing(
        open_source(
            job.source,
            missing=job.missing,
            deinterlace=job.deinterlace,
            tags=job.tags,
            threads=job.threads,
            note=say,
        )
    ) as source:
        check_source(job, source.info)
        taster = Taster(job, source, cancel, say)
        runs = runs_of(job, taster.masked(), *check_frames(job, source.info.frame_count))
        counts, sampler = frames_by_kind(runs), Sampler(runs)
        startup = time.time() - psutil.Process().create_time()
        once = taster.rehearse(runs[0].first)
        samples: list[Sample] = []
        for kind in sampler.rounds():
            window = sampler.window(kind, min(taster.length, -(-counts[kind] // _WINDOWS)))
            if window is None:
                continue
            samples.append(Sample(kind, window.count, *taster.taste(window)))
            fixed = startup + max(0.0, once - min(sample.seconds for sample in samples))
            answer = estimate(samples, counts, Surroundings(fixed, peak_memory()))
            yield answer
            if settled(answer, samples, counts, _ENOUGH):
                return


if __name__ == "__main__":
    sys.exit(main())
