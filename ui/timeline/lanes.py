"""The lanes below the film: shots, masks, flagged share and cache state. Each paints only what is in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from app.document import LAYERS, ClipWork, Layer
from app.lane_columns import Run, Shares
from app.pictures import CacheState
from app.proposals_desk import State
from app.time_text import TimeText
from ui.theme import T, colour
from ui.timeline.scale import Scale

_NOTABLE = 0.01
"""A flagged share below this is drawn faint as well as low."""

_NONE = Shares.of({})
PROPOSAL_TOKENS: Mapping[State, str] = MappingProxyType(
    {"repaired": "mask", "accepted": "ready", "left": "muted", "rejected": "protect"}
)
"""The colour of each state, from the bottom of a column up."""


@dataclass(frozen=True)
class Scene:
    """All that the lanes show, as it is now. Lengths are logical pixels; `ratio` of them make a device pixel."""

    clip: ClipWork
    scale: Scale
    time: TimeText
    shot: int = 0
    ratio: float = 1.0
    flagged: Shares = field(default_factory=lambda: Shares.of({}))
    masks: Mapping[Layer, Shares] = field(default_factory=lambda: MappingProxyType({}))
    proposals: Mapping[State, Shares] = field(default_factory=lambda: MappingProxyType({}))
    """Of each state, how many proposals a frame has, as a share of the most that any frame has."""
    cache: tuple[Run, ...] = ()


class Lane:
    """A strip of fixed height. `paint` draws from (0, 0); gaps between lanes are not its business."""

    height = 16

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        raise NotImplementedError


class ShotsLane(Lane):
    """A block a shot, with its name; the one under the playhead stands out."""

    height = 24

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        for index, shot in enumerate(scene.clip.shots):
            first, last = scene.clip.shot_range(index)
            left, right = scene.scale.x(first), scene.scale.x(last + 1)
            if right > 0 and left < width:
                block = QRectF(left, 0, right - left, self.height)
                _shot(painter, block, shot.name or default_name(index), index == scene.shot, width)


def default_name(index: int) -> str:
    """What an unnamed shot is called, counted from 1."""
    return f"Shot {index + 1}"


def _shot(painter: QPainter, block: QRectF, name: str, current: bool, width: float) -> None:
    inside = block.adjusted(0.5, 0, -0.5, 0)
    painter.fillRect(inside, _mixed("raised", "accent", 0.3) if current else colour("raised"))
    if current:
        painter.fillRect(QRectF(inside.left(), inside.bottom() - 2, inside.width(), 2), colour("accent"))
    # A name scrolls with its block but stays in sight as long as the block is.
    text = QRectF(max(inside.left(), 0.0) + T.space[1], 0, 0, block.height())
    text.setRight(min(inside.right(), width) - T.space[0])
    if text.width() > 12:
        painter.setPen(colour("bright" if current else "text"))
        elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)


class MasksLane(Lane):
    """Where frames are painted, a row a layer: damage as full blocks, no damage as a line, original as hollow ones."""

    height = 20

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        painter.fillRect(QRectF(0, 0, width, self.height), colour("field"))
        rows = [layer for layer in LAYERS if layer == "damage" or scene.clip.layer(layer)]
        room = (self.height - 2) / len(rows)
        painter.setPen(colour("original"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row, layer in enumerate(rows):
            top, height = round(1 + row * room) + 1, round(room) - 2
            for left, right, _ in columns(scene.masks.get(layer, _NONE), scene):
                if layer == "original":
                    painter.drawRect(QRectF(left + 0.5, top + 0.5, max(1.0, right - left - 1), height - 1))
                elif layer == "protect":
                    painter.fillRect(QRectF(left, top + height / 2 - 1, right - left, 2), colour("protect"))
                else:
                    painter.fillRect(QRectF(left, top, right - left, height), colour("mask"))


class ProposalsLane(Lane):
    """How much detectors propose in each frame, on top of each other: to repair, accepted, left alone, rejected.

    Heights are square roots of the number, so that one speck is seen beside hundreds.
    """

    height = 26

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        painter.fillRect(QRectF(0, 0, width, self.height), colour("field"))
        held = {state: columns(scene.proposals.get(state, _NONE), scene) for state in PROPOSAL_TOKENS}
        total: dict[float, float] = {}
        for found in held.values():
            for left, _, share in found:
                total[left] = total.get(left, 0.0) + share
        most = max([1.0, *total.values()])
        below = dict.fromkeys(total, 0.0)
        for state, found in held.items():
            for left, right, share in found:
                whole = max(2.0, (total[left] / most) ** 0.5 * (self.height - 2))
                height = max(1.0, whole * share / total[left])
                below[left] += height
                self._block(painter, QRectF(left, self.height - below[left], right - left, height), state)

    def _block(self, painter: QPainter, block: QRectF, state: State) -> None:
        tint = colour(PROPOSAL_TOKENS[state])
        if state in ("repaired", "accepted"):
            painter.fillRect(block, tint)
        elif state == "left":
            painter.fillRect(block, QBrush(tint, Qt.BrushStyle.Dense5Pattern))
        else:
            painter.fillRect(block, QBrush(tint, Qt.BrushStyle.HorPattern))
            painter.fillRect(QRectF(block.left(), block.top(), block.width(), 1), tint)


class FlaggedLane(Lane):
    """How much of each rendered frame was adjusted or invented: the higher the bar, the more.

    Its height is the square root of the share, so that small shares can be told apart.
    """

    height = 34

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        painter.fillRect(QRectF(0, 0, width, self.height), colour("field"))
        strong: list[QRectF] = []
        faint: list[QRectF] = []
        for left, right, share in columns(scene.flagged, scene):
            height = max(2.0, share**0.5 * (self.height - 2))
            (strong if share >= _NOTABLE else faint).append(QRectF(left, self.height - height, right - left, height))
        painter.setPen(Qt.PenStyle.NoPen)
        for bars, alpha in ((faint, 0.45), (strong, 1.0)):
            painter.setBrush(colour("flagged", alpha))
            painter.drawRects(bars)


class CacheLane(Lane):
    """What can be shown at once: ready fills the lane, approximate hatches its lower half, failed is crossed out."""

    height = 10

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        painter.fillRect(QRectF(0, 0, width, self.height), colour("field"))
        first, last = scene.scale.visible
        for start, end, state in scene.cache:
            if start > last or end <= first:
                continue
            left, right = max(0.0, scene.scale.x(start)), min(width, scene.scale.x(end))
            self._run(painter, QRectF(left, 0, max(1.0, right - left), self.height), state)

    def _run(self, painter: QPainter, block: QRectF, state: CacheState) -> None:
        if state == "ready":
            painter.fillRect(block.adjusted(0, 1, 0, -1), colour("ready"))
        elif state == "approximate":
            painter.fillRect(block.adjusted(0, self.height / 2, 0, -1), colour("approximate"))
            painter.fillRect(block.adjusted(0, 1, 0, -1), QBrush(colour("approximate"), Qt.BrushStyle.BDiagPattern))
        else:
            painter.fillRect(block, QBrush(colour("failed"), Qt.BrushStyle.DiagCrossPattern))
            painter.fillRect(QRectF(block.left(), 0, block.width(), 1), colour("failed"))


def columns(shares: Shares, scene: Scene) -> list[tuple[float, float, float]]:
    """Left edge, right edge and largest share of every device pixel column in sight that holds something."""
    scale, ratio, width = scene.scale, scene.ratio, _column_width(scene)
    found = shares.peaks(scale.first, scale.per_frame * ratio, int(scale.width * ratio) + 1)
    return [(column / ratio, column / ratio + width, share) for column, share in found]


def _column_width(scene: Scene) -> float:
    """Of one frame, or of one device pixel; with a gap between frames as soon as there is room for one."""
    per_frame = scene.scale.per_frame
    if per_frame * scene.ratio < 2:
        return 1 / scene.ratio
    return per_frame - (1 if per_frame >= 4 else 0)


def _mixed(first: str, second: str, share: float) -> QColor:
    a, b = colour(first), colour(second)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(x + (y - x) * share) for x, y in pairs))
