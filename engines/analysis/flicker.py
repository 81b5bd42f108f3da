"""The course of light over a shot: tone curves, soft blocks and colour casts of every frame, whatever moves in it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np

from engines.analysis.shot_analysis import Arrays, ShotAnalysis
from engines.deflicker.pairs import COLUMNS, ROWS, TONES, Difference, difference
from engines.deflicker.paths import Path, course
from engines.deflicker.pictures import Small, shrunk
from engines.detect.shots import Shot
from engines.media.source import ClipInfo
from engines.types import Frame, FrameNo, Rect

_APART = (1, 2, 4)
"""Frames are compared with those so many frames before: near ones look alike, far ones keep errors from adding up."""
_ROUNDS = 4
# Say of a tone that is not in the picture, as a share of the best known one's.
_UNKNOWN = 0.03
# Small pixels that must speak before what they say counts half.
_HALF_TONE, _HALF_BLOCK, _HALF_CAST = 40.0, 20.0, 200.0


@dataclass(frozen=True)
class FlickerAnalysis(ShotAnalysis):
    """region: measured alone, source pixels; None for the whole picture.

    Arrays, N frames in the shot: tones N x 11 (natural log of the light that a frame shows of what is usually of a tone
    of TONES, against that tone), known 11 (how well each tone is known, 0..1), blocks N x 9 x 12 (log light by place,
    on top), cast N x 2 (Cb and Cr, share of luma), means N x 9 x 12 (nominal luma), rate (frames per second).
    """

    region: Rect | None = None
    name = "flicker"
    version = 1

    def key(self) -> str:
        return str(self.region)

    def begin(self, info: ClipInfo, shot: Shot) -> _Pass:
        return _Pass(self.region, float(info.rate), shot)


class _Pass:
    def __init__(self, region: Rect | None, rate: float, shot: Shot) -> None:
        self._region, self._rate, self._first = region, rate, shot.first
        self._near: deque[tuple[FrameNo, Small]] = deque(maxlen=max(_APART))
        self._pairs: list[tuple[int, int]] = []
        self._found: list[Difference] = []
        self._means: list[np.ndarray] = []

    def feed(self, number: FrameNo, frame: Frame) -> None:
        """Compares with the frames before."""
        small = shrunk(frame, self._region)
        for other, earlier in self._near:
            if number - other in _APART:
                self._pairs.append((other - self._first, number - self._first))
                self._found.append(difference(earlier, small))
        self._near.append((number, small))
        whole = small if self._region is None else shrunk(frame)
        self._means.append(cv2.resize(whole.light, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA))

    def finish(self) -> Arrays:
        count = len(self._means)
        held = {"means": np.asarray(self._means, np.float32), "rate": np.asarray(self._rate)}
        if not self._pairs:
            tones, known = np.zeros((count, len(TONES))), np.ones(len(TONES))
            blocks, cast = np.zeros((count, ROWS * COLUMNS)), np.zeros((count, 2))
        else:
            tones, known, blocks, cast = self._courses(count)
        return held | {
            "tones": tones.astype(np.float32),
            "known": known.astype(np.float32),
            "blocks": blocks.reshape(count, ROWS, COLUMNS).astype(np.float32),
            "cast": cast.astype(np.float32),
        }

    def _courses(self, count: int) -> tuple[Path, Path, Path, Path]:
        nearness = np.array([1.0 / (later - earlier) for earlier, later in self._pairs])[:, None]

        def said(support: np.ndarray, half: float) -> Path:
            return np.asarray(nearness * support / (support + half), np.float64)

        found = self._found
        tone_say = said(np.stack([d.tone_support for d in found]), _HALF_TONE)
        rises = np.stack([d.tones for d in found]).astype(np.float64)
        tones = _tone_course(self._pairs, rises, tone_say, count)
        blocks = np.stack([d.blocks.ravel() for d in found]).astype(np.float64)
        block_say = said(np.stack([d.block_support.ravel() for d in found]), _HALF_BLOCK)
        cast = np.stack([d.cast for d in found]).astype(np.float64)
        cast_say = said(np.array([[d.cast_support] * 2 for d in found]), _HALF_CAST)
        return (
            *tones,
            course(self._pairs, blocks, block_say, count),
            course(self._pairs, cast, cast_say, count),
        )


def _tone_course(pairs: list[tuple[int, int]], rises: Path, say: Path, count: int) -> tuple[Path, Path]:
    """N x knots: how much brighter (log) each frame shows what is usually of a knot's tone; and how well each knot is
    known, 0..1.

    A pair was compared at tones midway between both frames' own. Where those lie depends on the courses themselves:
    found in a few rounds. Knots of tones that are not in the picture follow their neighbours.
    """
    knots = np.log(TONES.astype(np.float64))
    tones = np.zeros((count, len(knots)))
    known = np.zeros(len(knots))
    least = _UNKNOWN * say.max(axis=1, keepdims=True)
    for _ in range(_ROUNDS):
        risen, said = np.empty_like(rises), np.empty_like(say)
        for row, (earlier, later) in enumerate(pairs):
            between = knots + (tones[earlier] + tones[later]) / 2
            risen[row] = np.interp(between, knots, rises[row])
            said[row] = np.interp(between, knots, say[row])
        tones = course(pairs, risen, np.maximum(said, least), count)
        known = said.mean(axis=0)
    return tones, known / max(float(known.max()), 1e-9)
