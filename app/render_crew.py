"""The threads behind the render bridge, what each of them has open, and the memory that all of it may take."""

from __future__ import annotations

from collections.abc import Callable

from app.answers import Answers
from app.document import Document
from app.picture_maker import RestoredMaker
from app.pictures import Readouts
from app.proxy_maker import ProxyMaker
from app.render_jobs import Post, RestoredJobs, RestoredMade, SourceJobs, SourceMade
from app.render_worker import RenderWorker
from app.shelf import Shelf
from app.source_desk import SourceDesk, media_key
from engines.scheduler import Job, Urgency

# Shares of the memory budget that decoders, and graphs, have; the shelf has the rest.
_DECODED, _PULLED = 0.25, 0.10
_JOIN_S = 2.0
_PROXY_BYTES = 48 * 2**20


class RenderCrew:
    """Made, asked and closed on the interface thread: one thread decodes for display, one infers, one is polite.

    post: runs something on the interface thread; source_made, restored_made, measured: are told there.
    failed: told on a worker which job raised what.
    """

    def __init__(
        self,
        memory: int,
        post: Post,
        source_made: SourceMade,
        restored_made: RestoredMade,
        measured: Callable[[str, Readouts], None],
        failed: Callable[[Job, Exception], None],
    ) -> None:
        self.budget = memory
        self.shelf = shelf = Shelf(memory)
        decoded = int(memory * _DECODED / 2)
        self._source_worker = RenderWorker("source pictures", failed)
        self._restored_worker = RenderWorker("restored pictures", failed)
        self._proxy_worker = RenderWorker("small pictures", failed, polite=True)
        self._desks = source_desk, self.desk = SourceDesk(decoded), SourceDesk(decoded)
        """The second is that of the thread that infers."""
        self.proxies = ProxyMaker(SourceDesk(_PROXY_BYTES, threads=1, most=1))
        self._proxy_worker.at_end(self.proxies.close)
        self.source = SourceJobs(source_desk, post, source_made, shelf.pictures, shelf.thumbnails, self.proxies.picture)
        self.maker = RestoredMaker(self.desk, shelf.rendered, int(memory * _PULLED))
        self.restored = RestoredJobs(self.maker, self.desk, post, restored_made, measured, shelf.pictures)
        self.answers = Answers(self.maker, self.desk)
        self.source_queue, self.restored_queue = self._source_worker.queue, self._restored_worker.queue
        self.proxy_queue = self._proxy_worker.queue
        self._source_worker.at_end(source_desk.close)
        self._restored_worker.at_end(self.desk.close)

    def start(self) -> None:
        for worker in (self._source_worker, self._restored_worker, self._proxy_worker):
            worker.start()

    def make_proxies(self, document: Document, active: str, made: Callable[[str], None]) -> None:
        """Small pictures of long-GOP clips, the active clip's first; `made` is told, on the thread, of which clip."""
        jobs = []
        for place, clip in enumerate(document.clips, start=1):

            def tell(clip_id: str = clip.id) -> None:
                made(clip_id)

            jobs.append(self.proxies.job(clip, 0 if clip.id == active else place, tell))
        used = {media_key(clip.media) for clip in document.clips}
        closing = Job(("close",), Urgency.PLAYHEAD, lambda _: self.proxies.keep(used))
        self.proxy_queue.replace("proxies", [closing, *jobs])

    def close_unused(self, document: Document, gone: set[str]) -> None:
        """The clips `gone` left the document."""
        # Whatever were left would open the clip again after it was closed.
        self.drop(gone)
        used = {media_key(clip.media) for clip in document.clips}
        self.source_queue.add("close", self.source.keep(used))
        self.restored_queue.add("close", self.restored.keep(used, {clip.id for clip in document.clips}))

    def drop(self, clips: set[str]) -> None:
        """Nobody wants anything of these clips as they were."""
        for queue in (self.source_queue, self.restored_queue):
            queue.drop(lambda job: clip_of(job) in clips)

    @property
    def nbytes(self) -> int:
        """Held by pictures, frames and decoders."""
        return self.shelf.nbytes + sum(desk.nbytes for desk in self._desks) + self.maker.nbytes

    def resize(self, budget: int) -> None:
        """Another budget, in bytes; decoders follow when they are opened next."""
        self.budget = budget
        self.shelf.resize(budget)
        self.maker.pulled_bytes = int(budget * _PULLED)
        for desk in self._desks:
            desk.resize(int(budget * _DECODED / len(self._desks)))

    def close(self) -> None:
        """Cancel everything and join every thread."""
        workers = (self._source_worker, self._restored_worker, self._proxy_worker)
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join(_JOIN_S)


def clip_of(job: Job) -> str:
    """Keys are kinds followed by the clip's id, if the work is for one; "" if not."""
    key = job.key
    return key[1] if isinstance(key, tuple) and len(key) > 1 and isinstance(key[1], str) else ""
