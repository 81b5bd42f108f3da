"""Stage `detail` with the shipped weights: regions, tiles, formats, labels, siting, and that it beats bicubic."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.blend import blend
from engines.detect.shots import ShotList
from engines.errors import FrameError
from engines.graph import Graph, Puller
from engines.luma import luma_of
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.resample import enlarge_plane
from engines.stages.detail import DetailSettings, DetailStage
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect
from tests.fakes import MemorySource, random_frame

YUV420 = PixelFormat("yuv", 8, 2, 2)


def _puller(frame: Frame, tile: int = 512, **settings: float | None) -> Puller:
    stage = DetailStage(DetailSettings(**settings))  # type: ignore[arg-type]
    return Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (stage,)), replace(EXPORT, tile=tile))


def _scene(size: int = 192) -> np.ndarray:
    """Edges, lettering and texture in 0..255, drawn large and shrunk so that it is free of aliasing."""
    big = np.full((size * 4, size * 4), 90, np.uint8)
    rng = np.random.default_rng(5)
    for _ in range(60):
        x, y, r = (int(v) for v in rng.integers(0, size * 4, 3))
        cv2.circle(big, (x, y), 8 + r // 12, int(rng.integers(20, 235)), -1, cv2.LINE_AA)
        cv2.line(big, (x, y), (r, x), int(rng.integers(20, 235)), 9, cv2.LINE_AA)
    cv2.putText(big, "TRATTEGGIO", (20, size * 2), cv2.FONT_HERSHEY_DUPLEX, 3.5, 240, 9, cv2.LINE_AA)
    return cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_tiled_equals_untiled(scale: int) -> None:
    frame = random_frame(YUV420, 150, 110)
    whole = _puller(frame, scale=scale, noise=10.0, compression=0.0).pull(0).frame
    tiled = _puller(frame, tile=64, scale=scale, noise=10.0, compression=0.0).pull(0).frame
    for a, b in zip(whole.planes, tiled.planes, strict=True):
        assert np.abs(a - b).max() / 255.0 < 1e-5


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("layout", [YUV420, PixelFormat("rgb", 16), PixelFormat("yuv", 10, 4, 1)])
def test_a_region_is_the_same_cut_of_the_whole(layout: PixelFormat, scale: int) -> None:
    puller = _puller(random_frame(layout, 131, 90), scale=scale)
    region = Rect(36, 20, 50, 44).aligned(layout.chroma_x, layout.chroma_y, Rect(0, 0, 131 * scale, 90 * scale))
    part, whole = puller.pull(0, region), puller.pull(0).crop(region)
    for a, b in zip(part.frame.planes, whole.frame.planes, strict=True):
        assert np.abs(a - b).max() / layout.peak < 1e-5
    assert np.array_equal(part.provenance.labels, whole.provenance.labels)


@pytest.mark.parametrize(
    "layout",
    [
        PixelFormat("gray", 8),
        PixelFormat("gray", 16),
        PixelFormat("yuv", 10, 2, 1),
        PixelFormat("yuv", 12),
        PixelFormat("rgb", 8, alpha=True),
        PixelFormat("rgb", 16, floating=True),
    ],
)
def test_every_layout_keeps_its_format_at_twice_the_size(layout: PixelFormat) -> None:
    rendered = _puller(random_frame(layout, 45, 33), scale=2).pull(0)
    assert rendered.frame.format == layout
    assert (rendered.frame.width, rendered.frame.height) == (90, 66)
    assert rendered.frame.quantised().planes[0].dtype == layout.dtype
    assert rendered.provenance.shares()["ESTIMATED"] == 1.0


@pytest.mark.parametrize(("scale", "gain"), [(2, 1.5), (4, 0.8)])
def test_it_beats_bicubic(scale: int, gain: float) -> None:
    truth = _scene().astype(np.float32)
    small = cv2.resize(truth, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    layout = PixelFormat("gray", 8)
    frame = Frame((np.rint(small).astype(np.uint8),), layout, ColourSpec())
    ours = _puller(frame, scale=scale).pull(0).frame.planes[0]
    bicubic = enlarge_plane(frame.planes[0], scale)

    def error(picture: np.ndarray) -> float:
        return float(np.square(picture[8:-8, 8:-8] - truth[8:-8, 8:-8]).mean())

    assert 10 * np.log10(error(bicubic) / error(ours)) > gain


def test_it_removes_noise_it_was_not_told_about() -> None:
    truth = _scene().astype(np.float32)
    noisy = np.clip(np.rint(truth + np.random.default_rng(1).normal(0, 12, truth.shape)), 0, 255).astype(np.uint8)
    frame = Frame((noisy,), PixelFormat("gray", 8), ColourSpec())
    puller = _puller(frame)
    answer = puller.pull(0).frame.planes[0]
    before, after = np.square(noisy - truth).mean(), np.square(answer - truth).mean()
    assert 10 * np.log10(before / after) > 5


def test_clean_material_is_left_nearly_as_it_is() -> None:
    frame = Frame((_scene(),), PixelFormat("gray", 8), ColourSpec())
    answer = _puller(frame, noise=0.0, compression=0.0).pull(0).frame.planes[0]
    assert 10 * np.log10(255**2 / np.square(answer - frame.planes[0]).mean()) > 45


def test_the_perceptual_end_holds_more_detail_and_flags_only_what_it_made() -> None:
    frame = Frame((_scene(),), PixelFormat("gray", 8), ColourSpec())
    faithful, full = (_puller(frame, scale=2, perceptual=share).pull(0) for share in (0.0, 1.0))
    assert faithful.provenance.labels.max() == Origin.ESTIMATED
    assert _fine_energy(full.frame.planes[0]) > _fine_energy(faithful.frame.planes[0])
    assert set(np.unique(full.provenance.labels)) <= {Origin.ESTIMATED, Origin.SYNTHESISED}


def test_the_slider_is_the_blend_of_its_ends_bit_for_bit() -> None:
    frame = Frame((_scene(),), PixelFormat("gray", 8), ColourSpec())
    faithful, between, full = (_puller(frame, scale=2, perceptual=share).pull(0) for share in (0.0, 0.4, 1.0))
    mixed = blend(faithful, full, 0.4)
    np.testing.assert_array_equal(between.frame.planes[0], mixed.frame.planes[0])
    np.testing.assert_array_equal(between.provenance.labels, mixed.provenance.labels)
    np.testing.assert_array_equal(between.provenance.confidence, mixed.provenance.confidence)


def test_a_seed_repeats_and_another_differs() -> None:
    frame = Frame((_scene(96),), PixelFormat("gray", 8), ColourSpec())
    once, again, other = (
        _puller(frame, scale=2, perceptual=1.0, seed=seed).pull(0).frame.planes[0] for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(once, again)
    assert np.abs(once - other).max() > 0.5


def _moving(count: int, sigma: float) -> tuple[list[Frame], list[np.ndarray]]:
    """A scene that pans two pixels a frame, with fresh noise in each, and its clean frames."""
    big = _scene(256).astype(np.float32)
    rng = np.random.default_rng(11)
    clean = [big[40:200, 20 + 2 * n : 180 + 2 * n] for n in range(count)]
    noisy = [np.clip(np.rint(one + rng.normal(0, sigma, one.shape)), 0, 255).astype(np.uint8) for one in clean]
    return [Frame((one,), PixelFormat("gray", 8), ColourSpec()) for one in noisy], clean


def _pulled(frames: list[Frame], shots: ShotList, number: int, **settings: float | None) -> np.ndarray:
    stage = DetailStage(DetailSettings(**settings))  # type: ignore[arg-type]
    return Puller(Graph(MemorySource(frames), shots, (stage,)), EXPORT).pull(number).frame.planes[0]


def test_neighbours_help_against_noise_but_never_across_a_cut() -> None:
    frames, clean = _moving(5, 20.0)
    whole, alone = ShotList((0,), 5), ShotList((0, 2, 3), 5)
    with_them = _pulled(frames, whole, 2, noise=20.0, compression=0.0)
    without = _pulled(frames, whole, 2, noise=20.0, compression=0.0, temporal=0)
    cut_off = _pulled(frames, alone, 2, noise=20.0, compression=0.0)
    errors = [np.square(answer - clean[2])[8:-8, 8:-8].mean() for answer in (with_them, without)]
    assert errors[0] < 0.8 * errors[1]
    np.testing.assert_array_equal(cut_off, without)


def test_noise_of_a_seed_moves_with_the_picture() -> None:
    frames, _ = _moving(4, 0.0)
    first, second = (_pulled(frames, ShotList((0,), 4), n, scale=2, perceptual=1.0) for n in (1, 2))
    # Two source pixels of pan are four of the answer's.
    carried = np.abs(first[40:-40, 44:-40] - second[40:-40, 40:-44]).mean()
    fixed = np.abs(first[40:-40, 40:-44] - second[40:-40, 40:-44]).mean()
    assert carried < 0.5 * fixed


def _fine_energy(picture: np.ndarray) -> float:
    return float(np.square(picture - cv2.GaussianBlur(picture, (0, 0), 1.0)).mean())


def test_shrunk_again_it_explains_the_source() -> None:
    frame = Frame((_scene(),), PixelFormat("gray", 8), ColourSpec())
    rendered = _puller(frame, scale=2).pull(0)
    small = luma_of(rendered.frame).reshape(192, 2, 192, 2).mean(axis=(1, 3))
    assert np.abs(small - luma_of(frame)).mean() < 2 / 255
    assert rendered.provenance.confidence.mean() > 150


def test_enlarged_chroma_stays_where_its_luma_is() -> None:
    # A ramp in luma and chroma alike: wherever chroma is sited, both must describe the same slope at the same place.
    width, height = 64, 16
    luma = np.tile(np.linspace(60, 180, width, dtype=np.float32), (height, 1))
    left_sited = luma[:8, ::2]
    colour = ColourSpec(range="tv", chroma_location="left")
    frame = Frame((luma, left_sited.copy(), left_sited.copy()), YUV420, colour)
    answer = _puller(frame, scale=2, noise=0.0, compression=0.0).pull(0).frame
    sloped = enlarge_plane(luma, 2)[0, ::2]
    assert np.abs(answer.planes[1][0, 8:-8] - sloped[8:-8]).max() < 0.05


def test_the_key_follows_the_settings() -> None:
    assert DetailStage(DetailSettings(scale=2)).key() == DetailStage(DetailSettings(scale=2)).key()
    assert DetailStage(DetailSettings(scale=2)).key() != DetailStage(DetailSettings(scale=4)).key()


def test_a_damaged_frame_does_not_stop_the_measuring_of_its_shot() -> None:
    class Holed(MemorySource):
        def read(self, number: FrameNo) -> Frame:
            if number == 2:
                raise FrameError(number, "Frame 2 is damaged.")
            return super().read(number)

    source = Holed([random_frame(PixelFormat("gray", 8), 64, 48, seed=n) for n in range(5)])
    puller = Puller(Graph(source, ShotList((0,), 5), (DetailStage(DetailSettings()),)), EXPORT)
    assert puller.pull(0).frame.width == 64
    with pytest.raises(FrameError, match="Frame 2"):
        puller.pull(2)


def test_untagged_rgb_is_weighed_by_the_whole_pictures_size() -> None:
    # Above 1024 x 576 untagged pictures count as BT.709: a region must not be taken for a small one.
    frame = random_frame(PixelFormat("rgb", 8), 1060, 64)
    puller = _puller(frame, noise=12.0, compression=0.0)
    region = Rect(400, 8, 40, 40)
    part, whole = puller.pull(0, region), puller.pull(0).crop(region)
    for a, b in zip(part.frame.planes, whole.frame.planes, strict=True):
        assert np.abs(a - b).max() / 255 < 1e-5
