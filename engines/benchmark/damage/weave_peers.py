"""What stabilising is compared with: feature tracking as OpenCV's tutorials do it, and FFmpeg's deshake."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import av
import cv2
import numpy as np
from av.filter import Graph, filters_available
from numpy.typing import NDArray

from engines.errors import SettingError
from engines.media.planes import from_av, to_av
from engines.types import Frame

_CORNERS, _QUALITY, _APART = 200, 0.01, 30
_SECONDS = 1.0
"""Over which the moving average smooths the path."""


def by_features(frames: Sequence[Frame], rate: float) -> list[Frame]:
    """Corners (Shi and Tomasi 1994) tracked by pyramidal Lucas-Kanade, RANSAC similarity between consecutive frames,
    the summed path smoothed by a moving average over a second, every frame warped by the difference."""
    lumas = [frame.planes[0] for frame in frames]
    path = np.cumsum([np.zeros(3), *(_step(a, b) for a, b in pairwise(lumas))], axis=0)
    radius = max(1, round(rate * _SECONDS / 2))
    padded = np.pad(path, ((radius, radius), (0, 0)), mode="edge")
    kernel = np.ones(2 * radius + 1) / (2 * radius + 1)
    smooth = np.stack([np.convolve(padded[:, axis], kernel, mode="valid") for axis in range(3)], axis=1)
    return [_warped(frame, off) for frame, off in zip(frames, smooth - path, strict=True)]


def by_deshake(frames: Sequence[Frame]) -> list[Frame]:
    """FFmpeg's deshake at its defaults, on 8-bit 4:2:0. Raises SettingError where this build lacks it."""
    if "deshake" not in filters_available:
        raise SettingError(f"FFmpeg {av.ffmpeg_version_info} was built without deshake.", "Use another build.")
    graph = Graph()
    first = frames[0]
    source = graph.add_buffer(
        width=first.width, height=first.height, format=av.VideoFormat("yuv420p"), time_base=Fraction(1, 25)
    )
    treatment, sink = graph.add("deshake"), graph.add("buffersink")
    source.link_to(treatment)
    treatment.link_to(sink)
    graph.configure()
    answers = []
    for number, frame in enumerate(frames):
        picture = to_av(frame, "yuv420p")
        picture.time_base, picture.pts = Fraction(1, 25), number
        graph.vpush(picture)
        answers.append(frame.with_planes(from_av(graph.vpull())))
    return answers


def _step(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Shift and rotation from one picture to the next; none where nothing can be tracked."""
    # None where there is none, whatever the stubs say.
    corners: Any = cv2.goodFeaturesToTrack(a, _CORNERS, _QUALITY, _APART)
    if corners is None or len(corners) < 3:
        return np.zeros(3)
    there, found, _ = cv2.calcOpticalFlowPyrLK(a, b, corners, None)  # type: ignore[call-overload]
    good = found.ravel() == 1
    matrix = cv2.estimateAffinePartial2D(corners[good], there[good])[0] if good.sum() >= 3 else None
    if matrix is None:
        return np.zeros(3)
    return np.array([matrix[0, 2], matrix[1, 2], np.arctan2(matrix[1, 0], matrix[0, 0])])


def _warped(frame: Frame, off: NDArray[np.float64]) -> Frame:
    planes = []
    for plane in frame.planes:
        share = plane.shape[1] / frame.width
        cos, sin = np.cos(off[2]), np.sin(off[2])
        matrix = np.array([[cos, -sin, off[0] * share], [sin, cos, off[1] * share]])
        planes.append(np.asarray(cv2.warpAffine(plane, matrix, (plane.shape[1], plane.shape[0]))))
    return frame.with_planes(tuple(planes))
