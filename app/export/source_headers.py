"""What is not samples of a source of stills, kept beside the master so that the files can be had back byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.export.job import RenderJob
from app.export.meter import Meter
from engines.cancel import CancelToken
from engines.media.headers.keep import keep_headers
from engines.media.presets import Preset
from engines.media.source import ClipInfo
from engines.media.still_names import source_still
from engines.types import FrameNo


def wants_headers(job: RenderJob, clip: ClipInfo, preset: Preset, *, untouched: bool) -> bool:
    """Whether a master of stills keeps their headers: it is reversible, or a lossless file of the very pictures.

    untouched: no stage changes the pictures, and the master holds their samples as they are.
    """
    if clip.kind == "container" or job.deinterlace:
        return False
    return job.reversible or (untouched and preset.kind == "container")


def keep_source_headers(
    clip: ClipInfo,
    first: FrameNo,
    last: FrameNo,
    path: Path,
    meter: Meter,
    say: Callable[[str], None],
    cancel: CancelToken,
) -> None:
    """Write the zip `path` for frames `first`..`last` and tell what is in it; frames without a file are left out.

    Raises MediaError, RenderError, Cancelled.
    """
    places = ((number, source_still(clip, number)) for number in range(first, last + 1))
    files = {number: file for number, file in places if file is not None and file.is_file()}
    meter.begin(len(files))
    say(keep_headers(files, path, cancel=cancel, step=meter.step).sentence)
