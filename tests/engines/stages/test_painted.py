"""Paint becomes marks, which later stages see, and nothing is repaired where nothing is marked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from engines.detect.proposals import Detections, Proposal
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.marks import Marks
from engines.masks import Coverage
from engines.policy import EXPORT, PREVIEW
from engines.stages.base import Geometry, Rendered, Stage, Upstream
from engines.stages.detail import DetailSettings, DetailStage
from engines.stages.painted import Painted
from engines.types import FrameNo, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame

_FRAMES, _WIDTH, _HEIGHT = 4, 32, 24


class _Paint:
    def __init__(self, planes: Mapping[int, Coverage]) -> None:
        self._planes = planes

    def numbers(self) -> tuple[FrameNo, ...]:
        return tuple(self._planes)

    def coverage(self, number: FrameNo) -> Coverage | None:
        return self._planes.get(number)

    def key(self, number: FrameNo) -> str:
        plane = self._planes.get(number)
        return "" if plane is None else str(plane.sum())


class _Finder(Stage):
    """Finds the same corner in every frame."""

    name, version = "finder", 1

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def key(self) -> str:
        return "finder"

    def finds(self, first: FrameNo, last: FrameNo) -> bool:
        return True

    def detections(self, number: FrameNo, upstream: Upstream) -> Detections:
        labels = np.zeros((upstream.geometry.height, upstream.geometry.width), np.int32)
        labels[:4, :4] = 1
        return Detections(labels, (Proposal(number, "dirt", Rect(0, 0, 4, 4), 16, 0.8, "dark"),))

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        return upstream.marks(number).found(self.detections(number, upstream).coverage(0.5))

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        return upstream.frame(number, region)


class _Masked(_Finder):
    """Acts only where something is marked."""

    name = "masked"

    @property
    def masked(self) -> bool:
        return True

    def finds(self, first: FrameNo, last: FrameNo) -> bool:
        return False


def _plane(x: int, y: int, value: int = 255) -> Coverage:
    plane = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    plane[y, x] = value
    return plane


def _graph(*stages: Stage) -> Graph:
    frames = [random_frame(PixelFormat("gray", 8), _WIDTH, _HEIGHT, seed) for seed in range(_FRAMES)]
    return Graph(MemorySource(frames), ShotList((0,), _FRAMES), stages)


def test_paint_and_what_is_found_add_up_and_protection_holds() -> None:
    painted = Painted(_Paint({1: _plane(10, 10), 2: _plane(1, 1, 90)}), _Paint({2: _plane(2, 2), 3: _plane(0, 0)}))
    puller = Puller(_graph(painted, _Finder()), EXPORT)
    zero, one, two, three = (puller.marks(2, number).damage for number in range(4))
    assert zero is not None
    assert one is not None
    assert two is not None
    assert three is not None
    assert np.count_nonzero(zero) == 16
    assert one[10, 10] == 255
    assert np.count_nonzero(one) == 17
    assert two[2, 2] == 0
    assert two[1, 1] == 255
    assert three[0, 0] == 0
    assert np.count_nonzero(three) == 15


def test_marks_follow_the_size_of_the_picture() -> None:
    painted = Painted(_Paint({1: _plane(10, 10)}))
    stages = (painted, DetailStage(DetailSettings(scale=2)))
    large = Puller(_graph(*stages), EXPORT).marks(2, 1).damage
    assert large is not None
    assert large.shape == (2 * _HEIGHT, 2 * _WIDTH)
    assert np.argwhere(large).tolist() == [[20, 20], [20, 21], [21, 20], [21, 21]]
    small = Puller(_graph(painted), PREVIEW).marks(1, 1).damage
    assert small is not None
    assert small.shape == (_HEIGHT // 2, _WIDTH // 2)
    assert small[5, 5] == 255


def test_a_stage_that_repairs_counts_only_where_something_may_be_marked() -> None:
    plain, masked = _graph(), _graph(_Masked())
    assert plain.key(0, 0) == masked.key(0, 0)
    painted = _graph(Painted(_Paint({1: _plane(10, 10)})), _Masked())
    assert painted.key(0, 0) == plain.key(0, 0)
    assert painted.key(1, 1) != plain.key(1, 1)
    found = _graph(_Finder(), _Masked())
    assert found.key(0, 0) != _graph(_Finder()).key(0, 0)


def test_a_detector_is_asked_by_name() -> None:
    ((name, found),) = Puller(_graph(Painted(_Paint({})), _Finder()), EXPORT).detections(2)
    assert name == "finder"
    assert found.proposals[0].frame == 2


@pytest.mark.parametrize("number", [0, 1])
def test_pixels_pass_through_untouched(number: int) -> None:
    graph = _graph(Painted(_Paint({1: _plane(10, 10)})), _Finder())
    rendered = Puller(graph, EXPORT).pull(number)
    np.testing.assert_array_equal(rendered.frame.planes[0], graph.source.read(number).planes[0])
    assert not rendered.provenance.labels.any()
