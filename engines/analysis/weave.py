"""The course of the whole picture over a shot: shift, rotation, zoom and warp of every frame, whatever moves in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.detect.shots import Shot
from engines.luma import Luma, luma_of
from engines.media.source import ClipInfo
from engines.stabilise.cells import view
from engines.stabilise.meter import Followed, Meter
from engines.stabilise.model import MESH, SHIFT, SIMILARITY
from engines.stabilise.solve import whole_steps
from engines.types import Frame, FrameNo, Rect

_WIDTH = 640
"""Pixels across that motion is measured at: finer adds nothing but grain."""
_NARROW = 0.3
"""Share of the picture's half diagonal below which a region tells of shift only."""
_SMALLEST = 48
"""Pixels that a measured picture has at least on each side; smaller ones are enlarged."""
_REPEATED, _REPEATED_SHARE = 0.001, 0.15
"""Mean change of luma up to which a picture repeats the last: nominal, and as a share of the shot's larger changes."""


@dataclass(frozen=True)
class WeaveAnalysis(ShotAnalysis):
    """region: measured alone, source pixels, and taken to stand still; None for the whole picture.

    Arrays, N frames in the shot, F = 1, or 2 fields (top first) of interlaced pictures: path N x F x 12 (coefficients
    of `stabilise.model`, where the picture is against the first frame, by adding steps), still N x F x 12 (the same
    against one averaged reference; 0 x F x 12 where the camera left it), repeats N (bool: shows the frame before
    again), rate (frames per second), size (width, height), region (bool).
    """

    region: Rect | None = None
    name = "weave"
    version = 1

    def key(self) -> str:
        return str(self.region)

    def begin(self, info: ClipInfo, shot: Shot) -> _Pass:  # noqa: ARG002 - the same for any shot
        return _Pass(self.region, info)


class _Pass:
    def __init__(self, region: Rect | None, info: ClipInfo) -> None:
        bounds = Rect(0, 0, info.width, info.height)
        self._bounds, self._rate = bounds, float(info.rate)
        self._cut = bounds if region is None else _inside(region, bounds)
        self._narrow = region is not None
        fields = 2 if info.field_order in ("tff", "bff") and info.height > 2 * _SMALLEST else 1
        reach = float(np.hypot(self._cut.width, self._cut.height) / np.hypot(info.width, info.height))
        terms = SHIFT if reach < _NARROW else SIMILARITY
        self._meters = [Meter(info.width, info.height, terms) for _ in range(fields)]

    def feed(self, number: FrameNo, frame: Frame) -> None:  # noqa: ARG002 - frames come without gap
        """Measures every field against the one before."""
        count = len(self._meters)
        for field, meter in enumerate(self._meters):
            lines = _lines(frame, self._cut, field, count)
            height, width = lines.planes[0].shape
            scale = min(1.0, _WIDTH / width) if min(width, height) >= _SMALLEST else _SMALLEST / min(width, height)
            size = max(round(width * scale), 1), max(round(height * scale), 1)
            small = _resized(lines, size)
            step = width / size[0], height / size[1]
            origin = self._cut.x + (step[0] - 1) / 2, self._cut.y + field + count * (step[1] - 1) / 2
            meter.feed(view(small, origin, (step[0], step[1] * count)), small)

    def finish(self) -> Arrays:
        found = [meter.finish() for meter in self._meters]
        changes = np.max([one.changes for one in found], axis=0)
        repeats = _repeats(changes)
        width, height = self._bounds.width, self._bounds.height
        path = np.stack([_padded(_added(one, repeats, self._rate, width, height)) for one in found], axis=1)
        still = np.zeros((0, len(found), MESH))
        if all(one.poses is not None for one in found):
            still = np.stack([_padded(_held(np.asarray(one.poses), repeats)) for one in found], axis=1)
            # The reference says nothing of warping film.
            still[..., SIMILARITY:] = path[..., SIMILARITY:]
        return {
            "path": path,
            "still": still,
            "repeats": repeats,
            "rate": np.asarray(self._rate),
            "size": np.array([width, height]),
            "region": np.asarray(self._narrow),
        }


def _repeats(changes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which frames show the one before again: unlike most of the shot they hardly change."""
    if len(changes) < 2:
        return np.zeros(len(changes), np.bool_)
    repeats = changes <= min(_REPEATED, _REPEATED_SHARE * float(np.percentile(changes[1:], 90)))
    repeats[0] = False
    return repeats


def _added(found: Followed, repeats: NDArray[np.bool_], rate: float, width: int, height: int) -> NDArray[np.float64]:
    distinct = np.flatnonzero(~repeats)
    share = len(distinct) / len(repeats)
    chain = [found.chain[index] for index in distinct]
    whole = whole_steps(chain, found.steps[distinct], rate * share, width, height)
    steps = np.zeros((len(repeats), whole.shape[1]))
    steps[distinct] = whole
    return np.asarray(steps.cumsum(axis=0))


def _held(poses: NDArray[np.float64], repeats: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Repeats stand where the picture that they repeat stands."""
    shown = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(repeats))))
    return np.asarray(poses[shown])


def _padded(path: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.pad(path, ((0, 0), (0, MESH - path.shape[1])))


def _inside(region: Rect, bounds: Rect) -> Rect:
    """What of the region lies in the picture; the whole where nothing does."""
    x, y = min(region.x, bounds.width), min(region.y, bounds.height)
    cut = Rect(x, y, min(region.right, bounds.right) - x, min(region.bottom, bounds.bottom) - y)
    return cut if cut.width > 1 and cut.height > 1 else bounds


def _lines(frame: Frame, cut: Rect, field: int, fields: int) -> Frame:
    """What luma is made of, of every `fields`-th line of the cut from line `field` on, as full-size planes."""
    colours = 3 if frame.format.family == "rgb" else 1
    layout = frame.format if colours == 3 else replace(frame.format, family="gray", chroma_x=1, chroma_y=1)
    layout = replace(layout, alpha=False)
    rows, columns = slice(cut.y + field, cut.bottom, fields), slice(cut.x, cut.right)
    planes = tuple(plane[rows, columns] for plane in frame.planes[:colours])
    colour = frame.colour
    if frame.format.family == "yuv" and colour.range != "pc":
        # Grey counts as full range unless told: these are the codes of a limited luma plane.
        colour = replace(colour, range="tv")
    return Frame(planes, layout, colour)


def _resized(frame: Frame, size: tuple[int, int]) -> Luma:
    height, width = frame.planes[0].shape
    if (width, height) == size:
        return luma_of(frame)
    method = cv2.INTER_AREA if size[0] < width else cv2.INTER_LINEAR
    planes = (p if p.dtype != np.float16 else p.astype(np.float32) for p in frame.planes)
    small = tuple(np.asarray(cv2.resize(plane, size, interpolation=method)) for plane in planes)
    return luma_of(frame.with_planes(small))
