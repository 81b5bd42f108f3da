"""What a file of some kind cannot say of its colours is told; what it says, or nobody misses, is not."""

from __future__ import annotations

import pytest

from engines.media.colour_tags import unsaid
from engines.types import ColourSpec

PQ = ColourSpec("pc", "rgb", "bt2020", "smpte2084")
HLG = ColourSpec("pc", "rgb", "bt709", "arib-std-b67")
LOG = ColourSpec("pc", "rgb", "bt709", "cineon")


@pytest.mark.parametrize(
    ("colour", "container", "words"),
    [
        (PQ, "dpx", "PQ and BT.2020 have no tag in dpx: the master's transfer and primaries stay unsaid. PNG or"),
        (PQ, "exr", "PQ has no tag in exr: the master's transfer stays unsaid. PNG or"),
        (HLG, "tiff", "HLG has no tag in tiff: the master's transfer stays unsaid. PNG or"),
        (ColourSpec(primaries="smpte432"), "tiff", "Display P3 has no tag in tiff: the master's primaries stay unsaid"),
        (LOG, "matroska", "Film log has no tag in matroska: the master's transfer stays unsaid. DPX would say it."),
        (LOG, "tiff", "Film log has no tag in tiff"),
    ],
)
def test_what_readers_would_take_for_something_else_is_told(colour: ColourSpec, container: str, words: str) -> None:
    assert unsaid(colour, container).startswith(words)


@pytest.mark.parametrize(
    ("colour", "container"),
    [
        (PQ, "png"),
        (PQ, "mov"),
        (HLG, "matroska"),
        (LOG, "dpx"),
        (ColourSpec(primaries="bt2020", transfer="linear"), "exr"),
        (ColourSpec("pc", "rgb", "bt709", "iec61966-2-1"), "tiff"),
        (ColourSpec(), "dpx"),
    ],
)
def test_nothing_is_told_where_nothing_is_lost(colour: ColourSpec, container: str) -> None:
    assert unsaid(colour, container) == ""
