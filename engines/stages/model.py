"""Stage `model`: an imported image model over every frame; whatever it changes counts as invented."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.errors import SettingError
from engines.luma import chroma_range, code_range, luma_of, luma_weights, matrix_name
from engines.media.convert import convert
from engines.models.collection import Card, find
from engines.models.community import CommunityModel, load_community
from engines.models.tiling import run_tiled, tiles
from engines.provenance import Origin, ProvenanceMap
from engines.resample import enlarge_plane, enlarged
from engines.scene_linear import decoded, encoded, is_linear
from engines.stages.base import Geometry, Rendered, Stage, StageContext, StageType, Upstream
from engines.stages.settings import setting
from engines.types import Frame, FrameNo, PixelFormat, Plane, Rect

Planes = NDArray[np.float32]

NAME = "model"
TILE = 256
"""Side in source pixels. Fixed, on a fixed grid: what a model of any kind answers for a pixel may depend on the cut
that it is shown, and must not depend on the region asked for."""
_LEAST_MARGIN, _LARGEST_MARGIN = 16, 64
_RGB = PixelFormat("rgb", 32, floating=True)
# Half a code of an integer sample; half the step of a half float at white.
_ROUNDING, _FLOAT_ROUNDING = 0.5, 2.0**-12


@dataclass(frozen=True)
class ModelSettings:
    """Which of the user's models, and how much of what it changes."""

    name: str = setting("", "Model", "Name of an imported or fetched model.", names="stage", needed=True)
    strength: float = setting(1.0, "Strength", "Share of what the model changes.", low=0, high=1, unit="share")


class ModelStage(Stage):
    """The model sees RGB (or luma) of the nominal range; its change is brought back into the source's own layout.

    A sample that it changes by no more than rounding stays what it was. Others are `SYNTHESISED`, with confidence 0:
    nothing is known of what a model of others invents.
    """

    name = NAME
    version = 1

    def __init__(self, settings: ModelSettings, card: Card, folder: Path) -> None:
        self.settings, self.card, self._path = settings, card, folder / card.file

    def output(self, geometry: Geometry) -> Geometry:
        return replace(geometry, width=geometry.width * self.card.scale, height=geometry.height * self.card.scale)

    @property
    def alone(self) -> bool:
        return True

    @property
    def invents(self) -> str:
        return _invents(self.settings)

    def key(self) -> str:
        return hashlib.sha256(
            f"{self.name} {self.version} {self.settings.strength} {self.card.sha256}".encode()
        ).hexdigest()

    def render(self, number: FrameNo, region: Rect, upstream: Upstream) -> Rendered:
        model = load_community(self._path, upstream.policy.device, self.card.sha256)
        upstream.note(
            f"Stage model runs {self.card.name} ({self.card.architecture}, licence {self.card.licence}, SHA-256 "
            f"{self.card.sha256}); what it changes counts as invented."
        )
        work = _Work(self, model, upstream)
        bounds, scale = upstream.geometry.bounds, self.card.scale
        wanted = _divided(region, scale, bounds)
        grid = tuple(_grid(wanted, bounds))
        wide = work.seen(_around(grid))
        below = upstream.frame(number, wide)
        mosaic = _Mosaic(region, below.frame)
        for tile in grid:
            upstream.cancel.check()
            part = work.tile(tile, wide, below)
            place = tile.scaled(scale)
            mosaic.lay(place, part)
        return mosaic.finish()


class _Work:
    """One pull: what the tiles of a region share."""

    def __init__(self, stage: ModelStage, model: CommunityModel, upstream: Upstream) -> None:
        self._stage, self._model, self._upstream = stage, model, upstream
        geometry = upstream.geometry
        self._layout, self._bounds = geometry.format, geometry.bounds
        # Of the whole picture: an untagged crop would be taken for a smaller one.
        matrix = matrix_name(geometry.colour, geometry.width, geometry.height)
        self._colour = replace(geometry.colour, matrix=matrix)
        # Chroma filters reach 3 chroma samples, twice that where they shrink.
        self._rim = 8 * max(self._layout.chroma_x, self._layout.chroma_y)
        self._margin = min(max(stage.card.reach, _LEAST_MARGIN), _LARGEST_MARGIN)
        if stage.card.reach >= _LARGEST_MARGIN:
            upstream.note(f"Model {stage.card.name} sees further than its tiles overlap; seams are possible.")

    def seen(self, tile: Rect) -> Rect:
        """What of the source decides the answer for `tile`."""
        grown = tile.grown(self._margin + 2 * self._rim, self._bounds)
        return grown.aligned(self._layout.chroma_x, self._layout.chroma_y, self._bounds)

    def tile(self, tile: Rect, wide: Rect, below: Rendered) -> Rendered:
        """The answer for `tile` of the source out of `below`, which covers `wide`."""
        seen, answered = self.seen(tile), tile.grown(self._rim, self._bounds)
        source = below.frame.crop(seen.moved(-wide.x, -wide.y))
        source = replace(source, colour=self._colour)
        scale = self._stage.card.scale
        inner = tile.moved(-seen.x, -seen.y)
        base = tuple(plane.astype(np.float32) for plane in enlarged(source, scale, inner))
        change = self._change(source, answered.moved(-seen.x, -seen.y))
        cut = tile.moved(-answered.x, -answered.y).scaled(scale)
        frame, changed = _changed(source, base, change.crop(cut), self._stage.settings.strength)
        said = _said(changed, scale)
        earlier = below.provenance.crop(tile.moved(-wide.x, -wide.y)).resize(scale)
        return Rendered(replace(frame, colour=below.frame.colour), earlier.merge(said))

    def _change(self, source: Frame, region: Rect) -> Frame:
        """What the model changes in `region`, enlarged: float planes of the source's layout, excursions of 1."""
        model, upstream = self._model, self._upstream
        light = np.clip(_nominal(source, model.channels), 0.0, 1.0)
        linear = is_linear(source.format, source.colour)
        answer = run_tiled(
            encoded(light) if linear else light,
            region,
            model.scale,
            self._margin,
            TILE + 2 * self._rim,
            model.run,
            upstream.cancel.check,
            upstream.note,
        )
        cut = region.scaled(model.scale)
        plain = np.stack([enlarge_plane(p, model.scale)[cut.y : cut.bottom, cut.x : cut.right] for p in light])
        change = (decoded(answer) if linear else answer) - plain
        return _in_layout(change, source)


class _Mosaic:
    """Tiles laid side by side into one answer for `region` (output pixels)."""

    def __init__(self, region: Rect, like: Frame) -> None:
        self._region, self._like, self._layout = region, like, like.format
        sizes = [like.format.plane_size(i, region.width, region.height) for i in range(like.format.plane_count)]
        self._planes = tuple(np.empty((height, width), dtype=np.float32) for width, height in sizes)
        shape = (region.height, region.width)
        self._labels = np.empty(shape, np.uint8), np.empty(shape, np.uint8), np.empty(shape, np.int8)

    def lay(self, place: Rect, part: Rendered) -> None:
        """`part` covers `place`, of which what lies in the region is kept."""
        left, top = max(place.x, self._region.x), max(place.y, self._region.y)
        right, bottom = min(place.right, self._region.right), min(place.bottom, self._region.bottom)
        kept = Rect(left, top, right - left, bottom - top)
        part = part.crop(kept.moved(-place.x, -place.y))
        to = kept.moved(-self._region.x, -self._region.y)
        for index, (plane, piece) in enumerate(zip(self._planes, part.frame.planes, strict=True)):
            chroma = self._layout.family == "yuv" and index in (1, 2)
            x, y = (to.x // self._layout.chroma_x, to.y // self._layout.chroma_y) if chroma else (to.x, to.y)
            plane[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
        said = part.provenance
        for whole, piece in zip(self._labels, (said.labels, said.confidence, said.donor), strict=True):
            whole[to.y : to.bottom, to.x : to.right] = piece

    def finish(self) -> Rendered:
        return Rendered(Frame(self._planes, self._layout, self._like.colour), ProvenanceMap(*self._labels))


def _grid(wanted: Rect, bounds: Rect) -> Iterator[Rect]:
    """The tiles of the fixed grid that touch `wanted`."""
    return tiles(wanted.aligned(TILE, TILE, bounds), TILE)


def _around(grid: tuple[Rect, ...]) -> Rect:
    first, last = grid[0], grid[-1]
    return Rect(first.x, first.y, last.right - first.x, last.bottom - first.y)


def _divided(region: Rect, scale: int, bounds: Rect) -> Rect:
    """The source pixels that a region of the enlarged picture stands on."""
    x, y = region.x // scale, region.y // scale
    right, bottom = min(-(-region.right // scale), bounds.right), min(-(-region.bottom // scale), bounds.bottom)
    return Rect(x, y, right - x, bottom - y)


def _nominal(frame: Frame, channels: int) -> Planes:
    """`channels` x H x W, black 0 and white 1: luma, or RGB with chroma brought to full size."""
    if channels == 1:
        return luma_of(frame)[None]
    opaque = frame
    if frame.format.alpha:
        opaque = Frame(frame.planes[:-1], replace(frame.format, alpha=False), frame.colour)
    return np.stack([np.asarray(p, dtype=np.float32) for p in convert(opaque, _RGB, frame.colour).planes])


def _in_layout(change: Planes, source: Frame) -> Frame:
    """A change of RGB or luma as one of the source's colour planes, alpha left out."""
    layout = replace(source.format, depth=32, floating=True, alpha=False)
    if len(change) == 1 and layout.family == "yuv":
        # Only luma is seen, only luma changes.
        height, width = change.shape[1:]
        across, down = layout.plane_size(1, width, height)
        still = np.zeros((down, across), dtype=np.float32)
        return Frame((change[0], still, still), layout, source.colour)
    if layout.family == "yuv":
        return convert(Frame(tuple(change), _RGB, source.colour), layout, source.colour)
    if layout.family == "gray" and len(change) == 3:
        weights = luma_weights(source.colour, source.width, source.height)
        mixed = np.tensordot(np.asarray(weights, dtype=np.float32), change, axes=1)
        return Frame((np.asarray(mixed, dtype=np.float32),), layout, source.colour)
    colours = 3 if layout.family == "rgb" else 1
    return Frame(tuple(np.broadcast_to(change, (colours, *change.shape[1:]))), layout, source.colour)


def _changed(
    source: Frame, base: tuple[Planes, ...], change: Frame, strength: float
) -> tuple[Frame, NDArray[np.bool_]]:
    """`base` with the change where it is more than rounding, and at which pixels that is."""
    layout = source.format
    black, white = code_range(layout, source.colour)
    _, span = chroma_range(layout, source.colour)
    rounding = _FLOAT_ROUNDING if layout.floating else _ROUNDING
    height, width = base[0].shape
    changed = np.zeros((height, width), dtype=np.bool_)
    planes: list[Plane] = []
    for index, (plane, delta) in enumerate(zip(base, change.planes, strict=False)):
        chroma = layout.family == "yuv" and index > 0
        codes = delta * np.float32(strength * (span if chroma else white - black))
        felt = np.abs(codes) > rounding
        planes.append(np.where(felt, plane + codes, plane))
        if chroma:
            felt = felt.repeat(layout.chroma_y, 0).repeat(layout.chroma_x, 1)[:height, :width]
        changed |= felt
    return Frame((*planes, *base[len(planes) :]), layout, source.colour), changed


def _said(changed: NDArray[np.bool_], scale: int) -> ProvenanceMap:
    """What the stage says of its answer: invented where it changed, else the source, or its plain enlargement."""
    kept = Origin.SOURCE if scale == 1 else Origin.ADJUSTED
    labels = np.where(changed, np.uint8(Origin.SYNTHESISED), np.uint8(kept))
    confidence = np.where(changed, np.uint8(0), np.uint8(255))
    return ProvenanceMap(labels, confidence, np.zeros(labels.shape, dtype=np.int8))


def _invents(settings: ModelSettings) -> str:
    return f"Nobody vouches for what the imported model {settings.name} adds (switch stage model off)."


def _make(settings: ModelSettings, context: StageContext) -> Stage:
    if not settings.name:
        raise SettingError("Stage model: no model is named.", "Name one (model:name=NAME); tratteggio models list.")
    card = find(context.models, settings.name)
    if not card.usable_as_stage or context.models is None:
        raise SettingError(
            f"Model {card.name} was tuned for stage detail; stage model cannot run it.", "Name it in stage detail."
        )
    return ModelStage(settings, card, context.models)


MODEL = StageType(
    NAME,
    "Runs an imported image model; everything that it changes is flagged as invented.",
    ModelSettings,
    _make,
    invents=_invents,
)
