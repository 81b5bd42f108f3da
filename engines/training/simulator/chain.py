"""The whole chain for batches of single patches: light, sampling, noise, transfer, quantisation, codecs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.nets.condition import noise_condition, step_condition
from engines.training.simulator.codecs import CodecSetting, Frames, code
from engines.training.simulator.lens import through_lens
from engines.training.simulator.levels import quantised
from engines.training.simulator.mosaic import through_mosaic
from engines.training.simulator.motion_blur import moved
from engines.training.simulator.noise import Noise, surviving
from engines.training.simulator.reach import DegradationRange
from engines.training.simulator.sampling import Sampling, sampled
from engines.training.simulator.steps import equivalent_step, jpeg_step
from engines.training.simulator.transfer import Transfer

# Movement from frame to frame (pixels, standard deviation) of what codecs and fields see.
_SPEED = 1.5
# Frames before and after the present one in a codec's stream, past the most.
_EARLIER, _LATER = 3, 2


@dataclass(frozen=True)
class Degraded:
    """What was done to B patches. luma: B x 1 x h x w (0..1); condition: B x 2, the true conditioning values.

    The noise condition says what is left of the noise, the other how strong the codecs' damage is (`equivalent_step`).
    planted: B, standard deviation of the noise before codecs (0..1); step: B, 8-bit code values; blur: B, standard
    deviation of the point spread in pixels of luma; target: B x 1 x H x W, `clean` with the tones of `luma`.
    """

    luma: Tensor
    condition: Tensor
    planted: Tensor
    step: Tensor
    blur: Tensor
    target: Tensor


def degrade(clean: Tensor, scale: int, rng: np.random.Generator, reach: DegradationRange) -> Degraded:
    """clean: B x 1 x H x W (0..1), H and W multiples of `scale`; returns patches `scale` times smaller.

    In the order of physics: lens, movement and halation in linear light; sampling; grain or sensor noise; fields and
    tones; quantisation; one or two real codec passes over some of the patches, as tiles of moving frames.
    """
    count = len(clean)
    light, blur = through_lens(clean, scale, rng, reach)
    small = sampled(light, scale, _sampling(rng, reach))
    noise, transfer = Noise.drawn(count, rng, reach), Transfer.drawn(count, rng, reach)
    shifts = torch.from_numpy((rng.standard_normal((count, 2)) * _SPEED).astype(np.float32))
    ideal = transfer.applied(small, shifts)
    grained = transfer.applied(small + noise.fresh(small, rng), shifts)
    steps = np.zeros(count)
    # Half the patches of a coded batch go through the codec, as tiles of one picture.
    chosen = np.flatnonzero(rng.random(count) < 0.5) if rng.random() < 2 * reach.compressed_share else np.empty(0, int)
    luma = quantised(grained, 10 if rng.random() < reach.deep_share else 8)
    if chosen.size:
        around = _Around(small[chosen], noise.of(chosen), transfer.of(chosen), shifts[chosen])
        luma[chosen], steps[chosen] = _coded(grained[chosen], around, rng, reach)
    left = surviving(grained - ideal, ideal, luma)
    conditions = [[noise_condition(float(s)), step_condition(float(q))] for s, q in zip(left, steps, strict=True)]
    return Degraded(
        luma,
        torch.tensor(conditions, dtype=torch.float32),
        (grained - ideal).square().mean(dim=(1, 2, 3)).sqrt(),
        torch.from_numpy(steps),
        torch.from_numpy(blur),
        transfer.toned(clean).clamp(0, 1),
    )


@dataclass(frozen=True)
class _Around:
    """All it takes to make the frames before and after."""

    small: Tensor
    noise: Noise
    transfer: Transfer
    shifts: Tensor

    def at(self, moment: int, rng: np.random.Generator) -> Tensor:
        there = moved(self.small, moment * self.shifts)
        return self.transfer.applied(there + self.noise.fresh(there, rng), self.shifts)


def _sampling(rng: np.random.Generator, reach: DegradationRange) -> Sampling:
    if rng.random() >= reach.odd_sampling_share:
        return "bicubic"
    return "area" if rng.random() < 0.6 else "aliased"


def _coded(present: Tensor, around: _Around, rng: np.random.Generator, reach: DegradationRange) -> tuple[Tensor, float]:
    """The present patches after one or two codec passes among their neighbours in time, and the equivalent step."""
    settings = [reach.setting(reach.still_codecs, rng) for _ in range(2 if rng.random() < reach.again_share else 1)]
    earlier = later = 0
    if any(setting.codec not in ("jpeg", "mjpeg") for setting in settings):
        earlier, later = int(rng.integers(_EARLIER)), int(rng.integers(_LATER))
    frames = [present if t == 0 else around.at(t, rng) for t in range(-earlier, later + 1)]
    steps: list[float] = []

    def work(before: Frames) -> Frames:
        after, now = before, slice(earlier, earlier + 1)
        for setting in settings:
            after = code(after, setting)
        steps.append(_step(settings, before[now], after[now]))
        return after

    answer = through_mosaic(torch.stack(frames)[:, :, 0], work, rng)
    return answer[earlier][:, None], steps[0]


def _step(settings: list[CodecSetting], before: Frames, after: Frames) -> float:
    if len(settings) == 1 and settings[0].codec == "jpeg":
        return jpeg_step(settings[0].strength)
    return equivalent_step(before, after)
