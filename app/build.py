"""One function turns a job into a graph; preview and export share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.export.job import RenderJob
from engines.detect.shots import ShotList
from engines.errors import SettingError
from engines.graph import Graph
from engines.masks import MaskFolder
from engines.media.source import Source
from engines.models.devices import check_device
from engines.stages.base import Stage, StageContext
from engines.stages.catalogue import make_stage


def build_stages(job: RenderJob, source: Source) -> tuple[Stage, ...]:
    """The job's stages in order, every setting checked. Raises SettingError, MaskError, ModelError."""
    check_device(job.device)
    info = source.info
    masks = MaskFolder(job.masks, info.width, info.height, info.frame_count) if job.masks else None
    context = StageContext(masks=masks)
    if job.slider > 0 and not any(spec.name == "detail" for spec in job.stages):
        raise SettingError("The slider acts on stage detail, which this render does not use.", "Add --stage detail.")
    stages = tuple(
        make_stage(spec.name, _with_slider(spec.name, spec.settings, job.slider), context) for spec in job.stages
    )
    if masks is not None and not any(spec.name == "inpaint" for spec in job.stages):
        raise SettingError("Masks are given, but no stage uses them.", "Add --stage inpaint, or leave --masks out.")
    return stages


def _with_slider(name: str, settings: Mapping[str, str], slider: float) -> Mapping[str, str]:
    """Until a perceptual network ships, the slider hands back the source's own texture."""
    if name != "detail" or slider == 0.0 or "texture" in settings:
        return settings
    return {**settings, "texture": str(slider)}


def build_graph(stages: tuple[Stage, ...], source: Source, shots: Callable[[], ShotList]) -> Graph:
    """The graph of `stages` over `source`; `shots` is called only where a stage needs to know the cuts.

    Raises SettingError where a stage cannot work on what comes before it.
    """
    cuts = shots() if stages else ShotList((0,), source.info.frame_count)
    graph = Graph(source, cuts, stages)
    graph.geometry()
    return graph
