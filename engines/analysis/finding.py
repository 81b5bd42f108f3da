"""What automatic restoration finds in a shot, and the treatment it proposes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engines.analysis.shot_analysis import Arrays, Progress, ShotAnalysis
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.detect.degradation import sample_frames
from engines.detect.shots import Shot
from engines.media.source import ClipInfo, Source
from engines.types import Frame, FrameNo


@dataclass(frozen=True)
class Finding:
    """A proposed stage. severity: 0 (nothing seen) to 1; confidence: 0..1 that it is there.

    reason: one sentence with figures and units. settings: texts as the command line writes them.
    """

    stage: str
    severity: float
    confidence: float
    reason: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """A shot as proposers see it: its frames, and measurements over it.

    together: what all proposers will want measured. progress: hears of frames measured.
    """

    source: Source
    shot: Shot
    store: AnalysisStore
    cancel: CancelToken
    together: tuple[ShotAnalysis, ...] = ()
    progress: Progress = lambda _done, _all: None

    @property
    def info(self) -> ClipInfo:
        return self.source.info

    @cached_property
    def frames(self) -> tuple[FrameNo, ...]:
        """A few frame numbers spread over the shot."""
        return sample_frames(self.shot)

    def frame(self, number: FrameNo) -> Frame:
        """Source frame `number`. Raises FrameError, Cancelled."""
        self.cancel.check()
        return self.source.read(number)

    def arrays(self, analysis: ShotAnalysis) -> Arrays:
        """What `analysis` measures on the shot. Raises FrameError, Cancelled."""
        return self.store.shot(analysis, self.source, self.shot, self.cancel, self.together, self.progress)


Propose = Callable[[Sample], Finding | None]
"""None: nothing to do."""
