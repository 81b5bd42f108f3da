"""What a stage is, and what it may ask of the stages before it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from engines.analysis.curves import Curve
from engines.analysis.finding import Propose
from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.cache import Sized
from engines.cancel import CancelToken
from engines.colour.places import Map
from engines.detect.proposals import Detections
from engines.detect.shots import Shot
from engines.marks import Marks
from engines.media.hdr_metadata import HdrMetadata
from engines.policy import RenderPolicy
from engines.provenance import FlagRule, ProvenanceMap
from engines.stages.computed import Computed
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat, Rect


@dataclass(frozen=True)
class Geometry:
    """Size and layout of the pictures between two stages."""

    width: int
    height: int
    format: PixelFormat
    colour: ColourSpec

    @property
    def bounds(self) -> Rect:
        return Rect(0, 0, self.width, self.height)


@dataclass(frozen=True, eq=False)
class Rendered:
    """The answer to every pull: pixels and where they came from, of equal size."""

    frame: Frame
    provenance: ProvenanceMap
    flags: FlagRule | None = None
    """Of the perceptual end of a slider: how labels follow the slider towards it."""

    @property
    def nbytes(self) -> int:
        return self.frame.nbytes + self.provenance.nbytes

    def crop(self, region: Rect) -> Rendered:
        """Cut out `region`, which must start on the chroma grid."""
        if region == self.frame.bounds:
            return self
        return Rendered(self.frame.crop(region), self.provenance.crop(region), self.flags)


Kept = TypeVar("Kept", bound=Sized)


class Upstream(Protocol):
    """What a stage sees of everything before it."""

    @property
    def geometry(self) -> Geometry: ...
    @property
    def policy(self) -> RenderPolicy: ...
    @property
    def cancel(self) -> CancelToken: ...
    @property
    def frame_count(self) -> int: ...

    def frame(self, number: FrameNo, region: Rect | None = None) -> Rendered:
        """Frame `number`, whole or the `region` of it (aligned outwards by the caller to the chroma grid).

        Raises FrameError where the source cannot give it.
        """
        ...

    def source(self, number: FrameNo) -> Rendered:
        """The untouched source frame (reduced as the policy says), and where it came from: what per-shot
        measurements are made on, and what comes back under "get original back".

        Raises FrameError.
        """
        ...

    def plain(self, number: FrameNo) -> Rendered:
        """The source frame through nothing but the geometric stages before this one: what "get original back" shows
        where the picture was moved. Raises FrameError.
        """
        ...

    def marks(self, number: FrameNo) -> Marks:
        """What the stages before marked in frame `number`, at their size. Raises FrameError, MaskError."""
        ...

    def analysed(self, number: FrameNo, analysis: ShotAnalysis) -> Arrays | None:
        """What `analysis` measures on the source frames of the shot that holds `number`.

        None where that was not done yet and the policy does not wait (previews): the stage then hands its frame
        through, and is asked again once the window has had it measured. Raises Cancelled, FrameError.
        """
        ...

    def stored(self, number: FrameNo, key: str, make: Callable[[], Arrays]) -> Arrays:
        """What `make` gave for frame `number` before, also in earlier runs of the program.

        key: content key of everything that decides it besides the source and the stages before this one, whose frames
        within this stage's reach are in the key already. What stages only marked is not: `make` must not look at it.
        """
        ...

    def shot(self, number: FrameNo) -> Shot:
        """The shot that holds frame `number`. A temporal stage never asks for frames outside it."""
        ...

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What `make` gave for `key` before, as long as there is room; for what the tiles of a frame share."""
        ...

    def note(self, sentence: str) -> None:
        """Tell the user something worth a line ("tiles halved: out of memory"); each sentence is shown once."""
        ...


class MaskSource(Protocol):
    """Damage masks by frame number, at source size."""

    def numbers(self) -> tuple[FrameNo, ...]:
        """Frames that have a mask, ascending."""
        ...

    def coverage(self, number: FrameNo) -> NDArray[np.uint8] | None:
        """H x W, 0 = untouched, 255 = fully painted, between = a soft edge; None without a mask. Raises MaskError."""
        ...

    def key(self, number: FrameNo) -> str:
        """Content hash of the frame's mask, empty where there is none."""
        ...


class Measurements:
    """What was measured on the shots of one source, each once however many stages ask."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Any] = {}
        self._lock = threading.Lock()

    def once(self, key: Hashable, measure: Callable[[], Any]) -> Any:
        """The value under `key`, measured now if it is the first time. Others wait meanwhile."""
        with self._lock:
            if key not in self._held:
                self._held[key] = measure()
            return self._held[key]


@dataclass(frozen=True)
class StageContext:
    """What stages may need besides their settings.

    measured: what stages measured on shots of this source so far, shared by all stages over it.
    models: the user's model folder (engines.models.collection); None where there is none. device: what renders.
    hdr: what the clip says of itself where it is HDR.
    """

    measured: Measurements = field(default_factory=Measurements)
    models: Path | None = None
    device: str = "cpu"
    hdr: HdrMetadata | None = None


class Stage(ABC):
    """One treatment with fixed settings; immutable, shared by preview and export."""

    name: str
    version: int
    """Raised whenever the same settings would give other pixels."""

    @abstractmethod
    def output(self, geometry: Geometry) -> Geometry:
        """Geometry after the stage. Raises SettingError where it cannot work on such pictures."""

    @property
    def reach(self) -> int:
        """How many frames before and after frame n it may read."""
        return 0

    @property
    def measures_shot(self) -> bool:
        """Whether its pixels depend on something measured over the whole shot, however far away."""
        return False

    @property
    def masked(self) -> bool:
        """Whether it hands through every frame in which nothing is marked: no `frame_key`, and no finder before it."""
        return False

    @property
    def marks_only(self) -> bool:
        """Whether every pixel passes through it: what later stages find in pixels is kept whatever it marks."""
        return False

    @property
    def alone(self) -> bool:
        """Whether one frame keeps all processors busy (a network over the whole picture): one at a time then."""
        return False

    @property
    def geometric(self) -> bool:
        """Whether it moves the picture or codes it otherwise: "get original back" goes through such stages only."""
        return False

    @property
    def pointwise(self) -> bool:
        """Whether a pixel's answer follows from its own colour and its place in the picture alone, beside what was
        measured over the shot: a reduced picture then shows the answer at the size of the screen.
        """
        return False

    @property
    def maps(self) -> bool:
        """Whether it is a `Mapper`: several such stages in a row are applied in one pass over the picture."""
        return False

    def finds(self, first: FrameNo, last: FrameNo) -> bool:  # noqa: ARG002 - for stages that mark
        """Whether it may mark damage in frames `first`..`last`."""
        return False

    def needs(self, number: FrameNo) -> tuple[ShotAnalysis, ...]:  # noqa: ARG002 - for stages that measure shots
        """What it will ask `Upstream.analysed` for in the shot of frame `number`."""
        return ()

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        """What is marked as damaged in frame `number` after this stage, at its size and whole.

        By default what the stages before marked. Raises FrameError, MaskError.
        """
        return upstream.marks(number).enlarged(self.output(upstream.geometry).width // upstream.geometry.width)

    @property
    def invents(self) -> str:
        """What of these settings may put detail into the picture that no frame holds, in a sentence; empty: nothing."""
        return ""

    @property
    def varies(self) -> str:
        """What of these settings may give other bits on another machine, in a sentence; empty: nothing."""
        return ""

    def computed(self) -> Computed | None:
        """What computes it and why; None where nothing had to be chosen. Weights are loaded. Raises ModelError."""
        return None

    def applied(self, number: FrameNo, upstream: Upstream) -> Mapping[str, Any] | None:  # noqa: ARG002 - see `fade`
        """What it did to the shot that holds frame `number`, in numbers from which it can be undone, as JSON keeps
        them; None where it handed the shot through or cannot be undone so. Raises FrameError, Cancelled.
        """
        return None

    @abstractmethod
    def key(self) -> str:
        """Content key of everything that decides its pixels, frame-independent: settings, weights, version."""

    def frame_key(self, number: FrameNo) -> str:  # noqa: ARG002 - for stages with masks
        """Content key of what is particular to frame `number` (its mask); empty for most stages."""
        return ""

    def range_key(self, first: FrameNo, last: FrameNo, marked: bool = False) -> str:
        """Content key of everything that decides frames `first`..`last`; empty where they are handed through.

        marked: whether stages before may mark damage in them.
        """
        keys = ((number, self.frame_key(number)) for number in range(first, last + 1))
        frames = " ".join(f"{number}:{key}" for number, key in keys if key)
        if self.masked and not frames and not marked:
            return ""
        return f"{self.key()} {f'{first}-{last}' if self.reach else ''} {frames}\n"

    @abstractmethod
    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """`region` (output pixels, chroma-aligned) of frame `number`, provenance merged with the upstream's.

        Must not depend on `region`: a region equals the same cut of the whole frame.
        """


@runtime_checkable
class Mapper(Protocol):
    """A stage that maps every pixel's R'G'B' in the same coding and does nothing else (`engines.stages.mapping`)."""

    def point_map(self, number: FrameNo, upstream: Upstream) -> Map | None:
        """What frame `number` goes through; None hands it through. Raises FrameError, Cancelled."""
        ...


@runtime_checkable
class Detector(Protocol):
    """A stage that proposes damage; its `marks` hold the proposals that are sure enough."""

    def detections(self, number: FrameNo, upstream: Upstream) -> Detections:
        """What it found in frame `number`, sure or not. Raises FrameError, Cancelled."""
        ...


def _nothing(settings: Any) -> str:  # noqa: ARG001 - whatever they are
    return ""


@dataclass(frozen=True)
class StageType:
    """A kind of stage: how it is called, described, set and made; `masked`: it acts where something is marked.

    curves: of its settings and of what its first analysis measured on a shot, curves to plot. says: of the same, a
    sentence for the shot's card. propose: what automatic restoration asks of a shot. invents, varies: of its settings,
    what the stages made of them say under these names. honest: settings under which both are empty; where they do
    not help, only leaving the stage out does.
    """

    name: str
    purpose: str
    settings_type: type[Any]
    make: Callable[[Any, StageContext], Stage]
    masked: bool = False
    curves: Callable[[Any, Arrays], tuple[Curve, ...]] | None = None
    says: Callable[[Any, Arrays], str] | None = None
    propose: Propose | None = None
    invents: Callable[[Any], str] = _nothing
    varies: Callable[[Any], str] = _nothing
    honest: Mapping[str, str] = field(default_factory=dict)
