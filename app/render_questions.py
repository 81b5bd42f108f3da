"""What views ask beside pictures, on its way to the thread that infers: latest of its kind wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from app.computed_by import ComputedBy
from app.document import ClipWork
from app.picture_maker import RestoredMaker
from app.pictures import Probe, ScopeAnswer
from app.render_crew import RenderCrew
from app.render_jobs import Post
from app.source_desk import SourceDesk
from engines.cancel import CancelToken
from engines.scheduler import Job, Urgency
from engines.scopes import LumaCurve
from engines.stages.computed import Computed
from engines.types import FrameNo


class Questions:
    """Used on the interface thread; what is told, is told there."""

    def __init__(self, crew: RenderCrew, post: Post) -> None:
        self._crew, self._post = crew, post
        self._computed = ComputedBy()

    def probe(self, clip: ClipWork, frame: FrameNo, x: int, y: int, told: Callable[[Probe], None]) -> None:
        """Of one pixel of the source picture; nothing where it lies outside."""
        if 0 <= x < clip.media.width and 0 <= y < clip.media.height:
            run = self._crew.answers.probe(clip, frame, x, y, self._home(told))
            self._latest(Job(("probe", clip.id, id(clip), frame, x, y), Urgency.PROBE, run))

    def scope(self, clip: ClipWork, frame: FrameNo, told: Callable[[ScopeAnswer], None]) -> None:
        run = self._crew.answers.scope(clip, frame, self._home(told))
        self._latest(Job(("scope", clip.id, id(clip), frame), Urgency.PROBE, run, 1.0))

    def curve(self, clip: ClipWork, shot_index: int, told: Callable[[LumaCurve], None]) -> None:
        """Told more than once, coarse first."""
        if 0 <= shot_index < len(clip.shots):
            run = self._crew.answers.curve(clip, shot_index, self._home(told))
            self._latest(Job(("curve", clip.id, id(clip), shot_index), Urgency.CURVE, run))

    def computed(self, clip: ClipWork, shot_index: int, known: Callable[[str], None]) -> Mapping[str, Computed]:
        """What computes the shot's stages, by name; empty until `known` is told the clip's id."""
        if not 0 <= shot_index < len(clip.shots):
            return {}
        found = self._computed.get(clip, shot_index)
        if found is None:

            def learn(computed: Mapping[str, Computed]) -> None:
                self._computed.learn(clip, shot_index, computed)
                known(clip.id)

            run = self._crew.answers.computed(clip, shot_index, self._home(learn))
            self._latest(Job(("computed", clip.id, id(clip), shot_index), Urgency.PROBE, run))
        return found or {}

    def ask(
        self, key: tuple[str, ...], urgency: Urgency, work: Callable[[RestoredMaker, SourceDesk, CancelToken], None]
    ) -> None:
        """Work that tells its answer itself. key: what it is, which clip, and more."""
        crew = self._crew
        self._latest(Job(key, urgency, lambda token: work(crew.maker, crew.desk, token)))

    def _latest(self, job: Job) -> None:
        assert isinstance(job.key, tuple)
        self._crew.restored_queue.replace(job.key[0], [job])

    def _home(self, told: Callable[..., None]) -> Callable[..., None]:
        """The same, called from a worker."""
        return lambda *answer: self._post(partial(told, *answer))
