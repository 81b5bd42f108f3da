"""What a measurement over a shot is: fed with every frame in order, it answers with a few small arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engines.cancel import CancelToken
from engines.detect.shots import Shot
from engines.errors import FrameError
from engines.media.source import ClipInfo, Source
from engines.types import Frame, FrameNo

Arrays = Mapping[str, NDArray[Any]]
"""Small arrays by name: numbers per frame of the shot, coarse grids."""


class Pass(Protocol):
    """One run of an analysis over one shot."""

    def feed(self, number: FrameNo, frame: Frame) -> None:
        """Full-size source frames, in order and without gap; an unreadable one comes as a repeat of the one before."""
        ...

    def finish(self) -> Arrays:
        """What was found, in source pixels and nominal units, so that it holds at any reduction."""
        ...


class ShotAnalysis(ABC):
    """A kind of measurement with its settings: a frozen, hashable value."""

    name: str
    version: int
    """Raised whenever the same frames would give other arrays."""

    @abstractmethod
    def key(self) -> str:
        """Content key of everything that decides the result besides the frames."""

    @abstractmethod
    def begin(self, info: ClipInfo, shot: Shot) -> Pass:
        """Start over a shot of a clip."""


Progress = Callable[[int, int], None]
"""Frames done, frames in all."""


def run_analyses(
    analyses: Sequence[ShotAnalysis],
    source: Source,
    shot: Shot,
    cancel: CancelToken,
    progress: Progress = lambda _done, _all: None,
) -> tuple[Arrays, ...]:
    """All `analyses` in one pass over the shot's frames. Raises Cancelled between frames.

    Raises FrameError where not one frame of the shot can be read.
    """
    passes = [analysis.begin(source.info, shot) for analysis in analyses]
    count = shot.last - shot.first + 1
    held: Frame | None = None
    early = 0
    trouble: FrameError | None = None
    for done, number in enumerate(range(shot.first, shot.last + 1), start=1):
        cancel.check()
        try:
            held = source.read(number)
        except FrameError as error:
            trouble = error
            if held is None:
                early += 1
                continue
        # Frames that could not be read before the first readable one count as repeats of it.
        for lost in range(early):
            _feed(passes, shot.first + lost, held, cancel)
        early = 0
        _feed(passes, number, held, cancel)
        progress(done, count)
    if held is None and trouble is not None:
        raise trouble
    answers = []
    for one in passes:
        cancel.check()
        answers.append({name: np.asarray(value) for name, value in one.finish().items()})
    return tuple(answers)


def _feed(passes: Sequence[Pass], number: FrameNo, frame: Frame, cancel: CancelToken) -> None:
    for one in passes:
        cancel.check()
        one.feed(number, frame)
