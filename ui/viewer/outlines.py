"""Outlines over the picture: what detectors propose, and the regions that settings of the current stage name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from app.document import ClipWork
from app.proposals_desk import Spot, State
from engines.errors import SettingError
from engines.stages.catalogue import STAGES
from engines.stages.setting_texts import parsed_rect
from engines.stages.settings import described
from engines.types import FrameNo, Rect
from ui.theme import T, colour
from ui.timeline.lanes import PROPOSAL_TOKENS
from ui.viewer.transform import Transform

_ROOM, _LEAST = 3.0, 9.0


def draw_spots(
    painter: QPainter, spots: Iterable[Spot], current: Spot | None, now: Transform, ratio: float, *, source: bool
) -> None:
    """Dashed is left alone, ticked accepted, crossed rejected. source: over the untouched picture, which a stage may
    have moved.
    """
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    seen = QRectF(0, 0, now.pane_width, now.pane_height)
    for spot in spots:
        box = _box(spot.untouched if source else spot.shown, now, ratio)
        if not box.intersects(seen):
            continue
        mine = current is not None and spot.place == current.place
        _spot(painter, box, spot.state, ratio, mine=mine)
    painter.restore()


def draw_in_hand(painter: QPainter, place: Rect, now: Transform, ratio: float) -> None:
    """The region that somebody has in hand, boxed with corners; place: in source pixels."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    box = _box(place, now, ratio)
    for token, wide in (("field", 4.0), ("bright", 2.0)):
        painter.setPen(QPen(colour(token), wide * ratio))
        painter.drawRect(box)
        painter.drawLines(_corners(box, ratio))
    painter.restore()


def spot_at(spots: Iterable[Spot], at: tuple[float, float], now: Transform, *, source: bool) -> Spot | None:
    """The smallest of the proposals outlined around a place of the source; None where there is none."""
    x, y = now.to_device(*at)
    boxes = [(_box(spot.untouched if source else spot.shown, now, 1.0), spot) for spot in spots]
    under = [(box.width() * box.height(), spot.place, spot) for box, spot in boxes if box.contains(x, y)]
    return min(under, key=lambda one: one[:2])[2] if under else None


def draw_regions(painter: QPainter, clip: ClipWork, frame: FrameNo, stage: str, now: Transform, ratio: float) -> None:
    """Rectangles that the stage's settings name in the shot of `frame`, with their names."""
    use = clip.shots[clip.shot_index(frame)].stage(stage)
    if use is None or stage not in STAGES:
        return
    painter.save()
    for key, about in described(STAGES[stage].settings_type).items():
        rect = _region(stage, use.settings.get(key, "")) if about.draws == "rect" else None
        if rect is None:
            continue
        box = _device(rect, now)
        for token, width, style in (("field", 3.0, Qt.PenStyle.SolidLine), ("accent", 1.4, Qt.PenStyle.SolidLine)):
            painter.setPen(QPen(colour(token, 0.9), width * ratio, style))
            painter.drawRect(box)
        _label(painter, box, about.label, ratio)
    painter.restore()


def _region(stage: str, text: str) -> Rect | None:
    try:
        return parsed_rect(stage, text)
    except SettingError:
        return None  # the card says what is wrong with it


def _spot(painter: QPainter, box: QRectF, state: State, ratio: float, *, mine: bool) -> None:
    style = Qt.PenStyle.DashLine if state == "left" else Qt.PenStyle.SolidLine
    token = "bright" if state == "left" and mine else PROPOSAL_TOKENS[state]
    width = 2.0 if mine else 1.2
    for tint, wide, line in (("field", width + 2.0, Qt.PenStyle.SolidLine), (token, width, style)):
        painter.setPen(QPen(colour(tint, 0.75 if tint == "field" else 1.0), wide * ratio, line))
        painter.drawRect(box)
        if mine:
            painter.drawLines(_corners(box, ratio))
    if state in ("accepted", "rejected"):
        _sign(painter, box, state, ratio)


def _corners(box: QRectF, ratio: float) -> list[QLineF]:
    """Short lines away from each corner: the one in hand is found among many."""
    reach = 7 * ratio
    lines = []
    for x, way_x in ((box.left(), -1), (box.right(), 1)):
        for y, way_y in ((box.top(), -1), (box.bottom(), 1)):
            lines.append(QLineF(x, y, x + way_x * reach, y + way_y * reach))
    return lines


def _sign(painter: QPainter, box: QRectF, state: State, ratio: float) -> None:
    """A tick or a cross at the upper right corner."""
    x, y, size = box.right() + 3 * ratio, box.top() - 1 * ratio, 7 * ratio
    if state == "accepted":
        points = [QPointF(x, y + size * 0.5), QPointF(x + size * 0.35, y + size * 0.9), QPointF(x + size, y)]
        lines = [QLineF(points[0], points[1]), QLineF(points[1], points[2])]
    else:
        lines = [QLineF(x, y, x + size, y + size), QLineF(x + size, y, x, y + size)]
    for tint, wide in (("field", 3.6), (PROPOSAL_TOKENS[state], 1.6)):
        painter.setPen(QPen(colour(tint), wide * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(lines)


def _label(painter: QPainter, box: QRectF, text: str, ratio: float) -> None:
    font = QFont(painter.font())
    font.setPixelSize(round(T.small_size * ratio))
    painter.setFont(font)
    metrics = painter.fontMetrics()
    plate = QRectF(box.left(), box.top(), metrics.horizontalAdvance(text) + 8 * ratio, metrics.height() + 2 * ratio)
    painter.fillRect(plate, colour("field", 0.8))
    painter.setPen(colour("accent"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _box(rect: Rect, now: Transform, ratio: float) -> QRectF:
    """Around the proposal with a little room, never too small to be seen."""
    box = _device(rect, now).adjusted(-_ROOM * ratio, -_ROOM * ratio, _ROOM * ratio, _ROOM * ratio)
    short_x, short_y = (max(0.0, _LEAST * ratio - side) / 2 for side in (box.width(), box.height()))
    return box.adjusted(-short_x, -short_y, short_x, short_y)


def _device(rect: Rect, now: Transform) -> QRectF:
    return QRectF(QPointF(*now.to_device(rect.x, rect.y)), QPointF(*now.to_device(rect.right, rect.bottom)))
