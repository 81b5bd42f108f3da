"""Frames pulled ahead on several threads are those pulled one by one, each made once."""

from __future__ import annotations

import threading
import time
from collections import Counter

import numpy as np
import pytest

from engines.ahead import pulled
from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import Cancelled
from engines.graph import Graph, Puller
from engines.media.shared import SharedSource
from engines.policy import EXPORT
from engines.stages.base import Rendered, Upstream
from engines.types import FrameNo, PixelFormat, Rect
from tests.fakes import AddStage, MemorySource, random_frame

_COUNT = 12


class _Slow(AddStage):
    """Counts what it renders, and how many at once."""

    def __init__(self) -> None:
        super().__init__(3)
        self.rendered: Counter[int] = Counter()
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        with self._lock:
            self.rendered[number] += 1
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.02)
        result = super().render(number, region, upstream)
        with self._lock:
            self._now -= 1
        return result


def _graph(slow: _Slow) -> Graph:
    frames = [random_frame(PixelFormat("gray", 8), 24, 16, seed) for seed in range(_COUNT)]
    return Graph(SharedSource(MemorySource(frames)), ShotList((0,), _COUNT), (slow, AddStage(1, temporal=True)))


def test_they_come_in_order_with_the_same_bits_and_nothing_is_made_twice() -> None:
    slow = _Slow()
    one_by_one = [r.frame.planes[0] for r in pulled(Puller(_graph(_Slow()), EXPORT), range(_COUNT), 1)]
    together = [r.frame.planes[0] for r in pulled(Puller(_graph(slow), EXPORT), range(_COUNT), 3)]
    for a, b in zip(one_by_one, together, strict=True):
        np.testing.assert_array_equal(a, b)
    assert slow.most > 1
    assert set(slow.rendered.values()) == {1}


def test_a_cancel_ends_all_threads() -> None:
    cancel, slow = CancelToken(), _Slow()
    frames = pulled(Puller(_graph(slow), EXPORT, cancel), range(_COUNT), 2)
    next(frames)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(frames)
    assert sum(slow.rendered.values()) < _COUNT
    assert not [t for t in threading.enumerate() if t.name.startswith("pull")]
