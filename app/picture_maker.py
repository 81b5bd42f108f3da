"""Makes the pictures of views: source pictures on one thread, restored ones, approximate or exact, on another."""

from __future__ import annotations

import math
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.display_cache import NearCache
from app.document import ClipWork, Media
from app.live_pictures import Fineness, LivePictures
from app.perceptual_readout import PerceptualReadout
from app.pictures import Bgrx, Picture, Readouts, View, Want
from app.project_job import StageMemory, endpoints, graph_of, slider_blends
from app.source_desk import SourceDesk, media_key
from engines import viewing
from engines.blend import blend, blended
from engines.cancel import CancelToken
from engines.colour.scale import scale_of
from engines.graph import Graph, Puller
from engines.media.source import ClipInfo, Source
from engines.metrics.psnr import psnr_y
from engines.policy import PREVIEW, REFINED, SCRUB, RenderPolicy
from engines.stages.base import Rendered
from engines.stages.computed import Computed
from engines.stages.per_shot import PerShot
from engines.types import Frame, FrameNo, Rect
from engines.viewing import Window

_BY_REDUCTION = {1: REFINED, 2: PREVIEW, 4: SCRUB, 8: RenderPolicy("glance", reduction=8, tile=256)}
POLICIES: dict[int, RenderPolicy] = {
    # Shots are analysed by a desk of their own: what is shown does not wait for it.
    reduction: replace(policy, wait=False)
    for reduction, policy in _BY_REDUCTION.items()
}
# Seconds per pixel of a treatment that was not timed yet; an approximation that takes less than so long is left out.
_UNKNOWN, _WORTH = 1e-5, 0.03
# One graph may remember this share of what all may: there is room for the one before while the next one fills.
_PULLED_BY_ONE = 0.6
# A view of less than this share of the picture gets only its own part computed.
_PART = 0.4
# Parts start on this grid, so that small moves of the view find what is there.
_GRID = 128
_DISTANCES = 2000
# An exact picture that takes less than so long needs no other before it.
_LIVE = 0.02


def source_content(media: Media, frame: FrameNo) -> Hashable:
    """What a source picture depends on."""
    return ("source", media_key(media), frame)


def variant(want: Want, reduction: int = 1) -> Hashable:
    """How it is shown."""
    if want.kind == "source":
        return ("source", want.view, want.screen)
    gain = want.gain if want.kind == "difference" else 0.0
    return (want.kind, want.view, gain, want.marks, want.screen, reduction)


def window_of(view: View) -> Window:
    return Window(view.x, view.y, view.width, view.height, max(view.out_width, 1), max(view.out_height, 1), view.smooth)


def source_picture(desk: SourceDesk, media: Media, want: Want) -> Bgrx:
    """Raises FrameError, MediaError, SettingError, Cancelled."""
    return viewing.show(desk.source(media).read(want.frame), window_of(want.view), want.screen)


@dataclass(frozen=True, eq=False)
class Part:
    """A rendered part of a frame. x, y: where it lies in the result; factor: result pixels per source pixel.

    waiting: a stage handed it through, because its shot is not analysed yet.
    """

    rendered: Rendered
    x: int
    y: int
    factor: float
    whole: bool
    waiting: bool = False

    def window(self, view: View) -> Window:
        scaled = window_of(view).scaled(self.factor)
        return replace(scaled, x=scaled.x - self.x, y=scaled.y - self.y)


@dataclass(eq=False)
class _Work:
    """What is remembered of one treatment of a clip."""

    clip: ClipWork
    graph: Graph
    pullers: dict[int, Puller]


class RestoredMaker:
    """Used from one thread only."""

    def __init__(self, desk: SourceDesk, rendered: NearCache[Rendered], pulled_bytes: int) -> None:
        """pulled_bytes: what all graphs together may remember of the frames they pulled."""
        self.pulled_bytes = pulled_bytes
        self._desk = desk
        self._rendered = rendered
        self._memory: dict[int, tuple[Source, StageMemory]] = {}
        self._works: dict[str, list[_Work]] = {}
        self._ends: dict[str, tuple[ClipWork, tuple[ClipWork, ClipWork]]] = {}
        self._seconds: dict[tuple[str, str, bool], float] = {}
        self._apart: dict[tuple[str, ...], float] = {}
        self._perceptual = PerceptualReadout()
        self._shares: dict[str, float] = {}
        self._live = LivePictures()

    def content(self, clip: ClipWork, frame: FrameNo) -> str:
        """Content key of a restored frame. Raises MediaError, SettingError."""
        return self._work(clip).graph.key(frame, frame)

    def reductions(self, clip: ClipWork, frame: FrameNo, view: View) -> tuple[int, ...]:
        """The approximations worth making before the exact picture, by how long pictures like it took lately."""
        shot = clip.shots[clip.shot_index(frame)]
        if not any(use.enabled for use in shot.stages):
            return ()
        seconds = self._expected(clip, frame, view)
        return tuple(r for r in sorted(POLICIES, reverse=True) if r > 1 and seconds / r**2 > _WORTH)

    def _expected(self, clip: ClipWork, frame: FrameNo, view: View) -> float:
        """Seconds that the exact picture will take to compute."""
        info = self._desk.source(clip.media).info
        area = info.width * info.height
        shown = min(1.0, view.width * view.height / area)
        return self._seconds.get(self._like(clip, frame), _UNKNOWN * area) * (shown if shown < _PART else 1.0)

    def live(self, clip: ClipWork, want: Want, fineness: Fineness, token: CancelToken) -> Picture | None:
        """The stages of colour at the end of the chain, at the size they are seen at; None where that is no help.

        It is where it takes less time than the exact picture, and what stands before those stages is at hand.
        Raises TratteggioError, Cancelled.
        """
        window, needed = window_of(want.view), self._needed(clip, want.frame)
        if want.kind != "restored" or want.marks or len(needed) > 1 or min(window.step) < 1.0:
            return None
        if self._expected(clip, want.frame, want.view) < _LIVE:
            return None
        puller = self._puller(needed[0], 1, token)
        self._renew(puller)

        def found(depth: int, content: str) -> Rendered | None:
            held = puller.held(depth, want.frame) if depth else puller.at(0, want.frame)
            return held or self._rendered.get(content, (1, None))

        return self._live.picture(puller, want, window, found, fineness)

    def is_there(self, clip: ClipWork, frame: FrameNo, view: View, reduction: int = 1) -> bool:
        """Whether a picture can be made without computing frames."""
        return all(self._cached(end, frame, view, reduction) is not None for end in self._needed(clip, frame))

    def part(self, clip: ClipWork, frame: FrameNo, view: View, reduction: int, token: CancelToken) -> Part:
        """The rendered frame or the part of it that `view` shows. Raises TratteggioError, Cancelled."""
        parts = [self._pulled(end, frame, view, reduction, token) for end in self._needed(clip, frame)]
        if len(parts) == 1:
            return parts[0]
        share = clip.shots[clip.shot_index(frame)].slider
        waiting = any(part.waiting for part in parts)
        return replace(parts[0], rendered=blend(parts[0].rendered, parts[1].rendered, share), waiting=waiting)

    def ends(self, clip: ClipWork, frame: FrameNo) -> tuple[ClipWork, ...]:
        """Between which treatments the slider blends at this frame; the clip itself where it does not."""
        if not slider_blends(clip.shots[clip.shot_index(frame)]):
            return (clip,)
        held = self._ends.get(clip.id)
        if held is None or held[0] is not clip:
            made = endpoints(clip)
            if held is not None:
                # The same treatments but for the slider keep their graphs and what those remember.
                made = tuple(old if old == new else new for old, new in zip(held[1], made, strict=True))  # type: ignore[assignment]
            held = self._ends[clip.id] = (clip, made)
        return held[1]

    def original(self, clip: ClipWork, frame: FrameNo, reduction: int, token: CancelToken) -> Frame:
        """The source frame as the graph sees it at a reduction."""
        return self._puller(clip, reduction, token).at(0, frame).frame

    def waits(self, clip: ClipWork, frame: FrameNo) -> bool:
        """Whether the frame's shot must be analysed before its picture can be exact."""
        graph = self._work(clip).graph
        shot = graph.shots.shot(frame)
        return any(graph.analyses.held(one, graph.source, shot) is None for one in graph.needs(frame))

    def in_memory(self, clip: ClipWork, frame: FrameNo, reduction: int) -> Rendered | None:
        """The whole rendered frame, where nothing must be computed for it but the slider's blend."""
        ends = [self._rendered.get(self.content(end, frame), (reduction, None)) for end in self._needed(clip, frame)]
        if any(end is None for end in ends):
            return None
        held = [end for end in ends if end is not None]
        share = clip.shots[clip.shot_index(frame)].slider
        return held[0] if len(held) == 1 else blend(held[0], held[1], share)

    def last_stage(self, clip: ClipWork, frame: FrameNo, x: int, y: int, token: CancelToken) -> str:
        """Name of the last stage that changed source pixel x, y; "" where none did. Raises TratteggioError."""
        puller = self._puller(clip, 1, token)
        stages = puller.graph.stages
        for depth in range(len(stages), 0, -1):
            after, before = puller.geometry(depth), puller.geometry(depth - 1)
            if after.width != before.width:
                return stages[depth - 1].name
            scale = after.width // puller.geometry(0).width
            spot = Rect(x * scale, y * scale, scale, scale)
            pair = [puller.at(d, frame, spot).frame.quantised().planes for d in (depth, depth - 1)]
            if any(not np.array_equal(a, b) for a, b in zip(*pair, strict=True)):
                return stages[depth - 1].name
        return ""

    def picture(
        self, clip: ClipWork, want: Want, reduction: int, token: CancelToken
    ) -> tuple[Picture, Readouts | None]:
        """A picture, and what the slider does there as far as it is known. Raises TratteggioError, Cancelled."""
        part = self.part(clip, want.frame, want.view, reduction, token)
        info = self._desk.source(clip.media).info
        window = part.window(want.view)
        pixels = viewing.show(_pinned(part.rendered.frame, info), window, want.screen)
        if want.kind == "difference":
            before = self.original(clip, want.frame, reduction, token)
            shown = viewing.show(_pinned(before, info), window_of(want.view).scaled(1 / reduction), want.screen)
            pixels = viewing.difference(shown, pixels, want.gain)
        elif want.kind == "provenance":
            left = self._left(clip, want.frame, part, reduction, token)
            pixels = viewing.provenance(pixels, part.rendered.provenance, window, left)
        elif want.marks:
            left = self._left(clip, want.frame, part, reduction, token)
            pixels = viewing.marked(pixels, part.rendered.provenance, window, left)
        flagged = viewing.flagged_share(part.rendered.provenance) if part.whole else None
        readouts = self._readouts(clip, want.frame, flagged, reduction) if part.whole else None
        scale = scale_of(part.rendered.frame.format, part.rendered.frame.colour).name
        return Picture(want, pixels, reduction, flagged, waiting=part.waiting, scale=scale), readouts

    def _left(
        self, clip: ClipWork, frame: FrameNo, part: Part, reduction: int, token: CancelToken
    ) -> NDArray[np.uint8] | None:
        """Damage in the part, H x W, that is known and was left as it is; None where none is, or in approximations."""
        if reduction > 1:
            return None
        puller = self._puller(self._needed(clip, frame)[0], 1, token)
        damage = puller.marks(len(puller.graph.stages), frame).damage
        said = part.rendered.provenance
        return None if damage is None else damage[part.y : part.y + said.height, part.x : part.x + said.width]

    def between(self, clip: ClipWork, want: Want) -> tuple[ClipWork, ClipWork, float] | None:
        """The ends of the slider and its place between them, where their exact frames are in memory.

        Only where blending the pictures shows what blending the frames does.
        """
        frame = want.frame
        needed = self._needed(clip, frame)
        first = self._cached(needed[0], frame, want.view, 1) if len(needed) > 1 else None
        if first is None or not self.is_there(clip, frame, want.view):
            return None
        if not viewing.blends(first.rendered.frame, want.screen):
            return None
        return needed[0], needed[1], clip.shots[clip.shot_index(frame)].slider

    def readouts(self, clip: ClipWork, frame: FrameNo, view: View) -> Readouts:
        """What is known of the slider's effect without blending anything."""
        return self._readouts(clip, frame, self._flagged(clip, frame, view), 1)

    def prepare(self, clip: ClipWork, frame: FrameNo, view: View, token: CancelToken) -> Readouts | None:
        """Compute both ends of the slider and measure how far they are apart. Raises TratteggioError, Cancelled."""
        ends = self.ends(clip, frame)
        if len(ends) == 1:
            return None
        first, last = (self._pulled(end, frame, view, 1, token) for end in ends)
        if not first.whole or first.waiting or last.waiting:
            return None
        token.check()
        pair = self._pair(clip, frame)
        if pair not in self._apart:
            while len(self._apart) >= _DISTANCES:
                self._apart.pop(next(iter(self._apart)))
            self._apart[pair] = psnr_y(first.rendered.frame, last.rendered.frame)
        return self.readouts(clip, frame, view)

    def compare(self, clip: ClipWork, frame: FrameNo, view: View) -> Readouts | None:
        """How different the answer looks from the faithful one, where both ends are in memory as whole frames."""
        pair, slider = self._pair(clip, frame), clip.shots[clip.shot_index(frame)].slider
        if len(pair) == 1 or slider <= 0 or self._perceptual.known((pair, slider)) is not None:
            return None
        first, last = (self._rendered.get(content, (1, None)) for content in pair)
        if first is None or last is None:
            return None
        self._perceptual.measure((pair, slider), first.frame, blend(first, last, slider).frame)
        return self.readouts(clip, frame, view)

    def computed(self, clip: ClipWork, frame: FrameNo) -> dict[str, Computed]:
        """What computes the stages of the frame's shot, by name. Raises TratteggioError."""
        found = {}
        for stage in self._work(clip).graph.stages:
            variant = stage.variant(frame) if isinstance(stage, PerShot) else stage
            computed = variant.computed() if variant is not None else None
            if computed is not None:
                found[stage.name] = computed
        return found

    def keep(self, clips: set[str]) -> None:
        """Forget all of the clips that left the document."""
        self._works = {key: value for key, value in self._works.items() if key in clips}
        used = {id(work.graph.source) for works in self._works.values() for work in works}
        self._memory = {key: value for key, value in self._memory.items() if key in used}
        self._ends = {key: value for key, value in self._ends.items() if key in clips}
        self._seconds = {key: value for key, value in self._seconds.items() if key[0] in clips}

    @property
    def nbytes(self) -> int:
        return sum(puller.nbytes for puller in self._pullers()) + self._live.nbytes

    def _pullers(self) -> list[Puller]:
        # Asked from the interface thread as well, while works come and go: copies of what is there now.
        works = [work for held in tuple(self._works.values()) for work in tuple(held)]
        return [puller for work in works for puller in tuple(work.pullers.values())]

    def _make_room(self, puller: Puller) -> None:
        """Where others leave no room for a full one, what the oldest remember goes first."""
        others = [other for other in self._pullers() if other is not puller]
        while others and sum(other.nbytes for other in others) > self.pulled_bytes * (1 - _PULLED_BY_ONE):
            others.pop().forget()

    def _like(self, clip: ClipWork, frame: FrameNo) -> tuple[str, str, bool]:
        """Frames that take about as long: treated alike, and with or without a repair."""
        uses = clip.shots[clip.shot_index(frame)].stages
        treatment = " ".join(f"{use.name} {sorted(use.settings.items())}" for use in uses if use.enabled)
        return clip.id, treatment, frame in clip.damage

    def _pair(self, clip: ClipWork, frame: FrameNo) -> tuple[str, ...]:
        return tuple(self.content(end, frame) for end in self.ends(clip, frame))

    def _flagged(self, clip: ClipWork, frame: FrameNo, view: View) -> float | None:
        """Share of the pixels that are invented, where all that it follows from is in memory."""
        needed = self._needed(clip, frame)
        slider = clip.shots[clip.shot_index(frame)].slider if len(needed) > 1 else 0.0
        content = " ".join([*(self.content(end, frame) for end in needed), str(slider)])
        if content not in self._shares:
            parts = [self._cached(end, frame, view, 1) for end in needed]
            whole = [part.rendered for part in parts if part is not None and part.whole]
            if len(whole) < len(needed):
                return None
            said = whole[0].provenance
            if len(whole) > 1:
                said = blended(said, whole[1].provenance, slider, whole[1].flags)
            self._shares[content] = viewing.flagged_share(said)
            while len(self._shares) > _DISTANCES:
                self._shares.pop(next(iter(self._shares)))
        return self._shares[content]

    def _readouts(self, clip: ClipWork, frame: FrameNo, flagged: float | None, reduction: int) -> Readouts:
        """The answer moves on a straight line between the ends, so its distance is a share of theirs."""
        slider = clip.shots[clip.shot_index(frame)].slider
        decibels: float | None = math.inf
        distance = 0.0 if self._perceptual.name else None
        if len(self.ends(clip, frame)) > 1 and slider > 0:
            pair = self._pair(clip, frame)
            apart = self._apart.get(pair)
            decibels = None if apart is None else apart - 20 * math.log10(slider)
            distance = self._perceptual.known((pair, slider))
        return Readouts(flagged, decibels, distance, self._perceptual.name, self._perceptual.why, reduction)

    def _needed(self, clip: ClipWork, frame: FrameNo) -> tuple[ClipWork, ...]:
        ends = self.ends(clip, frame)
        if len(ends) == 1:
            return ends
        slider = clip.shots[clip.shot_index(frame)].slider
        return ends[:1] if slider <= 0 else ends[1:] if slider >= 1 else ends

    def _work(self, clip: ClipWork) -> _Work:
        works = self._works.setdefault(clip.id, [])
        source = self._desk.source(clip.media)
        for held in works:
            if held.clip is clip and held.graph.source is source:
                works.remove(held)
                works.insert(0, held)
                return held
        graph = graph_of(clip, source, self._memory_of(source))
        works.insert(0, _Work(clip, graph, {}))
        # The treatment itself, its two endpoints, and what undo goes back to.
        del works[4:]
        return works[0]

    def _memory_of(self, source: Source) -> StageMemory:
        held = self._memory.get(id(source))
        if held is None or held[0] is not source:
            held = self._memory[id(source)] = (source, StageMemory())
            while len(self._memory) > 2:
                self._memory.pop(next(iter(self._memory)))
        return held[1]

    def _puller(self, clip: ClipWork, reduction: int, token: CancelToken) -> Puller:
        work = self._work(clip)
        puller = work.pullers.get(reduction)
        if puller is None:
            most = int(self.pulled_bytes * _PULLED_BY_ONE)
            puller = Puller(work.graph, POLICIES[reduction], cache_bytes=most)
            others = (other.pullers.get(reduction) for other in self._works[clip.id] if other is not work)
            before = next((other for other in others if other is not None), None)
            if before is not None:
                # Stages before the one that was changed need not do their work again.
                puller.inherit(before)
            work.pullers[reduction] = puller
        self._make_room(puller)
        puller.cancel = self._desk.token = token
        return puller

    def _pulled(self, clip: ClipWork, frame: FrameNo, view: View, reduction: int, token: CancelToken) -> Part:
        held = self._cached(clip, frame, view, reduction)
        if held is not None:
            return held
        puller = self._puller(clip, reduction, token)
        geometry = puller.geometry(len(puller.graph.stages))
        factor = self._factor(clip, reduction)
        region = self._region(clip, view, reduction)
        self._renew(puller)
        started = time.perf_counter()
        result = puller.pull(frame, region)
        share = region.width * region.height / (geometry.width * geometry.height)
        self._seconds[self._like(clip, frame)] = (time.perf_counter() - started) * reduction**2 / share
        whole, shot = region == geometry.bounds, puller.graph.shots.shot(frame)
        if any(missed == shot for _, missed in puller.pending):
            return Part(result, region.x, region.y, factor, whole, waiting=True)
        self._keep(clip, frame, reduction, region, geometry.bounds, result)
        return Part(result, region.x, region.y, factor, whole)

    def _renew(self, puller: Puller) -> None:
        """What was pulled without an analysis that has been made since is forgotten."""
        graph = puller.graph
        if any(graph.analyses.held(one, graph.source, shot) is not None for one, shot in puller.pending):
            puller.forget()
            puller.pending.clear()

    def _keep(
        self, clip: ClipWork, frame: FrameNo, reduction: int, region: Rect, bounds: Rect, result: Rendered
    ) -> None:
        place = None if region == bounds else region
        content = self.content(clip, frame)
        self._rendered.put(content, (reduction, place), clip.id, frame, result, result.nbytes)

    def _cached(self, clip: ClipWork, frame: FrameNo, view: View, reduction: int) -> Part | None:
        content, factor = self.content(clip, frame), self._factor(clip, reduction)
        whole = self._rendered.get(content, (reduction, None))
        if whole is not None:
            return Part(whole, 0, 0, factor, True)
        region = self._region(clip, view, reduction)
        part = self._rendered.get(content, (reduction, region))
        return None if part is None else Part(part, region.x, region.y, factor, False)

    def _factor(self, clip: ClipWork, reduction: int) -> float:
        graph = self._work(clip).graph
        return graph.geometry().width / graph.source.info.width / reduction

    def _region(self, clip: ClipWork, view: View, reduction: int) -> Rect:
        """The result pixels to compute for a view: all of them unless it shows a small part."""
        graph = self._work(clip).graph
        policy = POLICIES[reduction]
        geometry = Puller(graph, policy, cache_bytes=0).geometry(len(graph.stages))
        window = window_of(view).scaled(self._factor(clip, reduction))
        if window.width * window.height > _PART * geometry.width * geometry.height or reduction > 1:
            return geometry.bounds
        return window.rect(geometry.bounds, 8).aligned(_GRID, _GRID, geometry.bounds)


def _pinned(frame: Frame, info: ClipInfo) -> Frame:
    """Enlarged or reduced pictures of untagged material keep the matrix its own size stands for."""
    return replace(frame, colour=viewing.pinned(frame.colour, info.width, info.height))
