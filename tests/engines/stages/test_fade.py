"""Stage fade: what is handed through, what spots and a match bring about, and that parts equal the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.analysis.fade import FadeAnalysis, estimate_of
from engines.analysis.finding import Sample
from engines.analysis.propose_fade import propose_fade
from engines.analysis.shot_analysis import run_analyses
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.colour.difference import delta_e
from engines.colour.mapped import nominal_rgb
from engines.detect.shots import Shot, ShotList
from engines.errors import MediaError, SettingError
from engines.fade.estimate import Estimate
from engines.fade.parameters import SIZE
from engines.fade.summary import said, sureness
from engines.graph import Graph, Puller
from engines.policy import EXPORT
from engines.provenance import Origin
from engines.stages.fade import FADE, Fade, FadeSettings, fade_summary
from engines.stages.settings import parse_settings
from engines.training.scene import Scene
from engines.training.simulator.fade.fading import Fade as Fading
from engines.training.simulator.fade.fading import faded
from engines.types import ColourSpec, Frame, PixelFormat, Rect
from tests.fakes import MemorySource

WIDTH, HEIGHT = 96, 64
RGB = PixelFormat("rgb", 8)
YUV420 = PixelFormat("yuv", 8, 2, 2)
SPOT = (70, 20)
"""In the grey patch of `_scene`."""


def _scene() -> np.ndarray:
    """H x W x 3, 0..1: sky, leaves, soil, a face, a grey card, black and white."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    picture[:24], picture[24:] = (0.45, 0.62, 0.85), (0.30, 0.42, 0.16)
    picture[44:, :50] = (0.45, 0.33, 0.22)
    picture[10:40, 20:40] = (0.80, 0.62, 0.53)
    picture[8:32, 60:80] = 0.5
    picture[40:52, 60:70], picture[40:52, 74:84] = 0.02, 0.96
    noise = np.random.default_rng(1).normal(0.0, 0.02, picture.shape).astype(np.float32)
    return np.asarray(np.clip(picture + cv2.GaussianBlur(noise, (0, 0), 1.0), 0.0, 1.0))


def _gone_magenta(picture: np.ndarray) -> np.ndarray:
    """Half of cyan and a quarter of yellow lost, and a stain."""
    densities = -2.4 * np.log10((picture + 0.02) / 1.02)
    left = densities * np.array([0.5, 0.95, 0.75], np.float32) + np.array([0.01, 0.03, 0.08], np.float32)
    return np.asarray(np.clip(1.02 * 10.0 ** (-left / 2.4) - 0.02, 0.0, 1.0))


def _frame(picture: np.ndarray, layout: PixelFormat = RGB) -> Frame:
    codes = np.rint(picture * 255.0).astype(np.uint8)
    if layout.family == "rgb":
        planes = [np.ascontiguousarray(codes[:, :, channel]) for channel in range(3)]
        return Frame(tuple(planes), layout, ColourSpec(range="pc", matrix="rgb"))
    if layout.family == "gray":
        return Frame((np.ascontiguousarray(codes[:, :, 1]),), layout, ColourSpec(range="pc"))
    luma, red, blue = (np.asarray(plane) for plane in cv2.split(cv2.cvtColor(codes, cv2.COLOR_RGB2YCrCb)))
    small = [cv2.resize(plane, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA) for plane in (blue, red)]
    planes = [np.ascontiguousarray(plane, np.uint8) for plane in (luma, *small)]
    return Frame(tuple(planes), layout, ColourSpec(range="pc", matrix="smpte170m"))


def _puller(frames: Sequence[Frame], **settings: object) -> Puller:
    policy = EXPORT if settings.pop("wait", True) else replace(EXPORT, wait=False)
    texts = {name: str(value) for name, value in settings.items()}
    stage = FADE.make(parse_settings("fade", FadeSettings, texts), None)  # type: ignore[arg-type]
    return Puller(Graph(MemorySource(frames), ShotList((0,), len(frames)), (stage,)), policy)


def _faded(count: int = 2, layout: PixelFormat = RGB) -> list[Frame]:
    return [_frame(_gone_magenta(_scene()), layout)] * count


def _at_spot(frame: Frame, x: int = SPOT[0], y: int = SPOT[1]) -> np.ndarray:
    return np.median(nominal_rgb(frame)[:, y - 2 : y + 3, x - 2 : x + 3].reshape(3, -1), axis=1)


def test_grey_and_toned_clips_are_handed_through() -> None:
    grey = _frame(_gone_magenta(_scene()), PixelFormat("gray", 8))
    below = _puller([grey]).pull(0)
    np.testing.assert_array_equal(below.frame.planes[0], grey.planes[0])
    assert (below.provenance.labels == Origin.SOURCE).all()
    light = _scene().mean(axis=2, keepdims=True)
    sepia = _frame(np.clip(light ** np.array([0.8, 1.0, 1.4]), 0.0, 1.0))
    shown = _puller([sepia]).pull(0)
    np.testing.assert_array_equal(shown.frame.planes[2], sepia.planes[2])


def test_without_strength_or_measurement_samples_stay() -> None:
    frames = _faded()
    for puller in (_puller(frames, strength=0, cyan=1), _puller(frames, wait=False, sure=0)):
        shown = puller.pull(0)
        np.testing.assert_array_equal(shown.frame.planes[0], frames[0].planes[0])
        assert (shown.provenance.labels == Origin.SOURCE).all()


def test_a_neutral_spot_becomes_neutral() -> None:
    frames = _faded()
    shown = _puller(frames, neutral=f"1:{SPOT[0]},{SPOT[1]}", sure=1).pull(0)
    before, after = _at_spot(frames[0]), _at_spot(shown.frame.quantised())
    assert np.ptp(before) > 0.15
    assert np.ptp(after) < 0.02
    assert (shown.provenance.labels == Origin.ADJUSTED).all()


def test_black_and_white_spots_become_black_and_white() -> None:
    shown = _puller(_faded(), black="0:65,46", white="0:79,46", sure=1).pull(0).frame.quantised()
    assert np.abs(_at_spot(shown, 65, 46)).max() < 0.1
    assert np.abs(_at_spot(shown, 79, 46) - 1.0).max() < 0.1


def test_skin_gets_the_hue_of_skin() -> None:
    green = _frame(np.clip(_scene() * np.array([0.8, 1.0, 0.9], np.float32), 0.0, 1.0))
    red, grass, blue = _at_spot(_puller([green], skin="0:30,25", sure=1).pull(0).frame.quantised(), 30, 25)
    assert red > grass > blue
    assert abs((red - grass) - 1.8 * (grass - blue)) < 0.05


def test_a_match_takes_over_the_range_of_a_frame() -> None:
    frames = [*_faded(1), _frame(_scene())]
    before, wanted = (nominal_rgb(frame).mean(axis=(1, 2)) for frame in frames)
    # Two shots: the second is what the first is matched to.
    stage = Fade(FadeSettings(match="frame:1", sure=1.0))
    shown = Puller(Graph(MemorySource(frames), ShotList((0, 1), 2), (stage,)), EXPORT).pull(0).frame
    after = nominal_rgb(shown).mean(axis=(1, 2))
    assert np.abs(after - wanted).max() < 0.35 * np.abs(before - wanted).max()


def test_a_match_reads_a_still(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), np.rint(_scene()[:, :, ::-1] * 255.0).astype(np.uint8))
    after = nominal_rgb(_puller(_faded(), match=path, sure=1).pull(0).frame).mean(axis=(1, 2))
    assert np.abs(after - _scene().mean(axis=(0, 1))).max() < 0.04


@pytest.mark.parametrize("layout", [RGB, YUV420])
def test_a_region_equals_the_same_cut_of_the_whole(layout: PixelFormat) -> None:
    spot: dict[str, object] = {"neutral": f"0:{SPOT[0]},{SPOT[1]}", "sure": 1}
    whole = _puller(_faded(1, layout), **spot).pull(0)
    region = Rect(18, 10, 42, 30)
    part = _puller(_faded(1, layout), **spot).pull(0, region)
    for ours, theirs in zip(part.frame.planes, whole.crop(region).frame.planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_sliders_give_more_of_a_dye() -> None:
    plain = _frame(_scene())
    for channel, name in enumerate(("cyan", "magenta", "yellow")):
        shown = nominal_rgb(_puller([plain], **{name: "0.5", "sure": "1"}).pull(0).frame)
        change = (shown - nominal_rgb(plain)).mean(axis=(1, 2))
        assert change[channel] < -0.02
        assert np.argmin(change) == channel
    clean = nominal_rgb(_puller([plain], stain=1, sure=1).pull(0).frame) - nominal_rgb(plain)
    assert clean[2].mean() > clean[0].mean() > 0.0


def test_every_frame_of_a_shot_is_treated_alike() -> None:
    frames = _faded(3)
    puller = _puller(frames, neutral=f"0:{SPOT[0]},{SPOT[1]}")
    first, last = puller.pull(0).frame, puller.pull(2).frame
    for ours, theirs in zip(first.planes, last.planes, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_spot_in_a_frame_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(SettingError, match=r"no frame 9 to pick a spot in\. The clip.s frames are 0-1\."):
        _puller(_faded(2), neutral="9:1,1").pull(0)


def test_a_spot_outside_the_picture_is_one_sentence() -> None:
    with pytest.raises(SettingError, match="outside the picture"):
        _puller(_faded(), white=f"0:{WIDTH},3").pull(0)


@pytest.mark.parametrize(
    ("match", "error"), [("frame:x", SettingError), ("frame:9", SettingError), ("no.png", MediaError)]
)
def test_what_cannot_be_matched_is_one_sentence(match: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        _puller(_faded(), match=match).pull(0)


def test_the_estimate_is_told_in_words() -> None:
    vector = np.zeros(SIZE)
    vector[6:9], vector[2] = (np.log(1.8), 0.02, 0.1), 0.12
    estimate = Estimate(vector, 10.0, 2.0)
    assert sureness(estimate) == pytest.approx(0.8)
    assert said(estimate) == "Cyan lost about 44%, yellow lost about 10%, stain 0.12 D; confidence 0.8."


def test_a_print_gone_magenta_is_found_and_bettered() -> None:
    truth = np.ascontiguousarray(Scene(192, 128).frame(60).transpose(2, 0, 1), np.float32)
    scan = faded(truth, Fading(loss=(0.6, 0.1, 0.3), stain=0.1))
    source = MemorySource([_frame(scan.transpose(1, 2, 0))] * 2)
    arrays = run_analyses([FadeAnalysis()], source, Shot(0, 1), CancelToken())[0]
    assert estimate_of(arrays).before > 3.0
    shown = nominal_rgb(_puller([source.read(0)], sure=0).pull(0).frame)
    assert delta_e(shown, truth).mean() < 0.8 * delta_e(scan, truth).mean()
    finding = propose_fade(Sample(source, Shot(0, 1), AnalysisStore(), CancelToken()))
    assert finding is not None
    assert "yan lost" in finding.reason
    assert "confidence" in fade_summary(FadeSettings(sure=0.0), arrays)
