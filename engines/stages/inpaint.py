"""Stage `inpaint`: gives marked damage its content back from other frames of the shot, else from its surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache

import numpy as np

from engines.errors import FrameError
from engines.marks import Marks
from engines.masks import Coverage
from engines.models.registry import load_fill
from engines.repair.donors import Donors, View
from engines.repair.frame import Recipe, repaired
from engines.repair.patch import Patch, apply, left_of
from engines.repair.rebuild import FARTHEST
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import check_settings, setting
from engines.types import FrameNo, Rect

NAME = "inpaint"


@dataclass(frozen=True)
class InpaintSettings:
    """How far to look for content, and what to do where there is none."""

    search: int = setting(4, "Search", "Frames before and after that may give content.", low=1, high=8, unit="frames")
    feather: int = setting(
        0,
        "Feather",
        "Blend this far beyond the mask; 0 leaves every sample outside it alone.",
        low=0,
        high=16,
        unit="px",
    )
    grain: float = setting(
        1.0, "Grain", "1 keeps or rebuilds the film's grain, 0 gives a smooth repair.", low=0.0, high=1.0
    )
    spatial: str = setting(
        "fill",
        "No donor",
        "Where no frame has the content: fill from the surroundings (flagged), or leave the damage.",
        choices=("fill", "leave"),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """What all tiles of one frame share."""

    patches: Sequence[Patch]

    @property
    def nbytes(self) -> int:
        return sum(patch.nbytes for patch in self.patches)


class Inpaint(Stage):
    """Repairs what the stages before marked: painted, or found by a detector."""

    name = NAME
    version = 3

    def __init__(self, settings: InpaintSettings) -> None:
        check_settings(NAME, settings)
        self.settings = settings

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return max(self.settings.search, FARTHEST)

    @property
    def masked(self) -> bool:
        return True

    @property
    def invents(self) -> str:
        return _invents(self.settings)

    def key(self) -> str:
        """Raises ModelError."""
        network = load_fill().sha256 if self.settings.spatial == "fill" else ""
        return f"{NAME} {self.version} {astuple(self.settings)} {network}"

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Frames without damage are handed through as they are. Raises MaskError, FrameError, Cancelled."""
        damage = upstream.marks(number).damage
        if damage is None or not damage.any():
            return upstream.frame(number, region)
        patches = self._patches(number, damage, upstream)
        if any(patch.invented for patch in patches):
            upstream.note("inpaint: some damage is in no other frame; it was filled from its surroundings and flagged.")
        if any(patch.missing.size for patch in patches):
            upstream.note("inpaint: some damage is in no other frame and was left as it is.")
        return apply(upstream.frame(number), patches).crop(region)

    def marks(self, number: FrameNo, upstream: Upstream) -> Marks:
        """What it left. Raises MaskError, FrameError, Cancelled."""
        marked = upstream.marks(number)
        if marked.damage is None or self.settings.spatial == "fill" or not marked.damage.any():
            return Marks(None, marked.protected)
        return Marks(left_of(marked.damage, self._patches(number, marked.damage, upstream)), marked.protected)

    def _patches(self, number: FrameNo, damage: Coverage, upstream: Upstream) -> Sequence[Patch]:
        return upstream.kept(("patches", number), lambda: _Found(self._repaired(number, damage, upstream))).patches

    def _repaired(self, number: FrameNo, damage: Coverage, upstream: Upstream) -> Sequence[Patch]:
        whole, s = upstream.frame(number), self.settings
        view = View(number, 0, whole.frame, whole.provenance, damage > 0)
        recipe = Recipe(s.search, s.feather, s.grain, s.spatial == "fill")
        return repaired(view, damage, self._donors(number, upstream), recipe, upstream.kept, upstream.cancel)

    def _donors(self, number: FrameNo, upstream: Upstream) -> Donors:
        """Donors of frame `number` by offset, each read once."""
        return cache(lambda offset: self._donor(number, offset, upstream))

    def _donor(self, number: FrameNo, offset: int, upstream: Upstream) -> View | None:
        if number + offset not in upstream.shot(number):
            return None
        try:
            rendered, damage = upstream.frame(number + offset), upstream.marks(number + offset).damage
        except FrameError as error:
            # A donor is a help, not a need: repair goes on without it and says so.
            upstream.note(f"inpaint: frame {error.frame} cannot give content: {error.sentence}")
            return None
        shape = (rendered.frame.height, rendered.frame.width)
        return View(
            number + offset,
            offset,
            rendered.frame,
            rendered.provenance,
            np.zeros(shape, np.bool_) if damage is None else damage > 0,
        )


def _invents(settings: InpaintSettings) -> str:
    if settings.spatial == "leave":
        return ""
    return "Stage inpaint fills damage that no other frame shows from its surroundings (use inpaint:spatial=leave)."


def _make(settings: InpaintSettings, context: StageContext) -> Inpaint:  # noqa: ARG001 - the type's
    return Inpaint(settings)


INPAINT = StageType(
    NAME,
    "Repairs marked damage with content from other frames of the shot.",
    InpaintSettings,
    _make,
    masked=True,
    invents=_invents,
    honest={"spatial": "leave"},
)
