"""A worker's side of a render: opens the job once, then renders any segment of it by its key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing

from app.export.journal import DoneSegment
from app.export.kitchen import Kitchen
from app.export.opening import open_for
from app.export.prepared import prepare, take, use_threads
from app.export.segment_delta import delta_kitchen
from app.farm.brief import Brief
from app.forensic.repeatable import refuse_unlike, repeatable
from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import RenderError
from engines.media.witness import Witness


class Bench:
    """Holds what the job needs until it is closed. Raises what opening and preparing the job raises."""

    def __init__(
        self, brief: Brief, cancel: CancelToken, say: Callable[[str], None], frame_done: Callable[[], None]
    ) -> None:
        job = brief.job
        self._frame_done = frame_done
        use_threads(job.threads)
        if job.forensic:
            refuse_unlike()
        with ExitStack() as opening:
            opening.enter_context(repeatable(job.forensic))
            # What is to be told of the source, the render that ordered this has told already.
            source = opening.enter_context(closing(Witness(open_for(job))))
            ready = prepare(take(job, source), lambda: ShotList(brief.starts, source.info.frame_count))
            deltas = opening.enter_context(delta_kitchen(job, ready.order.preset, brief.folder, cancel))
            self._kitchen = Kitchen.of(ready, brief.folder, deltas, source.look, cancel, say)
            self._open = opening.pop_all()
        self._plan = {planned.key: planned for planned in ready.plan}

    def render(self, key: str) -> DoneSegment:
        """Raises RenderError where this worker would make something else of the job than who ordered it."""
        if key not in self._plan:
            raise RenderError(
                "A worker does not know the segment that it was given: its program, its weights or its source differ.",
                "Give all workers the same version, the same models and the same files.",
            )
        return self._kitchen.render(self._plan[key], self._frame_done)

    def close(self) -> None:
        self._open.close()
