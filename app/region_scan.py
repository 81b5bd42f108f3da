"""Renders frames one by one in the background and tells which regions of them a person should look at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.clip_graphs import ClipGraphs
from app.document import ClipWork
from app.render_worker import RenderWorker
from engines import viewing
from engines.cancel import CancelToken
from engines.errors import FrameError, MediaError, TratteggioError
from engines.graph import Puller
from engines.policy import REFINED
from engines.regions import Region, regions_of
from engines.scheduler import Job, Urgency
from engines.stages.base import Rendered
from engines.types import FrameNo, Rect

THUMB = (72, 54)
"""Width and height of a thumbnail, pixels."""
_AROUND = 12
# Far frames first, so that a list of the whole range is there early.
_STRIDES = (16, 4, 1)
_PULLED = 192 * 2**20
_NEWS_S, _JOIN_S = 0.1, 2.0


@dataclass(frozen=True, eq=False)
class Listed:
    """A region of a rendered frame. number: its place in that frame. factor: picture pixels per source pixel.

    picture: a JPEG of it with what is around, outlined.
    """

    frame: FrameNo
    number: int
    region: Region
    factor: int
    picture: bytes

    @property
    def shown(self) -> Rect:
        """Its box in source pixels."""
        box, factor = self.region.box, self.factor
        x, y = box.x // factor, box.y // factor
        return Rect(x, y, -(-box.right // factor) - x, -(-box.bottom // factor) - y)


@dataclass(frozen=True, eq=False)
class Looked:
    """What came of one frame. key: of everything that decides its pixels. dropped: regions too small to be listed."""

    frame: FrameNo
    key: str
    regions: tuple[Listed, ...]
    dropped: int = 0


class RegionScan(QObject):
    """One range of one clip at a time, on a thread of its own. Signals come on the interface thread."""

    looked = Signal(str, object)
    """clip id, Looked."""
    progressed = Signal(int, int)
    """Frames done, frames in all."""
    finished = Signal()
    """Also after it was stopped."""
    failed = Signal(str, object)
    """clip id, TratteggioError."""
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._graphs = ClipGraphs()
        self._worker = RenderWorker("regions", self._job_failed, polite=True)
        self._worker.at_end(self._graphs.close)
        self._closed = False
        self._count = 0
        self._arrived.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)
        self._worker.start()

    def start(self, clip: ClipWork, first: FrameNo, last: FrameNo, known: Mapping[FrameNo, str]) -> None:
        """Look at frames `first`..`last` of `clip` instead of whatever runs, but for those whose key is as `known`."""
        self._count += 1
        work = partial(self._work, self._count, clip, first, last, dict(known))
        self._worker.queue.replace("regions", [Job(("regions", self._count), Urgency.PREFETCH, work)])

    def stop(self) -> None:
        """Between two frames; what was found stays."""
        self._count += 1
        closing = Job(("close", self._count), Urgency.PLAYHEAD, lambda _: self._graphs.close())
        self._worker.queue.replace("regions", [closing])
        self.finished.emit()

    def close(self) -> None:
        """Stop and join the thread. Nothing comes by signal afterwards."""
        self._closed = True
        self._worker.stop()
        self._worker.join(_JOIN_S)

    # --- on the worker --------------------------------------------------------------------------------------------

    def _work(
        self,
        run: int,
        clip: ClipWork,
        first: FrameNo,
        last: FrameNo,
        known: Mapping[FrameNo, str],
        token: CancelToken,
    ) -> None:
        graph = self._graphs.graph(clip, token)
        puller = Puller(graph, REFINED, token, cache_bytes=_PULLED)
        told, count = 0.0, last - first + 1
        for done, number in enumerate(_passes(first, last)):
            now = time.monotonic()
            if now - told >= _NEWS_S:
                told = now
                self._post(run, partial(self.progressed.emit, done, count))
            token.check()
            key = graph.key(number, number)
            if known.get(number) == key:
                continue
            try:
                found = _look(puller, number, key, clip)
            except FrameError:
                continue  # whoever looks at that frame is told why there is none
            self._post(run, partial(self.looked.emit, clip.id, found))
        self._post(run, self.finished.emit)

    def _job_failed(self, job: Job, error: Exception) -> None:
        if not isinstance(error, TratteggioError):
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            error = MediaError(f"The regions could not be looked for: {error}.", "A report of this was kept.")
        run = int(job.key[1]) if isinstance(job.key, tuple) else 0
        self._post(run, partial(self.failed.emit, "", error))
        self._post(run, self.finished.emit)

    def _post(self, run: int, event: Callable[[], None]) -> None:
        if not self._closed:
            self._arrived.emit((run, event))

    @Slot(object)
    def _on_arrival(self, arrived: tuple[int, Callable[[], None]]) -> None:
        run, event = arrived
        # What an older look found may not be so any more.
        if not self._closed and run == self._count:
            event()


def _passes(first: FrameNo, last: FrameNo) -> Iterator[FrameNo]:
    """Every frame once, in ever finer steps."""
    coarser = 0
    for stride in _STRIDES:
        for number in range(first, last + 1, stride):
            if not coarser or (number - first) % coarser:
                yield number
        coarser = stride


def _look(puller: Puller, number: FrameNo, key: str, clip: ClipWork) -> Looked:
    """Raises FrameError, Cancelled."""
    rendered = puller.pull(number)
    left = puller.marks(len(puller.graph.stages), number).damage
    regions, dropped = regions_of(rendered.provenance, left)
    factor = max(rendered.frame.width // clip.media.width, 1)
    listed = tuple(
        Listed(number, place, region, factor, _picture(rendered, region)) for place, region in enumerate(regions)
    )
    return Looked(number, key, listed, dropped)


def _picture(rendered: Rendered, region: Region) -> bytes:
    """The region and what is around it in the proportions of THUMB, its rim outlined white on black."""
    width, height = THUMB
    box, frame = region.box, rendered.frame
    step = max((box.width + 2 * _AROUND) / width, (box.height + 2 * _AROUND) / height, 0.5)
    step = min(step, frame.width / width, frame.height / height) if step > 0.5 else step
    across, down = width * step, height * step
    left = min(max(box.x + box.width / 2 - across / 2, 0.0), max(frame.width - across, 0.0))
    top = min(max(box.y + box.height / 2 - down / 2, 0.0), max(frame.height - down, 0.0))
    seen = viewing.show(frame, viewing.Window(left, top, across, down, width, height))
    canvas = np.ascontiguousarray(seen[..., :3])
    place = np.zeros((height, width), np.uint8)
    x, y = round((box.x - left) / step), round((box.y - top) / step)
    size = max(round(box.width / step), 1), max(round(box.height / step), 1)
    mask = cv2.resize(region.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    mask = mask[max(-y, 0) :, max(-x, 0) :][: height - max(y, 0), : width - max(x, 0)]
    place[max(y, 0) : max(y, 0) + mask.shape[0], max(x, 0) : max(x, 0) + mask.shape[1]] = mask
    rims, _ = cv2.findContours(place, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(canvas, rims, -1, (0, 0, 0), 3)
    cv2.drawContours(canvas, rims, -1, (255, 255, 255), 1)
    done, packed = cv2.imencode(".jpg", canvas, (cv2.IMWRITE_JPEG_QUALITY, 85))
    return packed.tobytes() if done else b""
