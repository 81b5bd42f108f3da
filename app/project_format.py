"""Documents as plain JSON values and back; masks only by name. Shared by project files and the command journal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.document import NOTHING, ClipWork, Document, Marker, Media, ShotWork, StageUse
from app.export.case import CaseFacts
from engines.colour.chosen import ChosenTags
from engines.errors import SettingError
from engines.media.naming import is_pattern

Values = dict[str, Any]

# Settings under the names that earlier versions gave them.
_RENAMED: Mapping[str, Mapping[str, str]] = {"detail": {"texture": "perceptual"}}


def evidence_values(document: Document) -> Values:
    """What a document holds besides its clips."""
    return {"forensic": document.forensic, "case": {name: text for name, text in asdict(document.case).items() if text}}


def with_evidence(document: Document, values: Mapping[str, Any]) -> Document:
    """`document` with what `evidence_values` gave; earlier versions knew none. Raises TypeError or ValueError."""
    if not isinstance(values, Mapping):
        raise TypeError("what is said of the case is no list of texts by name")
    forensic, told = values.get("forensic", False), values.get("case", {})
    if not isinstance(forensic, bool):
        raise TypeError(f"forensic is {forensic!r:.40}, not true or false")
    if not isinstance(told, Mapping):
        raise TypeError("what is said of the case is no list of texts by name")
    if unknown := set(told) - {one.name for one in fields(CaseFacts)}:
        raise ValueError(f"{min(unknown)!r:.40} cannot be said of a case")
    try:
        return replace(document, forensic=forensic, case=CaseFacts(**told))
    except SettingError as error:
        raise ValueError(error.sentence) from error


def clip_values(clip: ClipWork, beside: Path | None = None) -> Values:
    """A clip without its masks. beside: folder that the media's relative path starts from."""
    return {
        "id": clip.id,
        "media": _media_values(clip.media, beside),
        "shots": [_shot_values(shot) for shot in clip.shots],
        "cuts_known": clip.cuts_known,
        "in": clip.in_point,
        "out": clip.out_point,
        "markers": [{"frame": marker.frame, "text": marker.text} for marker in clip.markers],
    }


def clip_of(values: Mapping[str, Any], beside: Path | None = None) -> ClipWork:
    """The opposite of `clip_values`. Raises KeyError, TypeError or ValueError where something is missing or odd."""
    clip = ClipWork(
        id=_name(values["id"]),
        media=_media_of(values["media"], beside),
        shots=tuple(_shot_of(shot) for shot in values["shots"]),
        cuts_known=bool(values["cuts_known"]),
        in_point=_frame_or_none(values["in"]),
        out_point=_frame_or_none(values["out"]),
        markers=tuple(Marker(int(marker["frame"]), str(marker["text"])) for marker in values["markers"]),
    )
    starts = [shot.start for shot in clip.shots]
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise ValueError("shots do not ascend from frame 0")
    if len({tuple(use.name for use in shot.stages) for shot in clip.shots}) > 1:
        raise ValueError("shots list different stages")
    return clip


def without_masks(clip: ClipWork) -> ClipWork:
    return replace(clip, damage=NOTHING, protect=NOTHING, original=NOTHING)


def with_masks_of(clip: ClipWork, other: ClipWork) -> ClipWork:
    """`clip` with what is painted on `other`."""
    return replace(clip, damage=other.damage, protect=other.protect, original=other.original)


def _media_values(media: Media, beside: Path | None) -> Values:
    return {
        "path": str(media.path),
        "relative": _relative(media.path, beside),
        "fingerprint": media.fingerprint,
        "width": media.width,
        "height": media.height,
        "frame_count": media.frame_count,
        "rate": f"{media.rate.numerator}/{media.rate.denominator}",
        "missing": media.missing,
        "deinterlace": media.deinterlace,
        "tags": media.tags.text(),
        "tracked": media.tracked,
    }


def _media_of(values: Mapping[str, Any], beside: Path | None) -> Media:
    missing = values["missing"]
    if missing not in ("stop", "hold", "black"):
        raise ValueError(f"missing frames cannot be treated as {missing!r}")
    media = Media(
        path=_found(str(values["path"]), values.get("relative"), beside),
        fingerprint=str(values["fingerprint"]),
        width=int(values["width"]),
        height=int(values["height"]),
        frame_count=int(values["frame_count"]),
        rate=Fraction(values["rate"]),
        missing=missing,
        deinterlace=bool(values["deinterlace"]),
        tags=_tags(values.get("tags", "")),
        tracked=bool(values.get("tracked", False)),
    )
    if min(media.width, media.height, media.frame_count) < 1 or media.rate <= 0:
        raise ValueError("a clip has no pictures")
    return media


def _tags(text: Any) -> ChosenTags:
    """Earlier versions knew none."""
    try:
        return ChosenTags.parse(str(text))
    except SettingError as error:
        raise ValueError(error.sentence) from error


def _relative(path: Path, beside: Path | None) -> str | None:
    if beside is None:
        return None
    try:
        return Path(os.path.relpath(path, beside)).as_posix()
    except ValueError:
        return None  # another drive


def _found(absolute: str, relative: str | None, beside: Path | None) -> Path:
    """Media that moved along with the project comes before what lies at the old place."""
    if relative and beside is not None:
        near = Path(os.path.normpath(beside / relative))
        if near.exists() or (is_pattern(near) and near.parent.is_dir()):
            return near
    return Path(absolute)


def _shot_values(shot: ShotWork) -> Values:
    stages = [{"name": use.name, "enabled": use.enabled, "settings": dict(use.settings)} for use in shot.stages]
    return {"start": shot.start, "name": shot.name, "slider": shot.slider, "stages": stages}


def _shot_of(values: Mapping[str, Any]) -> ShotWork:
    slider = float(values["slider"])
    if not 0 <= slider <= 1:
        raise ValueError(f"a slider stands at {slider}")
    return ShotWork(int(values["start"]), str(values["name"]), tuple(_use_of(use) for use in values["stages"]), slider)


def _use_of(values: Mapping[str, Any]) -> StageUse:
    renamed = _RENAMED.get(str(values["name"]), {})
    settings = {renamed.get(str(key), str(key)): str(value) for key, value in values["settings"].items()}
    return StageUse(str(values["name"]), bool(values["enabled"]), MappingProxyType(settings))


def _frame_or_none(value: Any) -> int | None:
    return None if value is None else int(value)


def _name(value: Any) -> str:
    """An id names a folder of masks: it must not lead elsewhere."""
    if not isinstance(value, str) or not value or not all(c.isalnum() or c in "-_" for c in value):
        raise ValueError(f"{value!r} is not the id of a clip")
    return value
