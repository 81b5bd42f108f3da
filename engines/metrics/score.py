"""Scores a clip against its reference, frame by frame and on average."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import MediaError
from engines.media.source import Source
from engines.metrics.perceptual import PerceptualMeter
from engines.metrics.psnr import psnr_y
from engines.metrics.ssim import ssim_y
from engines.metrics.steadiness import motion_of, warping_error
from engines.types import Frame, FrameNo


@dataclass(frozen=True)
class FrameScore:
    """Measures of one frame. psnr_y: dB, infinite where equal. perceptual: None without a meter.

    warping_error: None for the first frame of a shot and where motion hides too much.
    """

    frame: FrameNo
    psnr_y: float
    ssim_y: float
    perceptual: float | None
    warping_error: float | None


@dataclass(frozen=True)
class MeanScore:
    """Means over the frames that have the measure. psnr_y is the mean of the frames' dB, as in published tables.

    pooled_psnr_y: dB of the mean squared error over all frames (FFmpeg's average), finite if any frame differs.
    """

    frames: int
    psnr_y: float
    pooled_psnr_y: float
    ssim_y: float
    perceptual: float | None
    warping_error: float | None


def score(
    result: Source,
    reference: Source,
    *,
    border: int = 0,
    perceptual: PerceptualMeter | None = None,
    shots: ShotList | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[FrameScore]:
    """Compare frame by frame; `border` pixels are left out of PSNR and SSIM, warping stays inside `shots`.

    Motion is the reference's. Raises MediaError at once where sizes or lengths differ, while iterating FrameError for
    damaged frames and Cancelled.
    """
    ours, theirs = result.info, reference.info
    if (ours.width, ours.height) != (theirs.width, theirs.height):
        raise MediaError(
            f"The clips differ in size ({ours.width}x{ours.height} and {theirs.width}x{theirs.height}).",
            "Compare clips of the same size.",
        )
    if ours.frame_count != theirs.frame_count:
        raise MediaError(
            f"The clips differ in length ({ours.frame_count} and {theirs.frame_count} frames).",
            "Compare the same range of frames.",
        )
    return _scores(result, reference, border, perceptual, shots, cancel or CancelToken())


def _scores(
    result: Source,
    reference: Source,
    border: int,
    perceptual: PerceptualMeter | None,
    shots: ShotList | None,
    cancel: CancelToken,
) -> Iterator[FrameScore]:
    before: tuple[Frame, Frame] | None = None
    for number in range(result.info.frame_count):
        cancel.check()
        ours, theirs = result.read(number), reference.read(number)
        if shots is not None and shots.shot(number).first == number:
            before = None
        unsteady = None
        if before is not None:
            unsteady = warping_error(before[0], ours, motion_of(before[1], theirs))
        distance = perceptual.distance(ours, theirs) if perceptual is not None else None
        yield FrameScore(number, psnr_y(ours, theirs, border), ssim_y(ours, theirs, border), distance, unsteady)
        before = ours, theirs


def mean_scores(scores: Iterable[FrameScore]) -> MeanScore:
    """Raises ValueError without any score."""
    every = list(scores)
    if not every:
        raise ValueError("there are no scores to average")
    errors = [10.0 ** (-one.psnr_y / 10.0) for one in every]
    error = sum(errors) / len(errors)
    return MeanScore(
        frames=len(every),
        psnr_y=sum(one.psnr_y for one in every) / len(every),
        pooled_psnr_y=math.inf if error == 0.0 else -10.0 * math.log10(error),
        ssim_y=sum(one.ssim_y for one in every) / len(every),
        perceptual=_mean(one.perceptual for one in every),
        warping_error=_mean(one.warping_error for one in every),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
