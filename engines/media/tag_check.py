"""Colour tags and HDR metadata of a finished file, read back and compared with what was meant to be written."""

from __future__ import annotations

from pathlib import Path

import av

from engines.errors import RenderError
from engines.media.colour_tags import UNTAGGED, colour_of
from engines.media.hdr_metadata import HdrMetadata, metadata_of
from engines.media.planes import format_of
from engines.types import ColourSpec

_COMPARED = ("range", "matrix", "primaries", "transfer")
_SAME = {("tv", "unknown")}
"""Video that says nothing is of limited range; x264 then writes nothing."""


def check_tags(path: Path, colour: ColourSpec, hdr: HdrMetadata | None) -> None:
    """Raises RenderError where the first picture of `path`, or its stream, says another colour than `colour` as far as
    that is known, or other HDR metadata than `hdr` (None: any).
    """
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        picture = next(source.decode(stream))
        found = colour_of(picture, stream.codec_context)
        said = metadata_of(picture)
    for name in _COMPARED:
        wanted, got = _plain(getattr(colour, name)), _plain(getattr(found, name))
        if name == "range" and got == "unknown" and format_of(picture.format.name).family == "yuv":
            got = "tv"  # where a stream is silent, Y'CbCr is limited (H.264 and H.265, annex E)
        if wanted not in UNTAGGED and got != wanted and (wanted, got) not in _SAME:
            raise RenderError(
                f"The {name} that was written is {got} instead of {wanted}: a master with wrong tags is not kept.",
                "Choose another preset, for instance ffv1 or prores_4444.",
            )
    if hdr is not None and said.codes() != hdr.codes():
        raise RenderError(
            f"The HDR metadata that was written reads {said.words() or 'nothing'}, and it should read {hdr.words()}.",
            "Choose another preset, for instance hevc_hdr10 or prores_4444.",
        )


def _plain(name: str) -> str:
    return "rgb" if name == "gbr" else name
