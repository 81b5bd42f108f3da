"""Scores of whole clips."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import Cancelled, MediaError, SettingError
from engines.metrics.measures import MEASURES, USUAL, chosen
from engines.metrics.pairing import pair_clips
from engines.metrics.perceptual import PerceptualMeter
from engines.metrics.score import FrameScore, Tally, score
from engines.resample import enlarge_plane
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import MemorySource

_GREY = PixelFormat("gray", 8)
_USUAL = chosen(USUAL)


def _clip(count: int, error: int = 0, size: tuple[int, int] = (72, 64)) -> MemorySource:
    texture = cv2.GaussianBlur(np.random.default_rng(2).random((100, 120)).astype(np.float32), (0, 0), 2.0)
    texture = np.clip(0.5 + (texture - 0.5) * 5, 0.1, 0.9) * 255
    frames = []
    for number in range(count):
        cut = texture[10 : 10 + size[1], 10 + number : 10 + number + size[0]]
        frames.append(Frame(((np.rint(cut) + error).astype(np.uint8),), _GREY, ColourSpec("tv")))
    return MemorySource(frames)


def _twice(clip: MemorySource) -> MemorySource:
    frames = [clip.read(number) for number in range(clip.info.frame_count)]
    return MemorySource([frame.with_planes((enlarge_plane(frame.planes[0], 2),)).quantised() for frame in frames])


def test_every_frame_and_the_mean() -> None:
    meter = PerceptualMeter("counting", lambda a, b: (a - b).abs().mean())
    every = list(score(pair_clips(_clip(3, error=5), _clip(3)), _USUAL, perceptual=meter))
    assert [one.frame for one in every] == [0, 1, 2]
    assert every[0].values["warping_error"] is None
    assert all(one.values["psnr_y"] == pytest.approx(20 * math.log10(255 / 5), abs=1e-3) for one in every)
    assert all((one.values["warping_error"] or 9) < 1e-3 for one in every[1:])
    tally = Tally(_USUAL)
    for one in every:
        tally.add(one)
    mean = tally.mean()
    assert mean.frames == 3
    assert mean.pooled_psnr_y == pytest.approx(mean.values["psnr_y"], abs=1e-6)
    assert mean.values["perceptual"] == pytest.approx(5 * 255 / 219, abs=0.6)
    assert mean.values["warping_error"] is not None


def test_pooled_mean_survives_an_equal_frame() -> None:
    tally = Tally(_USUAL)
    with pytest.raises(ValueError, match="no scores"):
        tally.mean()
    tally.add(FrameScore(0, {"psnr_y": math.inf, "perceptual": None, "warping_error": None}))
    tally.add(FrameScore(1, {"psnr_y": 30.0, "perceptual": None, "warping_error": 0.5}))
    mean = tally.mean()
    assert mean.values["psnr_y"] == math.inf
    assert mean.pooled_psnr_y == pytest.approx(30 + 10 * math.log10(2))
    assert (mean.values["perceptual"], mean.values["warping_error"]) == (None, 0.5)


def test_the_worst_frame_by_each_measure() -> None:
    tally = Tally(tuple(MEASURES.values()))
    for number, (decibels, blocks, energy) in enumerate([(30.0, 1.2, 1.4), (28.0, 1.1, 0.5), (33.0, 1.5, 1.0)]):
        tally.add(FrameScore(number, {"psnr_y": decibels, "blockiness": blocks, "high_band": energy}))
    assert tally.worst == {"psnr_y": (1, 28.0), "blockiness": (2, 1.5), "high_band": (1, 0.5)}


def test_warping_stays_inside_shots() -> None:
    every = list(score(pair_clips(_clip(4), _clip(4)), chosen(["warping"]), shots=ShotList((0, 2), 4)))
    assert [one.values["warping_error"] is None for one in every] == [True, False, True, False]


def test_every_measure_of_equal_clips_and_the_references_own() -> None:
    (one,) = score(pair_clips(_clip(1), _clip(1)), chosen(["all"]))
    assert list(one.values) == list(MEASURES)
    assert one.values["psnr_y"] == math.inf
    assert one.values["ssim_y"] == pytest.approx(1)
    assert (one.values["high_band"], one.values["patches"]) == (1.0, 0.0)
    assert one.own == {"blockiness": one.values["blockiness"]}


def test_clips_that_do_not_match_are_refused_at_once() -> None:
    with pytest.raises(MediaError, match="72x64 and 70x64"):
        pair_clips(_clip(2), _clip(2, size=(70, 64)))
    with pytest.raises(MediaError, match="2 and 3 frames"):
        pair_clips(_clip(2), _clip(3))
    with pytest.raises(MediaError, match="frames 0 to 2"):
        pair_clips(_clip(3), _clip(3), (1, 3))
    with pytest.raises(MediaError, match="144x128 and 70x64"):
        pair_clips(_twice(_clip(1)), _clip(1, size=(70, 64)), versus_source=True)


def test_a_part_of_the_reference_against_a_result_of_that_part_or_of_all() -> None:
    whole = _clip(5)
    part = MemorySource([whole.read(number) for number in (2, 3)])
    for result in (whole, part):
        every = list(score(pair_clips(result, whole, (2, 3)), chosen(["psnr"])))
        assert [(one.frame, one.values["psnr_y"]) for one in every] == [(2, math.inf), (3, math.inf)]


def test_an_enlarged_result_against_its_source() -> None:
    pairs = pair_clips(_twice(_clip(2)), _clip(2), versus_source=True)
    assert pairs.scale == 2
    assert "enlarged 2 times" in pairs.note
    every = list(score(pairs, chosen(["psnr", "blockiness"])))
    # Nothing but the rounding to 8 bits lies between them.
    assert all((one.values["psnr_y"] or 0) > 57 for one in every)
    with pytest.raises(MediaError, match="--versus source"):
        pair_clips(_twice(_clip(2)), _clip(2))


def test_measures_are_named_by_their_beginning() -> None:
    assert [measure.key for measure in chosen(["psnr", "ssim_y", "psnr_y"])] == ["psnr_y", "ssim_y"]
    for wrong in ("p", "", "vmaf"):
        with pytest.raises(SettingError, match=f"no measure '{wrong}'"):
            chosen([wrong])


def test_figures_come_with_their_unit() -> None:
    assert MEASURES["psnr_y"].text(31.23456) == "31.235 dB"
    assert MEASURES["psnr_y"].text(math.inf) == "∞ dB"
    assert MEASURES["overshoot"].text(None) == "-"


def test_a_cancelled_score_stops() -> None:
    token = CancelToken()
    running = score(pair_clips(_clip(3), _clip(3)), _USUAL, cancel=token)
    next(running)
    token.cancel()
    with pytest.raises(Cancelled):
        next(running)
