"""What stands in the way of forensic work in a document or a job, why, and what puts it right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from app.document import ClipWork, Document, ShotWork, StageUse
from app.export.job import RenderJob
from engines.errors import SettingError
from engines.stages.catalogue import STAGES
from engines.stages.settings import described, lacking, parse_settings

SLIDER = "slider"
"""Cure: the slider goes to faithful."""
OFF = "off"
"""Cure: the stage is switched off."""


@dataclass(frozen=True)
class Obstacle:
    """A stage that forensic work refuses as it is set in one shot.

    cure: `SLIDER`, `OFF`, or settings as `key=value,...` under which it is let through.
    """

    clip_id: str
    shot: int
    stage: str
    reason: str
    cure: str


def obstacles(document: Document) -> tuple[Obstacle, ...]:
    """All that may invent in the document, or whose bits depend on the machine, clip by clip and shot by shot."""
    return tuple(
        obstacle for clip in document.clips for index in range(len(clip.shots)) for obstacle in _of_shot(clip, index)
    )


def refused(name: str, settings: Mapping[str, str], slider: float = 0.0) -> str:
    """Why forensic work refuses a stage as it is set; empty where it does not.

    Settings that cannot be read are refused elsewhere, before anything runs; here they count as refused, too.
    """
    return _refused(name, tuple(sorted(settings.items())), slider)


@lru_cache(maxsize=4096)
def _refused(name: str, texts: tuple[tuple[str, str], ...], slider: float) -> str:
    """Documents of a thousand shots hold few different settings."""
    known, settings = STAGES.get(name), dict(texts)
    if known is None:
        return ""
    if name == "detail" and slider > 0 and "perceptual" not in settings:
        settings = {**settings, "perceptual": str(slider)}
    try:
        parsed = parse_settings(name, known.settings_type, settings)
    except SettingError as error:
        return str(error)
    return known.invents(parsed) or known.varies(parsed)


def locked_settings(name: str) -> Mapping[str, str]:
    """By key, why forensic work lets a setting of the stage have one value only."""
    known = STAGES.get(name)
    if known is None:
        return {}
    about, locked = described(known.settings_type), {}
    for key, text in known.honest.items():
        choices = [str(choice) for choice in about[key].choices if str(choice) != text]
        # Of settings without choices any other value is as refused as the next.
        others = choices or ["on" if text == "false" else "1"]
        reasons = [refused(name, {**known.honest, key: other}) for other in others]
        if all(reasons):
            locked[key] = reasons[0]
    return locked


def plainly(reason: str) -> str:
    """A reason without the way out that the command line is told."""
    return reason.partition(" (")[0].rstrip(".") + "."


def honest(use: StageUse) -> StageUse:
    """The stage as forensic work lets it through: set so, or switched off where no setting helps."""
    known = STAGES.get(use.name)
    if known is None or not refused(use.name, use.settings):
        return use
    if not known.honest:
        return replace(use, enabled=False)
    defaults = known.settings_type()
    settings = dict(use.settings)
    for key, text in known.honest.items():
        parsed = getattr(parse_settings(use.name, known.settings_type, {key: text} if text else {}), key)
        settings.pop(key, None)
        # A default is not written down, so that a later version may improve it.
        if parsed != getattr(defaults, key):
            settings[key] = text
    return replace(use, settings=MappingProxyType(settings))


def without_obstacles(document: Document) -> Document:
    """The document with everything put right that is in the way; the very same where nothing is."""
    for clip in document.clips:
        shots = tuple(_right(shot) for shot in clip.shots)
        if shots != clip.shots:
            document = document.with_clip(replace(clip, shots=shots))
    return document


def refuse_obstacles(document: Document, before: Document | None = None) -> None:
    """Raises SettingError where a forensic document holds what is refused, and did not in the document `before`."""
    if not document.forensic:
        return
    held = before.clips if before is not None and before.forensic else ()
    known = {id(shot) for clip in held for shot in clip.shots}
    # Shots that were not touched need no second look: this is asked at every step.
    fresh = [(clip, index) for clip in document.clips for index, shot in enumerate(clip.shots) if id(shot) not in known]
    found = [one for clip, index in fresh for one in _of_shot(clip, index)]
    if not found:
        return
    old = {(one.clip_id, one.stage, one.reason) for one in obstacles(Document(tuple(held)))}
    first = next((one for one in found if (one.clip_id, one.stage, one.reason) not in old), None)
    if first is not None:
        raise SettingError(f"Forensic mode refuses this. {plainly(first.reason)}", "Or switch forensic mode off.")


def refuse_job(job: RenderJob) -> None:
    """Raises SettingError where a forensic job asks for what is refused, before any of it is made."""
    if not job.forensic:
        return
    if job.device != "cpu":
        raise SettingError(
            f"A forensic render runs on the processor, not on {job.device}: others must get the same bits.",
            "Leave --device out.",
        )
    shots: Sequence[tuple[float, Sequence[tuple[str, Mapping[str, str], bool]]]] = [
        (shot.slider, [(spec.name, spec.settings, spec.enabled) for spec in shot.stages]) for shot in job.shots
    ] or [(job.slider, [(spec.name, spec.settings, spec.enabled) for spec in job.stages])]
    for slider, stages in shots:
        for name, settings, enabled in stages:
            if enabled and (reason := refused(name, settings, slider)):
                raise SettingError(
                    f"A forensic render refuses what may be invented. {reason}",
                    "Or leave --forensic (--delivery evidence) out.",
                )


def _of_shot(clip: ClipWork, index: int) -> Iterator[Obstacle]:
    shot = clip.shots[index]
    for use in shot.stages:
        if reason := _in_the_way(use, shot.slider):
            yield Obstacle(clip.id, index, use.name, reason, _cure(use))


def _in_the_way(use: StageUse, slider: float) -> str:
    """Why a stage is in the way; empty where it is not, is off, or lacks a setting without which it does nothing."""
    known = STAGES.get(use.name)
    if not use.enabled or known is None or lacking(known.settings_type, use.settings):
        return ""
    return refused(use.name, use.settings, slider)


def _cure(use: StageUse) -> str:
    if not refused(use.name, use.settings):
        return SLIDER
    mended = honest(use)
    if not mended.enabled:
        return OFF
    held, known = use.settings, STAGES[use.name].honest
    return ",".join(f"{key}={text}" for key, text in known.items() if mended.settings.get(key) != held.get(key))


def _right(shot: ShotWork) -> ShotWork:
    stages = tuple(honest(use) if _in_the_way(use, 0.0) else use for use in shot.stages)
    slides = any(_in_the_way(use, shot.slider) for use in stages)
    return replace(shot, stages=stages, slider=0.0 if slides else shot.slider)
