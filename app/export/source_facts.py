"""What is known of the source's pictures beside their samples, as a manifest keeps it so that they can be rebuilt.

Read again it is not trusted: types, ranges and names are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from engines.errors import MediaError
from engines.media.source import ClipInfo
from engines.media.still_names import source_still
from engines.types import ColourSpec, FrameNo, PixelFormat

_MD5 = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST = 1 << 17
_KINDS = ("container", "sequence", "still")
_FIELD_ORDERS = ("progressive", "tff", "bff", "unknown")
_FAMILIES = ("gray", "yuv", "rgb")
_STEPS = {1, 2, 4}


@dataclass(frozen=True)
class SourceFacts:
    """Of frames first..last of the source, in its own layout and its own times.

    summed: FFmpeg's layout whose raw bytes `md5` are of; `md5` is empty where the source was not summed.
    pts: in `time_base` units, as in the source. names: of stills, "" where there was no file.
    stand_ins: frames (numbered in the source) that could not be read; what stood in for them is what was kept.
    delta_sha256, delta_bytes, master_bytes: of the files, 0 and "" where no delta was made.
    """

    kind: str
    width: int
    height: int
    layout: PixelFormat
    summed: str
    colour: ColourSpec
    sar: Fraction
    rate: Fraction
    time_base: Fraction
    pts: tuple[int, ...]
    frame_count: int
    first: FrameNo
    variable_rate: bool = False
    field_order: str = "progressive"
    timecode: str | None = None
    first_number: int = 0
    names: tuple[str, ...] = ()
    md5: tuple[str, ...] = ()
    stand_ins: tuple[FrameNo, ...] = ()
    delta_sha256: str = ""
    delta_bytes: int = 0
    master_bytes: int = 0

    def to_json(self) -> dict[str, Any]:
        """In types that JSON knows; fractions as texts."""
        held = asdict(self)
        for name in ("sar", "rate", "time_base"):
            held[name] = str(held[name])
        return held

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> SourceFacts:
        """Inverse of `to_json`. Raises MediaError where it is missing or no such thing."""
        if not held:
            raise MediaError(
                "The manifest does not say what the source's pictures were.",
                "It was written by an earlier version; render again with --reversible.",
            )
        try:
            made = cls(
                **dict(held)
                | {name: Fraction(_text(held[name])) for name in ("sar", "rate", "time_base")}
                | {name: tuple(held[name]) for name in ("pts", "names", "md5", "stand_ins")}
                | {"layout": PixelFormat(**held["layout"]), "colour": ColourSpec(**held["colour"])}
            )
            if not _fits(made):
                raise ValueError("a value is out of range")
        except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
            raise MediaError(
                f"What the manifest says of the source's pictures is damaged ({error}).", "Restore it from a good copy."
            ) from error
        return made


def facts_of(info: ClipInfo, summed: str, first: FrameNo, last: FrameNo) -> SourceFacts:
    """What the clip says of its frames `first`..`last`. info: as its file is, before anything is done to its frames."""
    return SourceFacts(
        kind=info.kind,
        width=info.width,
        height=info.height,
        layout=info.format,
        summed=summed,
        colour=info.tagged or info.colour,
        sar=info.sar,
        rate=info.rate,
        time_base=info.time_base,
        pts=info.pts[first : last + 1],
        frame_count=info.frame_count,
        first=first,
        variable_rate=info.variable_rate,
        field_order=info.field_order,
        timecode=info.timecode,
        first_number=info.first_number,
        names=tuple(_names(info, range(first, last + 1))),
    )


def is_plain(name: str) -> bool:
    """Whether it is the name of a file in a folder and nothing more."""
    return name not in ("", ".", "..") and not any(sign in name for sign in "/\\\0:") and len(name) < 256


def _names(info: ClipInfo, numbers: Iterable[FrameNo]) -> Iterable[str]:
    if info.kind == "container":
        return
    for number in numbers:
        still = source_still(info, number)
        yield "" if still is None else still.name


def _fits(facts: Any) -> bool:
    """Whether values out of a file are of the types and within the ranges that they are declared with."""
    layout, count = facts.layout, len(facts.pts)
    numbers = (facts.width, facts.height, facts.frame_count, facts.first, facts.first_number, layout.depth)
    numbers += (*facts.pts, *facts.stand_ins, facts.delta_bytes, facts.master_bytes)
    texts = (*asdict(facts.colour).values(), facts.summed, facts.delta_sha256, *facts.names, *facts.md5)
    if any(type(number) is not int for number in numbers) or not all(isinstance(text, str) for text in texts):
        return False
    sample = layout.depth in (16, 32) if layout.floating else 8 <= layout.depth <= 16
    return bool(
        sample
        and layout.family in _FAMILIES
        and {layout.chroma_x, layout.chroma_y} <= _STEPS
        and type(layout.alpha) is type(layout.floating) is type(facts.variable_rate) is bool
        and 0 < facts.width <= _LARGEST
        and 0 < facts.height <= _LARGEST
        and facts.kind in _KINDS
        and facts.field_order in _FIELD_ORDERS
        and isinstance(facts.timecode, str | None)
        and min(facts.sar, facts.rate, facts.time_base) > 0
        and 0 < count <= facts.frame_count - facts.first <= facts.frame_count
        and len(facts.md5) in (0, count)
        and len(facts.names) in (0, count)
        and all(_MD5.fullmatch(text) for text in facts.md5)
        and all(name == "" or is_plain(name) for name in facts.names)
        and (facts.delta_sha256 == "" or _SHA256.fullmatch(facts.delta_sha256))
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value
