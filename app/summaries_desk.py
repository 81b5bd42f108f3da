"""What stages say of a shot that was measured, in a sentence each: worked out off the interface thread, and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.curves_desk import CurvesRequest, measured
from app.document import ClipWork
from app.source_desk import media_key
from engines.errors import TratteggioError
from engines.media.source import ClipInfo
from engines.stages.catalogue import STAGES

_KEPT = 500


class SummariesDesk(QObject):
    """Signals come on the interface thread."""

    changed = Signal()
    """A sentence is there that was asked for."""
    _told = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "summaries")
        self._known: OrderedDict[Hashable, str | None] = OrderedDict()
        self._wanted: dict[str, Hashable] = {}
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    def told(self, clip: ClipWork, index: int, stage: str, info: ClipInfo | None) -> str:
        """What stage says of shot `index`; empty where that is not known yet: then `changed` follows."""
        use, kind = clip.shots[index].stage(stage), STAGES.get(stage)
        if use is None or kind is None or kind.says is None or info is None:
            return ""
        key = (media_key(clip.media), clip.shot_range(index), stage, tuple(sorted(use.settings.items())))
        if key not in self._known and self._wanted.get(stage) != key:
            # The latest of a stage counts: a slider that is dragged asks faster than is answered.
            self._wanted[stage] = key
            self._pool.submit(self._work, key, CurvesRequest(clip, index, stage, info))
        return self._known.get(key) or ""

    @Slot()
    def renew(self, *_: object) -> None:
        """A shot was measured: what was not known may be known now."""
        self._known = OrderedDict((key, said) for key, said in self._known.items() if said is not None)
        self.changed.emit()

    def close(self) -> None:
        """Join the thread."""
        self._wanted.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, key: Hashable, request: CurvesRequest) -> None:
        if self._wanted.get(request.stage) != key:
            return
        says, said = STAGES[request.stage].says, None
        try:
            found = measured(request)
            said = says(*found) if says is not None and found is not None else None
        except TratteggioError as error:
            said = error.sentence
        except Exception as error:  # noqa: BLE001 - a bug must not end the thread; it is reported
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
        self._told.emit(key, said)

    @Slot(object, object)
    def _on_told(self, key: Hashable, said: str | None) -> None:
        self._known[key] = said
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        self._wanted = {stage: wanted for stage, wanted in self._wanted.items() if wanted != key}
        if said is not None:
            self.changed.emit()
