"""The document: an immutable value that holds everything a restorer decided. Only commands replace it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from app.export.case import NO_CASE, CaseFacts
from app.mask_plane import MaskPlane
from engines.colour.chosen import AS_TAGGED, ChosenTags
from engines.media.missing import Missing
from engines.types import FrameNo

Layer = Literal["damage", "protect", "original"]
"""Painted layers: what inpaint must repair, what no detector may take for damage, where the source comes back."""
LAYERS: tuple[Layer, ...] = get_args(Layer)

NOTHING: Mapping[FrameNo, MaskPlane] = MappingProxyType({})


@dataclass(frozen=True)
class StageUse:
    """One stage in one shot. Settings are texts as the command line writes them; those left out are defaults."""

    name: str
    enabled: bool = True
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class ShotWork:
    """A shot, from frame `start` to the next shot, and how it is treated.

    Every shot of a clip lists the same stages in the same order. slider: 0 faithful to 1 perceptual.
    """

    start: FrameNo
    name: str = ""
    stages: tuple[StageUse, ...] = ()
    slider: float = 0.0

    def stage(self, name: str) -> StageUse | None:
        return next((use for use in self.stages if use.name == name), None)


@dataclass(frozen=True)
class Marker:
    """A note on a frame."""

    frame: FrameNo
    text: str = ""


@dataclass(frozen=True)
class Media:
    """What a clip is made of. Opened read-only; known again by its fingerprint when it was moved."""

    path: Path
    fingerprint: str
    width: int
    height: int
    frame_count: int
    rate: Fraction
    missing: Missing = "stop"
    deinterlace: bool = False
    tags: ChosenTags = AS_TAGGED
    """Colour tags that the user chose instead of the file's."""
    tracked: bool = False
    """Whether it is a master of ours whose pixels are what the track beside it says, not all SOURCE."""


@dataclass(frozen=True)
class ClipWork:
    """A clip and the work done on it. `shots` starts at frame 0; frame numbers count from 0.

    cuts_known: whether the cuts were searched for or edited; before, the clip counts as one shot.
    """

    id: str
    media: Media
    shots: tuple[ShotWork, ...] = (ShotWork(0),)
    cuts_known: bool = False
    damage: Mapping[FrameNo, MaskPlane] = field(default_factory=lambda: NOTHING)
    protect: Mapping[FrameNo, MaskPlane] = field(default_factory=lambda: NOTHING)
    original: Mapping[FrameNo, MaskPlane] = field(default_factory=lambda: NOTHING)
    in_point: FrameNo | None = None
    out_point: FrameNo | None = None
    markers: tuple[Marker, ...] = ()

    def layer(self, layer: Layer) -> Mapping[FrameNo, MaskPlane]:
        return {"damage": self.damage, "protect": self.protect, "original": self.original}[layer]

    def with_layer(self, layer: Layer, planes: Mapping[FrameNo, MaskPlane]) -> ClipWork:
        frozen = MappingProxyType({number: plane for number, plane in sorted(planes.items()) if not plane.empty})
        match layer:
            case "damage":
                return replace(self, damage=frozen)
            case "protect":
                return replace(self, protect=frozen)
            case "original":
                return replace(self, original=frozen)

    @property
    def painted(self) -> frozenset[FrameNo]:
        """Frames that carry paint, in whichever layer."""
        return frozenset().union(*(self.layer(layer) for layer in LAYERS))

    def shot_index(self, frame: FrameNo) -> int:
        """Index of the shot that holds `frame`."""
        return max(i for i, shot in enumerate(self.shots) if shot.start <= max(frame, 0))

    def shot_range(self, index: int) -> tuple[FrameNo, FrameNo]:
        """First and last frame of shot `index`."""
        end = self.shots[index + 1].start if index + 1 < len(self.shots) else self.media.frame_count
        return self.shots[index].start, end - 1


@dataclass(frozen=True)
class Document:
    """Everything a project file holds.

    forensic: whether whatever may invent detail is refused, in the window and in every render. case: whose picture it
    is and who works on it.
    """

    clips: tuple[ClipWork, ...] = ()
    forensic: bool = False
    case: CaseFacts = NO_CASE

    def clip(self, clip_id: str) -> ClipWork:
        """Raises KeyError."""
        for clip in self.clips:
            if clip.id == clip_id:
                return clip
        raise KeyError(clip_id)

    def with_clip(self, clip: ClipWork) -> Document:
        """The same with the clip of that id replaced. Raises KeyError."""
        self.clip(clip.id)
        return replace(self, clips=tuple(clip if held.id == clip.id else held for held in self.clips))
