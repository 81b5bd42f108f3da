"""A worker's side of a render: opens the job once, then renders any segment of it by its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.export.journal import DoneSegment
from app.export.prepared import prepare, take, use_threads
from app.export.segment_render import SegmentKitchen, render_segment
from app.farm.brief import Brief
from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import RenderError
from engines.graph import Puller
from engines.media.open import open_source
from engines.media.shared import SharedSource
from engines.policy import EXPORT


class Bench:
    """A context. Raises what opening and preparing the job raises."""

    def __init__(
        self, brief: Brief, cancel: CancelToken, say: Callable[[str], None], frame_done: Callable[[], None]
    ) -> None:
        job = brief.job
        use_threads(job.threads)
        # What is wrong with the source, or to be told of it, the render that ordered this has told already.
        self._source = open_source(
            job.source,
            missing=job.missing,
            deinterlace=job.deinterlace,
            tags=job.tags,
            threads=job.threads,
            note=lambda _: None,
        )
        try:
            count = self._source.info.frame_count
            ready = prepare(take(job, self._source), lambda: ShotList(brief.starts, count))
        except BaseException:
            self._source.close()
            raise
        self._plan = {planned.key: planned for planned in ready.plan}
        graph = ready.graph
        if ready.at_once > 1:
            graph = replace(graph, source=SharedSource(self._source))
        puller = Puller(graph, replace(EXPORT, device=job.device), cancel, say)
        self._kitchen = SegmentKitchen(
            puller=puller,
            clip=self._source.info,
            preset=ready.order.preset,
            layout=ready.layout,
            folder=brief.folder,
            threads=job.threads,
            frame_done=frame_done,
            forensic=job.forensic,
            ahead=ready.at_once,
        )

    def render(self, key: str) -> DoneSegment:
        """Raises RenderError where this worker would make something else of the job than who ordered it."""
        if key not in self._plan:
            raise RenderError(
                "A worker does not know the segment that it was given: its program, its weights or its source differ.",
                "Give all workers the same version, the same models and the same files.",
            )
        return render_segment(self._plan[key], self._kitchen)

    def close(self) -> None:
        self._source.close()
