"""The pull graph: regions, shots, content keys, cancellation."""

from __future__ import annotations

import numpy as np
import pytest

from engines.cache import ByteCache
from engines.cancel import CancelToken
from engines.detect.shots import Shot, ShotList
from engines.errors import Cancelled
from engines.graph import Graph, Puller
from engines.policy import EXPORT, PREVIEW
from engines.stages.base import Rendered, Upstream
from engines.stages.detail import DetailSettings, DetailStage
from engines.types import PixelFormat, Rect
from tests.fakes import AddStage, MemorySource, random_frame

YUV420 = PixelFormat("yuv", 8, 2, 2)


def _source(count: int = 6) -> MemorySource:
    return MemorySource([random_frame(YUV420, 37, 23, seed=n) for n in range(count)])


def test_without_stages_the_very_samples_come_through() -> None:
    source = _source()
    rendered = Puller(Graph(source, ShotList((0,), 6)), EXPORT).pull(3)
    assert all(np.array_equal(a, b) for a, b in zip(rendered.frame.planes, source.read(3).planes, strict=True))
    assert rendered.provenance.shares()["SOURCE"] == 1.0


def test_stages_run_in_order_and_labels_chain() -> None:
    source = _source()
    graph = Graph(source, ShotList((0,), 6), (AddStage(1), AddStage(2)))
    rendered = Puller(graph, EXPORT).pull(0)
    assert np.array_equal(rendered.frame.planes[0], source.read(0).planes[0].astype(np.float32) + 3)
    assert rendered.provenance.shares()["ADJUSTED"] == 1.0


def test_a_region_is_the_same_cut_of_the_whole() -> None:
    graph = Graph(_source(), ShotList((0,), 6), (AddStage(1, temporal=True),))
    whole = Puller(graph, EXPORT).pull(4)
    part = Puller(graph, EXPORT).pull(4, Rect(5, 7, 9, 9))
    cut = Rect(4, 6, 10, 10)
    assert part.frame.bounds == Rect(0, 0, 10, 10)
    expected = whole.frame.crop(cut)
    assert all(np.array_equal(a, b) for a, b in zip(part.frame.planes, expected.planes, strict=True))


def test_temporal_stages_stay_inside_their_shot() -> None:
    source = _source()
    graph = Graph(source, ShotList((0, 3), 6), (AddStage(0, temporal=True),))
    source.reads.clear()
    Puller(graph, EXPORT).pull(3)
    assert source.reads == [3]


def test_frames_are_read_once_while_they_fit_the_cache() -> None:
    source = _source()
    puller = Puller(Graph(source, ShotList((0,), 6), (AddStage(0, temporal=True),)), EXPORT)
    for number in range(6):
        puller.pull(number)
    assert sorted(source.reads) == sorted(set(source.reads))


def test_keys_change_with_settings_cuts_and_source_but_not_elsewhere() -> None:
    source = _source(40)
    plain = Graph(source, ShotList((0,), 40), (AddStage(1, temporal=True),))
    assert plain.key(0, 9) == Graph(source, ShotList((0,), 40), (AddStage(1, temporal=True),)).key(0, 9)
    assert plain.key(0, 9) != plain.key(10, 19)
    assert plain.key(0, 9) != Graph(source, ShotList((0,), 40), (AddStage(2, temporal=True),)).key(0, 9)
    cut_inside = Graph(source, ShotList((0, 5), 40), (AddStage(1, temporal=True),))
    assert plain.key(0, 9) != cut_inside.key(0, 9)
    assert plain.key(20, 29) == cut_inside.key(20, 29)


def test_a_stage_that_measures_shots_is_keyed_by_their_whole_length() -> None:
    source = _source(40)
    measuring = DetailStage(DetailSettings())
    told = DetailStage(DetailSettings(noise=3.0, compression=0.0))
    for stage, same in ((measuring, False), (told, True)):
        one, two = Graph(source, ShotList((0,), 40), (stage,)), Graph(source, ShotList((0, 30), 40), (stage,))
        assert (one.key(0, 9) == two.key(0, 9)) is same


def test_a_cancelled_puller_stops() -> None:
    cancel = CancelToken()
    puller = Puller(Graph(_source(), ShotList((0,), 6)), EXPORT, cancel)
    cancel.cancel()
    with pytest.raises(Cancelled):
        puller.pull(0)


def test_previews_are_reduced_and_keep_their_code_range() -> None:
    source = _source()
    preview = Puller(Graph(source, ShotList((0,), 6)), PREVIEW).pull(0).frame
    assert (preview.width, preview.height) == (19, 12)
    assert preview.planes[1].shape == (6, 10)
    top_left = source.read(0).planes[0][:2, :2].astype(np.float32)
    assert preview.planes[0][0, 0] == pytest.approx(float(top_left.mean()))


def test_notes_are_told_once() -> None:
    told: list[str] = []
    puller = Puller(Graph(_source(), ShotList((0,), 6)), EXPORT, note=told.append)
    puller.note("tiles halved")
    puller.note("tiles halved")
    assert told == ["tiles halved"]


def test_out_of_range_frames_are_refused() -> None:
    with pytest.raises(IndexError):
        Puller(Graph(_source(), ShotList((0,), 6)), EXPORT).pull(6)


def test_shots_cover_the_clip_and_clamp() -> None:
    shots = ShotList((0, 3, 10), 12)
    assert shots.shots() == (Shot(0, 2), Shot(3, 9), Shot(10, 11))
    assert shots.shot(9).clamp(15) == 9
    with pytest.raises(ValueError, match="ascend"):
        ShotList((1, 2), 5)


def test_the_cache_keeps_to_its_budget() -> None:
    cache: ByteCache[int, np.ndarray] = ByteCache(100)
    for key in range(5):
        cache.put(key, np.zeros(40, np.uint8))
    assert cache.nbytes <= 100
    assert cache.get(4) is not None
    assert cache.get(0) is None
    cache.put(9, np.zeros(500, np.uint8))
    assert cache.get(9) is None


class _Counting(AddStage):
    """Tells which frames it made."""

    def __init__(self, amount: int) -> None:
        super().__init__(amount)
        self.made: list[int] = []

    def render(self, number: int, region: Rect, upstream: Upstream) -> Rendered:
        self.made.append(number)
        return super().render(number, region, upstream)


def test_what_stands_before_a_changed_stage_is_inherited_and_nothing_else() -> None:
    source, first, second = _source(), _Counting(1), _Counting(2)
    before = Puller(Graph(source, ShotList((0,), 6), (first, second, AddStage(3))), EXPORT)
    before.pull(2)
    after = Puller(Graph(source, ShotList((0,), 6), (first, second, AddStage(4))), EXPORT)
    after.inherit(before)
    assert np.array_equal(after.pull(2).frame.planes[0], source.read(2).planes[0].astype(np.float32) + 7)
    assert (first.made, second.made) == ([2], [2])
    other = Puller(Graph(source, ShotList((0,), 6), (first, _Counting(9), AddStage(4))), EXPORT)
    other.inherit(after)
    assert np.array_equal(other.pull(2).frame.planes[0], source.read(2).planes[0].astype(np.float32) + 14)
    assert first.made == [2]
    cut = Puller(Graph(source, ShotList((0, 3), 6), (first, second, AddStage(4))), EXPORT)
    cut.inherit(after)
    assert cut.held(1, 2) is None


def test_the_same_treatment_made_anew_inherits_by_content() -> None:
    source, first = _source(), _Counting(1)
    before = Puller(Graph(source, ShotList((0,), 6), (first, AddStage(3))), EXPORT)
    before.pull(2)
    again = _Counting(1)
    after = Puller(Graph(source, ShotList((0,), 6), (again, AddStage(4))), EXPORT)
    after.inherit(before)
    after.pull(2)
    assert again.made == []
