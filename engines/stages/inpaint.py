"""Stage `inpaint`: gives masked damage its content back from other frames of the shot, else from its surroundings."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from dataclasses import astuple, dataclass
from functools import cache

import numpy as np

from engines.errors import FrameError, SettingError
from engines.masks import Coverage, fitted
from engines.repair.donors import Donors, Travel, View
from engines.repair.patch import Patch, Recipe, apply, repair
from engines.repair.windows import Region, regions
from engines.stages.base import Geometry, MaskSource, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import check_settings, setting
from engines.types import FrameNo, Rect

NAME = "inpaint"
_REMEMBERED = 4


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
class _Memory:
    """What was found for one frame so far. key: the masks it rests on."""

    key: str
    view: View
    regions: tuple[Region, ...]
    travel: Travel
    patches: dict[int, Patch]


class Inpaint(Stage):
    """Immutable but for a memory of the last frames' patches, so that the tiles of one frame share the work."""

    name = NAME
    version = 2

    def __init__(self, settings: InpaintSettings, masks: MaskSource | None) -> None:
        check_settings(NAME, settings)
        if masks is None:
            raise SettingError("Stage inpaint needs masks that show what is damaged.", "Give a folder of mask PNGs.")
        self.settings = settings
        self._masks = masks
        self._recent: deque[tuple[weakref.ref[Rendered], _Memory]] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    def output(self, geometry: Geometry) -> Geometry:
        return geometry

    @property
    def reach(self) -> int:
        return self.settings.search

    @property
    def masked(self) -> bool:
        return True

    @property
    def invents(self) -> str:
        if self.settings.spatial == "leave":
            return ""
        return "Stage inpaint fills damage that no other frame shows from its surroundings (use inpaint:spatial=leave)."

    def key(self) -> str:
        return f"{NAME} {self.version} {astuple(self.settings)}"

    def frame_key(self, number: FrameNo) -> str:
        return self._masks.key(number)

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        """Frames without damage in `region` are handed through as they are. Raises MaskError, FrameError, Cancelled."""
        coverage = self._coverage(number, upstream)
        if coverage is None or not coverage.any():
            return upstream.frame(number, region)
        whole = upstream.frame(number)
        memory = self._remembered(number, whole, coverage, upstream)
        reached = region.grown(self._halo(upstream), whole.frame.bounds)
        touched = [i for i, part in enumerate(memory.regions) if _overlap(part.window, reached)]
        donors = self._donors(number, upstream)
        patches = [self._patch(index, number, memory, donors, upstream) for index in touched]
        if not patches:
            return whole.crop(region)
        if any(patch.invented for patch in patches):
            upstream.note("inpaint: some damage is in no other frame; it was filled from its surroundings and flagged.")
        if any(patch.left for patch in patches):
            upstream.note("inpaint: some damage is in no other frame and was left as it is.")
        return apply(whole, patches).crop(region)

    def _halo(self, upstream: Upstream) -> int:
        layout = upstream.geometry.format
        return self.settings.feather + max(layout.chroma_x, layout.chroma_y)

    def _coverage(self, number: FrameNo, upstream: Upstream) -> Coverage | None:
        coverage = self._masks.coverage(number)
        if coverage is None:
            return None
        return fitted(coverage, upstream.geometry.width, upstream.geometry.height, upstream.policy.reduction)

    def _remembered(self, number: FrameNo, whole: Rendered, coverage: Coverage, upstream: Upstream) -> _Memory:
        """Tiles of one frame share what was found for it, as long as no mask within reach changed."""
        shot = upstream.shot(number)
        near = range(max(shot.first, number - self.reach), min(shot.last, number + self.reach) + 1)
        key = f"{number} {shot} " + "|".join(self._masks.key(neighbour) for neighbour in near)
        with self._lock:
            for frame, memory in self._recent:
                if frame() is whole and memory.key == key:
                    return memory
            layout = whole.frame.format
            view = View(0, whole.frame, whole.provenance, coverage > 0)
            memory = _Memory(key, view, regions(coverage, layout.chroma_x, layout.chroma_y), Travel(view), {})
            self._recent.append((weakref.ref(whole), memory))
            return memory

    def _patch(self, index: int, number: FrameNo, memory: _Memory, donors: Donors, upstream: Upstream) -> Patch:
        patch = memory.patches.get(index)
        if patch is None:
            s = self.settings
            recipe = Recipe(s.search, s.feather, s.grain, s.spatial == "fill")
            seed = (number, index)
            region = memory.regions[index]
            patch = repair(memory.view, region, donors, memory.travel, recipe, seed, upstream.cancel)
            memory.patches[index] = patch
        return patch

    def _donors(self, number: FrameNo, upstream: Upstream) -> Donors:
        """Donors of frame `number` by offset, each read once."""
        return cache(lambda offset: self._donor(number, offset, upstream))

    def _donor(self, number: FrameNo, offset: int, upstream: Upstream) -> View | None:
        if number + offset not in upstream.shot(number):
            return None
        try:
            rendered = upstream.frame(number + offset)
        except FrameError as error:
            # A donor is a help, not a need: repair goes on without it and says so.
            upstream.note(f"inpaint: frame {error.frame} cannot give content: {error.sentence}")
            return None
        coverage = self._coverage(number + offset, upstream)
        if coverage is None:
            coverage = np.zeros((rendered.frame.height, rendered.frame.width), np.uint8)
        return View(offset, rendered.frame, rendered.provenance, coverage > 0)


def _overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def _make(settings: InpaintSettings, context: StageContext) -> Inpaint:
    return Inpaint(settings, context.masks)


INPAINT = StageType(
    NAME, "Repairs masked damage with content from other frames of the shot.", InpaintSettings, _make, masked=True
)
