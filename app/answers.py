"""What views ask beside pictures: one pixel's story, scopes of a frame, a shot's luminance over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.document import ClipWork
from app.picture_maker import POLICIES, RestoredMaker
from app.pictures import Probe, ScopeAnswer
from app.source_desk import SourceDesk
from engines.cancel import CancelToken
from engines.errors import Cancelled, FrameError, TratteggioError
from engines.provenance import Origin
from engines.scopes import LumaCurve, mean_luma, scope_data
from engines.stages.base import Rendered
from engines.stages.computed import Computed
from engines.types import Frame, FrameNo, PixelFormat, Rect

Run = Callable[[CancelToken], None]
_COARSE, _FINE = 24, 240
_NEWS = 8


class Answers:
    """Work for the thread that infers. Nothing here starts a long computation: what is not rendered is left out."""

    def __init__(self, maker: RestoredMaker, desk: SourceDesk) -> None:
        self._maker = maker
        self._desk = desk

    def probe(self, clip: ClipWork, frame: FrameNo, x: int, y: int, told: Callable[[Probe], None]) -> Run:
        """Source pixel x, y; restored only where the exact frame is in memory."""

        def run(token: CancelToken) -> None:
            self._desk.token = token
            source = self._desk.source(clip.media).read(frame)
            names, values = component_names(source.format), codes(source, x, y)
            result = self._maker.in_memory(clip, frame, 1)
            if result is None:
                told(Probe(clip.id, frame, x, y, names, values, None))
                return
            scale = result.frame.width // source.width
            at_x, at_y = x * scale + scale // 2, y * scale + scale // 2
            said = result.provenance
            told(
                Probe(
                    clip.id,
                    frame,
                    x,
                    y,
                    names,
                    values,
                    codes(result.frame.quantised(), at_x, at_y),
                    Origin(int(said.labels[at_y, at_x])).name,
                    float(said.confidence[at_y, at_x]) / 255.0,
                    int(said.donor[at_y, at_x]),
                    self._maker.last_stage(clip, frame, x, y, token),
                )
            )

        return run

    def scope(self, clip: ClipWork, frame: FrameNo, told: Callable[[ScopeAnswer], None]) -> Run:
        """Of the source, and of the restored frame as far as it is in memory, exact or not."""

        def run(token: CancelToken) -> None:
            self._desk.token = token
            source = scope_data(self._desk.source(clip.media).read(frame))
            token.check()
            result = self._best(clip, frame)
            told(ScopeAnswer(clip.id, frame, source, None if result is None else scope_data(result.frame)))

        return run

    def curve(self, clip: ClipWork, shot_index: int, told: Callable[[LumaCurve], None]) -> Run:
        """Sampled frames first, then those between them; restored frames that are in memory."""
        first, last = clip.shot_range(shot_index)
        count = last - first + 1
        source: dict[FrameNo, float | None] = {}

        def tell() -> None:
            restored = {n: r for n in source if (r := self._best(clip, n)) is not None}
            told(
                LumaCurve(
                    first,
                    tuple(source.get(n) for n in range(first, last + 1)),
                    tuple(mean_luma(restored[n].frame) if n in restored else None for n in range(first, last + 1)),
                )
            )

        def run(token: CancelToken) -> None:
            self._desk.token = token
            for most in (_COARSE, _FINE):
                step = max(1, count // most)
                for place, number in enumerate(range(first, last + 1, step)):
                    token.check()
                    if number not in source:
                        source[number] = self._luma(clip, number)
                    if place % (most // _NEWS) == 0:
                        tell()
                tell()

        return run

    def computed(self, clip: ClipWork, index: int, told: Callable[[Mapping[str, Computed]], None]) -> Run:
        """What computes the stages of a shot."""

        def run(token: CancelToken) -> None:
            self._desk.token = token
            try:
                computed = self._maker.computed(clip, clip.shots[index].start)
            except Cancelled:
                raise
            except TratteggioError:
                return  # the shot's picture says why its stages cannot be made
            told(computed)

        return run

    def _luma(self, clip: ClipWork, number: FrameNo) -> float | None:
        try:
            return mean_luma(self._desk.source(clip.media).read(number))
        except FrameError:
            return None  # a gap in the curve; whoever wants that frame is told why

    def _best(self, clip: ClipWork, frame: FrameNo) -> Rendered | None:
        found = (self._maker.in_memory(clip, frame, reduction) for reduction in POLICIES)
        return next((result for result in found if result is not None), None)


def component_names(layout: PixelFormat) -> tuple[str, ...]:
    names = {"gray": ("Y",), "yuv": ("Y", "Cb", "Cr"), "rgb": ("R", "G", "B")}[layout.family]
    return (*names, "A") if layout.alpha else names


def codes(frame: Frame, x: int, y: int) -> tuple[float, ...]:
    """Code values at a luma position; of subsampled chroma the sample that covers it."""
    region = Rect(x, y, 1, 1).aligned(frame.format.chroma_x, frame.format.chroma_y, frame.bounds)
    cut = frame.crop(region)
    values = []
    for index, plane in enumerate(cut.planes):
        full = cut.format.plane_size(index, cut.width, cut.height) == (cut.width, cut.height)
        row, column = (y - region.y, x - region.x) if full else (0, 0)
        values.append(float(np.asarray(plane)[row, column]))
    return tuple(values)
