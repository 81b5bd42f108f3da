"""The strip under a review copy, drawn with DejaVu: banner, time, frame, share of what was invented, case."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engines.burn_in.facts import BANNER, NOTHING, BurnIn, flagged_words
from engines.burn_in.marks import marks, thickness
from engines.overlay import MARKS
from engines.provenance import Origin
from engines.types import FrameNo, Rect

Rgb8 = NDArray[np.uint8]

_EMS = 56
_SMALLEST = 10
_LINE, _LAST, _EDGE, _GAP = 1.45, 1.2, 0.7, 1.6
"""In text heights: from line to line, of the last line, around the text, between two texts of a line."""
_BACK, _TEXT, _MUTED = (16, 16, 16), (235, 235, 235), (180, 180, 180)
_SWATCH = 1.6
"""Width of the legend's swatch, in text heights."""
_MOST_LINES = 6
"""Of the case; what goes beyond is cut with an ellipsis."""


@dataclass(frozen=True)
class _Item:
    """A text of a line, or of several where it stands alone and is too long for one."""

    name: str
    font: str
    x: int
    line: int


@dataclass(frozen=True)
class Layout:
    """Where everything stands in a strip `width` by `height` pixels."""

    width: int
    height: int
    size: int
    items: tuple[_Item, ...]
    lines: int

    @property
    def edge(self) -> int:
        """Room around the texts."""
        return round(self.size * _EDGE)

    def top(self, line: int) -> int:
        """Where a line of text begins."""
        return self.edge + round(line * self.size * _LINE)

    def wrapped(self, item: _Item, text: str) -> tuple[str, ...]:
        """The lines of an item's text."""
        most = _MOST_LINES if item.name == "case" else 2 * _MOST_LINES
        return _wrapped(text, self.width - 2 * self.edge - _lead(item.name, self.size), item.font, self.size, most)


@lru_cache(maxsize=16)
def layout_of(facts: BurnIn, width: int, step: int, above: int) -> Layout:
    """For a picture `width` wide and `above` high: both together are a multiple of `step` rows high.

    Items follow each other on a line as long as they fit at their widest, so that nothing moves from frame to frame.
    """
    empty = Layout(width, 0, max(_SMALLEST, round(width / _EMS)), (), 0)
    size, room = empty.size, width - 2 * empty.edge
    widest = {
        "banner": BANNER,
        "time": facts.time(0).translate(_EIGHTS),
        "frame": facts.frame(facts.count - 1).translate(_EIGHTS),
        "legend": max(flagged_words(0.8888), NOTHING, flagged_words(1e-9), key=len),
        "case": facts.case,
    }
    items, line, x = [], 0, 0
    for name, text in widest.items():
        font = "DejaVuSans-Bold" if name == "banner" else "DejaVuSans"
        wide = _lead(name, size) + _width(text, font, size)
        if x and (x + wide > room or name == "case"):
            line, x = line + 1, 0
        item = _Item(name, font, empty.edge + x, line)
        if not text:
            continue
        items.append(item)
        more = len(empty.wrapped(item, text)) - 1 if x == 0 else 0
        line += more
        x = room if more else x + wide + round(size * _GAP)
    height = empty.top(line) + round(size * _LAST) + empty.edge
    return Layout(width, height + -(above + height) % step, size, tuple(items), line + 1)


_EIGHTS = str.maketrans("0123456789", "8888888888")


def draw_strip(facts: BurnIn, layout: Layout, number: FrameNo, share: float) -> Rgb8:
    """H x W x 3 SDR of frame `number`, `share` (0..1) of whose picture is SYNTHESISED."""
    picture = Image.new("RGB", (layout.width, layout.height), _BACK)
    pen = ImageDraw.Draw(picture)
    texts = {
        "banner": BANNER,
        "time": facts.time(number),
        "frame": facts.frame(number),
        "legend": flagged_words(share),
        "case": facts.case,
    }
    for item in layout.items:
        colour = _MUTED if item.name == "legend" and share <= 0 else _TEXT
        left = item.x + _lead(item.name, layout.size)
        for place, text in enumerate(layout.wrapped(item, texts[item.name])):
            pen.text((left, layout.top(item.line + place)), text, colour, _font(item.font, layout.size))
    drawn = np.array(picture)
    legend = next(item for item in layout.items if item.name == "legend")
    _draw_swatch(drawn, legend.x, layout.top(legend.line), layout)
    return drawn


def _draw_swatch(picture: Rgb8, x: int, y: int, layout: Layout) -> None:
    """A piece of flagged picture, marked as flagged pixels are."""
    line = thickness(layout.width)
    box = Rect(x, y + round(layout.size * 0.1), round(layout.size * _SWATCH), layout.size)
    flagged = np.zeros((box.height, box.width), bool)
    flagged[2 * line : -2 * line, 2 * line : -2 * line] = True
    part = picture[box.y : box.bottom, box.x : box.right]
    drawn = marks(flagged, box, layout.width)
    cut = np.s_[: part.shape[0], : part.shape[1]]
    part[drawn.tinted[cut]] = (96, 60, 40)
    part[drawn.lines[cut]] = MARKS[Origin.SYNTHESISED].colour
    part[drawn.light[cut]] = 235
    part[drawn.dark[cut]] = 0


def _lead(name: str, size: int) -> int:
    """Room before an item's text."""
    return round(size * (_SWATCH + 0.6)) if name == "legend" else 0


@lru_cache(maxsize=32)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    data = files("resources").joinpath("fonts", f"{name}.ttf").read_bytes()
    # The plain engine: what shapes text otherwise differs from system to system.
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


def _width(text: str, font: str, size: int) -> int:
    return -(-int(_font(font, size).getlength(text) * 64) // 64) + 1


def _wrapped(text: str, room: int, font: str, size: int, most: int) -> tuple[str, ...]:
    """Lines that fit, at most this many, broken between words, or within one that is too long."""
    lines = [""]
    for word in text.split():
        if _width(f"{lines[-1]} {word}".strip(), font, size) <= room:
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        if lines[-1]:
            lines.append("")
        for sign in word:
            if lines[-1] and _width(lines[-1] + sign, font, size) > room:
                lines.append("")
            lines[-1] += sign
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][:-1]}\N{HORIZONTAL ELLIPSIS}"]
    return tuple(lines)
