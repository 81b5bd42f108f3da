"""Where chroma samples sit among the luma pixels they colour (ITU-T H.273, chroma sample location)."""

from __future__ import annotations

# Phase (x, y) by FFmpeg's names: 0 = on the first luma sample of a cell, 0.5 = in its middle, 1 = on its last.
_PHASES = {
    "left": (0.0, 0.5),
    "center": (0.5, 0.5),
    "topleft": (0.0, 0.0),
    "top": (0.5, 0.0),
    "bottomleft": (0.0, 1.0),
    "bottom": (0.5, 1.0),
}


def chroma_phase(location: str) -> tuple[float, float]:
    """(x, y): sample i of a plane subsampled by s lies at luma position s * i + phase * (s - 1).

    Untagged material counts as "left", as MPEG-2 and later codecs place it.
    """
    return _PHASES.get(location, _PHASES["left"])
