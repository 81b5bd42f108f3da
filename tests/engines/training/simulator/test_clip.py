"""Clips: repeatable, noise new in every frame, real codecs, conditions that are true."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from engines.nets.condition import condition_step
from engines.training.simulator.clip import degrade_clip
from engines.training.simulator.noise import surviving
from engines.training.simulator.reach import DegradationRange

NOISY = DegradationRange(noisy_share=1, compressed_share=0)
CODED = DegradationRange(noisy_share=0, compressed_share=1, clip_codecs=(("h264", 1.0),), again_share=0)


def _clip(count: int = 5, size: int = 96) -> Tensor:
    rng = np.random.default_rng(2)
    wide = cv2.GaussianBlur(rng.random((size, size + count)).astype(np.float32), (0, 0), 2.0)
    wide = np.clip((wide - 0.5) * 3 + 0.5, 0.2, 0.8)
    return torch.from_numpy(np.stack([wide[:, n : n + size] for n in range(count)]))


@pytest.mark.parametrize("scale", [1, 2])
def test_clips_repeat_with_their_seed(scale: int) -> None:
    everything = DegradationRange(noisy_share=1, compressed_share=1)
    once = degrade_clip(_clip(), np.random.default_rng(4), everything, scale)
    again = degrade_clip(_clip(), np.random.default_rng(4), everything, scale)
    assert torch.equal(once.luma, again.luma)
    assert torch.equal(once.condition, again.condition)
    assert once.luma.shape == (5, 96 // scale, 96 // scale)
    assert once.condition.shape == (2,)
    assert 0 <= float(once.condition.min()) <= float(once.condition.max()) <= 1


def test_bytes_and_fractions_are_the_same_clip() -> None:
    frames = (_clip() * 255).round()
    as_bytes = degrade_clip(frames.numpy().astype(np.uint8), np.random.default_rng(4), NOISY)
    assert torch.equal(as_bytes.luma, degrade_clip(frames / 255, np.random.default_rng(4), NOISY).luma)


def test_nothing_happens_when_nothing_is_asked_for() -> None:
    nothing = DegradationRange(noisy_share=0, compressed_share=0)
    same = degrade_clip(_clip(), np.random.default_rng(4), nothing)
    assert float((same.luma - _clip()).abs().max()) <= 0.5 / 255 + 1e-6
    assert float(same.condition.abs().max()) == same.planted == same.step == 0


def test_noise_is_new_in_every_frame_and_as_strong_as_said() -> None:
    for seed in range(6):
        noisy = degrade_clip(_clip(), np.random.default_rng(seed), NOISY)
        noise = noisy.luma - _clip()
        assert float(noise.std()) == pytest.approx(noisy.planted, rel=0.15, abs=0.002)
        pair = torch.corrcoef(noise[:2].reshape(2, -1))
        assert abs(float(pair[0, 1])) < 0.1
        assert float(noisy.condition[1]) == 0


def test_a_coded_clip_says_how_strongly() -> None:
    mild, harsh = (
        degrade_clip(
            _clip(), np.random.default_rng(1), DegradationRange(**{**CODED.__dict__, "h264_crf": r, "h264_qp": r})
        )
        for r in ((20, 21), (40, 41))
    )
    assert 0 < float((mild.luma - _clip()).std()) < float((harsh.luma - _clip()).std())
    assert 0 < mild.step < harsh.step
    assert float(condition_step(float(harsh.condition[1]))) == pytest.approx(min(harsh.step, 127), rel=1e-3)


def test_a_codec_that_removes_noise_lowers_the_condition() -> None:
    reach = DegradationRange(
        noisy_share=1,
        compressed_share=1,
        max_sigma=0.06,
        h264_crf=(40, 42),
        h264_qp=(40, 42),
        clip_codecs=(("h264", 1.0),),
    )
    clips = [degrade_clip(_clip(), np.random.default_rng(seed), reach) for seed in range(8)]
    strong = [clip for clip in clips if clip.planted > 0.01]
    assert strong
    for clip in strong:
        assert float(clip.condition[0]) * 0.2 < 0.6 * clip.planted


def test_surviving_noise_is_measured() -> None:
    generator = torch.Generator().manual_seed(0)
    clean, noise = torch.rand(2, 3, 64, 64, generator=generator), torch.randn(2, 3, 64, 64, generator=generator) * 0.1
    assert surviving(noise, clean, clean + noise).tolist() == pytest.approx([0.1, 0.1], rel=0.05)
    assert surviving(noise, clean, clean + 0.3 * noise).tolist() == pytest.approx([0.03, 0.03], rel=0.05)
    assert surviving(torch.zeros_like(noise), clean, clean).tolist() == [0, 0]
