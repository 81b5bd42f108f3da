"""What stages applied to the shots of a master, in numbers, so that it can be undone from the master alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engines.graph import Puller
from engines.types import FrameNo


def applied(puller: Puller, depth: int, first: FrameNo, last: FrameNo) -> tuple[Mapping[str, Any], ...]:
    """Of the stage after `depth` stages, in frames `first`..`last`, shot by shot: first, last, parameters.

    Shots that it handed through are left out. Nothing is rendered: what was measured for the pictures is asked again.
    Raises FrameError, Cancelled.
    """
    stage, upstream, found = puller.graph.stages[depth], puller.below(depth), []
    start = first
    while start <= last:
        puller.cancel.check()
        end = min(puller.graph.shots.shot(start).last, last)
        parameters = stage.applied(start, upstream)
        if parameters is not None:
            found.append({"first": start, "last": end, "parameters": parameters})
        start = end + 1
    return tuple(found)
