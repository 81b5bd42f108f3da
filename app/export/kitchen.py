"""Where segments of a prepared job are made whole, in the process of a render as in a worker's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.export.journal import DoneSegment
from app.export.prepared import Prepared
from app.export.segment_delta import DeltaKitchen, with_delta
from app.export.segment_render import SegmentKitchen, render_segment
from app.export.segments import PlannedSegment
from engines.cancel import CancelToken
from engines.graph import Puller
from engines.media.shared import SharedSource
from engines.policy import EXPORT
from engines.types import FrameNo


@dataclass(frozen=True)
class Kitchen:
    """folder: where segments go. deltas: None where the job asks for none. look: as `Witness` has it."""

    ready: Prepared
    folder: Path
    deltas: DeltaKitchen | None
    look: Callable[[FrameNo], str]
    puller: Puller

    @classmethod
    def of(
        cls,
        ready: Prepared,
        folder: Path,
        deltas: DeltaKitchen | None,
        look: Callable[[FrameNo], str],
        cancel: CancelToken,
        say: Callable[[str], None],
    ) -> Kitchen:
        """say: what stages have to say goes there, each sentence once."""
        graph, job = ready.graph, ready.order.job
        if ready.at_once > 1:
            graph = replace(graph, source=SharedSource(graph.source))
        return cls(ready, folder, deltas, look, Puller(graph, replace(EXPORT, device=job.device), cancel, say))

    def render(self, planned: PlannedSegment, frame_done: Callable[[], None]) -> DoneSegment:
        """Raises FrameError, MediaError, RenderError, Cancelled, MemoryError."""
        order = self.ready.order
        stations = SegmentKitchen(
            puller=self.puller,
            clip=order.source.info,
            preset=order.preset,
            layout=self.ready.layout,
            folder=self.folder,
            threads=order.job.threads,
            frame_done=frame_done,
            look=self.look,
            forensic=order.job.forensic,
            ahead=self.ready.at_once,
        )
        return self.completed(render_segment(planned, stations))

    def completed(self, segment: DoneSegment) -> DoneSegment:
        """With its delta, where the job asks for one; itself where nothing lacks."""
        return with_delta(segment, self.deltas) if self.deltas is not None and segment.delta is None else segment
