"""The only thread boundary for pictures: views ask here, two workers compute, answers come back as signals."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.document import ClipWork, Document
from app.frame_facts import Fact
from app.mastering import mastering_peak
from app.memory import return_freed_pictures
from app.picture_maker import RestoredMaker, source_content
from app.pictures import Bgrx, CacheState, Kind, Picture, Readouts, Want
from app.render_crew import RenderCrew, clip_of
from app.render_questions import Questions
from app.render_wants import WantQueue
from app.session import Session
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
_CACHE_NEWS_MS = 100
_HAND_OVER_S = 0.001


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
        self._infos: dict[str, ClipInfo] = {}
        self._wants: tuple[Want, ...] = ()
        self._travel = (0, 0.0)
        self._changed: set[str] = set()
        self._scoped: tuple[str, FrameNo] | None = None
        self._screen = AUTOMATIC
        self._scales: dict[str, str] = {}
        self._closed = False
        self._crew = crew = RenderCrew(
            memory, self._post, self._source_made, self._restored_made, self._measured, self._job_failed
        )
        self._shelf = crew.shelf
        self._queue = WantQueue(crew, self._clip)
        self._questions = Questions(crew, self._post)
        self._news = QTimer(self)
        self._news.setInterval(_CACHE_NEWS_MS)
        self._news.setSingleShot(True)
        self._news.timeout.connect(self._tell_news)
        self._arrived.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        session.clip_changed.connect(self._on_clip)
        session.history_changed.connect(self._on_history)
        crew.start()
        self._on_document(Document(), session.document)

    # --- pictures -------------------------------------------------------------------------------------------------

    def show(self, wants: Sequence[Want]) -> list[Picture]:
        """From now on exactly these are wanted. What is in memory, or the best stand-in; the rest comes by signal."""
        if self._queue.mind_memory(self._session.gesturing) and self._changed:
            self._news.start()
        self._wants = tuple(wants)
        answers = [
            picture
            for want in self._wants
            if (picture := self._shelf.found(self._clip(want.clip_id), want)) is not None
        ]
        have = {picture.want for picture in answers if picture.exact or picture.failure}
        missing = [want for want in self._wants if want not in have and self._clip(want.clip_id) is not None]
        held = self._session.gesturing
        self._queue.missing(missing, resting=self._travel[0] == 0 and not held)
        if held:
            self._queue.held(self._wants)
        else:
            self._queue.ahead(self._wants, self._travel[0])
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

    # --- everything else that is asked for ------------------------------------------------------------------------

    def probe(self, clip_id: str, frame: FrameNo, x: int, y: int) -> None:
        """The answer comes by `probe_ready`; the latest question counts."""
        clip = self._clip(clip_id)
        if clip is not None:
            self._questions.probe(clip, frame, x, y, self.probe_ready.emit)

    def ask(
        self, key: tuple[str, ...], urgency: Urgency, work: Callable[[RestoredMaker, SourceDesk, CancelToken], None]
    ) -> None:
        """Work for the thread that infers, which tells its answer itself. key: what it is, which clip, and more; the
        latest of its kind counts.
        """
        self._questions.ask(key, urgency, work)

    def thumbnail(self, clip_id: str, frame: FrameNo, height: int) -> Bgrx | None:
        """What is in memory, else None: then it comes by `thumbnail_ready`."""
        clip = self._clip(clip_id)
        if clip is None:
            return None
        screen = self.seen_through(self._screen, clip_id, frame, "source")
        found = self._shelf.thumbnails.get(source_content(clip.media, frame), (height, screen))
        if found is None:
            made = self._crew.source.thumbnail(clip, frame, height, screen, self._thumbnail_made)
            self._crew.source_queue.add("thumbnails", made)
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
        if clip is not None:
            self._questions.scope(clip, frame, self.scope_ready.emit)
            self._scoped = (clip_id, frame)

    def ask_curve(self, clip_id: str, shot_index: int) -> None:
        """The curve comes by `curve_ready`, coarse first and then finer."""
        clip = self._clip(clip_id)
        if clip is not None:
            self._questions.curve(clip, shot_index, partial(self.curve_ready.emit, clip_id, shot_index))

    def computed(self, clip_id: str, shot_index: int) -> Mapping[str, Computed]:
        """What computes the shot's stages, by name; empty until `computed_known` says it is known."""
        clip = self._clip(clip_id)
        return {} if clip is None else self._questions.computed(clip, shot_index, self.computed_known.emit)

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
        return self._crew.nbytes, self._crew.budget

    def set_memory(self, budget: int) -> None:
        """Another budget, in bytes; decoders follow when they are opened next."""
        self._crew.resize(budget)

    def close(self) -> None:
        """Cancel everything and join every thread. Nothing comes by signal afterwards."""
        self._closed = True
        self._news.stop()
        self._crew.close()

    # --- the document ---------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _on_document(self, before: Document, after: Document) -> None:
        old = {clip.id: clip for clip in before.clips}
        for clip in after.clips:
            if old.get(clip.id) is not clip:
                self._on_clip_work(old.get(clip.id), clip)
        if {media_key(clip.media) for clip in before.clips} != {media_key(clip.media) for clip in after.clips}:
            self._make_proxies(after)
        gone = set(old) - {clip.id for clip in after.clips}
        for clip_id in gone:
            self._infos.pop(clip_id, None)
            self._scales.pop(clip_id, None)
            self._shelf.forget(clip_id)
        if gone:
            self._crew.close_unused(after, gone)
        # Whoever wanted a frame that its clip no longer has hears of the change, too, and asks for another.
        counts = {clip.id: clip.media.frame_count for clip in after.clips}
        self.show([want for want in self._wants if want.frame < counts.get(want.clip_id, 0)])

    def _on_clip_work(self, old: ClipWork | None, clip: ClipWork) -> None:
        if old is None or media_key(old.media) != media_key(clip.media):
            if old is None or replace(old.media, tags=clip.media.tags) != clip.media:
                # What is known of other media is not true of these, which may have fewer frames.
                self._infos.pop(clip.id, None)
                self._shelf.forget(clip.id)
            self._crew.drop({clip.id})
            told = partial(self._info_known, clip)
            asked = self._crew.source.info(clip, lambda info: self._post(partial(told, info)))
            self._crew.source_queue.add("info", asked)
        facts = self._shelf.facts(clip.id)
        facts.outdate()
        if facts.known_frames():
            job = self._crew.restored.contents(clip, facts.known_frames(), partial(self._contents_known, clip))
            self._crew.restored_queue.replace(f"contents {clip.id}", [job])
        self._note_change(clip.id)

    def _make_proxies(self, document: Document) -> None:
        self._crew.make_proxies(
            document, self._session.clip_id, lambda clip_id: self._post(partial(self._note_change, clip_id))
        )

    @Slot(int)
    def _on_playhead(self, _frame: int) -> None:
        self._focus()

    @Slot(str)
    def _on_clip(self, _clip_id: str) -> None:
        self._focus()
        self._make_proxies(self._session.document)

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
        clip_id = clip_of(job)
        sentence = error.sentence if isinstance(error, TratteggioError) else f"Something unexpected happened: {error}."
        self._post(partial(self.failed.emit, clip_id, sentence))
