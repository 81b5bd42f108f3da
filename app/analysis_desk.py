"""Measures what the stages of a clip need to know of its shots: on a thread of its own, the shot on screen first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.clip_graphs import ClipGraphs, stage_needs
from app.document import ClipWork
from app.render_worker import RenderWorker
from app.session import Session
from app.source_desk import media_key
from app.stage_text import shot_title
from engines.cancel import CancelToken
from engines.errors import MediaError, TratteggioError
from engines.scheduler import Job, Urgency

_SETTLE_MS, _NEWS_S, _JOIN_S = 150, 0.1, 2.0


@dataclass(frozen=True)
class ShotProgress:
    """Work on a shot in the background. stages: what it is for. share: 0..1."""

    clip_id: str
    index: int
    shot: str
    stages: tuple[str, ...]
    share: float


class AnalysisDesk(QObject):
    """Follows the active clip. What was measured is kept on disk by content: it is never measured twice."""

    progressed = Signal(object)
    """ShotProgress; None when nothing is being measured any more."""
    finished = Signal(str, int)
    """clip id, shot index: measured just now, so pictures of the shot can be exact."""
    failed = Signal(object)
    """TratteggioError."""
    _arrived = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._graphs = ClipGraphs()
        self._worker = RenderWorker("analyses", self._job_failed, polite=True)
        self._worker.at_end(self._graphs.close)
        self._stopped = self._closed = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._queue)
        self._arrived.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)
        session.document_changed.connect(self._on_document)
        session.clip_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        self._shot = -1
        self._worker.start()
        self._settle.start()

    @property
    def stopped(self) -> bool:
        """Whether somebody cancelled, and nothing is measured until `resume` or another document."""
        return self._stopped

    @Slot()
    def cancel(self) -> None:
        """Stop between two frames; what was measured of other shots stays."""
        self._stopped = True
        self._queue()

    @Slot()
    def resume(self) -> None:
        """Go on after `cancel`."""
        self._stopped = False
        self._queue()

    def close(self) -> None:
        """Cancel and join the thread. Nothing comes by signal afterwards."""
        self._closed = True
        self._settle.stop()
        self._worker.stop()
        self._worker.join(_JOIN_S)

    @Slot()
    def _on_document(self, *_: object) -> None:
        self._stopped = False
        clip = self._session.clip
        if clip is None:
            self._queue()
        else:
            # What the edit made pointless stops at once; what it needs instead waits until nothing moves.
            self._worker.queue.drop(lambda job: job.key not in self._keys(clip))
            self._settle.start()

    @Slot()
    def _on_playhead(self, _: int = 0) -> None:
        clip = self._session.clip
        if clip is not None and clip.shot_index(self._session.playhead) != self._shot:
            self._settle.start()

    @Slot()
    def _queue(self) -> None:
        clip = self._session.clip
        if clip is None or self._stopped:
            self._worker.queue.replace("shots", [])
            return
        self._shot = here = clip.shot_index(self._session.playhead)
        jobs = []
        for index in range(len(clip.shots)):
            urgency = Urgency.PLAYHEAD if index == here else Urgency.PREFETCH
            # What comes next before what was.
            order = index - here if index >= here else len(clip.shots) + here - index
            jobs.append(Job(_key(clip, index), urgency, partial(self._measure, clip, index), order))
        self._worker.queue.replace("shots", jobs)

    def _keys(self, clip: ClipWork) -> set[object]:
        return {_key(clip, index) for index in range(len(clip.shots))}

    # --- on the worker --------------------------------------------------------------------------------------------

    def _measure(self, clip: ClipWork, index: int, token: CancelToken) -> None:
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
        tell = partial(ShotProgress, clip.id, index, shot_title(clip, index), stages)
        self._post(partial(self.progressed.emit, tell(0.0)))
        paced = _Paced(lambda done, count: self._post(partial(self.progressed.emit, tell(done / count))))
        try:
            store.shot(missing[0], source, shot, token, missing[1:], paced)
        finally:
            self._post(partial(self.progressed.emit, None))
        self._post(partial(self.finished.emit, clip.id, index))

    def _job_failed(self, _job: Job, error: Exception) -> None:
        if not isinstance(error, TratteggioError):
            # Reported as a bug, and said: the shot stays as it is.
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            error = MediaError(f"A shot could not be analysed: {error}.", "Its stages leave it as it is.")
        self._post(partial(self.failed.emit, error))

    def _post(self, event: Callable[[], None]) -> None:
        if not self._closed:
            self._arrived.emit(event)

    @Slot(object)
    def _on_arrival(self, event: Callable[[], None]) -> None:
        if not self._closed:
            event()


class _Paced:
    """Passes progress on ten times a second: the interface has more to do."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._last = 0.0

    def __call__(self, done: int, count: int) -> None:
        now = time.monotonic()
        if now - self._last >= _NEWS_S or done == count:
            self._last = now
            self._tell(done, count)


def _key(clip: ClipWork, index: int) -> tuple[object, ...]:
    """Equal where the same is to be measured, as far as that can be told from here."""
    uses = clip.shots[index].stages
    treatment = tuple((use.name, use.enabled, tuple(sorted(use.settings.items()))) for use in uses)
    return ("analyse", clip.id, media_key(clip.media), clip.shot_range(index), treatment)
