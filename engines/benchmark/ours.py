"""Stage `detail` as the benchmark runs it: through the graph, as in an export."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engines.benchmark.held import HeldClip
from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.media.source import Source
from engines.policy import RenderPolicy
from engines.stages.base import Rendered, Stage
from engines.stages.detail import NAME, DetailSettings, DetailStage
from engines.stages.settings import parse_settings
from engines.types import Frame, FrameNo

OURS = "Tratteggio detail"

Pull = Callable[[FrameNo], Frame]
"""Frame n as it would be stored: in the source's own integer samples."""


def detail(**settings: object) -> Stage:
    """The stage with these settings, those left out at their defaults (noise and compression: measured).

    One stage is for one source: what it measured on a shot it keeps. Raises SettingError for a setting that the stage
    does not have, ModelError where its weights are missing.
    """
    texts = {name: str(value) for name, value in settings.items()}
    return DetailStage(parse_settings(NAME, DetailSettings, texts))


def puller(source: Source, stages: Sequence[Stage], shots: ShotList | None = None, *, device: str) -> Pull:
    """Frames of `source` through `stages`; the clip is one shot unless `shots` say otherwise."""
    graph = Graph(source, shots or ShotList((0,), source.info.frame_count), tuple(stages))
    pulling = Puller(graph, RenderPolicy("benchmark", device=device))
    return lambda number: pulling.pull(number).frame.quantised()


def rendered(frame: Frame, *stages: Stage, device: str) -> Rendered:
    """One still through `stages`, as float code values with their provenance."""
    return Puller(Graph(HeldClip([frame]), ShotList((0,), 1), stages), RenderPolicy("benchmark", device=device)).pull(0)


def restored(frame: Frame, *stages: Stage, device: str) -> Frame:
    """One still through `stages`, in its own integer samples."""
    return rendered(frame, *stages, device=device).frame.quantised()
