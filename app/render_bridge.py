"""The only thread boundary for pictures: views ask here, two workers compute, answers come back as signals."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.answers import Answers
from app.computed_by import ComputedBy
from app.document import ClipWork, Document
from app.frame_facts import Fact
from app.mastering import mastering_peak
from app.memory import keep_freed_pictures, return_freed_pictures
from app.picture_maker import RestoredMaker, source_content
from app.pictures import Bgrx, CacheState, Kind, Picture, Readouts, Want
from app.proxy_maker import ProxyMaker
from app.render_jobs import RestoredJobs, SourceJobs
from app.render_worker import RenderWorker
from app.session import Session
from app.shelf import Shelf
from app.source_desk import SourceDesk, media_key
from engines.cancel import CancelToken
from engines.colour.scale import SCALES, Scale, scale_of
from engines.colour.screen import AUTOMATIC, Screen
from engines.errors import TratteggioError
from engines.media.source import ClipInfo
from engines.scheduler import Job, Urgency
from engines.stages.computed import Computed
from engines.types import FrameNo

_MEMORY = 2**30
# Shares of the memory budget that decoders, and graphs, have; the shelf has the rest.
_DECODED, _PULLED = 0.25, 0.10
_AHEAD, _AROUND = 12, 3
_CACHE_NEWS_MS = 100
_JOIN_S = 2.0
_HAND_OVER_S = 0.001
_PROXY_BYTES = 48 * 2**20


class RenderBridge(QObject):
    """Lives on the interface thread, which it never makes wait."""

    picture_ready = Signal(object)
    probe_ready = Signal(object)
    thumbnail_ready = Signal(str, int, object)
    thumbnails_outdated = Signal()
    """They are seen through another view transform now: those held elsewhere are to be asked for again."""
    cache_changed = Signal(str)
    curve_ready = Signal(str, int, object)
    scope_ready = Signal(object)
    clip_info_ready = Signal(str)
    computed_known = Signal(str)
    readouts_changed = Signal()
    failed = Signal(str, str)
    """clip id, sentence."""
    _arrived = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None, *, memory: int = _MEMORY) -> None:
        super().__init__(parent)
        return_freed_pictures()
        # Workers and the window hand the interpreter to each other hundreds of times for one picture.
        sys.setswitchinterval(_HAND_OVER_S)
        self._session = session
        self._budget = memory
        self._shelf = shelf = Shelf(memory)
        self._infos: dict[str, ClipInfo] = {}
        self._wants: tuple[Want, ...] = ()
        self._travel = (0, 0.0)
        self._changed: set[str] = set()
        self._computed = ComputedBy()
        self._scoped: tuple[str, FrameNo] | None = None
        self._screen = AUTOMATIC
        self._scales: dict[str, str] = {}
        self._closed = self._held = False
        decoded = int(memory * _DECODED / 2)
        self._source_worker = RenderWorker("source pictures", self._job_failed)
        self._restored_worker = RenderWorker("restored pictures", self._job_failed)
        source_desk, restored_desk = SourceDesk(decoded), SourceDesk(decoded)
        self._proxy_worker = RenderWorker("small pictures", self._job_failed, polite=True)
        self._proxies = ProxyMaker(SourceDesk(_PROXY_BYTES, threads=1, most=1))
        self._proxy_worker.at_end(self._proxies.close)
        self._source = SourceJobs(
            source_desk, self._post, self._source_made, shelf.pictures, shelf.thumbnails, self._proxies.picture
        )
        self._maker = RestoredMaker(restored_desk, shelf.rendered, int(memory * _PULLED))
        self._restored = RestoredJobs(
            self._maker, restored_desk, self._post, self._restored_made, self._measured, shelf.pictures
        )
        self._answers = Answers(self._maker, restored_desk)
        self._desks = (source_desk, restored_desk)
        self._news = QTimer(self)
        self._news.setInterval(_CACHE_NEWS_MS)
        self._news.setSingleShot(True)
        self._news.timeout.connect(self._tell_news)
        self._arrived.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        session.clip_changed.connect(self._on_clip)
        session.history_changed.connect(self._on_history)
        for worker, desk in zip((self._source_worker, self._restored_worker), self._desks, strict=True):
            worker.at_end(desk.close)
            worker.start()
        self._proxy_worker.start()
        self._on_document(Document(), session.document)

    # --- pictures -------------------------------------------------------------------------------------------------

    def show(self, wants: Sequence[Want]) -> list[Picture]:
        """From now on exactly these are wanted. What is in memory, or the best stand-in; the rest comes by signal."""
        self._mind_memory()
        self._wants = tuple(wants)
        answers = [
            picture
            for want in self._wants
            if (picture := self._shelf.found(self._clip(want.clip_id), want)) is not None
        ]
        have = {picture.want for picture in answers if picture.exact or picture.failure}
        missing = [want for want in self._wants if want not in have and self._clip(want.clip_id) is not None]
        self._queue_wants(missing)
        self._queue_ahead()
        return answers

    def renew(self, clip_id: str) -> None:
        """A shot of the clip was analysed: what waited for that is made again."""
        self._note_change(clip_id)
        self.show(self._wants)

    def set_travel(self, direction: int, fps: float) -> None:
        """Which way the playhead goes by itself (0 = it rests), for what is prepared ahead."""
        if (direction, fps) != self._travel:
            self._travel = (direction, fps)
            self._focus()
            if direction == 0:
                self.show(self._wants)

    def _queue_wants(self, wants: Sequence[Want]) -> None:
        # While something is dragged only what is quick keeps up; the exact picture follows when it is let go.
        resting = self._travel[0] == 0 and not self._session.gesturing
        sources: list[Job] = []
        restored: list[Job] = []
        for place, want in enumerate(wants):
            clip = self._session.document.clip(want.clip_id)
            if want.kind == "source":
                sources.append(self._source.picture(clip, want, Urgency.PLAYHEAD, place))
            else:
                restored += self._restored.pictures(clip, want, place, exact=resting)
        self._source_worker.queue.replace("show", sources)
        self._restored_worker.queue.replace("show", restored)

    def _queue_ahead(self) -> None:
        if self._session.gesturing:
            # The worker is there for what is held in hand alone; of what it already does most cannot be interrupted.
            self._source_worker.queue.replace("ahead", [])
            self._restored_worker.queue.replace("ahead", self._slider_ends())
            return
        direction = self._travel[0]
        steps = range(1, _AHEAD + 1) if direction else ()
        sources, restored = [], []
        for want in self._wants:
            clip = self._clip(want.clip_id)
            if clip is None:
                continue
            frames = [want.frame + direction * step for step in steps]
            if not direction and want.kind != "source":
                frames = [want.frame + step * side for step in range(1, _AROUND + 1) for side in (1, -1)]
                restored.append(self._restored.ends(clip, want))
                restored.append(self._restored.distance(clip, want))
            for order, frame in enumerate(frames):
                if not 0 <= frame < clip.media.frame_count:
                    continue
                ahead = replace(want, frame=frame)
                found = self._shelf.found(clip, ahead)
                if found is not None and found.exact:
                    continue
                if want.kind == "source":
                    sources.append(self._source.picture(clip, ahead, Urgency.PREFETCH, order))
                else:
                    restored.append(self._restored.ahead(clip, ahead, order))
        self._source_worker.queue.replace("ahead", sources)
        self._restored_worker.queue.replace("ahead", restored)

    def _mind_memory(self) -> None:
        """While a handle is held, every picture takes the room of the one before."""
        held = self._session.gesturing
        if held == self._held:
            return
        self._held = held
        if held:
            keep_freed_pictures()
            self._restored_worker.queue.replace("memory", [])
        else:
            if self._changed:
                self._news.start()
            giving_back = Job(("memory",), Urgency.CURVE, lambda _: return_freed_pictures())
            self._restored_worker.queue.replace("memory", [giving_back])

    def _slider_ends(self) -> list[Job]:
        """Of the frames that are shown."""
        shown = [(self._clip(want.clip_id), want) for want in self._wants if want.kind != "source"]
        return [self._restored.ends(clip, want) for clip, want in shown if clip is not None]

    # --- everything else that is asked for ------------------------------------------------------------------------

    def probe(self, clip_id: str, frame: FrameNo, x: int, y: int) -> None:
        """The answer comes by `probe_ready`; the latest question counts."""
        clip = self._clip(clip_id)
        if clip is None or not (0 <= x < clip.media.width and 0 <= y < clip.media.height):
            return
        run = self._answers.probe(clip, frame, x, y, lambda probe: self._post(partial(self.probe_ready.emit, probe)))
        key = ("probe", clip_id, id(clip), frame, x, y)
        self._restored_worker.queue.replace("probe", [Job(key, Urgency.PROBE, run)])

    def ask(
        self, key: tuple[str, ...], urgency: Urgency, work: Callable[[RestoredMaker, SourceDesk, CancelToken], None]
    ) -> None:
        """Work for the thread that infers, which tells its answer itself. key: what it is, which clip, and more; the
        latest of its kind counts.
        """
        job = Job(key, urgency, lambda token: work(self._maker, self._desks[1], token))
        self._restored_worker.queue.replace(key[0], [job])

    def thumbnail(self, clip_id: str, frame: FrameNo, height: int) -> Bgrx | None:
        """What is in memory, else None: then it comes by `thumbnail_ready`."""
        clip = self._clip(clip_id)
        if clip is None:
            return None
        screen = self.seen_through(self._screen, clip_id, frame, "source")
        found = self._shelf.thumbnails.get(source_content(clip.media, frame), (height, screen))
        if found is None:
            self._source_worker.queue.add(
                "thumbnails", self._source.thumbnail(clip, frame, height, screen, self._thumbnail_made)
            )
        return found

    def scale_of(self, clip_id: str, kind: Kind) -> Scale:
        """What levels of the source, or of the restored picture as it was made last, mean."""
        info = self._infos.get(clip_id)
        source = SCALES["percent"] if info is None else scale_of(info.format, info.colour)
        return source if kind == "source" else SCALES.get(self._scales.get(clip_id, ""), source)

    def seen_through(self, screen: Screen, clip_id: str, frame: FrameNo, kind: Kind) -> Screen:
        """The view transform with the peak up to which the clip's light goes, where no other was chosen."""
        clip, info = self._clip(clip_id), self._infos.get(clip_id)
        if clip is None or info is None:
            return screen
        return screen.mastered(mastering_peak(clip, info, frame, kind))

    def set_screen(self, screen: Screen) -> None:
        """Through which view transform thumbnails are seen from now on; `show` is told by each want."""
        if screen.bare() != self._screen:
            self._screen = screen.bare()
            self.thumbnails_outdated.emit()

    def ask_scope(self, clip_id: str, frame: FrameNo) -> None:
        """The answer comes by `scope_ready`, again when the restored frame is there; the latest question counts."""
        clip = self._clip(clip_id)
        if clip is None:
            return
        run = self._answers.scope(clip, frame, lambda answer: self._post(partial(self.scope_ready.emit, answer)))
        self._restored_worker.queue.replace(
            "scope", [Job(("scope", clip_id, id(clip), frame), Urgency.PROBE, run, 1.0)]
        )
        self._scoped = (clip_id, frame)

    def ask_curve(self, clip_id: str, shot_index: int) -> None:
        """The curve comes by `curve_ready`, coarse first and then finer."""
        clip = self._clip(clip_id)
        if clip is None or not 0 <= shot_index < len(clip.shots):
            return

        def tell(curve: object) -> None:
            self._post(partial(self.curve_ready.emit, clip_id, shot_index, curve))

        run = self._answers.curve(clip, shot_index, tell)
        key = ("curve", clip_id, id(clip), shot_index)
        self._restored_worker.queue.replace("curve", [Job(key, Urgency.CURVE, run)])

    def computed(self, clip_id: str, shot_index: int) -> Mapping[str, Computed]:
        """What computes the shot's stages, by name; empty until `computed_known` says it is known."""
        clip = self._clip(clip_id)
        if clip is None or not 0 <= shot_index < len(clip.shots):
            return {}
        known = self._computed.get(clip, shot_index)
        if known is None:
            run = self._answers.computed(
                clip, shot_index, lambda computed: self._post(partial(self._learn_computed, clip, shot_index, computed))
            )
            self._restored_worker.queue.replace(
                "computed", [Job(("computed", clip_id, id(clip), shot_index), Urgency.PROBE, run)]
            )
        return known or {}

    def clip_info(self, clip_id: str) -> ClipInfo | None:
        """None until `clip_info_ready` says it is known."""
        return self._infos.get(clip_id)

    def cache_states(self, clip_id: str) -> Sequence[CacheState]:
        """One per frame, for the current document."""
        clip = self._clip(clip_id)
        return () if clip is None else self._shelf.states(clip)

    def flagged(self, clip_id: str) -> Mapping[int, float]:
        """Share of flagged pixels of every frame rendered under the current document."""
        return self._shelf.flagged(clip_id)

    def readouts(self, clip_id: str, frame: FrameNo) -> Readouts | None:
        return self._shelf.readouts(clip_id, frame)

    @property
    def memory(self) -> tuple[int, int]:
        """Bytes held by pictures, frames and decoders, and how many they may hold."""
        return self._shelf.nbytes + sum(desk.nbytes for desk in self._desks) + self._maker.nbytes, self._budget

    def set_memory(self, budget: int) -> None:
        """Another budget, in bytes; decoders follow when they are opened next."""
        self._budget = budget
        self._shelf.resize(budget)
        self._maker.pulled_bytes = int(budget * _PULLED)
        for desk in self._desks:
            desk.resize(int(budget * _DECODED / len(self._desks)))

    def close(self) -> None:
        """Cancel everything and join every thread. Nothing comes by signal afterwards."""
        self._closed = True
        self._news.stop()
        workers = (self._source_worker, self._restored_worker, self._proxy_worker)
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join(_JOIN_S)

    # --- the document ---------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_document(self, before: Document, after: Document) -> None:
        old = {clip.id: clip for clip in before.clips}
        for clip in after.clips:
            if old.get(clip.id) is not clip:
                self._on_clip_work(old.get(clip.id), clip)
        if {media_key(clip.media) for clip in before.clips} != {media_key(clip.media) for clip in after.clips}:
            self._queue_proxies(after)
        gone = set(old) - {clip.id for clip in after.clips}
        for clip_id in gone:
            self._infos.pop(clip_id, None)
            self._scales.pop(clip_id, None)
            self._shelf.forget(clip_id)
        if gone:
            self._close_unused(after, gone)
        # Whoever wanted a frame that its clip no longer has hears of the change, too, and asks for another.
        counts = {clip.id: clip.media.frame_count for clip in after.clips}
        self.show([want for want in self._wants if want.frame < counts.get(want.clip_id, 0)])

    def _on_clip_work(self, old: ClipWork | None, clip: ClipWork) -> None:
        if old is None or media_key(old.media) != media_key(clip.media):
            if old is None or replace(old.media, tags=clip.media.tags) != clip.media:
                # What is known of other media is not true of these, which may have fewer frames.
                self._infos.pop(clip.id, None)
                self._shelf.forget(clip.id)
            self._drop({clip.id})
            told = partial(self._info_known, clip)
            self._source_worker.queue.add("info", self._source.info(clip, lambda info: self._post(partial(told, info))))
        facts = self._shelf.facts(clip.id)
        facts.outdate()
        if facts.known_frames():
            job = self._restored.contents(clip, facts.known_frames(), partial(self._contents_known, clip))
            self._restored_worker.queue.replace(f"contents {clip.id}", [job])
        self._note_change(clip.id)

    def _queue_proxies(self, document: Document) -> None:
        """The active clip's first."""
        active = self._session.clip_id
        jobs = [
            self._proxies.job(
                clip, 0 if clip.id == active else place, partial(self._post, partial(self._note_change, clip.id))
            )
            for place, clip in enumerate(document.clips, start=1)
        ]
        used = {media_key(clip.media) for clip in document.clips}
        closing = Job(("close",), Urgency.PLAYHEAD, lambda _: self._proxies.keep(used))
        self._proxy_worker.queue.replace("proxies", [closing, *jobs])

    def _close_unused(self, document: Document, gone: set[str]) -> None:
        # Whatever were left would open the clip again after it was closed.
        self._drop(gone)
        used = {media_key(clip.media) for clip in document.clips}
        self._source_worker.queue.add("close", self._source.keep(used))
        self._restored_worker.queue.add("close", self._restored.keep(used, {clip.id for clip in document.clips}))

    def _drop(self, clips: set[str]) -> None:
        """Nobody wants anything of these clips as they were."""
        for worker in (self._source_worker, self._restored_worker):
            worker.queue.drop(lambda job: _clip_of(job) in clips)

    @Slot(int)
    def _on_playhead(self, _frame: int) -> None:
        self._focus()

    @Slot(str)
    def _on_clip(self, _clip_id: str) -> None:
        self._focus()
        self._queue_proxies(self._session.document)

    @Slot()
    def _on_history(self) -> None:
        """A gesture may have ended."""
        if not self._session.gesturing:
            self.show(self._wants)

    def _focus(self) -> None:
        self._shelf.focus(self._session.clip_id, self._session.playhead, self._travel[0])

    # --- what comes back ------------------------------------------------------------------------------------------

    def _post(self, event: Callable[[], None]) -> None:
        """From a worker: run `event` on the interface thread."""
        if not self._closed:
            self._arrived.emit(event)

    @Slot(object)
    def _on_arrival(self, event: Callable[[], None]) -> None:
        if not self._closed:
            event()

    def _source_made(self, picture: Picture) -> None:
        if picture.want in self._wants:
            self.picture_ready.emit(picture)

    def _restored_made(self, clip: ClipWork, content: str, picture: Picture, readouts: Readouts | None) -> None:
        """A picture of `clip` as it was when the work began."""
        if not self._has(clip):
            return
        current = self._clip(clip.id) is clip
        if picture.scale and current:
            self._scales[clip.id] = picture.scale
        if not picture.waiting:
            fact = Fact(picture.reduction, picture.flagged, picture.failure)
            self._shelf.facts(clip.id).learn(picture.want.frame, content, fact, current=current)
        if readouts is not None and not picture.waiting:
            self._measured(content, readouts)
        self._note_change(clip.id)
        if picture.want not in self._wants:
            return
        if current:
            self.picture_ready.emit(picture)
            if self._scope_waits(picture):
                self.ask_scope(picture.want.clip_id, picture.want.frame)
        elif self._session.gesturing and picture.pixels is not None:
            # The handle has moved on: a picture a little behind it is more than none.
            self.picture_ready.emit(replace(picture, stale=True))

    def _measured(self, content: str, readouts: Readouts) -> None:
        if self._shelf.measured(content, readouts):
            self.readouts_changed.emit()

    def _learn_computed(self, clip: ClipWork, shot_index: int, computed: Mapping[str, Computed]) -> None:
        self._computed.learn(clip, shot_index, computed)
        self.computed_known.emit(clip.id)

    def _scope_waits(self, picture: Picture) -> bool:
        return (picture.want.clip_id, picture.want.frame) == self._scoped and not picture.failure

    def _note_change(self, clip_id: str) -> None:
        """Tell later, all at once: the cache lane must not repaint for every frame."""
        self._changed.add(clip_id)
        # While a handle is held the lanes wait: painting them takes the time of a picture.
        if not self._news.isActive() and not self._session.gesturing:
            self._news.start()

    @Slot()
    def _tell_news(self) -> None:
        changed, self._changed = self._changed, set()
        for clip_id in changed:
            self.cache_changed.emit(clip_id)

    def _clip(self, clip_id: str) -> ClipWork | None:
        return next((clip for clip in self._session.document.clips if clip.id == clip_id), None)

    def _contents_known(self, clip: ClipWork, contents: Mapping[FrameNo, str]) -> None:
        if self._clip(clip.id) is clip:
            self._shelf.facts(clip.id).rekey(contents)
            self._note_change(clip.id)
            for want in self._wants:
                if want.clip_id != clip.id or want.kind == "source":
                    continue
                picture = self._shelf.found(clip, want)
                if picture is not None and picture.exact:
                    self.picture_ready.emit(picture)

    def _info_known(self, clip: ClipWork, info: ClipInfo) -> None:
        if self._has(clip):
            self._infos[clip.id] = info
            self.clip_info_ready.emit(clip.id)

    def _thumbnail_made(self, clip: ClipWork, frame: FrameNo, pixels: Bgrx) -> None:
        self._post(partial(self._tell_thumbnail, clip, frame, pixels))

    def _tell_thumbnail(self, clip: ClipWork, frame: FrameNo, pixels: Bgrx) -> None:
        if self._has(clip):
            self.thumbnail_ready.emit(clip.id, frame, pixels)

    def _has(self, clip: ClipWork) -> bool:
        """Whether the clip is still there, and of the same media: it may be treated otherwise by now."""
        now = self._clip(clip.id)
        return now is not None and media_key(now.media) == media_key(clip.media)

    def _job_failed(self, job: Job, error: Exception) -> None:
        """On a worker. Expected failures are sentences; others also go where crashes are reported."""
        if not isinstance(error, TratteggioError):
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
        clip_id = _clip_of(job)
        sentence = error.sentence if isinstance(error, TratteggioError) else f"Something unexpected happened: {error}."
        self._post(partial(self.failed.emit, clip_id, sentence))


def _clip_of(job: Job) -> str:
    """Keys are kinds followed by the clip's id, if the work is for one; "" if not."""
    key = job.key
    return key[1] if isinstance(key, tuple) and len(key) > 1 and isinstance(key[1], str) else ""
