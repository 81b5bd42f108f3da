"""Work on the shots of the active clip on a thread of its own: the one on screen first, stopped at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.clip_graphs import ClipGraphs
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


class ShotDesk(QObject):
    """What the work is, `_work` says; it runs again whenever the treatment of a shot changes."""

    progressed = Signal(object)
    """ShotProgress; None when nothing is at work any more."""
    stopped_changed = Signal()
    failed = Signal(str, object)
    """clip id, TratteggioError."""
    _arrived = Signal(object)

    def __init__(self, name: str, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._graphs = ClipGraphs()
        self._worker = RenderWorker(name, self._job_failed, polite=True)
        self._worker.at_end(self._graphs.close)
        self._stopped = self._closed = False
        self._shot = -1
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._queue)
        self._arrived.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)
        session.document_changed.connect(self._on_document)
        session.clip_changed.connect(self._on_clip)
        session.playhead_changed.connect(self._on_playhead)
        self._worker.start()
        self._settle.start()

    @property
    def stopped(self) -> bool:
        """Whether somebody cancelled, and nothing is done until `resume` or another treatment."""
        return self._stopped

    @Slot()
    def cancel(self) -> None:
        """Stop between two frames; what was done stays."""
        self._stop(True)
        self._queue()

    @Slot()
    def resume(self) -> None:
        """Go on after `cancel`."""
        self._stop(False)
        self._queue()

    def close(self) -> None:
        """Cancel and join the thread. Nothing comes by signal afterwards."""
        self._closed = True
        self._settle.stop()
        self._worker.stop()
        self._worker.join(_JOIN_S)

    def _work(self, clip: ClipWork, index: int, token: CancelToken) -> None:
        """On the worker. Raises TratteggioError, Cancelled."""
        raise NotImplementedError

    def _trouble(self, error: Exception) -> TratteggioError:
        """What to say of a bug that ended the work on a shot."""
        return MediaError(f"The work on a shot stopped unexpectedly: {error}.", "A report of this was kept.")

    # --- what is wanted -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_clip(self, _clip_id: str) -> None:
        self._stop(False)
        self._renew()

    @Slot(object, object)
    def _on_document(self, _before: object, _after: object) -> None:
        self._renew()

    def _renew(self) -> None:
        clip = self._session.clip
        if clip is None:
            self._queue()
            return
        keys = {_key(clip, index) for index in range(len(clip.shots))}
        # What the edit made pointless stops at once; what is needed instead waits until nothing moves.
        self._worker.queue.drop(lambda job: job.key not in keys)
        self._settle.start()

    @Slot(int)
    def _on_playhead(self, frame: int) -> None:
        clip = self._session.clip
        if clip is not None and clip.shot_index(frame) != self._shot:
            self._settle.start()

    @Slot()
    def _queue(self) -> None:
        clip = self._session.clip
        if clip is None:
            # Nobody keeps the last clip's file open.
            closing = Job(("close",), Urgency.PLAYHEAD, lambda _: self._graphs.close())
            self._worker.queue.replace("shots", [closing])
            return
        if self._stopped:
            self._worker.queue.replace("shots", [])
            return
        self._shot = here = clip.shot_index(self._session.playhead)
        jobs = []
        for index in range(len(clip.shots)):
            urgency = Urgency.PLAYHEAD if index == here else Urgency.PREFETCH
            # What comes next before what was.
            order = index - here if index >= here else len(clip.shots) + here - index
            jobs.append(Job(_key(clip, index), urgency, partial(self._work, clip, index), order))
        self._worker.queue.replace("shots", jobs)

    def _stop(self, on: bool) -> None:
        if on != self._stopped:
            self._stopped = on
            self.stopped_changed.emit()

    # --- on the worker --------------------------------------------------------------------------------------------

    def _progress(self, clip: ClipWork, index: int, stages: tuple[str, ...]) -> Callable[[int, int], None]:
        """Tells how far the work on a shot is, ten times a second: the interface has more to do."""
        last = 0.0

        def tell(done: int, count: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _NEWS_S or done in (0, count):
                last = now
                news = ShotProgress(clip.id, index, shot_title(clip, index), stages, done / max(count, 1))
                self._post(partial(self.progressed.emit, news))

        return tell

    def _rests(self) -> None:
        self._post(partial(self.progressed.emit, None))

    def _job_failed(self, job: Job, error: Exception) -> None:
        if not isinstance(error, TratteggioError):
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            error = self._trouble(error)
        clip_id = str(job.key[1]) if isinstance(job.key, tuple) and len(job.key) > 1 else ""
        self._post(partial(self.failed.emit, clip_id, error))

    def _post(self, event: Callable[[], None]) -> None:
        if not self._closed:
            self._arrived.emit(event)

    @Slot(object)
    def _on_arrival(self, event: Callable[[], None]) -> None:
        if not self._closed:
            event()


def _key(clip: ClipWork, index: int) -> tuple[object, ...]:
    """Equal where the same is to be done, as far as that can be told from here."""
    uses = clip.shots[index].stages
    treatment = tuple((use.name, use.enabled, tuple(sorted(use.settings.items()))) for use in uses)
    return ("shot", clip.id, media_key(clip.media), clip.shot_range(index), treatment)
