"""Masks beyond one stroke: copy to other frames, follow the motion, import and export PNG, off the interface thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app import commands
from app.document import ClipWork, Document, Layer
from app.mask_folders import Told, joined, read_folder, write_folder
from app.mask_follow import followed
from app.mask_plane import MaskPlane
from app.session import Session
from engines.cancel import CancelToken
from engines.errors import Cancelled, MaskError, TratteggioError
from engines.media.open import open_source
from engines.types import FrameNo


@dataclass(frozen=True)
class Outcome:
    """What long work on masks came to. `planes`: to put into the document in one step; None where there is none."""

    name: str
    clip_id: str = ""
    layer: Layer = "damage"
    planes: Mapping[FrameNo, MaskPlane | None] | None = None
    sentence: str = ""
    error: TratteggioError | None = None


def copy_masks(document: Document, clip_id: str, layer: Layer, frame: FrameNo, to: Iterable[FrameNo]) -> Document:
    """The mask of `frame` added to what the frames of `to` hold; unchanged where `frame` has none."""
    clip = document.clip(clip_id)
    plane = clip.layer(layer).get(frame)
    if plane is None:
        return document
    held = clip.layer(layer)
    together = {n: joined(held.get(n), plane) for n in to if n != frame and 0 <= n < clip.media.frame_count}
    return commands.set_masks(document, clip_id, layer, together)


class MaskTools(QObject):
    """One long work at a time, on its own thread; its result is one undo step."""

    progressed = Signal(str, int, int)
    """What is done, n, N; N = 0 when it ended."""
    ended = Signal()
    _told = Signal(int, int)
    _came = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thread: threading.Thread | None = None
        self._cancel = CancelToken()
        self._name = ""
        self._told.connect(self._on_told)
        self._came.connect(self._on_outcome)

    @property
    def busy(self) -> bool:
        return self._thread is not None

    def propagate(self, clip: ClipWork, layer: Layer, frame: FrameNo, last: FrameNo) -> None:
        """Carry the mask of `frame` along the motion to the frames up to `last`, which may lie before it."""
        plane = clip.layer(layer).get(frame)
        to = range(frame + 1, last + 1) if last >= frame else range(frame - 1, last - 1, -1)
        if plane is None or not to:
            return
        name = self.tr("Follow motion to frame {0}").format(last)

        def work(cancel: CancelToken, told: Told) -> Outcome:
            media = clip.media
            source = open_source(
                media.path, missing=media.missing, deinterlace=media.deinterlace, tags=media.tags, threads=1
            )
            try:
                found = followed(source, plane, frame, to, cancel, told)
            finally:
                source.close()
            held = clip.layer(layer)
            return Outcome(name, clip.id, layer, {n: joined(held.get(n), moved) for n, moved in found.items()})

        self._start(name, work)

    def import_folder(self, clip: ClipWork, layer: Layer, folder: Path) -> None:
        """Take the PNG masks of a folder; frames that have no file keep what they hold."""
        name = self.tr("Import masks")

        def work(cancel: CancelToken, told: Told) -> Outcome:
            planes = read_folder(clip, folder, cancel, told)
            sentence = self.tr("{0} masks came from {1}.").format(len(planes), folder.name)
            return Outcome(name, clip.id, layer, planes, sentence)

        self._start(name, work)

    def export_folder(self, clip: ClipWork, layer: Layer, folder: Path, *, overwrite: bool = False) -> None:
        """Write the layer as PNG masks. Without `overwrite`, a folder that holds PNG files is refused."""
        name = self.tr("Export masks")

        def work(cancel: CancelToken, told: Told) -> Outcome:
            count = write_folder(clip, layer, folder, overwrite, cancel, told)
            return Outcome(name, sentence=self.tr("{0} masks were written to {1}.").format(count, folder))

        self._start(name, work)

    def cancel(self) -> None:
        """Stop at the next frame; nothing is changed."""
        self._cancel.cancel()

    def close(self) -> None:
        """Cancel and wait for the thread; its result is dropped."""
        self._cancel.cancel()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _start(self, name: str, work: Callable[[CancelToken, Told], Outcome]) -> None:
        if self._thread is not None:
            self._session.notify(
                self.tr("“{0}” is still at work.").format(self._name), self.tr("Wait for it, or stop it with Esc.")
            )
            return
        self._name, self._cancel = name, CancelToken()
        self.progressed.emit(name, 0, 1)
        self._thread = threading.Thread(target=self._run, args=(work, self._cancel), name="masks", daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[CancelToken, Told], Outcome], cancel: CancelToken) -> None:
        try:
            outcome = work(cancel, self._told.emit)
        except TratteggioError as error:
            outcome = Outcome(self._name, error=error)
        except Exception as error:  # noqa: BLE001 - a bug must not leave the tools busy for ever; it is reported
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            sentence = f"“{self._name}” stopped unexpectedly: {error}."
            outcome = Outcome(self._name, error=MaskError(sentence, "The masks are as they were."))
        self._came.emit(outcome)

    @Slot(int, int)
    def _on_told(self, done: int, total: int) -> None:
        if self._thread is not None:
            self.progressed.emit(self._name, done, total)

    @Slot(object)
    def _on_outcome(self, outcome: Outcome) -> None:
        if self._thread is None:
            return
        self._thread.join()
        self._thread = None
        self.progressed.emit(outcome.name, 0, 0)
        self._settle(outcome)
        self.ended.emit()

    def _settle(self, outcome: Outcome) -> None:
        session = self._session
        if isinstance(outcome.error, Cancelled):
            session.notify(self.tr("“{0}” was stopped.").format(outcome.name), self.tr("The masks are as they were."))
        elif outcome.error is not None:
            session.notify_error(outcome.error)
        elif outcome.planes is not None and all(clip.id != outcome.clip_id for clip in session.document.clips):
            session.notify(self.tr("“{0}” was dropped: its clip was closed.").format(outcome.name))
        else:
            if outcome.planes:
                document, planes = session.document, outcome.planes
                session.do(outcome.name, commands.set_masks(document, outcome.clip_id, outcome.layer, planes))
            if outcome.sentence:
                session.notify(outcome.sentence)
