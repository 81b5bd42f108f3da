"""The whole chain of damage stages on material that is not as films should be: no crash, nothing from across a cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.stages.base import StageContext
from engines.stages.catalogue import make_stage
from engines.training.scene import Scene
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import MemorySource

CHAIN = ("stabilise", "deflicker", "dirt", "scratch", "inpaint", "grain")
_YUV = PixelFormat("yuv", 8, 2, 2)
_LIMITED = ColourSpec(range="tv", matrix="smpte170m")
_COUNT = 10

Rgb = NDArray[np.float32]


def _scene(width: int, height: int, count: int = _COUNT, first: int = 0) -> list[Rgb]:
    scene = Scene(width, height, 72)
    return [scene.frame(first + number) for number in range(count)]


def _flat(value: float, width: int = 96, height: int = 72, count: int = _COUNT) -> list[Rgb]:
    return [np.full((height, width, 3), value, np.float32)] * count


def _bars(width: int = 96, height: int = 72) -> list[Rgb]:
    colours = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1]], np.float32) * 0.75
    row = colours[np.arange(width) * 7 // width]
    return [np.broadcast_to(row, (height, width, 3)).copy()] * _COUNT


def _woven(width: int = 96, height: int = 72) -> list[Rgb]:
    """Two moments in one frame, field by field."""
    early, late = _scene(width, height), _scene(width, height, first=3)
    out = []
    for a, b in zip(early, late, strict=True):
        picture = a.copy()
        picture[1::2] = b[1::2]
        out.append(picture)
    return out


def _frame(picture: Rgb) -> Frame:
    """8-bit 4:2:0, limited range; chroma by area means (odd sizes round up)."""
    r, g, b = (np.clip(picture[..., i], 0, 1) for i in range(3))
    y = 0.299 * r + 0.587 * g + 0.114 * b
    cb, cr = (b - y) / 1.772, (r - y) / 1.402

    def halved(plane: NDArray[np.floating]) -> NDArray[np.floating]:
        padded = np.pad(plane, ((0, plane.shape[0] % 2), (0, plane.shape[1] % 2)), mode="edge")
        cells = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2)
        return np.asarray(cells.mean(axis=(1, 3)))

    planes = (16 + 219 * y, 128 + 224 * halved(cb), 128 + 224 * halved(cr))
    return Frame(tuple(np.clip(np.rint(p), 0, 255).astype(np.uint8) for p in planes), _YUV, _LIMITED)


def _dirty(pictures: Sequence[Rgb], every: int = 2) -> list[Rgb]:
    """A dark speck in every second frame, elsewhere each time."""
    out = []
    for number, picture in enumerate(pictures):
        spoiled = picture.copy()
        if number % every == 0:
            y, x = 12 + 5 * number % 40, 10 + 7 * number % 60
            spoiled[y : y + 6, x : x + 6] = 0.02
        out.append(spoiled)
    return out


MATERIAL: dict[str, Callable[[], tuple[list[Rgb], tuple[int, ...]]]] = {
    "cuts": lambda: (_dirty(_scene(96, 72, 5) + _scene(96, 72, 5, first=50)), (0, 5)),
    "single-frame shots": lambda: (_dirty(_scene(96, 72)), tuple(range(_COUNT))),
    "two-frame shots": lambda: (_dirty(_scene(96, 72)), (0, 2, 4, 6, 8)),
    "freeze": lambda: (_dirty(_scene(96, 72, 1) * _COUNT, 3), (0,)),
    "black": lambda: (_flat(0.0), (0,)),
    "black between": lambda: (_dirty(_scene(96, 72, 4)) + _flat(0.0, count=3) + _dirty(_scene(96, 72, 3)), (0,)),
    "bars": lambda: (_bars(), (0,)),
    "white": lambda: (_flat(1.0), (0,)),
    "beyond white": lambda: (_flat(1.08), (0,)),
    "interlaced": lambda: (_dirty(_woven()), (0,)),
    "odd size": lambda: (_dirty(_scene(97, 71)), (0,)),
    "tiny": lambda: ([p[:9, :11] for p in _scene(96, 72)], (0,)),
    "one frame": lambda: (_dirty(_scene(96, 72, 1)), (0,)),
}


def _graph(name: str) -> Graph:
    pictures, starts = MATERIAL[name]()
    source = MemorySource([_frame(picture) for picture in pictures])
    if name == "interlaced":
        source._info = replace(source.info, field_order="tff")
    stages = tuple(make_stage(stage, {}, StageContext()) for stage in CHAIN)
    return Graph(source, ShotList(starts, len(pictures)), stages)


@pytest.mark.parametrize("name", MATERIAL)
def test_nothing_crashes_and_nothing_crosses_a_cut(name: str) -> None:
    graph = _graph(name)
    puller = Puller(graph, EXPORT)
    for number in range(graph.source.info.frame_count):
        rendered = puller.pull(number)
        source = graph.source.read(number)
        shot = graph.shots.shot(number)
        said = rendered.provenance
        assert rendered.frame.quantised().planes[0].dtype == np.uint8
        assert rendered.frame.planes[0].shape == source.planes[0].shape
        assert all(np.isfinite(plane).all() for plane in rendered.frame.planes)
        moved = said.labels == Origin.TRANSPORTED
        donors = number + said.donor.astype(int)[moved]
        assert ((donors >= shot.first) & (donors <= shot.last)).all()
        untouched = said.labels == Origin.SOURCE
        np.testing.assert_array_equal(rendered.frame.planes[0][untouched], source.planes[0][untouched])


@pytest.mark.parametrize("name", ["black", "white", "bars", "beyond white"])
def test_what_has_nothing_to_mend_leaves_as_it_came(name: str) -> None:
    graph = _graph(name)
    rendered = Puller(graph, EXPORT).pull(4)
    for ours, theirs in zip(rendered.frame.planes, graph.source.read(4).planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not rendered.provenance.labels.any()


def test_a_frozen_picture_stays_frozen() -> None:
    pictures, _ = MATERIAL["freeze"]()
    source = MemorySource([_frame(pictures[1])] * _COUNT)
    stages = tuple(make_stage(stage, {}, StageContext()) for stage in CHAIN)
    puller = Puller(Graph(source, ShotList((0,), _COUNT), stages), EXPORT)
    first, later = puller.pull(2).frame.quantised(), puller.pull(7).frame.quantised()
    for a, b in zip(first.planes, later.planes, strict=True):
        np.testing.assert_array_equal(a, b)
