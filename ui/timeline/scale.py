"""From frames to places on the timeline and back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engines.types import FrameNo

CLOSEST = 96.0
"""Most pixels a frame may be wide."""


@dataclass(frozen=True)
class Scale:
    """`count` frames over `width` pixels, of which frame `first` (may be between frames) stands at the left edge."""

    count: int = 1
    width: float = 1.0
    per_frame: float = 1.0
    first: float = 0.0

    @classmethod
    def fitted(cls, count: int, width: float) -> Scale:
        """The whole clip."""
        return cls(max(1, count), max(1.0, width), max(1.0, width) / max(1, count))

    @property
    def whole(self) -> bool:
        """Whether all frames are in sight."""
        return self.count * self.per_frame <= self.width + 0.5

    @property
    def visible(self) -> tuple[FrameNo, FrameNo]:
        """First and last frame of which something is in sight."""
        last = int(self.first + self.width / self.per_frame)
        return max(0, int(self.first)), min(self.count - 1, last)

    def x(self, frame: float) -> float:
        """Left edge of a frame."""
        return (frame - self.first) * self.per_frame

    def frame(self, x: float) -> FrameNo:
        """The frame at a place, within the clip."""
        return min(max(int(self.first + x / self.per_frame), 0), self.count - 1)

    def zoomed(self, factor: float, x: float) -> Scale:
        """Larger or smaller, with what is at `x` staying there; never smaller than the whole clip."""
        least = self.width / self.count
        per_frame = min(max(self.per_frame * factor, least), max(CLOSEST, least))
        return replace(self, per_frame=per_frame).scrolled(self.first + x / self.per_frame - x / per_frame)

    def scrolled(self, first: float) -> Scale:
        """With another frame at the left edge, as far as there are frames."""
        furthest = max(0.0, self.count - self.width / self.per_frame)
        return replace(self, first=min(max(first, 0.0), furthest))

    def resized(self, width: float) -> Scale:
        """The same stretch of film per pixel in another width; a clip wholly in sight stays so."""
        if self.whole:
            return Scale.fitted(self.count, width)
        resized = replace(self, width=max(1.0, width))
        least = resized.width / self.count
        return replace(resized, per_frame=max(self.per_frame, least)).scrolled(self.first)
