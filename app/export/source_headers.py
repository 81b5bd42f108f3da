"""What is not samples of a source of stills, kept beside the master so that the files can be had back byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.export.events import Emit
from app.export.finished import FinishedSegments
from app.export.meter import Meter
from engines.media.headers.keep import keep_headers
from engines.media.still_names import source_still


def source_headers(done: FinishedSegments, emit: Emit, say: Callable[[str], None]) -> Path | None:
    """Write the zip into the work folder and tell what is in it; None where the master keeps no headers.

    Frames without a file are left out. Raises MediaError, RenderError, Cancelled.
    """
    if not _wanted(done):
        return None
    places = ((number, source_still(done.clip, number)) for number in range(done.first, done.last + 1))
    files = {number: file for number, file in places if file is not None and file.is_file()}
    path = done.paths.parts / "headers.zip"
    meter = Meter("headers", emit)
    meter.begin(len(files))
    say(keep_headers(files, path, cancel=done.puller.cancel, step=meter.step).sentence)
    return path


def _wanted(done: FinishedSegments) -> bool:
    """A master of stills that is reversible, or a lossless file of the very pictures."""
    if done.clip.kind == "container":
        return False
    untouched = done.lossless and done.preset.kind == "container" and not done.puller.graph.stages
    return done.job.reversible or (untouched and not done.job.deinterlace)
