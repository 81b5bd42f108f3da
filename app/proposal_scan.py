"""Asks the detectors of a clip what they propose, frame by frame, in the background."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.document import ClipWork
from app.finds import PackedFinds, find_in
from app.session import Session
from app.shot_desk import ShotDesk
from engines.cancel import CancelToken
from engines.errors import FrameError, MediaError, TratteggioError
from engines.graph import Graph, Puller
from engines.policy import REFINED
from engines.stages.base import Detector, Stage
from engines.stages.per_shot import PerShot
from engines.types import FrameNo

_PULLED = 128 * 2**20


class ProposalScan(ShotDesk):
    """Frames searched before are kept on disk by content, so that they come at once."""

    found = Signal(str, int, object)
    """clip id, frame, PackedFinds."""
    emptied = Signal(str, int, int)
    """clip id, first and last frame of a shot that no detector searches."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__("proposals", session, parent)

    def _work(self, clip: ClipWork, index: int, token: CancelToken) -> None:
        first, last = clip.shot_range(index)
        stages: tuple[str, ...] = ()
        if any(use.enabled for use in clip.shots[index].stages):
            graph = self._graphs.graph(clip, token)
            stages = detectors(graph, index)
        if not stages:
            self._post(partial(self.emptied.emit, clip.id, first, last))
            return
        puller = Puller(graph, REFINED, token, cache_bytes=_PULLED)
        tell = self._progress(clip, index, stages)
        try:
            for number in range(first, last + 1):
                tell(number - first, last - first + 1)
                try:
                    found = PackedFinds.of(find_in(puller, number, token))
                except FrameError:
                    continue  # whoever looks at that frame is told why there is none
                self._post(partial(self.found.emit, clip.id, number, found))
        finally:
            self._rests()

    def _trouble(self, error: Exception) -> TratteggioError:
        return MediaError(f"A shot could not be searched for damage: {error}.", "Paint what is damaged by hand.")


def detectors(graph: Graph, index: int) -> tuple[str, ...]:
    """Names of the stages that search shot `index`."""
    start = graph.shots.starts[index]
    return tuple(stage.name for stage in graph.stages if _searches(stage, start))


def _searches(stage: Stage, start: FrameNo) -> bool:
    variant = stage.variant(start) if isinstance(stage, PerShot) else stage
    return isinstance(variant, Detector)
