"""The film strip: thumbnails that are cropped, never stretched, asked for lazily and kept while better ones come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap

from app.pictures import Bgrx
from engines.types import FrameNo
from ui.theme import colour
from ui.timeline.lanes import Lane, Scene
from ui.timeline.scale import Scale

_KEPT = 400


@dataclass(frozen=True)
class Cell:
    """Room for one thumbnail, and the frame that belongs there."""

    left: float
    right: float
    frame: FrameNo


def cells(scene: Scene, cell_width: float, width: float) -> Iterator[Cell]:
    """Cells in sight. Their frames are multiples of a power of two, so that zooming finds most of them again."""
    scale = scene.scale
    stride = 1
    while stride * 2 * scale.per_frame <= cell_width and stride < scale.count:
        stride *= 2
    first, last = scale.visible
    for frame in range(first - first % stride, last + 1, stride):
        left, right = scale.x(frame), min(scale.x(min(frame + stride, scale.count)), width)
        yield Cell(left, right, frame)


class FilmLane(Lane):
    """Thumbnails of the source. `missing` collects what `paint` did not find: of the clip that it painted."""

    height = 64

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, FrameNo], QPixmap] = OrderedDict()
        self.aspect = 4 / 3
        self.missing: list[tuple[str, FrameNo]] = []

    def put(self, clip_id: str, frame: FrameNo, pixels: Bgrx) -> None:
        """A thumbnail came."""
        height, width = pixels.shape[:2]
        self.aspect = width / height
        image = QImage(pixels.data, width, height, int(pixels.strides[0]), QImage.Format.Format_RGB32)
        # The pixmap owns a copy, so the array need not outlive it.
        self._held[clip_id, frame] = QPixmap.fromImage(image)
        self._held.move_to_end((clip_id, frame))
        while len(self._held) > _KEPT:
            self._held.popitem(last=False)

    def forget(self) -> None:
        self._held.clear()
        self.missing = []

    def paint(self, painter: QPainter, scene: Scene, width: float) -> None:
        painter.fillRect(QRectF(0, 0, width, self.height), colour("field"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.missing = []
        for cell in cells(scene, self.height * self.aspect, width):
            found = self._held.get((scene.clip.id, cell.frame))
            if found is None:
                self.missing.append((scene.clip.id, cell.frame))
                found = self._near(scene.clip.id, cell, scene.scale)
            if found is not None:
                self._picture(painter, found, cell)
            painter.fillRect(QRectF(cell.right - 1, 0, 1, self.height), colour("field"))

    def _picture(self, painter: QPainter, picture: QPixmap, cell: Cell) -> None:
        """The middle of the picture, as wide as there is room for."""
        scale = picture.height() / self.height
        wide = min(cell.right - 1 - cell.left, picture.width() / scale)
        if wide > 0:
            cut = QRectF((picture.width() - wide * scale) / 2, 0, wide * scale, picture.height())
            painter.drawPixmap(QRectF(cell.left, 0, wide, self.height), picture, cut)

    def _near(self, clip_id: str, cell: Cell, scale: Scale) -> QPixmap | None:
        """The picture shown before at about this place, rather than a hole that flickers."""
        far = 4 * (cell.right - cell.left) / scale.per_frame
        near = [key for key in self._held if key[0] == clip_id and abs(key[1] - cell.frame) <= far]
        return self._held[min(near, key=lambda key: abs(key[1] - cell.frame))] if near else None
