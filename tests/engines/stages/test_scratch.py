"""Stage scratch on a moving scene whose scratches are known, and on pictures that must not confuse it."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.detect.shots import ShotList
from engines.errors import FrameError
from engines.graph import Graph, Puller
from engines.marks import Marks
from engines.policy import EXPORT, RenderPolicy
from engines.provenance import Origin
from engines.stages.base import Geometry, Rendered, Stage, StageContext, Upstream
from engines.stages.scratch import SCRATCH
from engines.stages.settings import parse_settings
from engines.training.plant.scratches import PlantedLine, Scratched, scratched
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect
from tests.fakes import MemorySource

WIDTH, HEIGHT, COUNT = 320, 240, 24
GREY = PixelFormat("gray", 8)


@lru_cache
def _scene() -> NDArray[np.float32]:
    """Soft blobs and a few posts, wider than the picture."""
    rng = np.random.default_rng(11)
    noise = rng.standard_normal((HEIGHT, WIDTH + 80)).astype(np.float32)
    scene = np.asarray(cv2.GaussianBlur(noise, (0, 0), 6) * 260 + 120, np.float32)
    for x, top, bottom, tone in ((70, 60, 180, 30), (71, 60, 180, 35), (230, 20, 120, 200), (300, 100, 239, 20)):
        cv2.line(scene, (x, top), (x, bottom), float(tone), 3)
    return scene


def _clean(number: int) -> Frame:
    """The camera pans by 2 px a frame; grain of 3 codes."""
    left = 2 * number
    grain = np.random.default_rng(number).normal(0, 3, (HEIGHT, WIDTH))
    plane = np.clip(np.rint(_scene()[:, left : left + WIDTH] + grain), 16, 235).astype(np.uint8)
    return Frame((plane,), GREY, ColourSpec(range="tv"))


def _lines(number: int) -> list[PlantedLine]:
    middle = HEIGHT / 2
    return [
        PlantedLine(0, 50.5 + 0.1 * number, 0.004, middle, 0, HEIGHT, 1.0, 0.15, True),
        PlantedLine(1, 160.0, -0.008, middle, 0, HEIGHT, 2.0, 0.12, False),
        PlantedLine(2, 260.0, 0.0, middle, 70, HEIGHT, 1.5, 0.2, True),
    ]


@lru_cache
def _planted() -> list[Scratched]:
    return [scratched(_clean(number), _lines(number)) for number in range(COUNT)]


def _stage(**settings: str) -> Stage:
    return SCRATCH.make(parse_settings("scratch", SCRATCH.settings_type, settings), StageContext())


def _puller(
    frames: list[Frame], *, shots: ShotList | None = None, policy: RenderPolicy = EXPORT, **settings: str
) -> Puller:
    shots = shots or ShotList((0,), len(frames))
    return Puller(Graph(MemorySource(frames), shots, (_stage(**settings),)), policy)


def _marked(pull: Puller, number: int) -> NDArray[np.bool_]:
    damage = pull.marks(1, number).damage
    geometry = pull.geometry(1)
    return np.zeros((geometry.height, geometry.width), np.bool_) if damage is None else damage > 0


def test_planted_scratches_are_marked_and_little_else() -> None:
    pull = _puller([one.frame for one in _planted()])
    for number in (0, 7, 13, 23):
        truth, marked = _planted()[number].changed, _marked(pull, number)
        assert (truth & marked).sum() > 0.9 * truth.sum()
        wide = cv2.dilate(truth.astype(np.uint8), np.ones((3, 5), np.uint8)) > 0
        assert (marked & ~wide).sum() < 0.1 * marked.sum()


def test_a_clean_scene_with_posts_has_no_scratches() -> None:
    pull = _puller([_clean(number) for number in range(COUNT)])
    assert not any(_marked(pull, number).any() for number in range(COUNT))


def test_pixels_pass_untouched() -> None:
    pull = _puller([_planted()[number].frame for number in range(3)])
    answer = pull.pull(1, Rect(10, 10, 60, 40))
    assert np.array_equal(answer.frame.planes[0], _planted()[1].frame.planes[0][10:50, 10:70])
    assert (answer.provenance.labels == Origin.SOURCE).all()


def test_nothing_is_read_across_a_cut() -> None:
    frames = [one.frame for one in _planted()[:6]] + [_clean(number) for number in range(6, COUNT)]
    source = MemorySource(frames)
    pull = Puller(Graph(source, ShotList((0, 6), COUNT), (_stage(),)), EXPORT)
    assert not _marked(pull, 7).any()
    assert min(source.reads) == 6
    assert _marked(pull, 5).any()


def test_the_order_of_asking_does_not_matter() -> None:
    frames = [one.frame for one in _planted()]
    forward, backward = _puller(frames), _puller(frames)
    first = [_marked(forward, number) for number in range(COUNT)]
    second = [_marked(backward, number) for number in reversed(range(COUNT))][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_polarity_confidence_and_growth_are_obeyed() -> None:
    frames = [one.frame for one in _planted()]
    both, bright, dark = (_marked(_puller(frames, polarity=p), 7) for p in ("both", "bright", "dark"))
    assert bright.any()
    assert dark.any()
    assert np.array_equal(both, bright | dark)
    assert _marked(_puller(frames, grow="3"), 7).sum() > 1.5 * both.sum()
    detections = _puller(frames).detections(7)[0][1]
    surest = max(proposal.confidence for proposal in detections.proposals)
    assert surest < 1.0
    assert not _marked(_puller(frames, confidence="1"), 7).any()


def test_protected_places_are_left_alone() -> None:
    class _Protect(Stage):
        name, version = "protect", 1

        def output(self, geometry: Geometry) -> Geometry:
            return geometry

        def key(self) -> str:
            return self.name

        def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
            allowed = np.zeros((HEIGHT, WIDTH), np.bool_)
            allowed[:, :100] = True
            return Marks(None, allowed)

        def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
            return upstream.frame(number, region)

    source = MemorySource([one.frame for one in _planted()])
    pull = Puller(Graph(source, ShotList((0,), COUNT), (_Protect(), _stage())), EXPORT)
    damage = pull.marks(2, 7).damage
    assert damage is not None
    assert not damage[:, :100].any()
    assert damage[:, 100:].any()


def test_a_preview_at_half_size_sees_the_wide_ones() -> None:
    pull = _puller([one.frame for one in _planted()], policy=RenderPolicy("preview", reduction=2))
    marked = _marked(pull, 7)
    assert marked.shape == (HEIGHT // 2, WIDTH // 2)
    assert marked[:, 79:82].any(1).mean() > 0.8


def _bars() -> NDArray[np.uint8]:
    return np.repeat(np.linspace(16, 235, 8).astype(np.uint8), WIDTH // 8)[None].repeat(HEIGHT, 0)


@pytest.mark.parametrize(
    "plane",
    [
        np.full((HEIGHT, WIDTH), 16, np.uint8),
        np.full((HEIGHT, WIDTH), 235, np.uint8),
        _bars(),
        np.full((31, 401), 100, np.uint8),
        np.full((1, 1), 100, np.uint8),
        np.random.default_rng(0).integers(0, 256, (101, 67), dtype=np.uint8),
    ],
    ids=["black", "white", "bars", "low", "pixel", "odd noise"],
)
@pytest.mark.parametrize("count", [1, 3])
def test_pictures_without_scratches_stay_without_marks(plane: NDArray[np.uint8], count: int) -> None:
    frame = Frame((np.ascontiguousarray(plane),), GREY, ColourSpec(range="tv"))
    assert not _marked(_puller([frame] * count), 0).any()


def test_an_unreadable_neighbour_is_done_without() -> None:
    class _Torn(MemorySource):
        def read(self, number: FrameNo) -> Frame:
            if number == 5:
                raise FrameError(5, "Frame 5 is damaged.")
            return super().read(number)

    told: list[str] = []
    graph = Graph(_Torn([one.frame for one in _planted()]), ShotList((0,), COUNT), (_stage(),))
    pull = Puller(graph, EXPORT, note=told.append)
    assert _marked(pull, 4).any()
    assert told == ["scratch: frame 5 cannot be searched: Frame 5 is damaged."]
    with pytest.raises(FrameError, match="damaged"):
        pull.marks(1, 5)
