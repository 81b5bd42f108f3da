"""What is drawn over pictures beside masks: the wipe edge, labels, the waiting and the failed state, the brush ring."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPainterPath, QPen, QPolygonF

from ui.i18n import tr
from ui.theme import T, colour
from ui.viewer.compare import Wipe
from ui.viewer.transform import Transform

_HANDLE = (5.0, 14.0)
"""Half width and half length of the wipe's handle, in device-independent pixels."""


def path_of(polygon: QPolygonF) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(polygon)
    path.closeSubpath()
    return path


def draw_wipe(painter: QPainter, wipe: Wipe, area: QRectF, now: Transform, ratio: float) -> None:
    """The edge, and a handle that can be seen on white and on black."""
    first, last = wipe.ends(area, now)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, wipe.angle != 0)
    for token, alpha, width in (("field", 0.6, 3.0), ("bright", 1.0, 1.0)):
        painter.setPen(QPen(colour(token, alpha), width * ratio))
        painter.drawLine(first, last)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(QPointF(*wipe.point(now)))
    painter.rotate(wipe.angle * 57.29577951308232)
    across, down = _HANDLE[0] * ratio, _HANDLE[1] * ratio
    painter.setPen(QPen(colour("bright"), 1.5 * ratio))
    painter.setBrush(colour("panel"))
    painter.drawRoundedRect(QRectF(-across, -down, 2 * across, 2 * down), across, across)
    painter.restore()


def draw_labels(painter: QPainter, texts: tuple[str, ...], area: QRectF, ratio: float) -> None:
    """One label in the left upper corner, a second in the right; dark behind, so that they are read on any picture."""
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(round(T.small_size * ratio))
    font.setBold(True)
    painter.setFont(font)
    pad = T.space[1] * ratio
    for index, text in enumerate(texts):
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * pad
        height = painter.fontMetrics().height() + pad
        x = area.left() + pad if index == 0 else area.right() - pad - width
        box = QRectF(x, area.top() + pad, width, height)
        _plate(painter, box, ratio)
        painter.setPen(colour("bright"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def draw_waiting(painter: QPainter, area: QRectF, ratio: float, *, coming: bool = True) -> None:
    """Where no picture came yet: the quiet ground of a picture, and a word if one is to come."""
    painter.save()
    painter.fillRect(area, colour("panel"))
    if coming:
        _text(painter, tr("Viewer", "Rendering…"), area, ratio, "muted")
    painter.restore()


def draw_failure(painter: QPainter, sentence: str, area: QRectF, ratio: float) -> None:
    """A triangle and the sentence, over what is left of the picture."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pad, mark = T.space[3] * ratio, T.space[4] * ratio
    width = max(min(area.width() - 2 * pad, 520 * ratio), mark * 4)
    text = QRectF(0, 0, width - mark - 3 * pad, 10000)
    font = QFont(painter.font())
    font.setPixelSize(round(T.text_size * ratio))
    painter.setFont(font)
    flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.AlignmentFlag.AlignLeft)
    needed = painter.boundingRect(text, flags, sentence)
    box = QRectF(0, 0, width, max(needed.height(), mark) + 2 * pad)
    box.moveCenter(area.center())
    _plate(painter, box, ratio, 0.94)
    _triangle(painter, QRectF(box.left() + pad, box.center().y() - mark / 2, mark, mark), ratio)
    painter.setPen(colour("bright"))
    painter.drawText(box.adjusted(2 * pad + mark, pad, -pad, -pad), flags, sentence)
    painter.restore()


def draw_ring(painter: QPainter, at: QPointF, size: tuple[float, float], hardness: float, ratio: float) -> None:
    """The brush at its true size, its soft edge dotted; dark and bright, seen on any picture."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    across, down = max(size[0] / 2, 2 * ratio), max(size[1] / 2, 2 * ratio)
    for token, alpha, width in (("field", 0.7, 2.6), ("bright", 1.0, 1.2)):
        pen = QPen(colour(token, alpha), width * ratio)
        painter.setPen(pen)
        painter.drawEllipse(at, across, down)
        if hardness < 1 and min(across, down) * hardness > 3 * ratio:
            pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawEllipse(at, across * hardness, down * hardness)
    painter.restore()


def draw_cross(painter: QPainter, at: QPointF, ratio: float) -> None:
    """The keyboard's place on the picture."""
    arm = 7 * ratio
    for token, width in (("field", 3.0), ("bright", 1.0)):
        painter.setPen(QPen(colour(token), width * ratio))
        painter.drawLine(at - QPointF(arm, 0), at + QPointF(arm, 0))
        painter.drawLine(at - QPointF(0, arm), at + QPointF(0, arm))


def draw_pin(painter: QPainter, at: QPointF, words: str, ratio: float, *, token: str = "bright") -> None:
    """A place that was picked: a ring with a cross through it that leaves its middle free, and its name beside it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ring, gap, arm = 6 * ratio, 3 * ratio, 11 * ratio
    for tint, alpha, width in (("field", 0.8, 3.2), (token, 1.0, 1.3)):
        painter.setPen(QPen(colour(tint, alpha), width * ratio))
        painter.drawEllipse(at, ring, ring)
        for way in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
            painter.drawLine(at + way * gap, at + way * arm)
    if words:
        _beside(painter, at + QPointF(arm, -arm), words, ratio, token)
    painter.restore()


def draw_hint(painter: QPainter, sentence: str, area: QRectF, ratio: float) -> None:
    """What the next click does, at the lower edge."""
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(round(T.text_size * ratio))
    painter.setFont(font)
    pad = T.space[1] * ratio
    flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignCenter)
    room = QRectF(0, 0, max(area.width() - 4 * pad, 1), max(area.height(), 1))
    needed = painter.boundingRect(room, flags, sentence)
    box = QRectF(0, 0, needed.width() + 2 * pad, needed.height() + pad)
    box.moveCenter(area.center())
    box.moveBottom(area.bottom() - pad)
    _plate(painter, box, ratio, 0.86)
    painter.setPen(colour("bright"))
    painter.drawText(box, flags, sentence)
    painter.restore()


def draw_focus(painter: QPainter, rect: QRect, ratio: float, *, scaled: bool) -> None:
    """The keyboard acts here."""
    factor = ratio if scaled else 1.0
    line = max(round(ratio), 1) / ratio * factor
    painter.setPen(QPen(colour("accent"), line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(line / 2, line / 2, rect.width() * factor - line, rect.height() * factor - line))


def _beside(painter: QPainter, corner: QPointF, words: str, ratio: float, token: str) -> None:
    """Words on a plate whose lower left corner is given."""
    font = QFont(painter.font())
    font.setPixelSize(round(T.small_size * ratio))
    font.setBold(True)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    height = metrics.height() + 2 * ratio
    box = QRectF(corner.x(), corner.y() - height, metrics.horizontalAdvance(words) + 8 * ratio, height)
    _plate(painter, box, ratio, 0.8)
    painter.setPen(colour(token))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _plate(painter: QPainter, box: QRectF, ratio: float, opacity: float = 0.72) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(colour("field", opacity)))
    painter.drawRoundedRect(box, T.radius * ratio, T.radius * ratio)


def _text(painter: QPainter, text: str, area: QRectF, ratio: float, token: str) -> None:
    font = QFont(painter.font())
    font.setPixelSize(round(T.text_size * ratio))
    painter.setFont(font)
    painter.setPen(colour(token))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _triangle(painter: QPainter, box: QRectF, ratio: float) -> None:
    painter.setPen(QPen(colour("failed"), 2 * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = [QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]
    painter.drawPolygon(QPolygonF(corners))
    x, y = box.center().x(), box.center().y()
    painter.drawLine(QPointF(x, y - box.height() * 0.1), QPointF(x, y + box.height() * 0.15))
    painter.drawPoint(QPointF(x, y + box.height() * 0.33))
