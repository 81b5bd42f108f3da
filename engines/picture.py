"""One picture that shows a restoration: source, result, and where every pixel of the result came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engines.media.display import to_rgb8
from engines.media.sink import whole_file
from engines.overlay import MARKS, paint_mark, provenance_overlay
from engines.provenance import Origin, ProvenanceMap
from engines.types import Frame

Rgb8 = NDArray[np.uint8]

_PANEL_LEAST, _PANEL_MOST = 480, 960  # pixels across
_GROUND, _TEXT, _FAINT = (22, 24, 29), (238, 236, 230), (158, 160, 166)
_GAP, _HEAD = 14, 40
_ROW, _SWATCH = 30, (44, 22)
_EXPLAINED = {
    Origin.SOURCE: ("Source", "the scan's own sample, bit for bit"),
    Origin.ADJUSTED: ("Adjusted", "the same sample, its light or place corrected"),
    Origin.TRANSPORTED: ("Transported", "real picture content from another frame"),
    Origin.ESTIMATED: ("Estimated", "a learned model's most likely value"),
    Origin.SYNTHESISED: ("Synthesised", "invented: the film does not show it"),
}


def before_after(source: Frame, restored: Frame, provenance: ProvenanceMap, path: Path) -> None:
    """Write `draw_before_after` as a PNG, whole or not at all, whatever the name's suffix. Raises RenderError."""
    picture = draw_before_after(source, restored, provenance)
    with whole_file(path) as partial:
        picture.save(partial, format="PNG")


def draw_before_after(source: Frame, restored: Frame, provenance: ProvenanceMap) -> Image.Image:
    """Panels source | restored | provenance of equal size with captions, and a legend with the share of every label.

    The source may be smaller than the result (enlarged for the panel). Raises ValueError where `provenance` is not of
    the result's size.
    """
    if (provenance.width, provenance.height) != (restored.width, restored.height):
        raise ValueError(
            f"provenance of {provenance.width}x{provenance.height} for a picture of {restored.width}x{restored.height}"
        )
    before, after, overlay = panels(source, restored, provenance)
    height, width = after.shape[:2]
    sheet = Image.new("RGB", (3 * width + 4 * _GAP, height + _HEAD + _GAP + _legend_height()), _GROUND)
    draw = ImageDraw.Draw(sheet)
    captions = ("Source", "Restored", "Where each pixel came from")
    for index, (panel, caption) in enumerate(zip((before, after, overlay), captions, strict=True)):
        left = _GAP + index * (width + _GAP)
        draw.text((left, _HEAD / 2), caption, _TEXT, ImageFont.load_default(20), anchor="lm")
        sheet.paste(Image.fromarray(panel), (left, _HEAD))
    _legend(sheet, draw, (_GAP, _HEAD + height + _GAP), provenance.shares())
    return sheet


def panels(
    source: Frame, restored: Frame, provenance: ProvenanceMap, most: int = _PANEL_MOST
) -> tuple[Rgb8, Rgb8, Rgb8]:
    """Source, restored and labels over the restored picture, as display RGB of equal size, at most `most` across."""
    size = _panel_size(restored.width, restored.height, most)
    after = _fitted(to_rgb8(restored), size)
    before = _fitted(to_rgb8(source), size)
    return before, after, provenance_overlay(after, _fitted_labels(provenance.labels, size))


def _panel_size(width: int, height: int, most: int) -> tuple[int, int]:
    """At least readable, at most three to a wide screen; small pictures grow by whole factors."""
    if width > most:
        return most, max(1, round(height * most / width))
    factor = -(-_PANEL_LEAST // width)
    return width * factor, height * factor


def _fitted(picture: Rgb8, size: tuple[int, int]) -> Rgb8:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    # Enlarged by repetition: a comparison must not flatter the source.
    method = cv2.INTER_AREA if picture.shape[1] > size[0] else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)


def _fitted_labels(labels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The highest label of every panel pixel: a flag must not vanish by shrinking."""
    shrink = -(-labels.shape[1] // size[0])
    if shrink > 1:
        # Wide enough that whichever pixel of a cell is picked below, it has seen the whole cell.
        kernel = np.ones((2 * shrink - 1, 2 * shrink - 1), dtype=np.uint8)
        labels = np.asarray(cv2.dilate(labels, kernel), dtype=np.uint8)
    return np.asarray(cv2.resize(np.ascontiguousarray(labels), size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _legend_height() -> int:
    return -(-len(Origin) // 2) * _ROW + _GAP


def _legend(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, corner: tuple[int, int], shares: Mapping[str, float]
) -> None:
    """Two columns of swatch, name, share and meaning."""
    rows = -(-len(Origin) // 2)
    bold, plain = ImageFont.load_default(17), ImageFont.load_default(15)
    for index, origin in enumerate(Origin):
        x = corner[0] + index // rows * (sheet.width - _GAP) // 2
        y = corner[1] + index % rows * _ROW
        sheet.paste(Image.fromarray(swatch(origin)), (x, y))
        name, meaning = _EXPLAINED[origin]
        middle = y + _SWATCH[1] / 2
        draw.text((x + _SWATCH[0] + 14, middle), name, _TEXT, bold, anchor="lm")
        draw.text((x + _SWATCH[0] + 212, middle), _percent(shares[origin.name]), _TEXT, bold, anchor="rm")
        draw.text((x + _SWATCH[0] + 228, middle), meaning, _FAINT, plain, anchor="lm")


def _percent(share: float) -> str:
    """Never "0 %" for something that is there, never "100 %" for what is not all."""
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    return f"{min(max(share * 100, 0.01), 99.99):.2f} %"


def swatch(origin: Origin) -> Rgb8:
    """How pixels of that label look in the overlay, for legends: 22 x 44 x 3."""
    mark = MARKS.get(origin)
    width, height = _SWATCH
    canvas = np.full((height, width, 3), 96.0, dtype=np.float32)
    if mark is not None:
        inside = np.ones((height, width), dtype=np.bool_)
        if mark.outlined:
            inside[:2], inside[-2:], inside[:, :2], inside[:, -2:] = False, False, False, False
        paint_mark(canvas, inside, mark)
    return np.asarray(np.rint(canvas), dtype=np.uint8)
