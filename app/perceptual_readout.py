"""The slider's perceptual distance from the faithful answer, on the middle of the frame, remembered by content."""

from __future__ import annotations

from collections.abc import Hashable

from engines.errors import TratteggioError
from engines.metrics.perceptual import Search, find_perceptual
from engines.types import Frame, Rect

_SIDE = 384
_KEPT = 2000


class PerceptualReadout:
    """Used from one thread only; the network is looked for, and loaded, when it is first asked.

    `name` is what the figures are called, "" before; `why` a sentence where there are none.
    """

    def __init__(self) -> None:
        self.name = ""
        self.why = ""
        self._search: Search | None = None
        self._known: dict[Hashable, float] = {}

    def known(self, content: Hashable) -> float | None:
        """What was measured of this pair and place of the slider."""
        return self._known.get(content)

    def measure(self, content: Hashable, faithful: Frame, shown: Frame) -> None:
        """Compare the middle, at most 384 x 384 pixels, of two whole exact frames; what fails is said by `why`.

        It cannot be interrupted, hence the cut: about 0.15 s of one core with the stand-in.
        """
        try:
            meter = self._found().meter
            if meter is None:
                return
            middle = _middle(faithful)
            distance = meter.distance(faithful.crop(middle), shown.crop(middle))
        except TratteggioError as error:
            self.why = str(error)
            return
        cut = "" if middle == faithful.bounds else f", centre {middle.width} x {middle.height}"
        self.name, self.why = f"{meter.name}{cut}", ""
        while len(self._known) >= _KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[content] = distance

    def _found(self) -> Search:
        if self._search is None:
            # Before the search: where it raises, it is not made again for every frame.
            self._search = Search(None, "")
            self._search = find_perceptual()
            self.why = self._search.reason if self._search.meter is None else ""
        return self._search


def _middle(frame: Frame) -> Rect:
    """On the chroma grid."""
    width, height = min(_SIDE, frame.width), min(_SIDE, frame.height)
    x, y = (frame.width - width) // 2, (frame.height - height) // 2
    return Rect(x - x % frame.format.chroma_x, y - y % frame.format.chroma_y, width, height)
