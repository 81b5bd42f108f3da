"""What the screen is told to show of pictures: a view transform and an overlay. Never part of a document or master."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

KINDS = ("automatic", "ocio", "lut")
DISPLAYS = ("srgb", "bt1886", "p3")
OVERLAYS = ("", "exposure", "gamut")
TARGETS = ("bt709", "smpte432", "bt2020")
USUAL_PEAK = 1000.0
"""cd/m2 of the usual mastering display."""


@dataclass(frozen=True)
class Screen:
    """A view transform. Frozen: caches of shown pictures know it.

    kind: "automatic" (from the clip's tags to `display`), "ocio" (`config`, `space`, `device`, `view`) or "lut" (the
    .cube file `lut`, applied to R'G'B' as coded). exposure: stops, before the transform; gamma: after it; neither
    acts on a LUT. overlay: "exposure" (false colour), "gamut" (what leaves `target` or exceeds `peak`) or none.
    """

    kind: str = "automatic"
    display: str = "srgb"
    """What the display is: "srgb", "bt1886" (a video monitor) or "p3" (Display P3)."""
    config: str = ""
    """OpenColorIO: a path, "ocio://..." for one built in, "" for the one that $OCIO names."""
    space: str = ""
    """OpenColorIO: colour space of the clip; "" = guessed from its tags."""
    device: str = ""
    """OpenColorIO: display; "" = the config's default."""
    view: str = ""
    """OpenColorIO: view; "" = the display's default."""
    lut: str = ""
    exposure: float = 0.0
    gamma: float = 1.0
    overlay: str = ""
    target: str = "bt709"
    """Primaries whose gamut the warning guards, by FFmpeg's names."""
    peak: float = 0.0
    """Of the mastering display, cd/m2: what PQ previews roll off from, and the warning guards; 0: as the clip says."""

    @property
    def rolled_from(self) -> float:
        """The peak, or the usual one where neither a person nor the clip named any."""
        return self.peak or USUAL_PEAK

    def mastered(self, peak: float | None) -> Screen:
        """The same with the peak that the clip names, where no other was chosen."""
        return self if self.peak or not peak else replace(self, peak=peak)

    def under(self, overlay: str) -> Screen:
        """The same under another overlay."""
        return self if overlay == self.overlay else replace(self, overlay=overlay)

    def bare(self) -> Screen:
        """The same without its overlay."""
        return self.under("")

    def stated(self) -> dict[str, str]:
        """As texts, to be stored; overlays are not: they are looked at, and put away."""
        return {field.name: str(getattr(self, field.name)) for field in fields(self) if field.name != "overlay"}


AUTOMATIC = Screen()


def screen_of(stated: Mapping[str, str]) -> Screen:
    """What `stated` gave; whatever cannot be read, or says what there is not, is its default."""
    allowed = {"kind": KINDS, "display": DISPLAYS, "target": TARGETS}
    found: dict[str, str | float] = {}
    for field in fields(Screen):
        text = stated.get(field.name)
        if text is None or field.name == "overlay":
            continue
        if isinstance(field.default, float):
            number = _number(text)
            if number is not None:
                found[field.name] = number
        elif text in allowed.get(field.name, (text,)):
            found[field.name] = text
    return replace(AUTOMATIC, **found)  # type: ignore[arg-type]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
