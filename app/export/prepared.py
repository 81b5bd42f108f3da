"""A job made ready to render: graph, preset and plan, the same for whoever renders its segments."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import av
import cv2
import torch

from app.build import build_graph, build_stages
from app.export.deliveries import check_delivery, preset_of
from app.export.job import RenderJob
from app.export.preflight import check_frames, check_source
from app.export.segments import PlannedSegment, plan_segments
from engines.analysis.store import AnalysisStore
from engines.detect.shots import ShotList
from engines.graph import Graph
from engines.media.preset_colour import check_colour
from engines.media.presets import Preset, choose_preset, stored_format
from engines.media.source import Source
from engines.stages.base import Stage
from engines.types import FrameNo, PixelFormat

# More would hold more pictures in memory than they save time: what a stage computes is spread over processors already.
_MOST_AT_ONCE = 2


@dataclass(frozen=True)
class Order:
    """What is known of a job before its cuts are: every setting was checked. Frames count from 0, ends included."""

    job: RenderJob
    source: Source
    stages: tuple[Stage, ...]
    preset: Preset
    first: FrameNo
    last: FrameNo


@dataclass(frozen=True)
class Prepared:
    """layout: of the pictures as they are rendered; stored: as the preset keeps them."""

    order: Order
    graph: Graph
    layout: PixelFormat
    stored: PixelFormat
    plan: tuple[PlannedSegment, ...]

    @property
    def at_once(self) -> int:
        """How many frames to work on at the same time."""
        processors = self.order.job.threads or os.cpu_count() or 1
        # PyTorch counts its threads for the thread that asks: forensic frames are asked for by one only.
        if not self.graph.stages or self.order.job.forensic or any(stage.alone for stage in self.graph.stages):
            return 1
        return min(processors, _MOST_AT_ONCE)


def use_threads(count: int) -> None:
    """For all libraries of this process; 0 leaves them as they are."""
    if count:
        torch.set_num_threads(count)
        cv2.setNumThreads(count)


def take(job: RenderJob, source: Source) -> Order:
    """Raises what is wrong with the job: MediaError, SettingError, MaskError, ModelError."""
    check_source(job, source.info)
    first, last = check_frames(job, source.info.frame_count)
    stages = build_stages(job, source)
    return Order(
        job, source, stages, choose_preset(job.out, preset_of(job, source.info.format), source.info.format), first, last
    )


def prepare(order: Order, cuts: Callable[[], ShotList]) -> Prepared:
    """cuts: asked only where a stage needs them. Raises SettingError where what comes out cannot be stored."""
    job = order.job
    # What was measured before may have been changed since; forensic work measures it itself.
    graph = build_graph(order.stages, order.source, cuts, AnalysisStore() if job.forensic else None)
    geometry = graph.geometry()
    stored, _ = stored_format(order.preset, geometry.format)
    check_delivery(job, geometry.format, geometry.colour, order.preset.name)
    check_colour(order.preset, geometry.format, geometry.colour)
    encoding = f"{av.__version__} {order.preset.options} {job.missing} {job.deinterlace}"
    # Nothing that another kind of render made is taken over.
    encoding += " forensic" if job.forensic else ""
    plan = plan_segments(graph, order.preset, stored, order.first, order.last, encoding)
    return Prepared(order, graph, geometry.format, stored, plan)
