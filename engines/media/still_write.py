"""A segment of a sequence: a folder of stills, each the source still it came from, or carrying that one's header."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engines.media.colour_tags import NOTHING_NEW
from engines.media.convert import convert
from engines.media.dpx_write import new_header, read_header, write_dpx
from engines.media.exr_write import write_exr
from engines.media.framemd5 import frame_md5
from engines.media.png_write import write_png
from engines.media.presets import Preset, stored_colour, stored_format
from engines.media.sink import whole_file
from engines.media.source import ClipInfo
from engines.media.still_copy import stored_alike
from engines.media.still_names import segment_still, source_still
from engines.media.tiff_write import write_tiff
from engines.media.timecode import shift_timecode
from engines.types import ColourSpec, Frame, FrameNo

_SUFFIXES = {"dpx": (".dpx",), "tiff": (".tif", ".tiff"), "png": (".png",), "exr": (".exr",)}


def write_stills(
    folder: Path, preset: Preset, clip: ClipInfo, frames: Iterable[Frame], first: FrameNo
) -> tuple[str, ...]:
    """Write frames `first`... into `folder`, named by their number; returns the MD5 of each as stored.

    Stills are replaced one by one, so a folder left by a killed run is completed. Raises RenderError, SettingError.
    """
    hashes = []
    for offset, frame in enumerate(frames):
        path = segment_still(folder, clip.first_number + first + offset, preset.suffix)
        with whole_file(path) as partial:
            hashes.append(write_still(partial, preset, clip, frame, first + offset))
    return tuple(hashes)


def write_still(path: Path, preset: Preset, clip: ClipInfo, frame: Frame, number: FrameNo) -> str:
    """Write one picture of the clip as `preset`'s kind of still; returns the MD5 of its raw stored samples.

    Where the source's still can be taken apart, every byte that is no sample is that file's; without any change, the
    whole file is.
    """
    stored, pix_fmt = stored_format(preset, frame.format)
    colour = stored_colour(preset, frame.format, frame.colour, frame.width, frame.height)
    picture = convert(frame, stored, colour).quantised()
    source = source_still(clip, number)
    like = source if source is not None and source.suffix.lower() in _SUFFIXES[preset.container] else None
    told = ColourSpec() if like is None else clip.tagged or clip.colour
    retold = _differing(told, colour)
    if like is not None and retold == NOTHING_NEW and (digest := stored_alike(path, like, picture)) is not None:
        return digest
    match preset.container:
        case "dpx":
            header = read_header(like) if like is not None else _header(clip, number)
            pix_fmt = write_dpx(path, picture, header, retold)
        case "tiff":
            pix_fmt = write_tiff(path, picture, like, retold)
        case "exr":
            pix_fmt = write_exr(path, picture, like, retold)
        case _:
            write_png(path, picture, pix_fmt, like, retold)
    return frame_md5(picture, pix_fmt)


def _header(clip: ClipInfo, number: FrameNo) -> bytes:
    timecode = shift_timecode(clip.timecode, number, clip.rate) if clip.timecode is not None else None
    return new_header(clip.rate, timecode)


def _differing(told: ColourSpec, colour: ColourSpec) -> ColourSpec:
    """What the source's still does not say of the picture: range, primaries and transfer; the rest is "unknown"."""
    return ColourSpec(
        range=colour.range if colour.range != told.range else "unknown",
        primaries=colour.primaries if colour.primaries != told.primaries else "unknown",
        transfer=colour.transfer if colour.transfer != told.transfer else "unknown",
    )
