"""OpenEXR stills that keep the source's attributes, lossless compression and further channels; halves stay halves."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR

from engines.colour.spaces import PRIMARIES
from engines.errors import MediaError
from engines.media.colour_tags import NOTHING_NEW
from engines.types import ColourSpec, Frame

_NAMES = {("gray", False): "Y", ("rgb", False): "RGB", ("rgb", True): "RGBA"}
# Tiles and levels are laid out anew: a picture is written as scan lines.
_LAYOUT = {"channels", "tiles", "type", "dataWindow", "chunkCount", "version"}
_PICTURE = {*"RGBAY"}
_LOSSLESS = {
    OpenEXR.NO_COMPRESSION,
    OpenEXR.RLE_COMPRESSION,
    OpenEXR.ZIPS_COMPRESSION,
    OpenEXR.ZIP_COMPRESSION,
    OpenEXR.PIZ_COMPRESSION,
}


def write_exr(path: Path, frame: Frame, like: Path | None, retold: ColourSpec = NOTHING_NEW) -> str:
    """Write a grey or RGB float frame; where `like` is an OpenEXR file its attributes and other channels go along.

    retold: primaries that are others than `like`'s; they are written as its chromaticities then. Returns FFmpeg's
    pix_fmt of the samples. Raises MediaError.
    """
    frame = frame.quantised()
    names = _NAMES[frame.format.family, frame.format.alpha]
    header: dict[str, Any] = {"compression": OpenEXR.ZIP_COMPRESSION}
    channels: dict[str, Any] = {}
    if like is not None:
        header, channels = _carried(like, frame)
    header["type"] = OpenEXR.scanlineimage
    if retold.primaries in PRIMARIES and retold.primaries != "unknown":
        header["chromaticities"] = tuple(value for point in PRIMARIES[retold.primaries] for value in point)
    channels.update(zip(names, frame.planes, strict=True))
    try:
        OpenEXR.File(header, channels).write(str(path))
    except RuntimeError as error:
        raise _system_error(error) from error
    return f"{frame.format.name}le"


def _carried(like: Path, frame: Frame) -> tuple[dict[str, Any], dict[str, Any]]:
    """Attributes, and the channels besides the picture where they are of its size."""
    try:
        with OpenEXR.File(str(like), separate_channels=True) as source:
            header = {key: value for key, value in source.header().items() if key not in _LAYOUT}
            low, high = (corner.copy() for corner in source.header()["dataWindow"])
            # Copied: the arrays point into the file.
            channels = {name: np.array(channel.pixels) for name, channel in source.channels().items()}
    except (OSError, RuntimeError, ValueError) as error:
        raise MediaError(f"{like.name} cannot be read.", str(error)) from error
    if header["compression"] not in _LOSSLESS:
        # The samples were rounded once; written that way again they would change.
        header["compression"] = OpenEXR.ZIP_COMPRESSION
    if (high[0] - low[0] + 1, high[1] - low[1] + 1) == (frame.width, frame.height):
        header["dataWindow"] = (low, high)
    else:
        # The windows of another size would place the picture wrongly.
        header.pop("displayWindow", None)
    shape = (frame.height, frame.width)
    return header, {n: pixels for n, pixels in channels.items() if n not in _PICTURE and pixels.shape == shape}


def _system_error(error: RuntimeError) -> OSError:
    """The library tells what the system said as text alone."""
    codes = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG)
    return OSError(next((code for code in codes if os.strerror(code) in str(error)), errno.EIO), str(error))
