"""A procedural clean film: a harbour, a cut, a street; camera moves, lettering, texture. Deterministic from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.training.scene_harbour import Harbour
from engines.training.scene_paint import Layer
from engines.training.scene_street import Street

Rgb = NDArray[np.float32]

_FRAMES_PER_SECOND = 24.0
_TITLE, _SUBTITLE = "A DAY BY THE SEA", "TRATTEGGIO PICTURES"
_FADE_SECONDS = 0.3


class Scene:
    """`frames` pictures of `width` x `height`; the second shot begins at frame `cut`. Nothing moves by chance."""

    def __init__(self, width: int = 640, height: int = 480, frames: int = 72, seed: int = 1927) -> None:
        if width < 32 or height < 32 or frames < 2:
            raise ValueError(f"a scene needs at least 32x32 pixels and 2 frames, not {width}x{height}, {frames}")
        self.width, self.height, self.frames, self.seed = width, height, frames, seed
        self.cut = frames // 2

    def __len__(self) -> int:
        return self.frames

    def __iter__(self) -> Iterator[Rgb]:
        return (self.frame(number) for number in range(self.frames))

    def frame(self, number: int) -> Rgb:
        """H x W x 3 float32, display-coded RGB 0..1. Raises IndexError outside 0..frames-1."""
        if not 0 <= number < self.frames:
            raise IndexError(f"frame {number} of {self.frames}")
        if number < self.cut:
            seconds = number / _FRAMES_PER_SECOND
            picture = self._harbour.picture(number / max(1, self.cut - 1), seconds)
            return self._titled(picture, seconds)
        later = number - self.cut
        return self._street.picture(later / max(1, self.frames - self.cut - 1), later / _FRAMES_PER_SECOND)

    @cached_property
    def _harbour(self) -> Harbour:
        length = self.cut / _FRAMES_PER_SECOND
        return Harbour(self.width, self.height, length, np.random.default_rng((self.seed, 1)))

    @cached_property
    def _street(self) -> Street:
        length = (self.frames - self.cut) / _FRAMES_PER_SECOND
        return Street(self.width, self.height, length, np.random.default_rng((self.seed, 2)))

    def _titled(self, picture: Rgb, seconds: float) -> Rgb:
        """The title stands over the first two thirds of the first shot and fades."""
        left = self.cut / _FRAMES_PER_SECOND * 2 / 3 - seconds
        strength = float(np.clip(left / _FADE_SECONDS, 0.0, 1.0))
        if strength == 0.0:
            return picture
        cover = self._title[..., 3:] * np.float32(strength)
        titled = picture * (1 - cover) + self._title[..., :3] * np.float32(strength)
        return np.asarray(np.clip(titled, 0.0, 1.0), dtype=np.float32)

    @cached_property
    def _title(self) -> NDArray[np.float32]:
        aspect = self.width / self.height
        sheet = Layer(aspect, 1.0, self.height)
        middle, size = aspect / 2, min(0.075, aspect / 18)
        font = cv2.FONT_HERSHEY_TRIPLEX
        for shift, colour in ((0.005, (0.10, 0.14, 0.22)), (0.0, (1.0, 0.97, 0.88))):
            sheet.text(_TITLE, middle + shift, 0.155 + shift, size, colour, font, 0.12)
            sheet.text(_SUBTITLE, middle + shift * 0.6, 0.255 + shift * 0.6, size * 0.42, colour, font, 0.12)
        sheet.line(((middle - 0.2, 0.208), (middle + 0.2, 0.208)), 0.004, (1.0, 0.97, 0.88))
        whole = sheet.finished()
        return np.asarray(
            cv2.resize(whole, (self.width, self.height), interpolation=cv2.INTER_LINEAR), dtype=np.float32
        )
