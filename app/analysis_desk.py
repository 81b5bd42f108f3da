"""Measures what the stages of a clip need to know of its shots, in the background."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.clip_graphs import stage_needs
from app.document import ClipWork
from app.session import Session
from app.shot_desk import ShotDesk
from engines.cancel import CancelToken
from engines.errors import MediaError, TratteggioError


class AnalysisDesk(ShotDesk):
    """What was measured is kept on disk by content: it is never measured twice."""

    finished = Signal(str, int)
    """clip id, shot index: measured just now, so pictures of the shot can be exact."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__("analyses", session, parent)

    def _work(self, clip: ClipWork, index: int, token: CancelToken) -> None:
        if not any(use.enabled for use in clip.shots[index].stages):
            return
        graph = self._graphs.graph(clip, token)
        needs, store, source = stage_needs(graph, index), graph.analyses, graph.source
        shot = graph.shots.shot(clip.shots[index].start)
        wanted = dict.fromkeys(one for analyses in needs.values() for one in analyses)
        missing = [one for one in wanted if store.held(one, source, shot) is None]
        if not missing:
            return
        stages = tuple(name for name, analyses in needs.items() if any(one in missing for one in analyses))
        tell = self._progress(clip, index, stages)
        tell(0, 1)
        try:
            store.shot(missing[0], source, shot, token, missing[1:], tell)
        finally:
            self._rests()
        self._post(partial(self.finished.emit, clip.id, index))

    def _trouble(self, error: Exception) -> TratteggioError:
        return MediaError(f"A shot could not be analysed: {error}.", "Its stages leave it as it is.")
