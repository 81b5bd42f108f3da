"""How the dyes of a shot's film faded: small pictures of frames spread over it, and what the network makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.colour.mapped import Rgb
from engines.detect.shots import Shot
from engines.fade.estimate import Estimate, estimated, fade_model
from engines.fade.small import colourless, shrunk
from engines.media.source import ClipInfo
from engines.types import Frame, FrameNo
from engines.viewing import pinned

_PLACES = 16
"""Frames that are looked at in a shot, evenly spread."""


@dataclass(frozen=True)
class FadeAnalysis(ShotAnalysis):
    """Arrays: pictures (N x 3 x SMALL x SMALL float16, nominal), colourless (whether there are no dyes to speak of),
    vector (of `FadeParameters`), before and after (of `Estimate`).
    """

    name = "fade"
    version = 1

    def key(self) -> str:
        """Raises ModelError."""
        return fade_model().sha256

    def begin(self, info: ClipInfo, shot: Shot) -> _Pass:
        return _Pass(info, shot)


class _Pass:
    def __init__(self, info: ClipInfo, shot: Shot) -> None:
        self._info = info
        count = shot.last - shot.first + 1
        places = min(_PLACES, count)
        self._places = {shot.first + (2 * i + 1) * count // (2 * places) for i in range(places)}
        self._pictures: list[Rgb] = []

    def feed(self, number: FrameNo, frame: Frame) -> None:
        """Looks at the frames that are kept."""
        if number in self._places:
            colour = pinned(frame.colour, self._info.width, self._info.height)
            self._pictures.append(shrunk(replace(frame, colour=colour)))

    def finish(self) -> Arrays:
        pictures = np.stack(self._pictures).astype(np.float16)
        found = estimated(pictures.astype(np.float32), fade_model())
        return {
            "pictures": pictures,
            "colourless": np.asarray(colourless(pictures.astype(np.float32))),
            "vector": found.vector,
            "before": np.asarray(found.before),
            "after": np.asarray(found.after),
        }


def estimate_of(arrays: Arrays) -> Estimate:
    """The estimate that the analysis holds."""
    return Estimate(np.asarray(arrays["vector"]), float(arrays["before"]), float(arrays["after"]))
