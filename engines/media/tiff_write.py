"""TIFF stills that carry over the source's tags: resolution, colour profile, descriptions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from engines.errors import MediaError
from engines.media.colour_tags import NOTHING_NEW
from engines.types import ColourSpec, Frame

# Tags that describe how the samples are stored, which we decide, or that point into the source file.
_STRUCTURAL = {
    *(254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 282, 283, 284, 296),
    *(288, 289, 290, 291, 292, 293, 297, 301, 317, 320, 321, 322, 323, 324, 325, 330, 338, 339, 340, 341, 342, 347),
    *(512, 513, 514, 519, 520, 521, 529, 530, 531, 532, 34665, 34853, 40965),
}
_RESOLUTION_UNIT = 296
_ICC_PROFILE = 34675


def write_tiff(path: Path, frame: Frame, like: Path | None, retold: ColourSpec = NOTHING_NEW) -> str:
    """Write a grey or RGB frame of 8 or 16 bits in `like`'s byte order with its tags, where it is a TIFF.

    retold: primaries and transfer that are others than `like`'s; its colour profile is left out then, for TIFF has no
    plain tags to say them. Returns FFmpeg's pix_fmt of the file. Raises MediaError.
    """
    frame = frame.quantised()
    layout = frame.format
    options: dict[str, Any] = _carried(like) if like is not None else {"byteorder": "<"}
    if (retold.primaries, retold.transfer) != ("unknown", "unknown"):
        options["extratags"] = [tag for tag in options.get("extratags", []) if tag[0] != _ICC_PROFILE]
    samples = np.stack(frame.planes, axis=-1) if len(frame.planes) > 1 else frame.planes[0]
    # To memory first: tifffile reports a full disk without its error number.
    data = io.BytesIO()
    tifffile.imwrite(
        data,
        samples,
        photometric="rgb" if layout.family == "rgb" else "minisblack",
        planarconfig="contig" if len(frame.planes) > 1 else None,
        extrasamples=("unassalpha",) if layout.alpha else None,
        metadata=None,
        software=False,
        **options,
    )
    path.write_bytes(data.getbuffer())
    order = "le" if options["byteorder"] == "<" else "be"
    if layout.depth == 8:
        return {1: "gray", 2: "ya8", 3: "rgb24", 4: "rgba"}[len(frame.planes)]
    return {1: "gray16", 2: "ya16", 3: "rgb48", 4: "rgba64"}[len(frame.planes)] + order


def _carried(like: Path) -> dict[str, Any]:
    try:
        with tifffile.TiffFile(like) as source:
            page = source.pages.first
            tags = page.tags
            extra = [
                (tag.code, tag.dtype, tag.count, tag.value, True)
                for tag in tags.values()
                if tag.code not in _STRUCTURAL
            ]
            options: dict[str, Any] = {"byteorder": source.byteorder, "extratags": extra}
            if 282 in tags and 283 in tags:
                options["resolution"] = (tags[282].value, tags[283].value)
                unit = tags.get(_RESOLUTION_UNIT)
                options["resolutionunit"] = unit.value if unit is not None else 2
            if page.compression in (tifffile.COMPRESSION.ADOBE_DEFLATE, tifffile.COMPRESSION.DEFLATE):
                options["compression"] = "zlib"
    except (OSError, tifffile.TiffFileError) as error:
        raise MediaError(f"{like.name} cannot be read.", str(error)) from error
    return options
