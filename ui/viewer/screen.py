"""Pictures on their way to the canvas: asks the bridge for what is wanted and keeps the best answer to draw."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPointF, QRectF, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from app.pictures import Bgrx, Kind, Picture, Want
from app.render_bridge import RenderBridge
from ui.viewer.transform import Transform


@dataclass(frozen=True, eq=False)
class Held:
    """A picture and the image that draws it; the picture keeps the pixels alive."""

    picture: Picture
    image: QImage

    @property
    def want(self) -> Want:
        return self.picture.want


class Screen(QObject):
    """One slot per kind of picture. What was shown stays until its successor is there."""

    changed = Signal()
    shown = Signal(int)
    """Everything wanted of this frame is there, exactly, approximately or as a failure."""

    def __init__(self, bridge: RenderBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wants: tuple[Want, ...] = ()
        self._latest: dict[Kind, Held] = {}
        self._whole: dict[Kind, Held] = {}
        self._failures: dict[Kind, Picture] = {}
        bridge.picture_ready.connect(self._on_picture)

    def show(self, wants: tuple[Want, ...], *, again: bool = False) -> None:
        """Ask for these pictures, unless they are already asked for; `again`: the document changed."""
        if wants == self._wants and not again:
            return
        if {want.clip_id for want in wants} != {want.clip_id for want in self._wants}:
            self._latest.clear()
            self._whole.clear()
        if again:
            self._outdate()
        self._wants = wants
        self._failures.clear()
        for picture in self._bridge.show(wants):
            self._take(picture)

    def _outdate(self) -> None:
        """What was made of the document before is shown on, and no longer passes for the picture that is wanted."""
        for kind, held in self._latest.items():
            if kind != "source":
                self._latest[kind] = replace(held, picture=replace(held.picture, stale=True))

    def state(self, kind: Kind) -> Picture | None:
        """The answer to what is wanted of `kind` now: a failure, a picture, or None while there is none."""
        failure = self._failures.get(kind)
        held = self._latest.get(kind)
        wanted = next((want for want in self._wants if want.kind == kind), None)
        return failure or (held.picture if held is not None and held.want == wanted else None)

    def draw(self, painter: QPainter, kind: Kind, transform: Transform) -> bool:
        """Draw the best there is of `kind`, scaled where it was made for another transform; False if nothing."""
        latest, whole = self._latest.get(kind), self._whole.get(kind)
        if latest is None:
            return False
        if whole is not None and whole.want.frame == latest.want.frame and not _covers(latest, transform):
            _blit(painter, whole, transform)
        _blit(painter, latest, transform)
        return True

    @Slot(object)
    def _on_picture(self, picture: Picture) -> None:
        if picture.want in self._wants:
            self._take(picture)
            self.changed.emit()

    def _take(self, picture: Picture) -> None:
        kind, pixels = picture.want.kind, picture.pixels
        if pixels is None:
            self._failures[kind] = picture
        else:
            self._failures.pop(kind, None)
            self._hold(picture, pixels)
        if all(self.state(want.kind) is not None for want in self._wants):
            self.shown.emit(picture.want.frame)

    def _hold(self, picture: Picture, pixels: Bgrx) -> None:
        kind = picture.want.kind
        height, width = pixels.shape[:2]
        held = Held(picture, QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32))
        self._latest[kind] = held
        before = self._whole.get(kind)
        if before is None or before.want.frame != held.want.frame or _area(held) >= _area(before):
            self._whole[kind] = held


def _area(held: Held) -> float:
    return held.want.view.width * held.want.view.height


def _covers(held: Held, transform: Transform) -> bool:
    left, top, right, bottom = transform.area()
    seen = QRectF(left, top, right - left, bottom - top)
    return transform.rect_of(held.want.view).adjusted(-1, -1, 1, 1).contains(seen)


def _blit(painter: QPainter, held: Held, transform: Transform) -> None:
    view, image = held.want.view, held.image
    target = transform.rect_of(view)
    same = (image.width(), image.height()) == (view.out_width, view.out_height)
    if same and abs(target.width() - image.width()) < 1 and abs(target.height() - image.height()) < 1:
        # Pixel for pixel: any scaling here, however little, would soften the picture.
        painter.drawImage(QPointF(round(target.x()), round(target.y())), image)
    else:
        painter.drawImage(target, image)
