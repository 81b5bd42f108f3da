"""Graphs of clips' work for one background thread: opened sources and stages are kept from one document to the next."""

from __future__ import annotations

from collections.abc import Mapping

from app.document import ClipWork
from app.project_job import StageMemory, graph_of
from app.source_desk import SourceDesk
from engines.analysis.shot_analysis import ShotAnalysis
from engines.cancel import CancelToken
from engines.graph import Graph
from engines.media.source import Source

_DECODED = 64 * 2**20


class ClipGraphs:
    """Used from one thread only."""

    def __init__(self) -> None:
        self._desk = SourceDesk(_DECODED, most=1)
        self._memory: tuple[Source, StageMemory] | None = None

    def graph(self, clip: ClipWork, token: CancelToken) -> Graph:
        """Of the clip's work. Raises MediaError, SettingError, ModelError, and Cancelled once `token` says so."""
        self._desk.token = token
        source = self._desk.source(clip.media)
        if self._memory is None or self._memory[0] is not source:
            self._memory = (source, StageMemory())
        return graph_of(clip, source, self._memory[1])

    def close(self) -> None:
        """On the thread itself."""
        self._memory = None
        self._desk.close()


def stage_needs(graph: Graph, index: int) -> Mapping[str, tuple[ShotAnalysis, ...]]:
    """What the stages of shot `index` ask measured over it, by their name, in order; others are left out."""
    start = graph.shots.starts[index]
    found = {stage.name: stage.needs(start) for stage in graph.stages}
    return {name: needs for name, needs in found.items() if needs}
