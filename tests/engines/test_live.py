"""Colour at the size of a screen: what is shown while a handle moves is what the exact picture shows, about."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines import viewing
from engines.detect.shots import ShotList
from engines.errors import Cancelled
from engines.graph import Graph, Puller
from engines.live import first_pointwise, ground, shown_live
from engines.policy import REFINED
from engines.stages.grade import Grade, GradeSettings
from engines.stages.hdr import Hdr, HdrSettings
from engines.types import ColourSpec, Frame, PixelFormat
from engines.viewing import Window
from tests.fakes import AddStage, MemorySource

_WIDTH, _HEIGHT = 192, 108
_WARM = Grade(GradeSettings(gain=1.1, gain_rgb="1.05,1,0.9", saturation=1.3))


def _picture(layout: PixelFormat, size: tuple[int, int] = (_WIDTH, _HEIGHT)) -> Frame:
    """Smooth colours, so that shrinking before and after differ little."""
    across, down = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    planes = []
    for index, wave in enumerate((60 + 120 * across, 110 + 40 * down, 150 - 50 * across * down)):
        width, height = layout.plane_size(index, *size)
        plane = cv2.resize(wave, (width, height), interpolation=cv2.INTER_AREA)
        planes.append(np.rint(plane).astype(np.uint8))
    return Frame(tuple(planes), layout, ColourSpec("tv", "bt709", "bt709", "bt709"))


def _puller(*stages: object, layout: PixelFormat | None = None) -> Puller:
    source = MemorySource([_picture(layout or PixelFormat("yuv", 8, 2, 2))] * 2)
    return Puller(Graph(source, ShotList((0,), 2), stages), REFINED)  # type: ignore[arg-type]


def _live(puller: Puller, window: Window) -> viewing.Bgrx:
    depth = first_pointwise(puller.graph)
    held = ground(puller.at(depth, 1).frame, window, len(puller.graph.stages) - depth)
    size = (window.out_width, window.out_height)
    return viewing.show(shown_live(puller, depth, 1, held), Window(0, 0, *size, *size))


def _apart(first: viewing.Bgrx, second: viewing.Bgrx) -> int:
    assert first.shape == second.shape
    return int(np.abs(first.astype(int) - second.astype(int)).max())


@pytest.mark.parametrize("layout", [PixelFormat("yuv", 8, 2, 2), PixelFormat("yuv", 8)])
@pytest.mark.parametrize(
    "window",
    [
        Window(0, 0, _WIDTH, _HEIGHT, 96, 54),
        Window(0, 0, _WIDTH, _HEIGHT, 160, 90),
        Window(31.5, 20.25, 100, 60, 80, 48),
        Window(92, 48, 100, 60, 100, 60),
    ],
)
def test_it_is_the_exact_picture_but_for_the_order_of_shrinking(layout: PixelFormat, window: Window) -> None:
    puller = _puller(_WARM, layout=layout)
    exact = viewing.show(puller.pull(1).frame, window)
    assert _apart(viewing.show(puller.at(0, 1).frame, window), exact) > 12
    assert _apart(_live(puller, window), exact) <= 4


def test_hd_is_held_as_rgb_beyond_what_codes_can_say() -> None:
    """Stages weigh its channels as they weigh those of the film, and what is brighter than white is still there."""
    frame = _picture(PixelFormat("yuv", 8, 2, 2), (1280, 720))
    bright = frame.with_planes((np.full_like(frame.planes[0], 250), *frame.planes[1:]))
    window = Window(0, 0, 1280, 720, 1100, 619)
    held = ground(bright, window, 1)
    assert held.frame.format.family == "rgb"
    assert held.frame.planes[1].max() > 255
    puller = Puller(Graph(MemorySource([bright] * 2), ShotList((0,), 2), (Grade(GradeSettings(gain=0.8)),)), REFINED)
    assert _apart(_live(puller, window), viewing.show(puller.pull(1).frame, window)) <= 4


def test_only_the_stages_of_colour_at_the_end_work_at_that_size() -> None:
    puller = _puller(_WARM, AddStage(5), _WARM, Hdr(HdrSettings()))
    assert first_pointwise(puller.graph) == 2
    window = Window(0, 0, _WIDTH, _HEIGHT, 96, 54)
    # PQ is steep in the dark.
    assert _apart(_live(puller, window), viewing.show(puller.pull(1).frame, window)) <= 8
    assert first_pointwise(_puller(_WARM, AddStage(5)).graph) == 2


def test_what_is_made_in_parts_is_the_same_and_can_be_stopped_between_them() -> None:
    puller = _puller(_WARM)
    held = ground(puller.at(0, 1).frame, Window(0, 0, _WIDTH, _HEIGHT, 96, 54), 1)
    whole, parted = (shown_live(puller, 0, 1, held, parts).planes for parts in (1, 5))
    assert all(np.array_equal(a, b) for a, b in zip(whole, parted, strict=True))
    puller.cancel.cancel()
    with pytest.raises(Cancelled):
        shown_live(puller, 0, 1, held, 5)


def test_what_stands_there_is_not_a_part_of_what_is_shown() -> None:
    """The margin that stages read, and places are those of the whole picture."""
    held = ground(_picture(PixelFormat("yuv", 8, 2, 2)), Window(96, 54, 96, 54, 48, 27), 2)
    assert (held.bounds.width, held.bounds.height) == (96, 54)
    assert (held.shown.x, held.shown.y, held.shown.width, held.shown.height) == (48, 27, 48, 27)
    assert (held.place.x, held.place.y) == (40, 19)
    assert (held.frame.width, held.frame.height) == (held.place.width, held.place.height)
