"""Pictures of colour while a handle is held: at the size they are seen at, and at half of it first if that is slow."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from app.pictures import Picture, Want
from engines import viewing
from engines.cache import ByteCache
from engines.graph import Puller
from engines.live import Ground, first_pointwise, ground, shown_live
from engines.stages.base import Rendered
from engines.types import FrameNo
from engines.viewing import Window

Fineness = Literal["quick", "fine"]
"""As fine as can be shown at once, or as fine as the screen."""
Found = Callable[[int, str], Rendered | None]
"""The whole exact frame after so many stages, whose content key is given; None where it would take computing."""

_GROUNDS = 48 * 2**20
# A picture that takes longer is made at half its size first: together with what the window does it must fit 33 ms.
_AT_ONCE = 0.012
# What is only to be finer is let go of between so many parts of it.
_PARTS = 6


class LivePictures:
    """Used from one thread only."""

    def __init__(self) -> None:
        self._grounds: ByteCache[tuple[str, Window, int], Ground] = ByteCache(_GROUNDS)
        self._seconds: dict[tuple[str, ...], float] = {}

    @property
    def nbytes(self) -> int:
        return self._grounds.nbytes

    def picture(self, puller: Puller, want: Want, window: Window, found: Found, fineness: Fineness) -> Picture | None:
        """None where what stands before the stages of colour is not at hand, or nothing finer is to be had.

        puller: of the exact picture; window: of `want`, not larger than life. Raises TratteggioError, Cancelled.
        """
        depth = first_pointwise(puller.graph)
        names = tuple(stage.name for stage in puller.graph.stages[depth:])
        known = self._seconds.get(names)
        halved = known is None or known * window.out_width * window.out_height > _AT_ONCE
        if not names or (fineness == "fine" and not halved):
            return None
        halved = halved and fineness == "quick"
        seen = window
        if halved:
            seen = replace(window, out_width=-(-window.out_width // 2), out_height=-(-window.out_height // 2))
        held = self._ground(puller, depth, want.frame, seen, found)
        if held is None:
            return None
        started = time.perf_counter()
        shown = shown_live(puller, depth, want.frame, held, parts=_PARTS if fineness == "fine" else 1)
        pixel = (time.perf_counter() - started) / (seen.out_width * seen.out_height)
        # The quickest of late: others hold the processor now and then.
        self._seconds[names] = pixel if known is None else min(pixel, known * 1.05)
        size = (seen.out_width, seen.out_height)
        pixels = viewing.show(shown, Window(0, 0, *size, *size), want.screen)
        if halved:
            pixels = viewing.stretched(pixels, window.out_width, window.out_height)
        shot = puller.graph.shots.shot(want.frame)
        waiting = any(missed == shot for _, missed in puller.pending)
        return Picture(want, pixels, max(2, math.ceil(max(seen.step))), waiting=waiting)

    def _ground(self, puller: Puller, depth: int, frame: FrameNo, window: Window, found: Found) -> Ground | None:
        graph = puller.graph
        stages = len(graph.stages) - depth
        content = graph.before(depth).key(frame, frame)
        key = (content, window, stages)
        held = self._grounds.get(key)
        if held is None:
            # Stages that have nothing to do in this frame hand it through.
            while depth and graph.before(depth - 1).key(frame, frame) == content:
                depth -= 1
            whole = found(depth, content)
            if whole is None:
                return None
            held = ground(whole.frame, window, stages)
            self._grounds.put(key, held)
        return held
