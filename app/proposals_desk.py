"""What detectors propose in the active clip, and the decisions about it: stepped through, accepted, rejected."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app import commands
from app.document import ClipWork, Document
from app.finds import Found, PackedFinds, Review
from app.mask_plane import MaskPlane
from app.proposal_scan import ProposalScan
from app.session import Session
from engines.detect.proposals import Proposal
from engines.stages.catalogue import STAGES
from engines.stages.settings import parse_settings
from engines.types import FrameNo, Rect

State = Literal["repaired", "left", "accepted", "rejected"]
"""Of a proposal: sure enough to be repaired, or not; accepted or rejected by somebody."""
STATES: tuple[State, ...] = ("repaired", "left", "accepted", "rejected")
_NEWS_MS = 100
_LATELY = 8


@dataclass(frozen=True)
class Spot:
    """A proposal as views show it. place: stage and number in its frame. shown, untouched: boxes in source pixels,
    as the treated picture shows them and in the source itself.
    """

    place: tuple[str, int]
    proposal: Proposal
    state: State
    shown: Rect
    untouched: Rect

    @property
    def decided(self) -> bool:
        return self.state in ("accepted", "rejected")


Counts = Mapping[State, int]


class ProposalsDesk(QObject):
    """Reviews are painted layers: accepted is damage, rejected is "no damage here"; undo takes them back."""

    changed = Signal()
    """Proposals or what was decided about them."""
    current_changed = Signal()
    _reviewed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.scan = ProposalScan(session, self)
        self._packed: dict[FrameNo, PackedFinds] = {}
        self._lately: OrderedDict[FrameNo, tuple[Found, ...]] = OrderedDict()
        self._counted: dict[FrameNo, _Counted] = {}
        self._reviews: dict[FrameNo, tuple[tuple[Review, ...], ...]] = {}
        self._clip_id = session.clip_id
        self._current: tuple[FrameNo, tuple[str, int]] | None = None
        self._pool = ThreadPoolExecutor(1, "reviews")
        self._closed = False
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(_NEWS_MS)
        self._news.timeout.connect(self.changed)
        self._reviewed.connect(self._on_reviewed, Qt.ConnectionType.QueuedConnection)
        self.scan.found.connect(self._on_found)
        self.scan.emptied.connect(self._on_emptied)
        session.clip_changed.connect(self._on_clip)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)

    def close(self) -> None:
        """Join both threads."""
        self._closed = True
        self._news.stop()
        self.scan.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    # --- what there is --------------------------------------------------------------------------------------------

    @property
    def any(self) -> bool:
        """Whether anything is proposed in the clip."""
        return bool(self._packed)

    def spots(self, frame: FrameNo) -> tuple[Spot, ...]:
        """Proposals of a frame of the active clip, from top to bottom."""
        clip, founds = self._session.clip, self._found(frame)
        if clip is None:
            return ()
        spots = []
        for found, reviews in zip(founds, self._reviews_of(frame), strict=True):
            threshold = self.threshold(clip, frame, found.stage)
            for number, proposal in enumerate(found.proposals):
                state: State = reviews[number] or ("repaired" if proposal.confidence >= threshold else "left")
                place = (found.stage, number)
                spots.append(Spot(place, proposal, state, found.shown[number], found.untouched[number]))
        return tuple(sorted(spots, key=lambda spot: (spot.shown.y, spot.shown.x, spot.place)))

    def counts(self) -> Mapping[FrameNo, Counts]:
        """How many proposals of each state, for every frame that has any."""
        clip = self._session.clip
        if clip is None:
            return {}
        shots: dict[tuple[int, str], float] = {}
        return {frame: _summed(self._counts(clip, frame, packed, shots)) for frame, packed in self._packed.items()}

    def _counts(
        self, clip: ClipWork, frame: FrameNo, packed: PackedFinds, shots: dict[tuple[int, str], float]
    ) -> tuple[Counts, ...]:
        """By stage, in the order of what is packed. shots: thresholds known so far, by shot and stage.

        Counted anew only where something changed.
        """
        index = clip.shot_index(frame)
        for stage, _ in packed.confidences:
            if (index, stage) not in shots:
                shots[index, stage] = self.threshold(clip, frame, stage)
        thresholds = tuple(shots[index, stage] for stage, _ in packed.confidences)
        reviews, held = self._reviews.get(frame), self._counted.get(frame)
        if held is None or held[0] is not packed or held[1] is not reviews or held[2] != thresholds:
            held = (packed, reviews, thresholds, _tallied(packed, reviews, thresholds))
            self._counted[frame] = held
        return held[3]

    @staticmethod
    def threshold(clip: ClipWork, frame: FrameNo, stage: str) -> float:
        """From which confidence on the stage repairs what it finds there, 0..1."""
        use = clip.shots[clip.shot_index(frame)].stage(stage)
        if use is None or stage not in STAGES:
            return 0.0
        return float(parse_settings(stage, STAGES[stage].settings_type, use.settings).confidence)

    def told(self, clip: ClipWork, index: int, stage: str) -> str:
        """What a stage found in shot `index` of the active clip, in a line; empty where that is nothing yet."""
        first, last = clip.shot_range(index)
        frames = [frame for frame in self._packed if first <= frame <= last]
        shots: dict[tuple[int, str], float] = {}
        repaired = count = 0
        for frame in frames:
            packed = self._packed[frame]
            place = next((at for at, (name, _) in enumerate(packed.confidences) if name == stage), None)
            if place is None:
                continue
            by_stage = self._counts(clip, frame, packed, shots)[place]
            count += sum(by_stage.values())
            repaired += by_stage.get("repaired", 0) + by_stage.get("accepted", 0)
        return self.tr("{count} found, {repaired} repaired").format(count=count, repaired=repaired) if count else ""

    @property
    def current(self) -> Spot | None:
        """The proposal in hand, on the frame shown; None where there is none."""
        if self._current is None or self._current[0] != self._session.playhead:
            return None
        return next((spot for spot in self.spots(self._current[0]) if spot.place == self._current[1]), None)

    # --- verbs ----------------------------------------------------------------------------------------------------

    def choose(self, frame: FrameNo, place: tuple[str, int]) -> None:
        """Take a proposal in hand and go to its frame."""
        self._current = (frame, place)
        self._session.seek(frame)
        self.current_changed.emit()

    def step(self, direction: int) -> bool:
        """To the next (1) or previous (-1) proposal that nobody decided about, in frame order; whether there is one."""
        here = self._session.playhead
        spots = self.spots(here)
        at = self._place_in(spots)
        before, after = ((), spots) if at is None else (spots[:at], spots[at + 1 :])
        rest = after if direction > 0 else before[::-1]
        target = next((spot for spot in rest if not spot.decided), None)
        if target is not None:
            self.choose(here, target.place)
            return True
        frames = sorted(frame for frame, one in self.counts().items() if one.get("repaired") or one.get("left"))
        split = bisect_left(frames, here + 1) if direction > 0 else bisect_left(frames, here)
        for frame in frames[split:] if direction > 0 else frames[:split][::-1]:
            open_spots = [spot for spot in self.spots(frame) if not spot.decided]
            self.choose(frame, open_spots[0 if direction > 0 else -1].place)
            return True
        return False

    def decide(self, accept: bool) -> None:
        """Accept or reject the proposal in hand, as one undo step, and go on to the next."""
        spot, clip, frame = self.current, self._session.clip, self._session.playhead
        if spot is None or clip is None:
            return
        founds = self._found(frame)
        found = next(found for found in founds if found.stage == spot.place[0])
        damage, protect = clip.damage.get(frame), clip.protect.get(frame)
        painted = found.decided(spot.place[1], damage, protect, accept=accept)
        document: Document = commands.set_mask(self._session.document, clip.id, "damage", frame, painted[0])
        document = commands.set_mask(document, clip.id, "protect", frame, painted[1])
        # Known at once, so that the next step does not come back to it.
        reviews = [list(row) for row in self._reviews_of(frame)]
        reviews[founds.index(found)][spot.place[1]] = "accepted" if accept else "rejected"
        name = self.tr("Accept proposal on frame {0}") if accept else self.tr("Reject proposal on frame {0}")
        self._session.do(name.format(frame), document)
        self._reviews[frame] = tuple(tuple(row) for row in reviews)
        self._tell()
        if not self.step(1):
            self.current_changed.emit()

    def repair_from(self, confidence: float) -> None:
        """Set from which confidence (0..1) on the stage of the proposal in hand repairs in this shot."""
        spot = self.current
        if spot is not None:
            self._session.do(
                self.tr("Repair from {0} % on").format(round(confidence * 100)),
                self.with_threshold(spot.place[0], confidence),
            )

    def with_threshold(self, stage: str, confidence: float) -> Document:
        """The document with another threshold in the shot on screen. Raises SettingError."""
        clip = self._session.clip
        if clip is None:
            return self._session.document
        index = clip.shot_index(self._session.playhead)
        # Rounded down, so that the proposal itself is among those repaired.
        text = f"{math.floor(confidence * 100 + 1e-6) / 100:.2f}"
        return commands.set_setting(self._session.document, clip.id, index, stage, "confidence", text)

    # --- what changes ---------------------------------------------------------------------------------------------

    def _reviews_of(self, frame: FrameNo) -> tuple[tuple[Review, ...], ...]:
        held = self._reviews.get(frame)
        if held is not None:
            return held
        undecided: Review = ""
        return tuple((undecided,) * len(found.proposals) for found in self._found(frame))

    def _found(self, frame: FrameNo) -> tuple[Found, ...]:
        """Unpacked, for the few frames looked at lately."""
        packed = self._packed.get(frame)
        if packed is None:
            return ()
        held = self._lately.pop(frame, None)
        self._lately[frame] = found = packed.unpacked() if held is None else held
        while len(self._lately) > _LATELY:
            self._lately.popitem(last=False)
        return found

    def _forget(self, frame: FrameNo) -> None:
        for held in (self._packed, self._lately, self._counted, self._reviews):
            held.pop(frame, None)

    def _place_in(self, spots: tuple[Spot, ...]) -> int | None:
        current = self._current
        if current is None or current[0] != self._session.playhead:
            return None
        return next((at for at, spot in enumerate(spots) if spot.place == current[1]), None)

    @Slot(str, int, object)
    def _on_found(self, clip_id: str, frame: FrameNo, found: PackedFinds) -> None:
        clip = self._session.clip
        if clip is None or clip.id != clip_id:
            return
        held = self._packed.get(frame)
        if held.data == found.data if held is not None else found.empty:
            return
        self._forget(frame)
        if not found.empty:
            self._packed[frame] = found
            self._review(clip, [frame])
        self._tell()

    @Slot(str, int, int)
    def _on_emptied(self, clip_id: str, first: FrameNo, last: FrameNo) -> None:
        gone = [frame for frame in self._packed if clip_id == self._session.clip_id and first <= frame <= last]
        for frame in gone:
            self._forget(frame)
        if gone:
            self._tell()

    @Slot(str)
    def _on_clip(self, clip_id: str) -> None:
        if clip_id != self._clip_id:
            self._clip_id = clip_id
            for frame in tuple(self._packed):
                self._forget(frame)
            self._current = None
            self._tell()
            self.current_changed.emit()

    @Slot(object, object)
    def _on_document(self, before: Document, _after: Document) -> None:
        clip = self._session.clip
        old = next((held for held in before.clips if clip is not None and held.id == clip.id), None)
        if clip is None or old is None or old is clip:
            return
        touched = [
            frame
            for frame in self._packed
            if any(old.layer(layer).get(frame) is not clip.layer(layer).get(frame) for layer in _LAYERS)
        ]
        self._review(clip, touched)
        self._tell()

    @Slot(int)
    def _on_playhead(self, _frame: int) -> None:
        self.current_changed.emit()

    def _review(self, clip: ClipWork, frames: list[FrameNo]) -> None:
        """Read the painted layers of frames off the interface thread."""
        work = [(frame, self._packed[frame], clip.damage.get(frame), clip.protect.get(frame)) for frame in frames]
        painted = [one for one in work if one[2] is not None or one[3] is not None]
        for frame in {one[0] for one in work} - {one[0] for one in painted}:
            self._reviews.pop(frame, None)
        if painted and not self._closed:
            self._pool.submit(_read, clip, painted, self._reviewed.emit)

    @Slot(object)
    def _on_reviewed(self, answer: _Answer) -> None:
        now = self._session.clip
        if self._closed or now is None or now.id != answer.clip.id:
            return
        for frame, (found, reviews) in answer.reviews.items():
            same = all(answer.clip.layer(layer).get(frame) is now.layer(layer).get(frame) for layer in _LAYERS)
            if same and self._packed.get(frame) is found:
                self._reviews[frame] = reviews
        self._tell()

    def _tell(self) -> None:
        if not self._news.isActive() and not self._closed:
            self._news.start()


_LAYERS: tuple[Literal["damage", "protect"], ...] = ("damage", "protect")
_Painted = tuple[FrameNo, PackedFinds, MaskPlane | None, MaskPlane | None]
_Reviews = tuple[tuple[Review, ...], ...]
_Counted = tuple[PackedFinds, _Reviews | None, tuple[float, ...], tuple[Counts, ...]]


@dataclass(frozen=True, eq=False)
class _Answer:
    clip: ClipWork
    reviews: Mapping[FrameNo, tuple[PackedFinds, _Reviews]]


def _summed(by_stage: tuple[Counts, ...]) -> Counts:
    sums = {state: sum(one.get(state, 0) for one in by_stage) for state in STATES}
    return {state: count for state, count in sums.items() if count}


def _tallied(packed: PackedFinds, reviews: _Reviews | None, thresholds: tuple[float, ...]) -> tuple[Counts, ...]:
    """By stage."""
    found = []
    for place, ((_, confidences), threshold) in enumerate(zip(packed.confidences, thresholds, strict=True)):
        counts: dict[State, int] = dict.fromkeys(STATES, 0)
        mine = reviews[place] if reviews is not None else ()
        for review in mine:
            if review:
                counts[review] += 1
        undecided = np.asarray([not review for review in mine], bool) if mine else np.ones(len(confidences), bool)
        # As single precision as the confidences are.
        sure = int(np.count_nonzero(undecided & (confidences >= np.float32(threshold))))
        counts["repaired"] += sure
        counts["left"] += int(np.count_nonzero(undecided)) - sure
        found.append(counts)
    return tuple(found)


def _read(clip: ClipWork, painted: list[_Painted], told: Callable[[object], None]) -> None:
    reviews = {
        frame: (packed, tuple(found.reviews(damage, protect) for found in packed.unpacked()))
        for frame, packed, damage, protect in painted
    }
    told(_Answer(clip, reviews))
