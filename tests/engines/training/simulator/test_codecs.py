"""Real codec passes: shape, order, growing harm, and strength on JPEG's scale."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.training.simulator.codecs import Codec, CodecSetting, code, jpeg_pass
from engines.training.simulator.reach import DegradationRange
from engines.training.simulator.steps import equivalent_step, h264_step, jpeg_step


def _moving(count: int = 4, height: int = 70, width: int = 101) -> NDArray[np.uint8]:
    """A soft texture that pans two pixels a frame and brightens, so that order shows."""
    rng = np.random.default_rng(3)
    wide = cv2.GaussianBlur(rng.random((height, width + 2 * count)).astype(np.float32), (0, 0), 1.2)
    wide = np.clip((wide - 0.5) * 3 + 0.4, 0, 0.8)
    frames = [wide[:, 2 * n : 2 * n + width] + 0.05 * n for n in range(count)]
    return np.asarray(np.rint(np.clip(np.stack(frames), 0, 1) * 255), dtype=np.uint8)


def _error(after: NDArray[np.uint8], before: NDArray[np.uint8]) -> float:
    return float(np.square(after.astype(float) - before).mean())


@pytest.mark.parametrize(
    ("codec", "mild", "harsh"),
    [("jpeg", 90, 15), ("mjpeg", 3, 25), ("h264", 18, 42), ("hevc", 18, 42), ("mpeg2", 3, 25)],
)
def test_codecs_leave_real_marks_of_growing_strength_and_keep_the_order(codec: Codec, mild: int, harsh: int) -> None:
    frames = _moving()
    little = code(frames, CodecSetting(codec, mild, preset="ultrafast", b_frames=2))
    much = code(frames, CodecSetting(codec, harsh, preset="ultrafast", b_frames=2))
    assert little.shape == much.shape == frames.shape
    assert 0 < _error(little, frames) < _error(much, frames) / 2
    # Every frame is nearest to the one it came from.
    for number, frame in enumerate(little):
        assert number == int(np.argmin([_error(frame, other) for other in frames]))


def test_a_rate_factor_is_another_thing_than_a_quantiser() -> None:
    frames = _moving()
    assert not np.array_equal(code(frames, CodecSetting("h264", 30, True)), code(frames, CodecSetting("h264", 30)))


def test_frames_smaller_than_a_codec_knows_are_coded_all_the_same() -> None:
    tiny = _moving(2, 9, 12)
    codecs: tuple[Codec, ...] = ("h264", "hevc", "mpeg2", "mjpeg")
    for codec in codecs:
        assert code(tiny, CodecSetting(codec, 8, preset="ultrafast")).shape == (2, 9, 12)


def test_nominal_steps() -> None:
    assert jpeg_step(90) < jpeg_step(20)
    assert h264_step(34) == pytest.approx(2 * h264_step(28))


@pytest.mark.parametrize("quality", [90, 60, 30, 15, 8])
def test_a_jpeg_is_its_own_equivalent(quality: int) -> None:
    frames = _moving()
    after = np.stack([jpeg_pass(frame, quality) for frame in frames])
    assert equivalent_step(frames, after) == pytest.approx(jpeg_step(quality), rel=0.15)


def test_equivalent_steps_grow_with_harm_and_start_at_nothing() -> None:
    frames = _moving()
    steps = [equivalent_step(frames, code(frames, CodecSetting("h264", qp))) for qp in (12, 24, 36, 48)]
    assert steps == sorted(steps)
    assert steps[-1] > 4 * steps[0] > 0
    assert equivalent_step(frames, frames) == 0.0
    flat = np.full((2, 32, 32), 90, dtype=np.uint8)
    assert equivalent_step(flat, flat + np.uint8(3)) > 0


def test_settings_stay_in_their_ranges() -> None:
    reach = DegradationRange(h264_qp=(20, 22), h264_crf=(30, 32), mpeg_scale=(5, 7), jpeg_quality=(50, 52))
    rng = np.random.default_rng(0)
    drawn = [reach.setting(reach.still_codecs, rng) for _ in range(200)]
    assert {s.codec for s in drawn} == {"jpeg", "mjpeg", "h264", "hevc", "mpeg2"}
    for s in drawn:
        expected = {"jpeg": {50, 51}, "mjpeg": {5, 6}, "mpeg2": {5, 6}}.get(
            s.codec, {30, 31} if s.by_rate_factor else {20, 21}
        )
        assert s.strength in expected
