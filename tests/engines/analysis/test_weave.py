"""The course of the picture over a shot: measured once, arrays of the promised shapes, and what is proposed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import cv2
import numpy as np

from engines.analysis.finding import Sample
from engines.analysis.propose_stabilise import propose_stabilise
from engines.analysis.shot_analysis import Arrays, run_analyses
from engines.analysis.store import AnalysisStore
from engines.analysis.weave import WeaveAnalysis
from engines.benchmark.held import HeldClip
from engines.cancel import CancelToken
from engines.detect.shots import Shot
from engines.stabilise.correction import Wish, shot_correction
from engines.stabilise.model import displacement
from engines.stabilise.plots import weave_curves
from engines.training.plant.weave import margin_for, planned, woven
from engines.types import ColourSpec, Frame, PixelFormat

_COUNT = 28
_GREY = PixelFormat("gray", 8)


def _picture(width: int = 192, height: int = 144) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal((height, width)).astype(np.float32)
    mixed = sum(cv2.GaussianBlur(noise, (0, 0), s) * s for s in (1.5, 5.0))
    return np.asarray(np.clip(128 + 40 * mixed / np.std(mixed), 0, 255), np.float32)


def _clip(frames: list[Frame]) -> HeldClip:
    clip = HeldClip(frames)
    clip.info = replace(clip.info, rate=Fraction(24))
    return clip


def _measured(clip: HeldClip) -> Arrays:
    return run_analyses([WeaveAnalysis()], clip, Shot(0, clip.info.frame_count - 1), CancelToken())[0]


@cache
def _woven() -> HeldClip:
    weave = planned(_COUNT, 3, most=3.0, angle=0.2, breath=0.3)
    frame = Frame((_picture().astype(np.uint8),), _GREY, ColourSpec())
    return _clip(woven([frame] * _COUNT, weave, margin_for(weave, frame.width, frame.height)))


def test_shift_rotation_and_zoom_are_told_apart() -> None:
    arrays = _measured(_woven())
    assert arrays["path"].shape == arrays["still"].shape == (_COUNT, 1, 12)
    truth = planned(_COUNT, 3, most=3.0, angle=0.2, breath=0.3)
    correction = shot_correction(arrays, Wish())
    assert correction.locked
    curves = {curve.name: curve for curve in weave_curves(correction)}
    # OpenCV turns anticlockwise, the curve clockwise.
    for name, planted, limit in (
        ("Right", truth.x, 0.1),
        ("Down", truth.y, 0.1),
        ("Rotation", -truth.angle, 0.03),
        ("Zoom", 100 * (truth.zoom - 1), 0.05),
    ):
        assert np.std(curves[name].before - planted) < limit
        assert np.ptp(curves[name].after) < 1e-9


def test_warping_film_is_told_by_its_mesh() -> None:
    picture, frames = _picture(), []
    bends = np.random.default_rng(2).standard_normal(_COUNT) * 4.0
    for bend in bends:
        coefficients = np.zeros(12)
        coefficients[8] = bend
        field = displacement(coefficients, np.arange(192), np.arange(144), 192, 144)
        x, y = (field[..., axis] + grid for axis, grid in enumerate(np.meshgrid(np.arange(192), np.arange(144))))
        moved = cv2.remap(picture, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
        frames.append(Frame((np.rint(moved).astype(np.uint8),), _GREY, ColourSpec()))
    found = shot_correction(_measured(_clip(frames)), Wish()).weave[:, 0, 8]
    assert np.corrcoef(found, -bends)[0, 1] > 0.95


def test_strength_and_switches_scale_what_is_taken() -> None:
    arrays = _measured(_woven())
    whole, half = (shot_correction(arrays, Wish(strength=share)).back for share in (1.0, 0.5))
    np.testing.assert_allclose(half * 2, whole)
    plain = shot_correction(arrays, Wish(rotation=False, zoom=False)).back
    assert not plain[..., 2:4].any()
    assert plain[..., :2].any()


def test_what_weaves_is_proposed_and_what_stands_is_not() -> None:
    for clip, expected in ((_woven(), True), (_clip([_woven().read(0)] * 8), False)):
        shot = Shot(0, clip.info.frame_count - 1)
        finding = propose_stabilise(Sample(clip, shot, AnalysisStore(), CancelToken()))
        assert (finding is not None) == expected
        if finding is not None:
            assert finding.stage == "stabilise"
            assert "px" in finding.reason
            assert finding.confidence > 0.5
