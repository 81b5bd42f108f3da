"""Failures nobody waits for: said once for each clip, so that a lost disk is one message and not a storm."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from app.document import Media
from app.jobs.queue import JobQueue
from app.open_media import MediaOpener
from app.project_keeper import ProjectKeeper
from app.render_bridge import RenderBridge
from app.session import Session
from app.shot_desks import ShotDesks
from engines.errors import TratteggioError


class Troubles(QObject):
    """What background work could not do becomes a message; the same trouble with the same media is said once."""

    def __init__(
        self,
        session: Session,
        bridge: RenderBridge,
        opener: MediaOpener,
        keeper: ProjectKeeper,
        queue: JobQueue,
        desks: ShotDesks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._told: dict[str, Media] = {}
        bridge.failed.connect(self._of_clip)
        opener.cuts_failed.connect(self._of_media)
        desks.media_failed.connect(self._of_media)
        keeper.media_away.connect(self._known)
        queue.troubled.connect(self.tell)

    def forget(self, clip_id: str) -> None:
        """Somebody asks anew: what fails now is said again."""
        self._told.pop(clip_id, None)

    @Slot(object)
    def _known(self, clips: Sequence[str]) -> None:
        """The search for missing media says it already."""
        for clip in self._session.document.clips:
            if clip.id in clips:
                self._told[clip.id] = clip.media

    @Slot(str, str)
    def _of_clip(self, clip_id: str, sentence: str) -> None:
        self._tell_of(
            clip_id,
            sentence,
            self.tr("Your work is kept. If the file was moved, Find Missing Media in the File menu helps."),
        )

    @Slot(str, object)
    def _of_media(self, clip_id: str, error: TratteggioError) -> None:
        self._tell_of(clip_id, error.sentence, error.hint)

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Something that belongs to no clip."""
        self._session.notify(sentence, kind="warning")

    def _tell_of(self, clip_id: str, sentence: str, hint: str) -> None:
        media = next((clip.media for clip in self._session.document.clips if clip.id == clip_id), None)
        if media is None and clip_id:
            return  # it was removed meanwhile
        if media is None or self._told.get(clip_id) != media:
            self._session.notify(sentence, hint, "error")
        if media is not None:
            self._told[clip_id] = media
