"""A dirty shot is told from a clean one."""

from __future__ import annotations

import cv2
import numpy as np

from engines.analysis.finding import Sample
from engines.analysis.propose_dirt import propose_dirt
from engines.analysis.store import AnalysisStore
from engines.cancel import CancelToken
from engines.detect.shots import Shot
from engines.errors import FrameError
from engines.stages.dirt import DirtSettings
from engines.stages.settings import parse_settings
from engines.training.plant.dirt import DirtReach, planted
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat
from tests.fakes import MemorySource


def _source(specks: int) -> MemorySource:
    rng = np.random.default_rng(5)
    wide = cv2.GaussianBlur(rng.random((120, 220)).astype(np.float32), (0, 0), 3.0)
    frames = []
    for number in range(12):
        picture = np.rint(np.clip((wide[:, 2 * number : 2 * number + 160] - 0.5) * 5 + 0.5, 0.2, 0.7) * 255)
        frame = Frame((picture.astype(np.uint8),), PixelFormat("gray", 8), ColourSpec())
        frames.append(
            planted(frame, rng, (), DirtReach(spots=(specks, specks), diameter=(4, 12)))[0] if specks else frame
        )
    return MemorySource(frames)


def _sample(source: MemorySource, shot: Shot | None = None) -> Sample:
    return Sample(source, shot or Shot(0, 11), AnalysisStore(), CancelToken())


def test_a_dirty_shot_is_proposed_for_with_figures() -> None:
    finding = propose_dirt(_sample(_source(80)))
    assert finding is not None
    assert finding.stage == "dirt"
    assert 0 < finding.severity <= 1
    assert 0.5 <= finding.confidence <= 1
    assert "specks in each frame" in finding.reason
    assert "%" in finding.reason
    parse_settings("dirt", DirtSettings, finding.settings)


def test_clean_and_single_frames_are_left_alone() -> None:
    assert propose_dirt(_sample(_source(0))) is None
    assert propose_dirt(_sample(_source(80), Shot(3, 3))) is None


class _Broken(MemorySource):
    def read(self, number: FrameNo) -> Frame:
        raise FrameError(number, "It cannot be read.", "Check the disk.")


def test_a_shot_that_cannot_be_read_is_not_judged() -> None:
    broken = _Broken([Frame((np.zeros((40, 40), np.uint8),), PixelFormat("gray", 8), ColourSpec())] * 12)
    assert propose_dirt(_sample(broken)) is None
