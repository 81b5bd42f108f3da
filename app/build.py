"""One function turns what is to be done into a graph; preview, command line and project exports share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.data_folder import models_folder
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.forensic import refuse_invention
from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph
from engines.masks import MaskFolder, NoMasks
from engines.media.source import ClipInfo, Source
from engines.models.devices import check_device
from engines.stages.base import MaskSource, Stage, StageContext
from engines.stages.catalogue import make_stage
from engines.stages.original import Original
from engines.stages.per_shot import per_shot

Make = Callable[[str, Mapping[str, str]], Stage]
"""A stage by name and settings, as `make_stage` with its context."""


def build_stages(job: RenderJob, source: Source) -> tuple[Stage, ...]:
    """The job's stages in order, every setting checked. Raises SettingError, MaskError, ModelError."""
    stages = _stages(job, source)
    if job.forensic:
        refuse_invention(stages)
    return stages


def _stages(job: RenderJob, source: Source) -> tuple[Stage, ...]:
    check_device(job.device)
    masks = MaskFolder(job.masks, *_size(source.info)) if job.masks else None
    if job.shots:
        original = MaskFolder(job.original, *_size(source.info)) if job.original else NoMasks()
        context = StageContext(masks=masks or NoMasks(), models=models_folder(), device=job.device)
        return chain(job.shots, original, lambda name, settings: make_stage(name, settings, context))
    if job.slider > 0 and not any(spec.name == "detail" for spec in job.stages):
        raise SettingError("The slider acts on stage detail, which this render does not use.", "Add --stage detail.")
    context = StageContext(masks=masks, models=models_folder(), device=job.device)
    one_shot = (ShotSpec(0, job.stages, job.slider),)
    stages = chain(one_shot, NoMasks(), lambda name, settings: make_stage(name, settings, context))
    if masks is not None and not any(spec.name == "inpaint" for spec in job.stages):
        raise SettingError("Masks are given, but no stage uses them.", "Add --stage inpaint, or leave --masks out.")
    return stages


def chain(shots: Sequence[ShotSpec], original: MaskSource, make: Make) -> tuple[Stage, ...]:
    """The stages that treat each shot as it asks, without those that no shot uses. Raises SettingError, MaskError."""
    found = []
    for place in range(len(shots[0].stages)):
        uses = {shot.start: (shot.stages[place], shot.slider) for shot in shots}
        variants = {
            start: make(use.name, _with_slider(use, slider)) if use.enabled else None
            for start, (use, slider) in uses.items()
        }
        found.append(per_shot(variants))
    stages = [stage for stage in found if stage is not None]
    return (*stages, Original(original)) if original.numbers() else tuple(stages)


def shots_of(shots: Sequence[ShotSpec], count: int) -> ShotList:
    """Where the shots begin, as far as a source of `count` frames goes."""
    return ShotList(tuple(shot.start for shot in shots if shot.start < count), count)


def _size(info: ClipInfo) -> tuple[int, int, int]:
    return info.width, info.height, info.frame_count


def _with_slider(use: StageSpec, slider: float) -> Mapping[str, str]:
    """The slider is the perceptual setting of detail, unless that is set by hand."""
    if use.name != "detail" or slider == 0.0 or "perceptual" in use.settings:
        return use.settings
    return {**use.settings, "perceptual": str(slider)}


def build_graph(stages: tuple[Stage, ...], source: Source, shots: Callable[[], ShotList]) -> Graph:
    """The graph of `stages` over `source`; `shots` is called only where a stage needs to know the cuts.

    Raises SettingError where a stage cannot work on what comes before it.
    """
    cuts = shots() if stages else ShotList((0,), source.info.frame_count)
    graph = Graph(source, cuts, stages)
    graph.geometry()
    return graph
