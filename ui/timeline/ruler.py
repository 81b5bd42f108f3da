"""The ruler: frame numbers, timecode where there is room, markers, and the handles of in and out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from ui.theme import T, colour, monospaced
from ui.timeline.lanes import Lane, Scene
from ui.timeline.scale import Scale

_STEPS = (1, 2, 5, 10)
_LABEL_GAP = 24
_LABELS = 16
"""Labels stand above this, handles and markers below."""
MARK = 5


def tick_step(scale: Scale, fps: int, label_width: float) -> int:
    """Frames between labels: a round number of frames, then of seconds and minutes."""
    least = (label_width + _LABEL_GAP) / scale.per_frame
    steps = [*(s for s in _STEPS if s < fps), *(fps * s for s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600))]
    return next((step for step in steps if step >= least), steps[-1])


class RulerLane(Lane):
    """Top of the timeline; drag it to scrub."""

    height = 32

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        font = monospaced(T.small_size)
        painter.setFont(font)
        time, scale = scene.time, scene.scale
        label_width = painter.fontMetrics().horizontalAdvance(time.timecode(0))
        step = tick_step(scale, max(1, round(time.rate)), label_width)
        self._ticks(painter, scene, step, width)
        for frame in {marker.frame for marker in scene.clip.markers}:
            _marker(painter, scale.x(frame + 0.5), self.height)
        self._handles(painter, scene)

    def _ticks(self, painter: QPainter, scene: Scene, step: int, width: float) -> None:
        scale, time = scene.scale, scene.time
        first, last = scale.visible
        for frame in range(first - first % step, last + 1, step):
            x = scale.x(frame)
            painter.setPen(colour("hairline"))
            painter.drawLine(QPointF(x, self.height - 5), QPointF(x, self.height - 1))
            painter.setPen(colour("muted"))
            text = time.timecode(frame)
            room = QRectF(x, 0, painter.fontMetrics().horizontalAdvance(text) + 2, _LABELS)
            if room.right() <= width and room.left() >= -1:
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _handles(self, painter: QPainter, scene: Scene) -> None:
        """A bracket that opens to the right for in, to the left for out."""
        clip, scale = scene.clip, scene.scale
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        for frame, side in ((clip.in_point, 1), (clip.out_point, -1)):
            if frame is not None:
                x = scale.x(frame if side > 0 else frame + 1)
                painter.drawRect(QRectF(x if side > 0 else x - 2, _LABELS, 2, self.height - _LABELS))
                painter.drawRect(QRectF(x if side > 0 else x - 7, _LABELS, 7, 2))


def _marker(painter: QPainter, x: float, bottom: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("bright"))
    middle = bottom - MARK - 1
    painter.drawPolygon(
        QPolygonF(
            [QPointF(x, middle - MARK), QPointF(x + MARK, middle), QPointF(x, bottom - 1), QPointF(x - MARK, middle)]
        )
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
