"""Regions of the active clip that are not plainly the source: listed, stepped through, given back to the source."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app import commands
from app.document import ClipWork, Document
from app.mask_plane import MaskPlane
from app.project_format import without_masks
from app.region_scan import Listed, Looked, RegionScan
from app.session import Session
from engines.errors import MaskError, TratteggioError
from engines.regions import KINDS, Kind
from engines.types import FrameNo

MOST_LISTED = 20_000
_NEWS_MS = 200


class RegionsDesk(QObject):
    """Looks only when asked to; what is painted afterwards is looked at again by itself."""

    changed = Signal()
    """What is listed, or whether it still holds."""
    current_changed = Signal()
    working_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.scan = RegionScan(self)
        self._frames: dict[FrameNo, Looked] = {}
        self._range: tuple[FrameNo, FrameNo] | None = None
        self._clip_id = session.clip_id
        self._kinds: frozenset[Kind] = frozenset({"SYNTHESISED", "unrepaired"})
        self._rows: tuple[Listed, ...] | None = None
        self._listed = 0
        self._current: tuple[FrameNo, int] | None = None
        self.working = self.outdated = self.full = False
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(_NEWS_MS)
        self._news.timeout.connect(self.changed)
        self.scan.looked.connect(self._on_looked)
        self.scan.finished.connect(self._on_finished)
        self.scan.failed.connect(self._on_failed)
        session.clip_changed.connect(self._on_clip)
        session.document_changed.connect(self._on_document)

    def close(self) -> None:
        """Stop and join the thread."""
        self._news.stop()
        self.scan.close()

    # --- what there is --------------------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[Listed, ...]:
        """What is listed under the kinds chosen, in frame order."""
        if self._rows is None:
            frames = (self._frames[number] for number in sorted(self._frames))
            self._rows = tuple(one for found in frames for one in found.regions if one.region.kind in self._kinds)
        return self._rows

    @property
    def kinds(self) -> frozenset[Kind]:
        return self._kinds

    @property
    def looked_at(self) -> int:
        """Frames that were looked at so far."""
        return len(self._frames)

    @property
    def span(self) -> tuple[FrameNo, FrameNo] | None:
        """First and last frame that were asked for."""
        return self._range

    def counts(self) -> dict[Kind, int]:
        """Regions by kind, whether chosen or not."""
        counts: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        for found in self._frames.values():
            for one in found.regions:
                counts[one.region.kind] += 1
        return counts

    def dropped(self) -> int:
        """Regions too small, or too many, to be listed."""
        return sum(found.dropped for found in self._frames.values())

    @property
    def current(self) -> Listed | None:
        """The region in hand; None where there is none on the frame shown."""
        if self._current is None or self._current[0] != self._session.playhead:
            return None
        found = self._frames.get(self._current[0])
        return next((one for one in found.regions if one.number == self._current[1]), None) if found else None

    def can_revert(self) -> bool:
        """Whether the region in hand is anything but the source."""
        return self.current is not None and self.current.region.kind != "unrepaired"

    # --- verbs ----------------------------------------------------------------------------------------------------

    def search(self) -> None:
        """Look through the active clip from its in to its out point; what is known and still so is not looked at."""
        clip = self._session.clip
        if clip is None:
            return
        last = clip.media.frame_count - 1
        self._range = (clip.in_point or 0, last if clip.out_point is None else clip.out_point)
        if self.outdated:
            self._forget()
        for number in [n for n in self._frames if not self._range[0] <= n <= self._range[1]]:
            self._drop(number)
        self.outdated = self.full = False
        self._look(clip)
        self._tell()

    @Slot()
    def stop(self) -> None:
        """What was found stays."""
        if self.working:
            self.scan.stop()

    def show_kinds(self, kinds: frozenset[Kind]) -> None:
        """List these only."""
        if kinds != self._kinds:
            self._kinds, self._rows = kinds, None
            self._tell()

    def choose(self, row: Listed) -> None:
        """Take a region in hand and go to its frame."""
        self._current = (row.frame, row.number)
        self._session.seek(row.frame)
        self.current_changed.emit()

    def step(self, direction: int) -> bool:
        """To the next (1) or previous (-1) region, from the one in hand or the frame shown; whether there is one."""
        target = self._beside(direction)
        if target is not None:
            self.choose(target)
        return target is not None

    def revert(self) -> None:
        """Give the region in hand back to the source, as one undo step, and go on to the next."""
        one, clip = self.current, self._session.clip
        if one is None or clip is None or not self.can_revert():
            return
        following = self._beside(1)
        try:
            plane = with_source_back(clip, one)
            document = commands.set_mask(self._session.document, clip.id, "original", one.frame, plane)
        except TratteggioError as error:
            self._session.notify_error(error)
            return
        found = self._frames[one.frame]
        left = tuple(other for other in found.regions if other is not one)
        # Known at once; its frame is looked at again all the same. An empty key equals no other.
        self._frames[one.frame] = Looked(one.frame, "", left, found.dropped)
        self._rows = None
        self._session.do(self.tr("Revert region on frame {0}").format(one.frame), document)
        if following is not None:
            self.choose(following)
        else:
            self._current = None
            self.current_changed.emit()
        self._tell()

    def _beside(self, direction: int) -> Listed | None:
        rows, here = self.rows, self._session.playhead
        current = self.current
        if current is not None and current in rows:
            at = rows.index(current) + direction
            return rows[at] if 0 <= at < len(rows) else None
        frames = [row.frame for row in rows]
        at = bisect_left(frames, here) if direction > 0 else bisect_right(frames, here) - 1
        return rows[at] if 0 <= at < len(rows) else None

    # --- what changes ---------------------------------------------------------------------------------------------

    def _look(self, clip: ClipWork) -> None:
        if self._range is None:
            return
        self._set_working(True)
        self.scan.start(clip, *self._range, {number: found.key for number, found in self._frames.items()})

    @Slot(str, object)
    def _on_looked(self, clip_id: str, found: Looked) -> None:
        if clip_id != self._session.clip_id:
            return
        self._drop(found.frame)
        self._frames[found.frame] = found
        self._listed += len(found.regions)
        self._rows = None
        if self._listed >= MOST_LISTED:
            self.full = True
            self.scan.stop()
        self._tell()

    @Slot()
    def _on_finished(self) -> None:
        self._set_working(False)
        self._news.stop()
        self.changed.emit()

    @Slot(str, object)
    def _on_failed(self, _clip_id: str, error: TratteggioError) -> None:
        self._session.notify_error(error)

    @Slot(str)
    def _on_clip(self, clip_id: str) -> None:
        if clip_id == self._clip_id:
            return
        self._clip_id = clip_id
        self.stop()
        self._range, self._current = None, None
        self.outdated = self.full = False
        self._forget()
        self._tell()
        self.current_changed.emit()

    @Slot(object, object)
    def _on_document(self, before: Document, _after: Document) -> None:
        clip = self._session.clip
        old = next((held for held in before.clips if clip is not None and held.id == clip.id), None)
        if clip is None or old is None or old is clip or self._range is None:
            return
        if (old.shots, old.media) == (clip.shots, clip.media):
            if without_masks(old) == without_masks(clip) and not self.outdated:
                self._look(clip)
            return
        # Every frame may be another now: who wants to know asks again.
        self.outdated = bool(self._frames) or self.working
        self.stop()
        self._tell()

    def _forget(self) -> None:
        self._frames.clear()
        self._listed, self._rows = 0, None

    def _drop(self, number: FrameNo) -> None:
        held = self._frames.pop(number, None)
        if held is not None:
            self._listed -= len(held.regions)
            self._rows = None

    def _set_working(self, on: bool) -> None:
        if on != self.working:
            self.working = on
            self.working_changed.emit()

    def _tell(self) -> None:
        if not self._news.isActive():
            self._news.start()


def with_source_back(clip: ClipWork, one: Listed) -> MaskPlane:
    """The paint of layer `original` on the region's frame with the region added.

    Raises MaskError where the picture is no whole enlargement of the source.
    """
    media, box, factor = clip.media, one.region.box, one.factor
    if box.right > media.width * factor or box.bottom > media.height * factor:
        raise MaskError("This region cannot be reverted: the picture is of another shape than the source.")
    place = one.shown
    wide = np.zeros((place.height * factor, place.width * factor), np.bool_)
    x, y = box.x - place.x * factor, box.y - place.y * factor
    wide[y : y + box.height, x : x + box.width] = one.region.mask
    small = wide.reshape(place.height, factor, place.width, factor).any(axis=(1, 3))
    plane = clip.original.get(one.frame) or MaskPlane(media.width, media.height)
    coverage = plane.coverage(place)
    coverage[small] = 255
    return plane.replaced(coverage, place)


def unpacked(picture: bytes) -> NDArray[np.uint8]:
    """H x W x 4, B G R X, of a region's thumbnail; 0 x 0 x 4 where it could not be drawn."""
    decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
    if decoded is None:
        return np.zeros((0, 0, 4), np.uint8)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2BGRA), np.uint8)
