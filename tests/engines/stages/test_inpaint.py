"""Repair on moving texture whose truth is known: what is put back, what is left alone, and what is said about it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import Cancelled, FrameError, SettingError
from engines.graph import Graph, Puller
from engines.masks import Coverage, Mask
from engines.models.registry import load_fill
from engines.policy import EXPORT, RenderPolicy
from engines.provenance import Origin, ProvenanceMap
from engines.stages.base import Geometry, Rendered, Stage, StageContext, Upstream
from engines.stages.catalogue import make_stage
from engines.stages.inpaint import Inpaint, InpaintSettings
from engines.stages.painted import Painted
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect
from tests.fakes import MemorySource, sharing_chroma

WIDTH, HEIGHT, COUNT = 192, 144, 7
MID = 3
GRAY8 = PixelFormat("gray", 8)
YUV420P10 = PixelFormat("yuv", 10, 2, 2)
LAYOUTS = [
    GRAY8,
    YUV420P10,
    PixelFormat("yuv", 8, 4, 1, alpha=True),
    PixelFormat("rgb", 16),
    PixelFormat("rgb", 32, alpha=True, floating=True),
    PixelFormat("rgb", 16, floating=True),
]


class _Masks:
    """Masks as pixels are: True or False, or soft."""

    def __init__(self, masks: Mapping[FrameNo, Mask | Coverage]) -> None:
        self.held: dict[FrameNo, Mask | Coverage] = dict(masks)

    def numbers(self) -> tuple[FrameNo, ...]:
        return tuple(sorted(self.held))

    def coverage(self, number: FrameNo) -> Coverage | None:
        held = self.held.get(number)
        if held is None or held.dtype == np.uint8:
            return None if held is None else held.astype(np.uint8)
        return np.where(held, np.uint8(255), np.uint8(0))

    def key(self, number: FrameNo) -> str:
        return hashlib.sha256(self.held[number].tobytes()).hexdigest() if number in self.held else ""


def _field(seed: int) -> NDArray[np.float32]:
    """0..1 texture much larger than the picture."""
    noise = np.random.default_rng(seed).standard_normal((HEIGHT * 2, WIDTH * 2)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.5)
    return np.asarray(np.clip(0.5 + 0.14 * smooth / smooth.std(), 0.02, 0.98), np.float32)


def _clip(layout: PixelFormat = GRAY8, speed: tuple[float, float] = (2.4, 1.2), grain: float = 0.0) -> list[Frame]:
    """Texture that pans by `speed` pixels a frame, independent grain (standard deviation 0..1) on every frame."""
    frames = []
    for number in range(COUNT):
        planes = []
        for index in range(layout.plane_count):
            width, height = layout.plane_size(index, WIDTH, HEIGHT)
            shift = np.array([[1, 0, -20 - speed[0] * number], [0, 1, -20 - speed[1] * number]], np.float32)
            picture = cv2.warpAffine(_field(index), shift, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
            rng = np.random.default_rng((number, index))
            picture = np.asarray(picture + grain * rng.standard_normal(picture.shape), np.float32)
            sized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            codes = sized * layout.peak
            planes.append(np.asarray(codes if layout.floating else np.rint(codes.clip(0, layout.peak)), layout.dtype))
        frames.append(Frame(tuple(planes), layout, ColourSpec()))
    return frames


def _blob(x: int = 90, y: int = 70, radius: int = 9) -> Mask:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 <= radius**2)


def _damaged(frames: list[Frame], masks: Mapping[FrameNo, Mask]) -> list[Frame]:
    out = list(frames)
    for number, mask in masks.items():
        planes = []
        for own in frames[number].planes:
            plane = own.copy()
            step = WIDTH // plane.shape[1], HEIGHT // plane.shape[0]
            plane[mask[:: step[1], :: step[0]]] = frames[number].format.peak
            planes.append(plane)
        out[number] = frames[number].with_planes(tuple(planes))
    return out


def _puller(
    frames: list[Frame],
    masks: Mapping[FrameNo, Mask] | Mapping[FrameNo, Coverage] | Mapping[FrameNo, Mask | Coverage],
    text: Mapping[str, str] | None = None,
    starts: tuple[int, ...] = (0,),
    policy: RenderPolicy = EXPORT,
    notes: list[str] | None = None,
    before: tuple[Stage, ...] = (),
) -> Puller:
    stage = make_stage("inpaint", text or {}, StageContext())
    graph = Graph(MemorySource(frames), ShotList(starts, len(frames)), (Painted(_Masks(masks)), *before, stage))
    return Puller(graph, policy, note=(notes if notes is not None else []).append)


def _psnr(a: NDArray[np.generic], b: NDArray[np.generic], mask: Mask, peak: float) -> float:
    error = np.square(a[mask].astype(np.float64) - b[mask].astype(np.float64)).mean()
    return float(10 * np.log10(peak**2 / max(error, 1e-12)))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_moving_content_comes_back_in_every_layout(layout: PixelFormat) -> None:
    truth, mask = _clip(layout), _blob()
    damaged = _damaged(truth, {MID: mask})
    repaired = _puller(damaged, {MID: mask}).pull(MID)
    frame = repaired.frame.quantised()
    for index in range(1 if layout.family != "rgb" else 3):
        assert _psnr(frame.planes[index], truth[MID].planes[index], mask, layout.peak) > 35.0
    touched = sharing_chroma(mask, layout)
    labels = repaired.provenance.labels
    assert (labels[touched] == Origin.TRANSPORTED).all()
    assert (labels[~touched] == Origin.SOURCE).all()
    assert set(np.unique(np.abs(repaired.provenance.donor[mask]))) == {1}
    np.testing.assert_array_equal(frame.planes[0][~mask], damaged[MID].planes[0][~mask])
    for index in range(1, layout.plane_count):
        step = WIDTH // frame.planes[index].shape[1], HEIGHT // frame.planes[index].shape[0]
        own = ~touched[:: step[1], :: step[0]] | (layout.alpha and index == layout.plane_count - 1)
        np.testing.assert_array_equal(frame.planes[index][own], damaged[MID].planes[index][own])


def test_beats_temporal_median_and_telea_on_damage_in_every_frame() -> None:
    truth = _clip(speed=(3.3, -1.7))
    masks = {n: _blob(60 + 15 * n, 50 + 5 * n, 8) | _blob(150 - 9 * n, 100, 6) for n in range(COUNT)}
    damaged = _damaged(truth, masks)
    ours = _puller(damaged, masks).pull(MID).frame.quantised().planes[0]
    median = np.median([damaged[n].planes[0] for n in (MID - 1, MID, MID + 1)], axis=0)
    telea = cv2.inpaint(damaged[MID].planes[0], masks[MID].astype(np.uint8), 5, cv2.INPAINT_TELEA)
    best = max(_psnr(other, truth[MID].planes[0], masks[MID], 255) for other in (median, np.asarray(telea)))
    assert _psnr(ours, truth[MID].planes[0], masks[MID], 255) > best + 6.0


def test_frames_without_damage_are_the_very_same() -> None:
    frames = _clip()
    puller = _puller(frames, {MID: _blob(), 5: np.zeros((HEIGHT, WIDTH), np.bool_)})
    for number in (2, 5):
        assert puller.pull(number) is puller.at(0, number)


@pytest.mark.parametrize("layout", [GRAY8, YUV420P10], ids=lambda layout: layout.name)
def test_any_region_is_a_cut_of_the_whole(layout: PixelFormat) -> None:
    masks = {n: _blob(60, 60) | _blob(140, 100, 12) for n in range(2, 5)}
    frames = _damaged(_clip(layout), masks)
    whole = _puller(frames, masks, {"feather": "3"}).pull(MID)
    for region in (Rect(40, 40, 24, 20), Rect(0, 0, 64, 64), Rect(128, 80, 64, 64), Rect(0, 120, 40, 24)):
        part = _puller(frames, masks, {"feather": "3"}).pull(MID, region)
        cut = whole.crop(region)
        for ours, theirs in zip(part.frame.planes, cut.frame.planes, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        for name in ("labels", "confidence", "donor"):
            np.testing.assert_array_equal(getattr(part.provenance, name), getattr(cut.provenance, name))


def test_two_runs_agree_where_content_is_invented() -> None:
    masks = dict.fromkeys(range(COUNT), _blob(radius=14))
    frames = _damaged(_clip(speed=(0.0, 0.0), grain=0.02), masks)
    first, second = (_puller(frames, masks).pull(MID) for _ in range(2))
    assert (first.provenance.labels[_blob(radius=14)] == Origin.SYNTHESISED).all()
    np.testing.assert_array_equal(first.frame.planes[0], second.frame.planes[0])


def test_damage_that_stays_is_filled_with_grain_and_flagged() -> None:
    mask = _blob(radius=12)
    masks = dict.fromkeys(range(COUNT), mask)
    truth = [f.with_planes((_grainy(n),)) for n, f in enumerate(_clip())]
    notes: list[str] = []
    repaired = _puller(_damaged(truth, masks), masks, notes=notes).pull(MID)
    inside = repaired.frame.planes[0][mask].astype(np.float64)
    assert abs(inside.mean() - 120.0) < 3.0
    assert 5.0 < inside.std() < 11.0
    assert (repaired.provenance.labels[mask] == Origin.SYNTHESISED).all()
    assert (repaired.provenance.labels[~mask] == Origin.SOURCE).all()
    assert repaired.provenance.confidence[mask].max() <= 128
    assert any("flagged" in note for note in notes)


def _grainy(number: int) -> NDArray[np.uint8]:
    """Faint still texture around 120 under grain of standard deviation 8."""
    grain = 8.0 * np.random.default_rng(number).standard_normal((HEIGHT, WIDTH))
    return np.asarray(np.rint(120.0 + 30.0 * (_field(0)[:HEIGHT, :WIDTH] - 0.5) + grain), np.uint8)


def test_leave_keeps_the_damage_and_says_so() -> None:
    mask = _blob()
    masks = dict.fromkeys(range(COUNT), mask)
    frames = _damaged(_clip(speed=(0.0, 0.0)), masks)
    notes: list[str] = []
    left = _puller(frames, masks, {"spatial": "leave"}, notes=notes).pull(MID)
    np.testing.assert_array_equal(left.frame.planes[0], frames[MID].planes[0])
    assert (left.provenance.labels == Origin.SOURCE).all()
    assert (left.provenance.confidence[mask] == 0).all()
    assert (left.provenance.confidence[~mask] == 255).all()
    assert any("left as it is" in note for note in notes)


def test_grain_of_one_donor_is_kept_unless_averaging_is_asked_for() -> None:
    mask = _blob(radius=16)
    frames = _damaged(_clip(grain=0.05), {MID: mask})

    def roughness(text: Mapping[str, str]) -> float:
        plane = _puller(frames, {MID: mask}, text).pull(MID).frame.planes[0].astype(np.float32)
        fine = plane - cv2.GaussianBlur(plane, (0, 0), 1.5)
        return float(fine[mask].std() / fine[~_blob(radius=20)].std())

    kept, averaged = roughness({}), roughness({"grain": "0"})
    assert 0.75 < kept < 1.15
    assert averaged < kept - 0.08


def test_no_donor_is_taken_across_a_cut() -> None:
    first, second, mask = _clip(speed=(2.0, 0.0)), _clip(speed=(-2.0, 1.0)), _blob()
    other = [f.with_planes((255 - f.planes[0],)) for f in second]
    truth = [*first[: MID + 1], *other[MID + 1 :]]
    frames = _damaged(truth, {MID: mask})
    puller = _puller(frames, {MID: mask}, starts=(0, MID + 1))
    repaired = puller.pull(MID)
    assert set(np.unique(repaired.provenance.donor[mask])) == {-1}
    assert _psnr(repaired.frame.planes[0], truth[MID].planes[0], mask, 255) > 32.0
    source = puller.graph.source
    assert isinstance(source, MemorySource)
    assert max(source.reads) == MID


def test_flicker_of_the_donors_is_taken_off() -> None:
    truth, mask = _clip(), _blob()
    frames = _damaged(truth, {MID: mask})
    for number, gain in ((MID - 1, 0.8), (MID + 1, 0.9)):
        frames[number] = frames[number].with_planes((np.rint(frames[number].planes[0] * gain + 6).astype(np.uint8),))
    repaired = _puller(frames, {MID: mask}).pull(MID).frame.planes[0]
    assert _psnr(repaired, truth[MID].planes[0], mask, 255) > 34.0


def test_farther_frames_help_where_the_nearest_are_damaged_too() -> None:
    truth, mask = _clip(speed=(0.6, 0.0)), _blob()
    masks = dict.fromkeys((MID - 1, MID, MID + 1), mask)
    repaired = _puller(_damaged(truth, masks), masks).pull(MID)
    assert set(np.unique(np.abs(repaired.provenance.donor[mask]))) <= {1, 2}
    assert (np.abs(repaired.provenance.donor[mask]) == 2).any()
    assert _psnr(repaired.frame.planes[0], truth[MID].planes[0], mask, 255) > 32.0


def test_feather_changes_and_labels_a_rim() -> None:
    mask = _blob()
    frames = _damaged(_clip(grain=0.03), {MID: mask})
    repaired = _puller(frames, {MID: mask}, {"feather": "4"}).pull(MID)
    changed = repaired.frame.planes[0] != frames[MID].planes[0]
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    assert changed[(distance > 0) & (distance <= 2)].mean() > 0.5
    assert not changed[distance > 5].any()
    assert (repaired.provenance.labels[changed] == Origin.TRANSPORTED).all()


def test_a_donor_that_cannot_be_read_is_done_without() -> None:
    truth, mask = _clip(), _blob()

    class Broken(MemorySource):
        def read(self, number: FrameNo) -> Frame:
            if number == MID - 1:
                raise FrameError(number, "Frame 2 is damaged.")
            return super().read(number)

    notes: list[str] = []
    stages = (Painted(_Masks({MID: mask})), Inpaint(InpaintSettings()))
    graph = Graph(Broken(_damaged(truth, {MID: mask})), ShotList((0,), COUNT), stages)
    repaired = Puller(graph, EXPORT, note=notes.append).pull(MID)
    assert set(np.unique(repaired.provenance.donor[mask])) == {1}
    assert any("frame 2" in note for note in notes)


def test_a_preview_masks_every_pixel_that_holds_damage() -> None:
    mask = _blob(91, 71, 9)
    preview = _puller(_damaged(_clip(), {MID: mask}), {MID: mask}, policy=RenderPolicy("half", reduction=2)).pull(MID)
    small = mask[::2, ::2] | mask[1::2, ::2] | mask[::2, 1::2] | mask[1::2, 1::2]
    np.testing.assert_array_equal(preview.provenance.labels == Origin.TRANSPORTED, small)


class _Invents(Stage):
    """Says that everything right of column 96 is invented."""

    name = "invents"
    version = 1

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    def key(self) -> str:
        return self.name

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        below = upstream.frame(number)
        labels = np.zeros((HEIGHT, WIDTH), np.uint8)
        # Only the donors: what is moved must bring its flag along.
        labels[:, 96:] = Origin.SYNTHESISED if number != MID else Origin.SOURCE
        rest = ProvenanceMap.uniform(WIDTH, HEIGHT)
        return Rendered(below.frame, ProvenanceMap(labels, rest.confidence, rest.donor)).crop(region)


def test_moved_content_keeps_the_flag_it_had() -> None:
    mask = _blob(60) | _blob(140)
    repaired = _puller(_damaged(_clip(), {MID: mask}), {MID: mask}, before=(_Invents(),)).pull(MID)
    assert (repaired.provenance.labels[_blob(140)] == Origin.SYNTHESISED).all()
    assert (repaired.provenance.labels[_blob(60)] == Origin.TRANSPORTED).all()


@pytest.mark.parametrize("mask", [np.ones((HEIGHT, WIDTH), np.bool_), _blob(0, 0, 30), _blob(191, 143, 2)])
def test_extreme_masks_are_answered(mask: Mask) -> None:
    masks = dict.fromkeys(range(COUNT), mask)
    repaired = _puller(_damaged(_clip(), masks), masks).pull(MID)
    assert (repaired.provenance.labels[mask] != Origin.SOURCE).all()
    assert np.isfinite(repaired.frame.planes[0].astype(np.float64)).all()


def test_one_single_frame_is_filled_from_itself() -> None:
    mask = _blob()
    frames = _damaged(_clip(), {0: mask})[:1]
    assert (_puller(frames, {0: mask}).pull(0).provenance.labels[mask] == Origin.SYNTHESISED).all()


def test_cancel_stops_between_donors() -> None:
    mask, token = _blob(), CancelToken()
    frames = _damaged(_clip(), {MID: mask})

    class Cancelling(MemorySource):
        def read(self, number: FrameNo) -> Frame:
            if number != MID:
                token.cancel()
            return super().read(number)

    graph = Graph(Cancelling(frames), ShotList((0,), COUNT), (Painted(_Masks({MID: mask})), Inpaint(InpaintSettings())))
    with pytest.raises(Cancelled):
        Puller(graph, EXPORT, token).pull(MID)


def _soft_blob() -> Coverage:
    """Fully painted in the middle, falling to nothing over some pixels."""
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    distance = np.hypot(columns - 90, rows - 70)
    return np.asarray(np.rint(np.clip((14 - distance) / 8, 0, 1) * 255), np.uint8)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_soft_paint_lays_the_repair_over_by_its_share(layout: PixelFormat) -> None:
    truth, soft = _clip(layout), _soft_blob()
    damaged = _damaged(truth, {MID: soft > 0})
    hard = _puller(damaged, {MID: soft > 0}).pull(MID)
    answer = _puller(damaged, {MID: soft}).pull(MID)
    share = soft[soft > 0].astype(np.float64) / 255
    index = 1 if layout.family == "rgb" else 0
    old, new, mixed = (f.planes[index][soft > 0].astype(np.float64) for f in (damaged[MID], hard.frame, answer.frame))
    assert np.abs(mixed - (old + share * (new - old))).max() <= (1e-2 if layout.floating else 1.01)
    np.testing.assert_array_equal(answer.provenance.labels, hard.provenance.labels)
    np.testing.assert_array_equal(mixed[share == 1], new[share == 1])


def test_soft_paint_and_feather_give_the_larger_share() -> None:
    truth, soft = _clip(), _soft_blob()
    damaged = _damaged(truth, {MID: soft > 0})
    plain, feathered = (_puller(damaged, {MID: soft}, text).pull(MID) for text in ({}, {"feather": "12"}))
    rim = (soft > 0) & (soft < 128)
    left = [_psnr(p.frame.planes[0], truth[MID].planes[0], rim, 255.0) for p in (plain, feathered)]
    assert left[1] > left[0] + 3
    core = soft == 255
    assert _psnr(feathered.frame.planes[0], truth[MID].planes[0], core, 255.0) > 35


def test_faintly_painted_pixels_give_nothing_to_other_frames() -> None:
    faint = np.where(_blob(), np.uint8(1), np.uint8(0))
    frames = _damaged(_clip(speed=(0, 0)), {MID: _blob(), MID - 1: _blob()})
    answer = _puller(frames, {MID: _blob(), MID - 1: faint}, {"search": "1"}).pull(MID)
    assert set(np.unique(answer.provenance.donor[_blob()])) == {1}


def test_soft_and_hard_paint_have_different_keys() -> None:
    graphs = [_puller(_clip(), {MID: mask}).graph for mask in (_blob(), np.where(_blob(), np.uint8(9), np.uint8(0)))]
    assert graphs[0].key(MID, MID) != graphs[1].key(MID, MID)


def test_settings_decide_reach_and_key() -> None:
    assert Inpaint(InpaintSettings(search=8)).reach == 8
    assert Inpaint(InpaintSettings(search=6)).key() != Inpaint(InpaintSettings()).key()
    assert load_fill().sha256 in Inpaint(InpaintSettings(spatial="fill")).key()
    assert load_fill().sha256 not in Inpaint(InpaintSettings(spatial="leave")).key()


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="search=9 is out of range"):
        make_stage("inpaint", {"search": "9"}, StageContext())
    with pytest.raises(SettingError, match="spatial=guess is not possible"):
        make_stage("inpaint", {"spatial": "guess"}, StageContext())


def test_marks_say_what_is_left() -> None:
    mask = _blob()
    masks = dict.fromkeys(range(COUNT), mask)
    frames = _damaged(_clip(speed=(0.0, 0.0)), masks)
    for text, left in (("leave", True), ("fill", False)):
        puller = _puller(frames, masks, {"spatial": text})
        damage = puller.marks(2, MID).damage
        assert (damage is not None) == left
        if damage is not None:
            np.testing.assert_array_equal(damage > 0, mask)
