"""Where shots begin: content differences between small pictures, robust against what old film does for a frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from scenedetect import AdaptiveDetector, FrameTimecode

from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import FrameError
from engines.media.source import Source
from engines.scene_linear import tamed
from engines.types import Frame, Plane

Small = NDArray[np.uint8]

# Detection needs composition, not detail: this side also blurs gate weave, grain and dirt away.
_SIDE = 128
# A missed cut lets frames of two scenes mix, a needless one only costs donors: so rather short.
_SHORTEST = 5
_WINDOW = 2
_RATIO, _CONTENT = 3.0, 14.0
# So many frames may differ from both sides and still be a flash or a splice blotch, not a shot.
_FLASH = 2
_OUTLIER = 12.0
_MID, _CONTRAST, _FAINTEST = 128.0, 48.0, 0.02


def detect_shots(
    source: Source, *, cancel: CancelToken | None = None, progress: Callable[[int, int], None] | None = None
) -> ShotList:
    """Read every frame once and find the hard cuts. progress: called with frames done and frames in all.

    A frame that cannot be read counts as a repeat of the one before. Raises Cancelled.
    """
    count = source.info.frame_count
    detector = AdaptiveDetector(
        adaptive_threshold=_RATIO,
        min_scene_len=_SHORTEST,
        window_width=_WINDOW,
        min_content_val=_CONTENT,
        luma_only=True,
    )
    starts = [0]
    for position, picture in enumerate(_prolonged(_without_flashes(_pictures(source, cancel, progress)))):
        for cut in detector.process_frame(FrameTimecode(position, fps=25.0), cv2.merge([picture] * 3)):
            number = cut.frame_num - _WINDOW
            if number - starts[-1] >= _SHORTEST:
                starts.append(number)
    return ShotList(tuple(starts), count)


def _prolonged(pictures: Iterator[Small]) -> Iterator[Small]:
    """The pictures with the first and the last repeated `_WINDOW` times: the detector looks so far to both sides."""
    edge: Small | None = None
    for picture in pictures:
        if edge is None:
            yield from [picture] * _WINDOW
        edge = picture
        yield picture
    if edge is not None:
        yield from [edge] * _WINDOW


def _pictures(
    source: Source, cancel: CancelToken | None, progress: Callable[[int, int], None] | None
) -> Iterator[Small]:
    count = source.info.frame_count
    last: Small | None = None
    for number in range(count):
        if cancel is not None:
            cancel.check()
        try:
            last = _small(source.read(number))
        except FrameError:
            # Exports report the frame; here only the place in the row of frames counts.
            last = np.full((_SIDE, _SIDE), int(_MID), np.uint8) if last is None else last
        yield last
        if progress is not None:
            progress(number + 1, count)


def _small(frame: Frame) -> Small:
    """8-bit luma of `_SIDE` x `_SIDE` with fixed mean and contrast, so that flicker and fades are no cuts."""
    index = 1 if frame.format.family == "rgb" else 0
    plane: Plane = frame.planes[index]
    if frame.format.floating:
        plane = tamed(plane)
    shrunk = np.asarray(cv2.resize(plane, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float32)
    shrunk /= np.float32(frame.format.peak)
    scale = _CONTRAST / max(float(shrunk.std()), _FAINTEST)
    return np.asarray(np.clip((shrunk - shrunk.mean()) * scale + _MID, 0, 255), np.uint8)


def _without_flashes(pictures: Iterator[Small]) -> Iterator[Small]:
    """The pictures with runs of up to `_FLASH` outliers replaced by a dissolve from before to after."""
    settled: Small | None = None
    waiting: list[Small] = []
    for picture in pictures:
        if settled is None:
            settled = picture
            yield picture
            continue
        difference = _difference(settled, picture)
        if waiting and difference < 0.5 * min(_difference(settled, w) for w in waiting):
            yield from _between(settled, picture, len(waiting))
            waiting = []
        elif difference >= _OUTLIER and len(waiting) < _FLASH:
            waiting.append(picture)
            continue
        else:
            yield from waiting
            waiting = []
        settled = picture
        yield picture
    yield from waiting


def _between(before: Small, after: Small, count: int) -> Iterator[Small]:
    """A dissolve: a repeated picture would make the jump back to movement look like a cut."""
    for step in range(1, count + 1):
        share = step / (count + 1)
        yield np.asarray(cv2.addWeighted(before, 1.0 - share, after, share, 0.0), np.uint8)


def _difference(a: Small, b: Small) -> float:
    """Mean absolute difference of the roughest composition, which movement over a few frames hardly changes."""
    size = (_SIDE // 4, _SIDE // 4)
    coarse = [cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in (a, b)]
    return float(cv2.norm(coarse[0], coarse[1], cv2.NORM_L1)) / (size[0] * size[1])
