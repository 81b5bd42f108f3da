"""What automatic restoration found, as text and as one change of the document, made only when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from app.document import ClipWork, Document, ShotWork, StageUse
from app.forensic.rules import without_obstacles
from engines.analysis.finding import Finding
from engines.stages.catalogue import ORDER
from engines.stages.proposing import ShotPlan


def finding_line(finding: Finding) -> str:
    """ "stabilise  92 % sure: The picture weaves by 1.3 px RMS." """
    return f"{finding.stage:<10} {finding.confidence:4.0%} sure: {finding.reason}"


def stage_argument(finding: Finding) -> str:
    """The finding as `render --stage` takes it."""
    settings = ",".join(f"{key}={value}" for key, value in finding.settings.items())
    return f"{finding.stage}:{settings}" if settings else finding.stage


def with_plans(clip: ClipWork, plans: Mapping[int, ShotPlan], chosen: Mapping[int, Collection[str]]) -> ClipWork:
    """The clip with the chosen stages of each planned shot switched on, as found; everything else stays as it was.

    plans, chosen: by index of the shot; chosen names stages of its plan. Every shot lists the same stages: those
    proposed stand in the order of `ORDER`, others keep their order after them.
    """
    wanted = {
        index: {finding.stage: finding for finding in plan.findings if finding.stage in chosen.get(index, ())}
        for index, plan in plans.items()
    }
    held = [use.name for use in clip.shots[0].stages]
    fresh = {name for stages in wanted.values() for name in stages}
    if not fresh:
        return clip
    known = sorted(fresh | {name for name in held if name in ORDER}, key=ORDER.index)
    names = [*known, *(name for name in held if name not in ORDER)]
    shots = tuple(_treated(shot, names, wanted.get(index, {})) for index, shot in enumerate(clip.shots))
    return replace(clip, shots=shots)


def apply_plans(
    document: Document, clip_id: str, plans: Mapping[int, ShotPlan], chosen: Mapping[int, Collection[str]]
) -> Document:
    """One step of the document, to be undone as one; in forensic mode without what invents. Raises KeyError."""
    clip = document.clip(clip_id)
    changed = with_plans(clip, plans, chosen)
    if changed is clip:
        return document
    after = document.with_clip(changed)
    return without_obstacles(after) if after.forensic else after


def everything(plans: Iterable[tuple[int, ShotPlan]]) -> dict[int, frozenset[str]]:
    """All stages of every plan, as `chosen`."""
    return {index: frozenset(finding.stage for finding in plan.findings) for index, plan in plans}


def _treated(shot: ShotWork, names: Sequence[str], found: Mapping[str, Finding]) -> ShotWork:
    return replace(shot, stages=tuple(_use(shot.stage(name), name, found.get(name)) for name in names))


def _use(held: StageUse | None, name: str, finding: Finding | None) -> StageUse:
    if finding is None:
        return held if held is not None else StageUse(name, enabled=False)
    # What a person set by hand stays; only what was left at its default follows the finding.
    settings = {**finding.settings, **(held.settings if held is not None else {})}
    return StageUse(name, True, MappingProxyType(settings))
