"""Stage dirt on moving texture: what it marks, what it leaves alone, and where it has nothing to go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.benchmark.damage.planted import HeldMasks
from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph, Puller
from engines.policy import EXPORT, RenderPolicy
from engines.stages.base import Detector, StageContext
from engines.stages.catalogue import make_stage
from engines.stages.dirt import Dirt, DirtSettings
from engines.stages.painted import Painted
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource

WIDTH, HEIGHT, COUNT, MID = 176, 128, 7, 3
GRAY8 = PixelFormat("gray", 8)
SPECKS = {"bright": (slice(40, 47), slice(60, 68)), "dark": (slice(90, 96), slice(120, 126))}


def _clean(number: int) -> NDArray[np.float32]:
    """Texture that pans by 3 pixels a frame; 0..1."""
    rng = np.random.default_rng(8)
    wide = cv2.GaussianBlur(rng.random((HEIGHT, WIDTH + 60)).astype(np.float32), (0, 0), 3.0)
    part = wide[:, 3 * number : 3 * number + WIDTH]
    return np.asarray(np.clip((part - 0.5) * 5 + 0.5, 0.15, 0.8), np.float32)


def _frame(picture: NDArray[np.float32], layout: PixelFormat = GRAY8) -> Frame:
    planes = []
    for index in range(layout.plane_count):
        w, h = layout.plane_size(index, picture.shape[1], picture.shape[0])
        value = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
        planes.append(np.rint(value * layout.peak).astype(layout.dtype))
    return Frame(tuple(planes), layout, ColourSpec())


def _frames(dirty: Sequence[int] = (MID,), layout: PixelFormat = GRAY8, count: int = COUNT) -> list[Frame]:
    pictures = [_clean(number).copy() for number in range(count)]
    for number in dirty:
        pictures[number][SPECKS["bright"]], pictures[number][SPECKS["dark"]] = 0.98, 0.02
    return [_frame(picture, layout) for picture in pictures]


def _puller(
    frames: Sequence[Frame],
    settings: Mapping[str, str] | None = None,
    starts: tuple[int, ...] = (0,),
    policy: RenderPolicy = EXPORT,
) -> Puller:
    stage = make_stage("dirt", settings or {}, StageContext())
    return Puller(Graph(MemorySource(frames), ShotList(starts, len(frames)), (stage,)), policy)


def _marked(puller: Puller, number: int = MID) -> NDArray[np.bool_]:
    damage = puller.marks(len(puller.graph.stages), number).damage
    geometry = puller.geometry(0)
    return np.zeros((geometry.height, geometry.width), np.bool_) if damage is None else damage > 0


@pytest.mark.parametrize(
    "layout",
    [GRAY8, PixelFormat("yuv", 10, 2, 2), PixelFormat("rgb", 16), PixelFormat("rgb", 32, alpha=True, floating=True)],
)
def test_specks_are_marked_and_no_sample_changes(layout: PixelFormat) -> None:
    frames = _frames(layout=layout)
    puller = _puller(frames)
    marked = _marked(puller)
    for speck in SPECKS.values():
        assert marked[speck].mean() > 0.8
    assert marked.sum() < 2.5 * (56 + 36)
    pulled = puller.pull(MID).frame
    assert all(np.array_equal(a, b) for a, b in zip(pulled.planes, frames[MID].planes, strict=True))


def test_frames_without_dirt_have_no_marks() -> None:
    puller = _puller(_frames())
    for number in (0, 1, 2, 4, 5, 6):
        assert not _marked(puller, number).any()


def test_every_detection_says_what_it_is() -> None:
    puller = _puller(_frames())
    ((name, found),) = puller.detections(MID)
    assert name == "dirt"
    sure = [proposal for proposal in found.proposals if proposal.confidence >= 0.5]
    assert {proposal.polarity for proposal in sure} == {"bright", "dark"}
    for proposal in sure:
        box = proposal.box
        assert proposal.frame == MID
        assert proposal.kind == "dirt"
        inside = found.labels[box.y : box.bottom, box.x : box.right]
        assert (inside == found.proposals.index(proposal) + 1).sum() == proposal.area
    assert isinstance(puller.graph.stages[0], Detector)


def test_settings_choose_among_the_detections() -> None:
    frames = _frames()
    bright = _marked(_puller(frames, {"polarity": "bright"}))
    assert bright[SPECKS["bright"]].any()
    assert not bright[SPECKS["dark"]].any()
    assert not _marked(_puller(frames, {"smallest": "30"})).any()
    assert not _marked(_puller(frames, {"largest": "3"})).any()
    assert not _marked(_puller(frames, {"confidence": "1"})).any()
    plain, wide = _marked(_puller(frames)), _marked(_puller(frames, {"grow": "2"}))
    assert (wide & ~plain).any()
    assert not (plain & ~wide).any()


def test_less_confidence_marks_no_less() -> None:
    frames = _frames()
    found = [_marked(_puller(frames, {"confidence": text})) for text in ("0.9", "0.5", "0.05")]
    for sure, unsure in pairwise(found):
        assert not (sure & ~unsure).any()


@pytest.mark.parametrize("number", [0, COUNT - 1])
def test_the_ends_of_a_shot_have_one_side_to_go_by(number: int) -> None:
    marked = _marked(_puller(_frames(dirty=(number,))), number)
    assert marked[SPECKS["bright"]].mean() > 0.5


def test_a_repeat_of_the_frame_does_not_hide_its_dirt() -> None:
    pictures = _frames(count=5)
    doubled = [frame for frame in pictures for _ in range(2)]
    puller = _puller(doubled)
    for number in (2 * MID, 2 * MID + 1):
        assert _marked(puller, number)[SPECKS["bright"]].mean() > 0.5


def test_nothing_is_found_across_cuts() -> None:
    others = [_frame(np.ascontiguousarray(_clean(number)[::-1, ::-1])) for number in range(3)]
    frames = [*_frames(dirty=())[:3], *others]
    whole, cut = _puller(frames), _puller(frames, starts=(0, 3))
    assert not _marked(cut, 2).any()
    assert not _marked(cut, 3).any()
    assert cut.graph.key(2, 2) != whole.graph.key(2, 2)
    single = _puller(_frames(), starts=(0, MID, MID + 1))
    assert not _marked(single).any()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_still_empty_frames_have_no_dirt(value: float) -> None:
    blank = _frame(np.full((HEIGHT, WIDTH), value, np.float32))
    assert not _marked(_puller([blank] * 4), 1).any()
    lost = _frames(dirty=())
    lost[MID] = blank
    assert not _marked(_puller(lost), MID - 2).any()


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (17, 33)])
def test_pictures_of_any_size_are_looked_at(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    frames = [_frame(rng.random(size).astype(np.float32)) for _ in range(4)]
    assert _marked(_puller(frames), 1).shape == size


def test_paint_protects() -> None:
    protect = np.zeros((HEIGHT, WIDTH), np.bool_)
    protect[30:60, 50:80] = True
    stages = (Painted(HeldMasks({}), HeldMasks({MID: protect})), Dirt(DirtSettings()))
    puller = Puller(Graph(MemorySource(_frames()), ShotList((0,), COUNT), stages), EXPORT)
    marked = _marked(puller)
    assert not marked[protect].any()
    assert marked[SPECKS["dark"]].any()


def test_previews_look_at_reduced_pictures() -> None:
    puller = _puller(_frames(), policy=RenderPolicy("preview", reduction=2))
    marked = _marked(puller)
    assert marked.shape == (HEIGHT // 2, WIDTH // 2)
    assert marked[20:24, 30:34].any()


def test_a_region_is_a_cut_of_the_whole() -> None:
    puller = _puller(_frames())
    region = Rect(32, 16, 64, 48)
    whole, part = puller.pull(MID), puller.pull(MID, region)
    assert np.array_equal(part.frame.planes[0], whole.frame.crop(region).planes[0])


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(SettingError, match="confidence"):
        make_stage("dirt", {"confidence": "1.5"}, StageContext())
    with pytest.raises(SettingError, match="polarity"):
        make_stage("dirt", {"polarity": "grey"}, StageContext())


def test_keys_follow_settings() -> None:
    keys = {Dirt(DirtSettings(confidence=c, grow=g)).key() for c in (0.4, 0.5) for g in (0, 1)}
    assert len(keys) == 4
