"""Where moved pictures came from: asked of a stage that shifts and enlarges by known amounts."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.detect.unmoved import source_places
from engines.graph import Graph
from engines.media.source import OWN, ClipInfo, Descent
from engines.stages.base import Geometry, Rendered, Stage, Upstream
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect

WIDTH, HEIGHT = 120, 80
GREY = PixelFormat("gray", 8)


class _Still:
    """A source that must not be read: coordinates are all that is asked."""

    info = ClipInfo(
        Path("/films/a.mkv"), "container", "matroska", "ffv1", WIDTH, HEIGHT, GREY, "gray", ColourSpec(),
        Fraction(1), Fraction(24), Fraction(1, 24), tuple(range(5)), fingerprint="f",
    )  # fmt: skip

    def read(self, number: FrameNo) -> Frame:
        raise AssertionError(f"frame {number} was read")

    def descent(self, number: FrameNo) -> Descent:
        return OWN

    def close(self) -> None:
        """Nothing is open."""


class _Shift(Stage):
    """Moves every frame by (2.25, -1.5) pixels per frame number."""

    name = "shift"
    version = 1

    def __init__(self, geometric: bool = True) -> None:
        self._geometric = geometric

    @property
    def geometric(self) -> bool:
        return self._geometric

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def key(self) -> str:
        return "shift"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        below = upstream.frame(number)
        matrix = np.array([[1, 0, 2.25 * number], [0, 1, -1.5 * number]])
        plane = below.frame.planes[0].astype(np.float32)
        moved = cv2.warpAffine(
            plane, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE
        )
        return Rendered(below.frame.with_planes((np.asarray(moved),)), below.provenance).crop(region)


def test_a_shift_is_found_to_a_tenth_of_a_pixel() -> None:
    graph = Graph(_Still(), ShotList((0,), 5), (_Shift(),))
    places = source_places(graph, 2, CancelToken())
    assert places is not None
    columns, rows = places
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    inside = np.s_[10:-12, 12:-10]
    assert np.abs(columns - (x - 4.5))[inside].max() < 0.1
    assert np.abs(rows - (y + 3.0))[inside].max() < 0.1
    assert columns.min() >= 0
    assert rows.max() <= HEIGHT - 1


def test_nothing_is_asked_where_nothing_moves() -> None:
    graph = Graph(_Still(), ShotList((0,), 5), (_Shift(geometric=False),))
    assert source_places(graph, 2, CancelToken()) is None
