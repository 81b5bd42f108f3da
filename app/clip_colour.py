"""What a clip's codes are taken to mean, what is doubtful about it, and choosing otherwise: for the media panel.

`RenderBridge.clip_info(clip_id)` gives the `ClipInfo`; None until it was opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app import commands
from app.document import Document
from engines.colour.chosen import ChosenTags
from engines.colour.tags import Tag, TagFinding, check, choices
from engines.media.source import ClipInfo
from engines.types import ColourSpec


@dataclass(frozen=True)
class ClipColour:
    """tagged: as the file says. current: as it is worked with. chosen: what the user set.

    findings: of the current tags. choices: what each tag may be set to; tags that such pictures do not have are left
    out. `engines.colour.tags.said` puts a value in words.
    """

    tagged: ColourSpec
    current: ColourSpec
    chosen: ChosenTags
    findings: tuple[TagFinding, ...]
    choices: Mapping[Tag, tuple[str, ...]]


def clip_colour(info: ClipInfo) -> ClipColour:
    """Everything a panel shows of the clip's colour tags."""
    return ClipColour(info.tagged or info.colour, info.colour, info.chosen, check(info), choices(info))


def set_tag(document: Document, clip_id: str, tag: Tag, value: str) -> Document:
    """Choose one tag of a clip, "" for the file's own, as one step to undo. Raises SettingError, KeyError."""
    chosen = document.clip(clip_id).media.tags
    return commands.set_tags(document, clip_id, chosen.with_tag(tag, value))
