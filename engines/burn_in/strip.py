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
_LINE, _EDGE, _GAP = 1.45, 0.7, 1.6
"""In text heights: from line to line, around the text, between two texts of a line."""
_BACK, _TEXT, _MUTED = (16, 16, 16), (235, 235, 235), (180, 180, 180)
_SWATCH = 1.6
"""Width of the legend's swatch, in text heights."""
_MOST_LINES = 6
"""Of the case; what goes beyond is cut with an ellipsis."""


@dataclass(frozen=True)
class _Item:
    """A text of a line. widest: what it may be at most, so that nothing moves from frame to frame."""

    name: str
    widest: str
    font: str
    x: int = 0
    line: int = 0


@dataclass(frozen=True)
class Layout:
    """Where everything stands in a strip `width` by `height` pixels."""

    width: int
    height: int
    size: int
    items: tuple[_Item, ...]
    case: tuple[str, ...]
    lines: int


@lru_cache(maxsize=16)
def layout_of(facts: BurnIn, width: int, step: int, above: int) -> Layout:
    """For a picture `width` wide and `above` high: both together are a multiple of `step` rows high."""
    size = max(_SMALLEST, round(width / _EMS))
    edge = round(size * _EDGE)
    room = width - 2 * edge
    last = facts.count - 1
    wanted = (
        _Item("banner", BANNER, "DejaVuSans-Bold"),
        _Item("time", facts.time(0).translate(_EIGHTS), "DejaVuSans"),
        _Item("frame", facts.frame(last).translate(_EIGHTS), "DejaVuSans"),
        _Item("legend", max(flagged_words(0.8888), NOTHING, flagged_words(1e-9), key=len), "DejaVuSans"),
    )
    items, line, x = [], 0, 0
    for item in wanted:
        lead = _lead(item.name, size)
        wide = lead + _width(item.widest, item.font, size)
        if x and x + wide > room:
            line, x = line + 1, 0
        items.append(_Item(item.name, item.widest, item.font, edge + x, line))
        x += wide + round(size * _GAP)
    case = _wrapped(facts.case, room, size) if facts.case else ()
    lines = line + 1 + len(case)
    height = round(lines * size * _LINE) + 2 * edge - round(size * (_LINE - 1.2))
    height += -(above + height) % step
    return Layout(width, height, size, tuple(items), case, lines)


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
    }
    top = round(layout.size * _EDGE)
    for item in layout.items:
        y = top + round(item.line * layout.size * _LINE)
        lead = _lead(item.name, layout.size)
        colour = _MUTED if item.name == "legend" and share <= 0 else _TEXT
        pen.text((item.x + lead, y), texts[item.name], colour, _font(item.font, layout.size))
    first = layout.lines - len(layout.case)
    for place, text in enumerate(layout.case, start=first):
        pen.text((top, top + round(place * layout.size * _LINE)), text, _TEXT, _font("DejaVuSans", layout.size))
    drawn = np.array(picture)
    legend = next(item for item in layout.items if item.name == "legend")
    _draw_swatch(drawn, legend.x, top + round(legend.line * layout.size * _LINE), layout)
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


def _wrapped(text: str, room: int, size: int) -> tuple[str, ...]:
    """Lines that fit, broken between words, or within one that is too long."""
    lines = [""]
    for word in text.split():
        if _width(f"{lines[-1]} {word}".strip(), "DejaVuSans", size) <= room:
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        if lines[-1]:
            lines.append("")
        for sign in word:
            if _width(lines[-1] + sign, "DejaVuSans", size) > room:
                lines.append("")
            lines[-1] += sign
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][:-1]}\N{HORIZONTAL ELLIPSIS}"]
    return tuple(lines)
