"""Automatic restoration for the window: looks at a clip on a thread of its own and answers shot by shot."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.analyses import kept_analyses
from app.automatic_plan import everything, with_plans
from app.document import ClipWork
from app.project_job import graph_of
from engines import viewing
from engines.cancel import CancelToken
from engines.colour.screen import Screen
from engines.detect.shots import Shot
from engines.errors import Cancelled, TratteggioError
from engines.graph import Puller
from engines.media.open import open_source
from engines.media.source import Source
from engines.policy import PREVIEW, REFINED
from engines.stages.proposing import ShotPlan, plan_shot
from engines.types import Frame
from engines.viewing import Bgrx, Window

THUMBNAIL = 280
"""Longer side of the pictures before and after, pixels."""
# Up to so many source pixels the pictures after are computed exactly, above at half size.
_EXACT_UP_TO = 1024 * 768


@dataclass(frozen=True, eq=False)
class Reviewed:
    """A shot's proposals with one of its frames before and after, display-ready; the same where nothing is proposed."""

    index: int
    plan: ShotPlan
    before: Bgrx
    after: Bgrx


class Automatic(QObject):
    """One clip at a time. Signals come on the interface thread, each with the id of the clip it belongs to."""

    progressed = Signal(str, int, int, float)
    """clip id, shot looked at (from 0), shots in all, share of the shot measured (0..1)."""
    reviewed = Signal(str, object)
    """clip id, Reviewed."""
    finished = Signal(str, bool)
    """clip id, whether all shots were looked at; False where it was stopped."""
    failed = Signal(str, object)
    """clip id, TratteggioError."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "automatic")
        self._token = CancelToken()

    def start(self, clip: ClipWork, screen: Screen) -> None:
        """Look at every shot of `clip`, after whatever runs, which is stopped. screen: how its pictures are seen."""
        self._token.cancel()
        self._token = CancelToken()
        self._pool.submit(self._run, clip, screen.bare(), self._token)

    def cancel(self) -> None:
        """Between frames; what was measured is kept for the next time."""
        self._token.cancel()

    def close(self) -> None:
        """Cancel what runs and join the thread."""
        self._token.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, clip: ClipWork, screen: Screen, token: CancelToken) -> None:
        try:
            with _opened(clip, token) as source:
                for index in range(len(clip.shots)):
                    self._look(clip, index, screen, source, token)
        except Cancelled:
            self.finished.emit(clip.id, False)
        except TratteggioError as error:
            self.failed.emit(clip.id, error)
        except Exception as error:
            self.failed.emit(clip.id, TratteggioError("The clip could not be looked at.", repr(error)))
            raise
        else:
            self.finished.emit(clip.id, True)

    def _look(self, clip: ClipWork, index: int, screen: Screen, source: Source, token: CancelToken) -> None:
        count = len(clip.shots)
        self.progressed.emit(clip.id, index, count, 0.0)
        shot = Shot(*clip.shot_range(index))
        plan = plan_shot(
            source,
            shot,
            kept_analyses(),
            token,
            lambda done, frames: self.progressed.emit(clip.id, index, count, done / frames),
        )
        token.check()
        self.reviewed.emit(clip.id, _pictures(clip, index, plan, screen, source, token))


@contextmanager
def _opened(clip: ClipWork, token: CancelToken) -> Iterator[Source]:
    media = clip.media
    source = open_source(
        media.path, missing=media.missing, deinterlace=media.deinterlace, tags=media.tags, between=token.check
    )
    try:
        yield source
    finally:
        source.close()


def _pictures(
    clip: ClipWork, index: int, plan: ShotPlan, screen: Screen, source: Source, token: CancelToken
) -> Reviewed:
    """Before and after of the plan's frame: through the very graph that the document would get."""
    info = source.info
    before = source.read(plan.frame)
    if not plan.findings:
        picture = _small(before, screen)
        return Reviewed(index, plan, picture, picture)
    treated = with_plans(clip, {index: plan}, everything([(index, plan)]))
    policy = REFINED if info.width * info.height <= _EXACT_UP_TO else PREVIEW
    puller = Puller(graph_of(treated, source), replace(policy, wait=True), token)
    after = puller.pull(plan.frame).frame
    pinned = viewing.pinned(after.colour, info.width, info.height)
    return Reviewed(index, plan, _small(before, screen), _small(replace(after, colour=pinned), screen))


def _small(frame: Frame, screen: Screen) -> Bgrx:
    share = THUMBNAIL / max(frame.width, frame.height)
    width, height = max(round(frame.width * share), 1), max(round(frame.height * share), 1)
    return viewing.show(frame, Window(0, 0, frame.width, frame.height, width, height), screen)
