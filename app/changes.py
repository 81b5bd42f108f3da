"""What differs between two documents, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.document import LAYERS, ClipWork, Document
from app.history import painted_frames
from app.project_format import without_masks

_NAMED = 4


def in_words(before: Document, after: Document) -> tuple[str, ...]:
    """One line per kind of change and clip; empty where the documents are equal."""
    held = {clip.id: clip for clip in before.clips}
    kept = {clip.id for clip in after.clips}
    lines = [f"{clip.media.path.name}: taken out" for clip in before.clips if clip.id not in kept]
    for clip in after.clips:
        old = held.get(clip.id)
        name = clip.media.path.name
        if old is None:
            lines.append(f"{name}: added")
        elif old != clip:
            lines += [f"{name}: {what}" for what in _changes(old, clip)]
    if before.forensic != after.forensic:
        lines.append(f"forensic mode: {'on' if after.forensic else 'off'}")
    if before.case != after.case:
        lines.append("what is said of the case")
    return tuple(lines)


def _changes(before: ClipWork, after: ClipWork) -> Iterator[str]:
    frames = sorted(n for n in painted_frames(before, after) if _planes(before, n) != _planes(after, n))
    if frames:
        yield f"masks of {_listed(frames, 'frame')}"
    if without_masks(before) == without_masks(after):
        return
    if before.media != after.media:
        yield "other media"
    if [shot.start for shot in before.shots] != [shot.start for shot in after.shots]:
        yield f"cuts ({len(before.shots)} shots, now {len(after.shots)})"
    else:
        yield from _shot_changes(before, after)
    if before.markers != after.markers:
        yield f"markers ({len(before.markers)}, now {len(after.markers)})"
    if (before.in_point, before.out_point) != (after.in_point, after.out_point):
        yield "in and out"


def _shot_changes(before: ClipWork, after: ClipWork) -> Iterator[str]:
    pairs = list(enumerate(zip(before.shots, after.shots, strict=True), start=1))
    for what, field in (("slider", "slider"), ("stages", "stages"), ("name", "name")):
        shots = [number for number, (old, new) in pairs if getattr(old, field) != getattr(new, field)]
        if shots:
            yield f"{what} of {_listed(shots, 'shot')}"


def _planes(clip: ClipWork, frame: int) -> tuple[object, ...]:
    return tuple(clip.layer(layer).get(frame) for layer in LAYERS)


def _listed(numbers: Iterable[int], what: str) -> str:
    found = list(numbers)
    named = ", ".join(str(number) for number in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"{what}{'s' if len(found) > 1 else ''} {named}{more}"
