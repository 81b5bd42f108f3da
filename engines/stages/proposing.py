"""Automatic restoration: what every stage that can judge by itself proposes for a shot, in the order of a chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engines.analysis.finding import Finding, Sample
from engines.analysis.shot_analysis import Progress, ShotAnalysis
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.detect.shots import Shot
from engines.media.source import Source
from engines.stages.base import StageContext
from engines.stages.catalogue import ORDER, STAGES, make_stage
from engines.types import FrameNo

FINDERS = frozenset({"dirt", "scratch"})


@dataclass(frozen=True)
class ShotPlan:
    """What is proposed for a shot, in chain order; empty: nothing was found. frame: one to show before and after."""

    shot: Shot
    findings: tuple[Finding, ...]
    frame: FrameNo


def plan_shot(
    source: Source,
    shot: Shot,
    store: AnalysisStore,
    cancel: CancelToken,
    progress: Progress = lambda _done, _all: None,
) -> ShotPlan:
    """Ask every stage that proposes. Measurements are kept in `store`; progress hears of the frames measured.

    Raises FrameError, Cancelled, ModelError.
    """
    sample = Sample(source, shot, store, cancel, tuple(_measurements(shot)), progress)
    found = []
    for name in ORDER:
        stage = STAGES.get(name)
        if stage is None or stage.propose is None:
            continue
        cancel.check()
        finding = stage.propose(sample)
        if finding is not None:
            found.append(finding)
    finders = [finding for finding in found if finding.stage in FINDERS]
    if finders:
        found.append(_repair(finders))
    found.sort(key=lambda finding: ORDER.index(finding.stage))
    return ShotPlan(shot, tuple(found), (shot.first + shot.last) // 2)


def _measurements(shot: Shot) -> Iterator[ShotAnalysis]:
    """What the stages measure by default: all in one pass over the shot."""
    for name in ORDER:
        if name in STAGES and STAGES[name].propose is not None:
            yield from make_stage(name, {}, StageContext()).needs(shot.first)


def _repair(finders: list[Finding]) -> Finding:
    names = " and ".join(finding.stage for finding in finders)
    strongest = max(finders, key=lambda finding: finding.severity * finding.confidence)
    reason = f"Repairs what {names} marks, with content of other frames where they have it."
    return Finding("inpaint", strongest.severity, strongest.confidence, reason)
