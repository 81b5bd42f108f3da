"""Random frames of a master rendered again by the same pipeline, and compared with what it holds."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from app.audit.repeat import check_stages, job_of, masks_found
from app.build import build_graph, build_stages
from app.data_folder import models_folder
from app.export.job import RenderJob
from app.export.manifest import Manifest
from app.export.opening import open_for
from app.export.paths import MasterPaths
from app.forensic.repeatable import refuse_unlike, repeatable
from app.verification.frames import difference, read
from app.verification.logged import Logged
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.detect.shots import ShotList
from engines.errors import MediaError, RenderError
from engines.graph import Puller
from engines.media.framemd5 import frame_md5
from engines.media.planes import native_name
from engines.media.source import Source
from engines.policy import EXPORT
from engines.provenance_track import TRACK_FORMAT, pack
from engines.stages.base import Rendered
from engines.types import Frame, FrameNo


@dataclass(frozen=True)
class Rerun:
    """frames: of the source, ascending. pixels: whether samples were compared, not only labels (a lossy master)."""

    seed: int
    frames: tuple[FrameNo, ...]
    pixels: bool


def chosen_frames(manifest: Manifest, count: int, seed: int) -> tuple[FrameNo, ...]:
    """`count` frames of the master at most, each once; the same for the same seed."""
    numbers = range(manifest.first, manifest.last + 1)
    return tuple(sorted(random.Random(seed).sample(numbers, min(count, len(numbers)))))


def repeat(
    manifest: Manifest,
    logged: Logged,
    paths: MasterPaths,
    picture: Source,
    source: Path | None,
    frames: Sequence[FrameNo],
    step: Callable[[], None],
    cancel: CancelToken,
) -> None:
    """Render `frames` again and compare; nothing that was measured or computed before is used.

    picture: the opened master, each frame of which equals its checksum. source: where it is, if not where the manifest
    says. Raises RenderError that names the first frame
    that differs, or the stage, weights or job that are not those of the log; MaskError, ModelError, Cancelled.
    """
    started = logged.entries[0].facts
    if started.get("job") != manifest.job:
        raise RenderError(f"The job in {paths.manifest.name} is not the one in the audit log.")
    with contextlib.ExitStack() as held:
        masks = held.enter_context(masks_found(manifest, logged.entries, paths.master.parent))
        job = job_of(manifest, source=source, masks=masks)
        if job.forensic:
            refuse_unlike()
        held.enter_context(repeatable(job.forensic))
        if job.threads and not job.forensic:
            torch.set_num_threads(job.threads)
        opened = held.enter_context(contextlib.closing(open_for(job)))
        puller = _puller(job, manifest, logged, opened, cancel)
        for number in frames:
            rendered = puller.pull(number)
            _compare(rendered, read(picture, number - manifest.first, "master"), number, manifest)
            step()


def _puller(job: RenderJob, manifest: Manifest, logged: Logged, source: Source, cancel: CancelToken) -> Puller:
    stages = build_stages(job, source)
    check_stages(manifest, stages, logged.entries, models_folder())
    try:
        shots = ShotList(manifest.shots, source.info.frame_count)
    except (ValueError, TypeError) as error:
        raise MediaError(f"The shots in the manifest of {manifest.master} are damaged ({error}).") from error
    graph = build_graph(stages, source, lambda: shots, AnalysisStore())
    return Puller(graph, replace(EXPORT, device=job.device), cancel)


def _compare(rendered: Rendered, stored: Frame, number: FrameNo, manifest: Manifest) -> None:
    labels = frame_md5(pack(rendered.provenance), native_name(TRACK_FORMAT))
    if labels != manifest.provenance_hashes[number - manifest.first]:
        raise RenderError(f"Frame {number}, rendered again, has other provenance than the master's track.")
    if not manifest.lossless:
        return
    again = rendered.frame.quantised()
    if (again.width, again.height, again.format) != (stored.width, stored.height, stored.format):
        raise RenderError(f"Frame {number}, rendered again, has another size or format than the master's.")
    for index, (ours, theirs) in enumerate(zip(again.planes, stored.planes, strict=True)):
        wrong = difference(ours, theirs)
        if wrong.any():
            y, x = np.argwhere(wrong)[0]
            raise RenderError(
                f"Frame {number}, rendered again, differs from the master: {np.count_nonzero(wrong):,} samples, the "
                f"first in plane {index}, column {x}, row {y}: {ours[y, x]} instead of {theirs[y, x]}."
            )
