"""The lanes as one surface: each kept as a picture until it changes, the playhead drawn over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.document import LAYERS, ClipWork
from app.lane_columns import Shares, cache_runs
from app.navigate import play_range
from app.proposals_desk import STATES, Counts, State
from app.time_text import TimeText
from engines.types import FrameNo
from ui.theme import T, colour
from ui.timeline.lanes import CacheLane, FlaggedLane, Lane, MasksLane, ProposalsLane, Scene, ShotsLane
from ui.timeline.ruler import RulerLane
from ui.timeline.scale import Scale
from ui.timeline.thumbnails import FilmLane

if TYPE_CHECKING:
    from app.pictures import Bgrx
    from app.proposals_desk import ProposalsDesk
    from app.render_bridge import RenderBridge
    from app.session import Session

NAMES_WIDTH = 78
_RIGHT_MARGIN = 12
_GAP = 4
_HEAD = 6
_ASK_MS = 40


class Canvas(QWidget):
    """Paints; what the mouse and the keys do is in `ui.timeline.timeline` and `ui.timeline.drags`."""

    scale_changed = Signal()

    def __init__(self, session: Session, bridge: RenderBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._bridge = session, bridge
        self.film = FilmLane()
        self.lanes: dict[str, Lane] = {
            "ruler": RulerLane(),
            "film": self.film,
            "shots": ShotsLane(),
            "masks": MasksLane(),
            "found": ProposalsLane(),
            "flagged": FlaggedLane(),
            "cache": CacheLane(),
        }
        self._names = {
            "ruler": "",
            "film": self.tr("Film"),
            "shots": self.tr("Shots"),
            "masks": self.tr("Masks"),
            "found": self.tr("Found"),
            "flagged": self.tr("Flagged"),
            "cache": self.tr("Cache"),
        }
        self.tops: dict[str, int] = {}
        top = 0
        for name, lane in self.lanes.items():
            self.tops[name] = top
            top += lane.height + _GAP
        self._lanes_height = top
        self.setFixedHeight(top)
        self.setMinimumWidth(240)
        self._pictures: dict[str, QPixmap] = {}
        self.scene: Scene | None = None
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(_ASK_MS)
        self._ask.timeout.connect(self._ask_missing)
        session.clip_changed.connect(self._on_clip)
        session.document_changed.connect(self._on_document)
        session.playhead_changed.connect(self._on_playhead)
        bridge.cache_changed.connect(self._on_cache)
        bridge.thumbnail_ready.connect(self._on_thumbnail)
        bridge.thumbnails_outdated.connect(self._on_outdated)
        bridge.clip_info_ready.connect(self._on_clip)
        self._playhead: FrameNo = 0
        self._proposals: ProposalsDesk | None = None
        self._on_clip(session.clip_id)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(1120, self._lanes_height)

    def show_proposals(self, desk: ProposalsDesk) -> None:
        """Draw what the desk finds from now on."""
        self._proposals = desk
        desk.changed.connect(self._on_proposals)

    # --- places ---------------------------------------------------------------------------------------------------

    @property
    def scale(self) -> Scale:
        return self.scene.scale if self.scene else Scale()

    def set_scale(self, scale: Scale) -> None:
        if self.scene is not None and scale != self.scene.scale:
            self.scene = replace(self.scene, scale=scale)
            self._renew(*self.lanes)
            self.scale_changed.emit()

    def lane_at(self, y: float) -> str:
        """The lane at a height; gaps belong to the lane above them."""
        return [name for name, top in self.tops.items() if top <= y][-1] if y >= 0 else "ruler"

    def place(self, x: float) -> float:
        """A widget's x as the scale counts it."""
        return x - NAMES_WIDTH

    def _lanes_width(self) -> float:
        return max(1.0, float(self.width() - NAMES_WIDTH - _RIGHT_MARGIN))

    # --- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(event.rect(), colour("panel"))
        self._paint_names(painter)
        if self.scene is None:
            for name, lane in self.lanes.items():
                if name != "ruler":
                    painter.fillRect(
                        QRectF(NAMES_WIDTH, self.tops[name], self._lanes_width(), lane.height), colour("field")
                    )
            return
        for name in self.lanes:
            painter.drawPixmap(QPointF(NAMES_WIDTH, self.tops[name]), self._picture(name))
        painter.setClipRect(QRectF(NAMES_WIDTH - _HEAD, 0, self._lanes_width() + 2 * _HEAD, self.height()))
        self._paint_range(painter, self.scene)
        self._paint_playhead(painter)

    def _paint_names(self, painter: QPainter) -> None:
        font = self.font()
        font.setPixelSize(T.small_size)
        painter.setFont(font)
        painter.setPen(colour("muted"))
        for name, lane in self.lanes.items():
            room = QRectF(T.space[2], self.tops[name] - 3, NAMES_WIDTH - T.space[3], lane.height + 6)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._names[name])

    def _picture(self, name: str) -> QPixmap:
        """A lane's picture, painted anew only where something on it changed."""
        held = self._pictures.get(name)
        if held is None:
            assert self.scene is not None
            ratio, lane = self.devicePixelRatioF(), self.lanes[name]
            held = QPixmap(QSize(round(self._lanes_width() * ratio), round(lane.height * ratio)))
            held.setDevicePixelRatio(ratio)
            held.fill(colour("panel"))
            painter = QPainter(held)
            painter.setFont(self.font())
            lane.paint(painter, replace(self.scene, ratio=ratio), self._lanes_width())
            painter.end()
            self._pictures[name] = held
            if name == "film" and self.film.missing:
                self._ask.start()
        return held

    def _paint_range(self, painter: QPainter, scene: Scene) -> None:
        """What lies outside in and out is dimmed, but for the names of the shots."""
        if scene.clip.in_point is None and scene.clip.out_point is None:
            return
        first, last = play_range(scene.clip)
        left, right = max(0.0, scene.scale.x(first)), min(self._lanes_width(), scene.scale.x(last + 1))
        shade = colour("panel", 0.65)
        for name in ("film", "masks", "found", "flagged", "cache"):
            top, height = self.tops[name], self.lanes[name].height
            painter.fillRect(QRectF(NAMES_WIDTH, top, max(0.0, left), height), shade)
            painter.fillRect(QRectF(NAMES_WIDTH + right, top, max(0.0, self._lanes_width() - right), height), shade)

    def _paint_playhead(self, painter: QPainter) -> None:
        """One device pixel wide, in the middle of its frame, with a handle on the ruler."""
        ratio = self.devicePixelRatioF()
        x = self._playhead_x()
        if not NAMES_WIDTH - 1 <= x <= NAMES_WIDTH + self._lanes_width() + 1:
            return
        x = int(x * ratio) / ratio
        bottom = self.tops["cache"] + self.lanes["cache"].height
        base = self.lanes["ruler"].height
        painter.fillRect(QRectF(x, base, 1 / ratio, bottom - base), colour("bright"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("bright"))
        middle, top = x + 0.5 / ratio, base - 12
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle - _HEAD, top),
                    QPointF(middle + _HEAD, top),
                    QPointF(middle + _HEAD, top + 6),
                    QPointF(middle, base),
                    QPointF(middle - _HEAD, top + 6),
                ]
            )
        )

    def _playhead_x(self) -> float:
        return NAMES_WIDTH + self.scale.x(self._playhead + 0.5)

    # --- what changes ---------------------------------------------------------------------------------------------

    def _renew(self, *lanes: str) -> None:
        for name in lanes:
            self._pictures.pop(name, None)
        if lanes:
            self.update()

    @Slot(str)
    def _on_clip(self, _: str) -> None:
        clip, info = self._session.clip, self._bridge.clip_info(self._session.clip_id)
        self._playhead = self._session.playhead
        if clip is None:
            self.scene = None
        else:
            time = TimeText.of(clip.media.rate, info.timecode if info is not None else None)
            same = self.scene is not None and self.scene.clip.id == clip.id
            scale = self.scale if same else Scale.fitted(clip.media.frame_count, self._lanes_width())
            self.scene = _with_clip(Scene(clip, scale, time), clip, self._playhead)
            if not same:
                self.film.aspect = clip.media.width / clip.media.height
            self._read_cache()
            self._read_proposals()
        self._renew(*self.lanes)
        self.scale_changed.emit()

    @Slot(object, object)
    def _on_document(self, _before: object, _after: object) -> None:
        clip = self._session.clip
        if clip is None or self.scene is None or clip.id != self.scene.clip.id or clip.media != self.scene.clip.media:
            self.film.forget()
            self.scene = None
            self._on_clip(self._session.clip_id)
        elif clip is not self.scene.clip:
            before = self.scene.clip
            changed = [lane for lane, tell in _TOLD.items() if tell(before) != tell(clip)]
            self.scene = (
                _with_clip(self.scene, clip, self._session.playhead) if changed else replace(self.scene, clip=clip)
            )
            self._renew(*changed)

    @Slot(int)
    def _on_playhead(self, frame: int) -> None:
        before = self._playhead_x()
        self._playhead = frame
        scene = self.scene
        if scene is None:
            return
        shot = scene.clip.shot_index(frame)
        if shot != scene.shot:
            self.scene = replace(scene, shot=shot)
            self._renew("shots")
        for x in (before, self._playhead_x()):
            self.update(int(x) - _HEAD - 2, 0, 2 * _HEAD + 4, self.height())

    @Slot(str)
    def _on_cache(self, clip_id: str) -> None:
        if self.scene is not None and clip_id == self.scene.clip.id:
            self._read_cache()
            self._renew("flagged", "cache")

    def _read_cache(self) -> None:
        assert self.scene is not None
        clip_id = self.scene.clip.id
        runs = cache_runs(self._bridge.cache_states(clip_id))
        self.scene = replace(self.scene, flagged=Shares.of(self._bridge.flagged(clip_id)), cache=runs)

    @Slot()
    def _on_proposals(self) -> None:
        self._read_proposals()
        self._renew("found")

    def _read_proposals(self) -> None:
        if self.scene is not None and self._proposals is not None:
            self.scene = replace(self.scene, proposals=_shares(self._proposals.counts()))

    @Slot()
    def _ask_missing(self) -> None:
        if self.scene is None:
            return
        height = self._thumbnail_height()
        for clip_id, frame in self.film.missing:
            if clip_id != self.scene.clip.id:
                # Another clip came since the lane was painted: its own painting is on its way, and asks for its own.
                return
            pixels = self._bridge.thumbnail(clip_id, frame, height)
            if pixels is not None:
                self._on_thumbnail(clip_id, frame, pixels)

    def _thumbnail_height(self) -> int:
        return round(self.film.height * self.devicePixelRatioF())

    @Slot(str, int, object)
    def _on_thumbnail(self, clip_id: str, frame: int, pixels: Bgrx) -> None:
        # Panels ask for thumbnails of other heights, which are not ours.
        if self.scene is not None and clip_id == self.scene.clip.id and pixels.shape[0] == self._thumbnail_height():
            self.film.put(clip_id, frame, pixels)
            self._renew("film")

    @Slot()
    def _on_outdated(self) -> None:
        self.film.forget()
        self._renew("film")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if self.scene is not None:
            self.scene = replace(self.scene, scale=self.scene.scale.resized(self._lanes_width()))
        self._renew(*self.lanes)
        self.scale_changed.emit()


_TOLD: dict[str, Callable[[ClipWork], object]] = {
    "ruler": lambda clip: (clip.markers, clip.in_point, clip.out_point),
    "shots": lambda clip: [(shot.start, shot.name) for shot in clip.shots],
    "masks": lambda clip: [id(clip.layer(layer)) for layer in LAYERS],
}
"""What lanes tell of a clip: a handle that is held changes the treatment many times a second, and none of it."""


def _shares(counts: Mapping[FrameNo, Counts]) -> dict[State, Shares]:
    most = max((sum(one.values()) for one in counts.values()), default=1)
    return {
        state: Shares.of({frame: one[state] / most for frame, one in counts.items() if one.get(state)})
        for state in STATES
    }


def _with_clip(scene: Scene, clip: ClipWork, playhead: FrameNo) -> Scene:
    masks = {layer: Shares.marked(clip.layer(layer)) for layer in LAYERS}
    return replace(scene, clip=clip, shot=clip.shot_index(playhead), masks=masks)
