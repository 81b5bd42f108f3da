"""The stills of a report: source, result and provenance of a frame, whole and magnified where it matters."""

from __future__ import annotations

import base64
import io
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.report.highlights import Highlight
from engines.errors import MediaError
from engines.media.display import to_rgb8
from engines.media.open import open_source
from engines.media.source import Source
from engines.picture import panels, swatch
from engines.provenance import Origin, ProvenanceMap
from engines.provenance_track import unpack
from engines.types import Frame, FrameNo, Rect

_WHOLE, _PART = 720, 480  # pixels across, at most
_QUALITY = 90
# The magnified part is this share of the picture, within these bounds, in pixels.
_SHARE, _LEAST, _LARGEST = 5, 64, 240


@dataclass(frozen=True)
class Seen:
    """Where stills are taken from. source: frames counted as in the manifest; None where it is not at hand, and then
    only the result is shown. master, track: readable files or folders whose frame 0 is the manifest's first.
    """

    source: Source | None
    master: Path
    track: Path


@dataclass(frozen=True)
class Still:
    """Pictures are data URIs: source (empty where it is not at hand), restored, overlay. part: the same, magnified,
    of `region` in the master's pixels.
    """

    number: FrameNo
    why: str
    whole: tuple[str, str, str]
    part: tuple[str, str, str]
    region: Rect


def draw_stills(seen: Seen, first: FrameNo, wanted: tuple[Highlight, ...]) -> tuple[Still, ...]:
    """Raises MediaError, FrameError, RenderError."""
    if not wanted:
        return ()
    with closing(open_source(seen.master)) as master, closing(open_source(seen.track)) as track:
        count = min(master.info.frame_count, track.info.frame_count)
        if not all(0 <= one.index < count for one in wanted):
            raise MediaError(f"{seen.master.name} or its track ends before the frames that matter.")
        return tuple(_still(seen.source, master, track, first, one) for one in wanted)


def legend() -> dict[str, str]:
    """A swatch of every label as a data URI, by the label's name."""
    return {origin.name: _uri(swatch(origin), lossless=True) for origin in Origin}


def _still(source: Source | None, master: Source, track: Source, first: FrameNo, one: Highlight) -> Still:
    after, said = master.read(one.index), unpack(track.read(one.index))
    before = source.read(first + one.index) if source is not None else None
    region = _where(before or after, after, said)
    return Still(
        first + one.index,
        one.why,
        _pictures(before, after, said, _WHOLE),
        _pictures(_cut(before, region, after), after.crop(region), said.crop(region), _PART),
        region,
    )


def _pictures(before: Frame | None, after: Frame, said: ProvenanceMap, most: int) -> tuple[str, str, str]:
    drawn = panels(before or after, after, said, most)
    return ("" if before is None else _uri(drawn[0]), _uri(drawn[1]), _uri(drawn[2]))


def _cut(before: Frame | None, region: Rect, after: Frame) -> Frame | None:
    """The same place of a source that may be smaller or larger than the result."""
    if before is None:
        return None
    across, down = before.width / after.width, before.height / after.height
    left, top = int(region.x * across), int(region.y * down)
    right, bottom = int(np.ceil(region.right * across)), int(np.ceil(region.bottom * down))
    rect = Rect(left, top, max(1, right - left), max(1, bottom - top))
    return before.crop(rect.aligned(before.format.chroma_x, before.format.chroma_y, before.bounds))


def _where(before: Frame, after: Frame, said: ProvenanceMap) -> Rect:
    """Where the highest label lies densest that covers less than half of the picture, so that its surroundings are
    seen, too; else where the picture changed most.
    """
    weight: NDArray[np.float32] | None = None
    for origin in (Origin.SYNTHESISED, Origin.TRANSPORTED, Origin.ESTIMATED, Origin.ADJUSTED):
        there = said.labels == origin
        if 0.0 < there.mean() < 0.5:
            weight = there.astype(np.float32)
            break
    if weight is None:
        weight = _difference(before, after)
    width = min(max(_LEAST, min(after.width // _SHARE, _LARGEST)), after.width)
    height = min(max(1, width * after.height // after.width), after.height)
    sums = cv2.boxFilter(weight, -1, (width, height), normalize=False, borderType=cv2.BORDER_CONSTANT)
    y, x = (int(at) for at in np.unravel_index(int(np.argmax(sums)), sums.shape))
    x, y = _centre(weight, Rect(x - width // 2, y - height // 2, width, height))
    left = min(max(0, x - width // 2), after.width - width)
    top = min(max(0, y - height // 2), after.height - height)
    return Rect(left, top, width, height).aligned(after.format.chroma_x, after.format.chroma_y, after.bounds)


def _centre(weight: NDArray[np.float32], window: Rect) -> tuple[int, int]:
    """x, y of the centre of gravity of what is in the window, which may reach over the edges."""
    left, top = max(0, window.x), max(0, window.y)
    inside = weight[top : max(0, window.bottom), left : max(0, window.right)]
    total = float(inside.sum())
    if total <= 0:
        return left + inside.shape[1] // 2, top + inside.shape[0] // 2
    rows, columns = np.arange(inside.shape[0]), np.arange(inside.shape[1])
    return left + int(inside.sum(axis=0) @ columns / total), top + int(inside.sum(axis=1) @ rows / total)


def _difference(before: Frame, after: Frame) -> NDArray[np.float32]:
    ours, theirs = to_rgb8(after), to_rgb8(before)
    if theirs.shape != ours.shape:
        theirs = np.asarray(cv2.resize(theirs, ours.shape[1::-1], interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    return np.asarray(cv2.absdiff(ours, theirs).sum(axis=2), dtype=np.float32)


def _uri(picture: NDArray[np.uint8], lossless: bool = False) -> str:
    kind = "png" if lossless else "jpeg"
    buffer = io.BytesIO()
    options = {"optimize": True} if lossless else {"quality": _QUALITY, "subsampling": 0}
    Image.fromarray(picture).save(buffer, format=kind.upper(), **options)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
