"""Any part of a frame at any size as BGRX for a screen: crops first, converts only what is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.colour.automatic import is_plain
from engines.colour.false_colour import exposure, painted
from engines.colour.gamut import beyond, striped
from engines.colour.look import seen
from engines.colour.scale import scale_of
from engines.colour.screen import AUTOMATIC, Screen
from engines.luma import matrix_name
from engines.media.display import to_rgb8
from engines.overlay import paint_marks, provenance_overlay
from engines.provenance import Origin, ProvenanceMap
from engines.siting import chroma_phase
from engines.types import ColourSpec, Frame, PixelFormat, Plane, Rect

Bgrx = NDArray[np.uint8]
Rgb8 = NDArray[np.uint8]
_MID_GREY = 128.0
# Interpolation at a crop's edge needs its neighbours.
_MARGIN = 4


@dataclass(frozen=True)
class Window:
    """A part of a picture, in pixels of that picture (floats), and the size it is shown at."""

    x: float
    y: float
    width: float
    height: float
    out_width: int
    out_height: int
    smooth: bool = True

    def scaled(self, factor: float) -> Window:
        """The same part of a picture that is `factor` times as large."""
        return replace(
            self,
            x=self.x * factor,
            y=self.y * factor,
            width=self.width * factor,
            height=self.height * factor,
            # A reduced picture's pixels are not the film's: repeated they would pass for them.
            smooth=self.smooth or factor < 1.0,
        )

    @property
    def step(self) -> tuple[float, float]:
        """Picture pixels per shown pixel, across and down."""
        return self.width / self.out_width, self.height / self.out_height

    def rect(self, bounds: Rect, margin: int = 0) -> Rect:
        """The pixels it stands on, grown by `margin`, within `bounds` (never empty)."""
        x, y = (min(max(int(v), 0), most - 1) for v, most in ((self.x, bounds.width), (self.y, bounds.height)))
        right = min(max(_ceil(self.x + self.width), x + 1), bounds.width)
        bottom = min(max(_ceil(self.y + self.height), y + 1), bounds.height)
        return Rect(x, y, right - x, bottom - y).grown(margin, bounds)


def pinned(colour: ColourSpec, width: int, height: int) -> ColourSpec:
    """The matrix that untagged pictures of the clip's own size are taken to have, so that no size changes colour."""
    return colour if colour.matrix == "rgb" else replace(colour, matrix=matrix_name(colour, width, height))


def show(frame: Frame, window: Window, screen: Screen = AUTOMATIC) -> Bgrx:
    """H x W x 4 of `window`. Shrinks by area means, enlarges by interpolation, or repeats pixels where not smooth.

    screen: through which view transform, and under which overlay. Raises SettingError where that cannot be used.
    """
    part, inner = _part(frame, window)
    rgb = seen(part, screen)
    rgb = rgb if inner is None else _placed(rgb, inner)
    return _bgrx(_overlaid(rgb, frame, window, screen) if screen.overlay else rgb)


def blends(frame: Frame, screen: Screen) -> bool:
    """Whether a mix of such pictures, as shown, is what their frames mixed would show."""
    return not screen.overlay and is_plain(screen, frame.format, frame.colour)


def coded(frame: Frame, window: Window) -> Bgrx:
    """`show` without any view transform: what `enlarged` and `small` take to be shown later."""
    part, inner = _part(frame, window)
    rgb = to_rgb8(part)
    return _bgrx(rgb if inner is None else _placed(rgb, inner))


def enlarged(picture: Rgb8, window: Window, colour: ColourSpec, screen: Screen = AUTOMATIC) -> Bgrx:
    """`window` (in pixels of the picture) of a small B G R picture, interpolated: a stand-in for the real one.

    picture: as coded; colour: of the clip it was made of.
    """
    return _bgrx(_reseen(_warped(picture, window), colour, screen))


def small(picture: Rgb8, width: int, height: int, colour: ColourSpec, screen: Screen = AUTOMATIC) -> Bgrx:
    """A B G R picture, as coded, at a size for thumbnails."""
    method = cv2.INTER_AREA if width <= picture.shape[1] else cv2.INTER_LINEAR
    return _bgrx(_reseen(cv2.resize(picture, (width, height), interpolation=method), colour, screen))


def stretched(picture: Bgrx, width: int, height: int) -> Bgrx:
    """A shown picture at a larger size, interpolated: a stand-in for one of that size."""
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def difference(first: Bgrx, second: Bgrx, gain: float) -> Bgrx:
    """`second` - `first`, amplified around mid-grey, which means equal."""
    out = cv2.addWeighted(second, gain, first, -gain, _MID_GREY)
    out[..., 3] = 255
    return np.asarray(out, dtype=np.uint8)


def mixed(first: Bgrx, second: Bgrx, share: float) -> Bgrx:
    """Between two pictures: what blending their frames gives, but for a code of rounding."""
    return np.asarray(cv2.addWeighted(first, 1.0 - share, second, share, 0.0), dtype=np.uint8)


def provenance(picture: Bgrx, said: ProvenanceMap, window: Window, left: NDArray[np.uint8] | None = None) -> Bgrx:
    """Grey where the source stands, coloured and hatched by origin elsewhere. `window` is in pixels of `said`.

    left: of the size of `said`, above 0 where damage is known that was left as it is.
    """
    rgb = np.ascontiguousarray(picture[..., 2::-1])
    return _bgrx(provenance_overlay(rgb, _highest(said.labels, window), _left(left, window)))


def marked(picture: Bgrx, said: ProvenanceMap, window: Window, left: NDArray[np.uint8] | None = None) -> Bgrx:
    """The picture in its colours with the marks of `provenance` over what does not come from the source."""
    canvas = picture[..., 2::-1].astype(np.float32)
    paint_marks(canvas, _highest(said.labels, window), _left(left, window))
    return _bgrx(np.asarray(np.rint(canvas), dtype=np.uint8))


def flagged_share(said: ProvenanceMap) -> float:
    """Share of the pixels (0..1) that are invented (SYNTHESISED)."""
    if not any(said.labels.strides):
        return float(said.labels.flat[0] == Origin.SYNTHESISED)
    above = cv2.threshold(said.labels, float(Origin.ESTIMATED), 1, cv2.THRESH_BINARY)[1]
    return cv2.countNonZero(above) / said.labels.size


def _part(frame: Frame, window: Window, *, clipped: bool = True) -> tuple[Frame, Window | None]:
    """What of a frame is to be turned into display RGB, and where `window` lies in it; None: it is the window.

    clipped: as the format stores it; else float32 code values keep what lies beyond its range.
    """
    if max(window.step) > 1.0:
        return shrunk(frame, window), None
    layout = frame.format
    crop = window.rect(frame.bounds, _MARGIN).aligned(layout.chroma_x, layout.chroma_y, frame.bounds)
    cut = frame.crop(crop)
    part = _pinned(_stored(cut) if clipped else cut, frame)
    return part, replace(window, x=window.x - crop.x, y=window.y - crop.y)


def _stored(frame: Frame) -> Frame:
    """`Frame.quantised`, code for code; in a sixth of the time where a type's range is the code range."""
    target, peak = frame.format.dtype, frame.format.peak
    if frame.format.floating or peak != np.iinfo(target).max:
        return frame.quantised()
    depth = cv2.CV_8U if target == np.uint8 else cv2.CV_16U
    zero: Any = 0.0
    rounded = (
        np.asarray(cv2.add(plane, zero, dtype=depth)) if plane.dtype == np.float32 else plane for plane in frame.planes
    )
    return frame.with_planes(tuple(rounded))


def _overlaid(rgb: Rgb8, frame: Frame, window: Window, screen: Screen) -> Rgb8:
    """The picture under the overlay that `screen` asks for: of levels of the frame, not of what the screen shows."""
    part, inner = _part(frame, window, clipped=False)
    labels = exposure(part) if screen.overlay == "exposure" else beyond(part, screen)
    if inner is not None:
        labels = np.asarray(_taken(labels, inner), dtype=np.uint8)
    if screen.overlay == "exposure":
        return painted(rgb, labels, scale_of(frame.format, frame.colour))
    return striped(rgb, labels)


def _reseen(picture: NDArray[Any], colour: ColourSpec, screen: Screen) -> Rgb8:
    """A small B G R picture as `screen` shows pictures of that colour."""
    planes = tuple(np.ascontiguousarray(picture[..., channel]) for channel in (2, 1, 0))
    frame = Frame(planes, PixelFormat("rgb", 8), replace(colour, matrix="rgb", range="pc"))
    return seen(frame, screen)


def shrunk(frame: Frame, window: Window) -> Frame:
    """Planes at the shown size, one by one and chroma in full, to become RGB there: cheaper than what no one sees.

    The window may not show less than a picture pixel per shown pixel, and may reach over the edge, which goes on.
    """
    layout = frame.format
    size = (window.out_width, window.out_height)
    planes = []
    for index, plane in enumerate(frame.planes):
        chroma = layout.family == "yuv" and index in (1, 2)
        planes.append(_resized(plane, _chroma_window(window, frame) if chroma else window, size))
    flat = replace(layout, chroma_x=1, chroma_y=1)
    return Frame(tuple(planes), flat, pinned(frame.colour, frame.width, frame.height))


def _chroma_window(window: Window, frame: Frame) -> Window:
    """The same part in samples of a chroma plane, at their siting."""
    layout = frame.format
    x, y = chroma_phase(frame.colour.chroma_location)
    # Sample i sits at luma position s * i + phase * (s - 1); pixel centres at position + 1/2.
    shift_x = 0.5 - (0.5 + x * (layout.chroma_x - 1)) / layout.chroma_x
    shift_y = 0.5 - (0.5 + y * (layout.chroma_y - 1)) / layout.chroma_y
    return replace(
        window,
        x=window.x / layout.chroma_x + shift_x,
        y=window.y / layout.chroma_y + shift_y,
        width=window.width / layout.chroma_x,
        height=window.height / layout.chroma_y,
    )


def _resized(plane: Plane, window: Window, size: tuple[int, int]) -> Plane:
    """`window` of a plane at `size`: area means by whole factors, then interpolation of the rest."""
    plane = plane.astype(np.float32) if plane.dtype == np.float16 else plane
    bounds = Rect(0, 0, plane.shape[1], plane.shape[0])
    across, down = window.step
    exact = Rect(int(window.x), int(window.y), int(window.width), int(window.height))
    whole = (exact.x, exact.y, exact.width, exact.height) == (window.x, window.y, window.width, window.height)
    if whole and min(across, down) >= 1.0 and exact.grown(0, bounds) == exact:
        cut = plane[exact.y : exact.bottom, exact.x : exact.right]
        return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA))
    fx, fy = max(1, int(across)), max(1, int(down))
    crop = window.rect(bounds, _MARGIN * max(fx, fy))
    x, y = crop.x // fx * fx, crop.y // fy * fy
    cut = plane[y : crop.bottom, x : crop.right]
    if fx > 1 or fy > 1:
        cut = _area(cut, fx, fy)
    inner = Window((window.x - x) / fx, (window.y - y) / fy, window.width / fx, window.height / fy, *size)
    return _warped(cut, inner)


def _area(cut: Plane, fx: int, fy: int) -> Plane:
    """Means of fx x fy cells; a last incomplete cell is filled by repetition."""
    pad_x, pad_y = -cut.shape[1] % fx, -cut.shape[0] % fy
    if pad_x or pad_y:
        cut = cv2.copyMakeBorder(cut, 0, pad_y, 0, pad_x, cv2.BORDER_REPLICATE)
    size = (cut.shape[1] // fx, cut.shape[0] // fy)
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA))


def _warped(plane: NDArray[Any], window: Window) -> NDArray[Any]:
    """Bilinear, pixel centres on pixel centres, edges continued."""
    across, down = window.step
    to_plane = np.array(
        [[across, 0.0, window.x + across / 2 - 0.5], [0.0, down, window.y + down / 2 - 0.5]], dtype=np.float64
    )
    size = (window.out_width, window.out_height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(plane, to_plane, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _placed(rgb: Rgb8, window: Window) -> Rgb8:
    """`window` of display RGB, not smaller than it is: 1:1 is a cut, 200 % and more repeat pixels where not smooth."""
    if window.step == (1.0, 1.0) and window.x == int(window.x) and window.y == int(window.y):
        x, y = int(window.x), int(window.y)
        cut = rgb[y : y + window.out_height, x : x + window.out_width]
        if x >= 0 <= y and cut.shape[:2] == (window.out_height, window.out_width):
            return cut
    return np.asarray(_warped(rgb, window), dtype=np.uint8) if window.smooth else _taken(rgb, window)


def _taken(rgb: NDArray[Any], window: Window) -> NDArray[Any]:
    rows, columns = _nearest(window, rgb.shape[1], rgb.shape[0])
    if rgb.ndim == 2:
        return np.asarray(rgb.take(columns, axis=1).take(rows, axis=0))
    # One 32-bit sample per pixel is much quicker to pick than three bytes.
    packed = np.ascontiguousarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA)).view(np.uint32)[..., 0]
    picked = packed.take(columns, axis=1).take(rows, axis=0)
    return np.asarray(picked.view(np.uint8).reshape(*picked.shape, 4)[..., :3])


def _nearest(window: Window, width: int, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column of the pixel under each shown pixel's centre."""
    across, down = window.step
    columns = np.floor(window.x + (np.arange(window.out_width) + 0.5) * across).clip(0, width - 1)
    rows = np.floor(window.y + (np.arange(window.out_height) + 0.5) * down).clip(0, height - 1)
    return rows.astype(np.intp), columns.astype(np.intp)


def _left(left: NDArray[np.uint8] | None, window: Window) -> NDArray[np.bool_] | None:
    return None if left is None else np.asarray(_highest(left, window) > 0)


def _highest(plane: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """The highest value of H x W under every shown pixel: a flag must not vanish by shrinking."""
    bounds = Rect(0, 0, plane.shape[1], plane.shape[0])
    shrink = _ceil(max(window.step))
    crop = window.rect(bounds, shrink)
    values = np.ascontiguousarray(plane[crop.y : crop.bottom, crop.x : crop.right])
    if shrink > 1:
        kernel = np.ones((2 * shrink - 1, 2 * shrink - 1), dtype=np.uint8)
        values = np.asarray(cv2.dilate(values, kernel), dtype=np.uint8)
    return np.asarray(_taken(values, replace(window, x=window.x - crop.x, y=window.y - crop.y)), dtype=np.uint8)


def _pinned(crop: Frame, whole: Frame) -> Frame:
    return replace(crop, colour=pinned(crop.colour, whole.width, whole.height))


def _bgrx(rgb: Rgb8) -> Bgrx:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA), dtype=np.uint8)


def _ceil(value: float) -> int:
    return -int(-value // 1)
