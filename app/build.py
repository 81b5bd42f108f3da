"""One function turns what is to be done into a graph; preview, command line and project exports share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.analyses import kept_analyses
from app.burned_in import burned_in
from app.data_folder import models_folder
from app.export.job import RenderJob, ShotSpec, StageSpec
from app.forensic.gate import refuse_invention
from app.forensic.rules import refuse_job
from engines.analysis.store import AnalysisStore
from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph
from engines.masks import MaskFolder, NoMasks
from engines.media.source import ClipInfo, Source
from engines.models.devices import check_device
from engines.stages.base import Detector, MaskSource, Stage, StageContext
from engines.stages.catalogue import make_stage
from engines.stages.original import Original
from engines.stages.painted import Painted
from engines.stages.per_shot import per_shot

# Beyond the last frame of any clip.
_EVER = 2**31

Make = Callable[[str, Mapping[str, str]], Stage]
"""A stage by name and settings, as `make_stage` with its context."""


def build_stages(job: RenderJob, source: Source) -> tuple[Stage, ...]:
    """The job's stages in order, every setting checked. Raises SettingError, MaskError, ModelError."""
    refuse_job(job)
    stages = _stages(job, source)
    if job.burn_in:
        stages = (*stages, burned_in(source.info, job.case))
    if job.forensic:
        refuse_invention(stages)
    return stages


def _stages(job: RenderJob, source: Source) -> tuple[Stage, ...]:
    check_device(job.device)
    masks, protect, original = (_masks(folder, source) for folder in (job.masks, job.protect, job.original))
    context = StageContext(models=models_folder(), device=job.device, hdr=source.info.hdr)

    def make(name: str, settings: Mapping[str, str]) -> Stage:
        return make_stage(name, settings, context)

    painted = Painted(masks, protect)
    if job.shots:
        return chain(job.shots, painted, original, make)
    if job.slider > 0 and not any(spec.name == "detail" for spec in job.stages):
        raise SettingError("The slider acts on stage detail, which this render does not use.", "Add --stage detail.")
    stages = chain((ShotSpec(0, job.stages, job.slider),), painted, original, make)
    _check_repair(stages, job.masks is not None)
    return stages


def _masks(folder: Path | None, source: Source) -> MaskSource:
    return MaskFolder(folder, *_size(source.info)) if folder else NoMasks()


def _check_repair(stages: Sequence[Stage], masks: bool) -> None:
    """Raises SettingError where damage is found or painted and not repaired, or is to be repaired and not found."""
    names = [stage.name for stage in stages]
    place = names.index("inpaint") if "inpaint" in names else len(names)
    finders = [stage.name for stage in stages if isinstance(stage, Detector)]
    if place == len(names):
        if masks:
            raise SettingError("Masks are given, but no stage uses them.", "Add --stage inpaint, or leave --masks out.")
        if finders:
            raise SettingError(f"Stage {finders[0]} finds damage, but no stage repairs it.", "Add --stage inpaint.")
    elif not any(stage.finds(0, _EVER) for stage in stages[:place]):
        raise SettingError(
            "Stage inpaint is not told what is damaged.",
            "Give a folder of mask PNGs with --masks, or put --stage dirt or --stage scratch before it.",
        )


def chain(shots: Sequence[ShotSpec], painted: Painted, original: MaskSource, make: Make) -> tuple[Stage, ...]:
    """The stages that treat each shot as it asks, without those that no shot uses or that have nothing painted.

    Raises SettingError, MaskError.
    """
    if len({tuple(use.name for use in shot.stages) for shot in shots}) > 1:
        raise SettingError(
            "The shots list different stages, where all must list the same ones in the same order.",
            "What says so was changed by hand, or is damaged: take a good copy.",
        )
    found = []
    for place in range(len(shots[0].stages)):
        uses = {shot.start: (shot.stages[place], shot.slider) for shot in shots}
        variants = {
            start: make(use.name, _with_slider(use, slider)) if use.enabled else None
            for start, (use, slider) in uses.items()
        }
        found.append(per_shot(variants))
    stages = [stage for stage in found if stage is not None]
    first = (painted,) if stages and painted.anything else ()
    last = (Original(original),) if original.numbers() else ()
    return (*first, *stages, *last)


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


def build_graph(
    stages: tuple[Stage, ...],
    source: Source,
    shots: Callable[[], ShotList],
    analyses: AnalysisStore | None = None,
) -> Graph:
    """The graph of `stages` over `source`; `shots` is called only where a stage needs to know the cuts.

    analyses: where measurements over shots are kept; None: where this process keeps them.

    Raises SettingError where a stage cannot work on what comes before it.
    """
    cuts = shots() if stages else ShotList((0,), source.info.frame_count)
    graph = Graph(source, cuts, stages, kept_analyses() if analyses is None else analyses)
    graph.geometry()
    return graph
