"""An imported model beside stage detail and bicubic, on a folder of pictures: quality and time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from engines.benchmark.ours import OURS, detail, restored
from engines.benchmark.peers import bicubic
from engines.benchmark.pictures import STILL, noisy, pictures_in, read_picture, shrunk
from engines.cancel import CancelToken
from engines.errors import SettingError
from engines.luma import luma_weights
from engines.metrics.perceptual import PerceptualMeter
from engines.metrics.psnr import psnr_y
from engines.metrics.ssim import ssim_y
from engines.models.collection import find
from engines.stages.base import Stage, StageContext
from engines.stages.model import MODEL, ModelSettings
from engines.types import Frame

DETAIL_SCALES = (1, 2, 4)


@dataclass(frozen=True)
class Shown:
    """How one method did on one picture. psnr_y: dB. seconds: for the picture. perceptual: None without a meter."""

    picture: str
    method: str
    psnr_y: float
    ssim_y: float
    perceptual: float | None
    seconds: float


@dataclass(frozen=True)
class Row:
    """Means over the pictures (the median for time)."""

    method: str
    pictures: int
    psnr_y: float
    ssim_y: float
    perceptual: float | None
    seconds: float


@dataclass(frozen=True)
class Trial:
    """What is measured. noise: standard deviation added, 8-bit codes. device: where networks run.

    channels: 1 = the noise is grey, 3 = each channel has its own.
    """

    name: str
    scale: int
    channels: int
    noise: float
    stages: tuple[tuple[str, Stage | None], ...]
    device: str

    @property
    def task(self) -> str:
        """What the pictures went through, in words."""
        made = [f"shrunk {self.scale} times (bicubic, antialiased)"] if self.scale > 1 else []
        where = "luma" if self.channels == 1 else "each of R, G, B"
        made += [f"noise of standard deviation {self.noise:g} (8-bit codes) added to {where}"] if self.noise else []
        return " and ".join(made)


def trial(models: Path, name: str, noise: float | None = None, device: str = "cpu") -> Trial:
    """Prepare to measure model `name` of folder `models`. Raises ModelError, SettingError.

    A model that does not enlarge needs something to restore: `noise` must then be given.
    """
    card = find(models, name)
    if card.scale == 1 and not noise:
        raise SettingError(
            f"Model {name} does not enlarge, so there is nothing to measure on clean pictures.",
            "Say how much noise to add, in 8-bit codes: --noise 25.",
        )
    model = MODEL.make(ModelSettings(name), StageContext(models=models))
    # Stage detail is told what reaches luma; independent noise of three channels partly cancels there.
    share = 1.0 if card.channels == 1 else math.hypot(*luma_weights(STILL, 0, 0))
    told = share * (noise or 0.0)
    ours = detail(scale=card.scale, noise=told, compression=0.0) if card.scale in DETAIL_SCALES else None
    stages = (("bicubic" if card.scale > 1 else "untouched", None), (OURS, ours), (name, model))
    kept = tuple((method, stage) for method, stage in stages if stage is not None or method != OURS)
    return Trial(name, card.scale, card.channels, noise or 0.0, kept, device)


def measured(
    what: Trial, folder: Path, limit: int | None, meter: PerceptualMeter | None, cancel: CancelToken | None = None
) -> Iterator[Shown]:
    """Every method on every picture. Raises MediaError (no pictures, unreadable), ModelError, Cancelled."""
    for index, path in enumerate(pictures_in(folder, limit)):
        truth = read_picture(path, what.scale)
        given = _degraded(truth, what, index)
        for method, stage in what.stages:
            if cancel is not None:
                cancel.check()
            treat: Callable[[Frame], Frame] = _plain(what.scale) if stage is None else _through(stage, what.device)
            start = time.perf_counter()
            answer = treat(given)
            seconds = time.perf_counter() - start
            distance = meter.distance(answer, truth) if meter is not None else None
            yield Shown(
                path.name,
                method,
                psnr_y(answer, truth, what.scale),
                ssim_y(answer, truth, what.scale),
                distance,
                seconds,
            )


def table(shown: Sequence[Shown]) -> tuple[Row, ...]:
    """A row for each method, in order. Raises ValueError without any picture."""
    if not shown:
        raise ValueError("nothing was measured")
    rows = []
    for method in dict.fromkeys(one.method for one in shown):
        own = [one for one in shown if one.method == method]
        far = [one.perceptual for one in own if one.perceptual is not None]
        rows.append(
            Row(
                method,
                len(own),
                fmean(one.psnr_y for one in own),
                fmean(one.ssim_y for one in own),
                fmean(far) if far else None,
                median(one.seconds for one in own),
            )
        )
    return tuple(rows)


def _degraded(truth: Frame, what: Trial, seed: int) -> Frame:
    given = shrunk(truth, what.scale) if what.scale > 1 else truth
    if not what.noise:
        return given
    planes = tuple(
        noisy(given.with_planes((plane, *given.planes[1:])), what.noise, 3 * seed + channel % what.channels).planes[0]
        for channel, plane in enumerate(given.planes)
    )
    return given.with_planes(planes)


def _plain(scale: int) -> Callable[[Frame], Frame]:
    return (lambda frame: bicubic(frame, scale)) if scale > 1 else (lambda frame: frame)


def _through(stage: Stage, device: str) -> Callable[[Frame], Frame]:
    return lambda frame: restored(frame, stage, device=device)
