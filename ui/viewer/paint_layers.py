"""Draws the painted masks over the picture: all layers of the frame, and its neighbours in outline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.document import LAYERS, ClipWork, Layer
from app.mask_plane import Coverage, MaskPlane
from app.view_state import ViewState
from engines.mask_overlay import Frame, Look, MaskOverlay
from engines.types import FrameNo, Rect
from ui.theme import colour
from ui.viewer.desk import Desk
from ui.viewer.transform import Transform

LAYER_TOKENS: Mapping[Layer, str] = MappingProxyType({"damage": "mask", "protect": "protect", "original": "original"})
"""The colour that each layer is drawn in."""
_HATCHES: Mapping[Layer, Literal["/", "\\", "-"]] = MappingProxyType({"damage": "/", "protect": "-", "original": "\\"})


@dataclass(eq=False)
class _Drawn:
    """A layer as it is on the screen, and of which plane; None while a stroke changes it."""

    overlay: MaskOverlay
    image: QImage
    plane: MaskPlane | None


class PaintLayers:
    """Overlays at display size, made again only when the mask or the transform changed."""

    def __init__(self, desk: Desk, state: ViewState) -> None:
        self._desk, self._state = desk, state
        self._drawn: dict[str, _Drawn] = {}

    def draw(self, painter: QPainter, clip: ClipWork, frame: FrameNo, transform: Transform, ratio: float) -> None:
        """Over one pane, in its device pixels."""
        place = display_frame(transform, ratio)
        if place is None or not (self._state.masks_shown or self._state.masks_solo):
            return
        at = QPointF(transform.area()[0], transform.area()[1])
        for layer in LAYERS:
            if self._state.onion_skin:
                for step in (-1, 1):
                    plane = clip.layer(layer).get(frame + step)
                    self._layer(painter, at, f"{layer} {step}", plane, None, place, _onion(layer, step))
            plane = clip.layer(layer).get(frame)
            working = self._desk.working(clip, layer, frame)
            self._layer(painter, at, layer, plane, working, place, _look(layer))

    def redraw(self, layer: Layer, box: Rect, coverage: Coverage) -> QRectF | None:
        """The stroke changed `box` (source pixels): what to repaint, in device pixels from the picture's corner."""
        drawn = self._drawn.get(layer)
        if drawn is None:
            return None
        drawn.plane = None
        area = drawn.overlay.draw(coverage, box)
        return QRectF(area.x, area.y, area.width, area.height) if area else QRectF()

    def kept(self, layer: Layer, plane: MaskPlane | None) -> None:
        """The stroke that is on the screen became `plane`."""
        drawn = self._drawn.get(layer)
        if drawn is not None and drawn.plane is None and plane is not None:
            drawn.plane = plane

    def forget(self) -> None:
        """Draw everything anew."""
        self._drawn.clear()

    def _layer(
        self,
        painter: QPainter,
        at: QPointF,
        name: str,
        plane: MaskPlane | None,
        working: Coverage | None,
        place: Frame,
        look: Look,
    ) -> None:
        if plane is None and working is None:
            self._drawn.pop(name, None)
            return
        drawn = self._drawn.get(name)
        current = drawn is not None and drawn.overlay.frame == place
        if drawn is None or not current or (working is None and drawn.plane is not plane):
            drawn = self._made(plane, working, place, look)
            self._drawn[name] = drawn
        painted = drawn.overlay.drawn
        if painted is not None:
            part = QRectF(painted.x, painted.y, painted.width, painted.height)
            painter.drawImage(at + part.topLeft(), drawn.image, part)

    def _made(self, plane: MaskPlane | None, working: Coverage | None, place: Frame, look: Look) -> _Drawn:
        overlay = MaskOverlay(place, look)
        if working is not None:
            overlay.draw(working)
        elif plane is not None:
            overlay.draw(self._desk.coverage(plane), plane.bounds)
        pixels = overlay.pixels
        kind = QImage.Format.Format_ARGB32_Premultiplied
        image = QImage(pixels.data, place.width, place.height, pixels.strides[0], kind)
        return _Drawn(overlay, image, None if working is not None else plane)


def display_frame(transform: Transform, ratio: float) -> Frame | None:
    """Where the visible part of the picture lies, for engines.mask_overlay."""
    view = transform.view()
    if view is None:
        return None
    thickness = max(round(ratio), 1)
    return Frame(view.x, view.y, transform.scale_x, transform.scale_y, view.out_width, view.out_height, thickness)


def _rgb(layer: Layer) -> tuple[int, int, int]:
    found = colour(LAYER_TOKENS[layer])
    return found.red(), found.green(), found.blue()


def _look(layer: Layer) -> Look:
    return Look(_rgb(layer), hatch=_HATCHES[layer])


def _onion(layer: Layer, step: int) -> Look:
    """The frame before in a solid outline, the one after in a dashed one."""
    return Look(_rgb(layer), fill=0.0, hatch="", dashed=step > 0)
