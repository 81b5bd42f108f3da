"""Colour stages in a row go over the picture once, and give what they give one after another."""

from __future__ import annotations

import numpy as np
import pytest

from engines.benchmark.held import HeldClip
from engines.colour.places import Map, Places, Rgb
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.stages.base import StageContext, Upstream
from engines.stages.catalogue import make_stage
from engines.stages.mapping import MapStage
from engines.stages.per_shot import PerShot
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect

RGB = PixelFormat("rgb", 16)
CHROMA = PixelFormat("yuv", 8, 2, 2)


class Plus(MapStage):
    """Adds to all channels, unless what is added is 0; counts its maps' calls."""

    name = "plus"
    version = 1

    def __init__(self, added: float) -> None:
        self.added = np.float32(added)
        self.luma_only: set[bool] = set()

    def key(self) -> str:
        return f"plus {self.added}"

    def point_map(self, number: FrameNo, upstream: Upstream) -> Map | None:
        def plus(picture: Rgb, places: Places) -> Rgb:
            self.luma_only.add(places.luma_only)
            return np.asarray(picture + self.added, np.float32)

        return plus if self.added else None


def _frame(layout: PixelFormat) -> Frame:
    noise = np.random.default_rng(5)
    planes = []
    for index in range(3):
        width, height = layout.plane_size(index, 64, 48)
        planes.append(noise.integers(40, 200, (height, width)).astype(layout.dtype) * (layout.dtype.itemsize**5))
    matrix = "rgb" if layout.family == "rgb" else "bt709"
    return Frame(tuple(planes), layout, ColourSpec("tv", matrix, "bt709", "bt709", "left"))


def _pulled(
    layout: PixelFormat, *stages: MapStage | PerShot, number: FrameNo = 0, starts: tuple[int, ...] = (0,)
) -> Puller:
    clip = HeldClip([_frame(layout)] * 4)
    return Puller(Graph(clip, ShotList(starts, 4), stages), EXPORT)


@pytest.mark.parametrize("layout", [RGB, CHROMA], ids=lambda layout: layout.name)
def test_several_are_one_after_another(layout: PixelFormat) -> None:
    both = _pulled(layout, Plus(0.1), Plus(0.05)).pull(0)
    one = _pulled(layout, Plus(0.15)).pull(0)
    for ours, theirs in zip(both.frame.planes, one.frame.planes, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    assert (both.provenance.labels == Origin.ADJUSTED).all()


def test_only_the_last_may_leave_colour_out() -> None:
    first, last = Plus(0.1), Plus(0.05)
    _pulled(CHROMA, first, last).pull(0)
    assert first.luma_only == {False}
    assert last.luma_only == {False, True}


@pytest.mark.parametrize("layout", [RGB, CHROMA], ids=lambda layout: layout.name)
def test_a_region_equals_the_cut_of_the_whole(layout: PixelFormat) -> None:
    stages = Plus(0.1), make_stage("grade", {"saturation": "1.3", "gamma": "1.2"}, StageContext())
    assert isinstance(stages[1], MapStage)
    region = Rect(16, 8, 20, 12)
    whole = _pulled(layout, stages[0], stages[1]).pull(0).crop(region)
    part = _pulled(layout, stages[0], stages[1]).pull(0, region)
    for ours, theirs in zip(part.frame.planes, whole.frame.planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_bits_do_not_depend_on_what_was_pulled_before() -> None:
    asked, fresh = (_pulled(CHROMA, Plus(0.1), Plus(0.05)) for _ in range(2))
    asked.at(1, 0)
    for ours, theirs in zip(asked.pull(0).frame.planes, fresh.pull(0).frame.planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_those_that_change_nothing_leave_every_sample() -> None:
    puller = _pulled(CHROMA, Plus(0.0), Plus(0.0))
    answer = puller.pull(0)
    for ours, theirs in zip(answer.frame.planes, _frame(CHROMA).planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert (answer.provenance.labels == Origin.SOURCE).all()


def test_a_stage_that_treats_shots_otherwise_joins_in() -> None:
    variants = PerShot({0: Plus(0.1), 2: None})
    puller = _pulled(RGB, variants, Plus(0.05), starts=(0, 2))
    for number, added in ((0, 0.15), (3, 0.05)):
        expected = _pulled(RGB, Plus(added)).pull(0).frame.planes
        for ours, theirs in zip(puller.pull(number).frame.planes, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5)
