"""What is checked before a render touches the disk: every refusal here leaves nothing behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from app.export.job import RenderJob
from app.export.paths import MasterPaths
from engines.errors import MediaError, RenderError, SettingError
from engines.media.naming import is_pattern
from engines.media.source import ClipInfo
from engines.types import FrameNo


def check_out(job: RenderJob, paths: MasterPaths) -> None:
    """Raises RenderError or MediaError where the master cannot or must not be written there."""
    folder = job.out.parent
    if not folder.is_dir():
        raise MediaError(f"The folder {folder} does not exist.", "Create it, or choose another place with -o.")
    if not os.access(folder, os.W_OK):
        raise MediaError(f"No permission to write into {folder}.", "Choose another place with -o.")
    if _same_place(job.source, job.out):
        raise RenderError("The master would overwrite its own source.", "Choose another name with -o.")
    existing = paths.existing()
    if existing and not job.force and not paths.placing.exists():
        raise RenderError(f"{existing[0]} exists already.", "Choose another name, or add --force to replace it.")


def _same_place(source: Path, out: Path) -> bool:
    if source.resolve() == out.resolve():
        return True
    # A pattern into the folder that is read, or the folder of the pattern that is read.
    if is_pattern(out) and (source.is_dir() and source.resolve() == out.parent.resolve()):
        return True
    return is_pattern(source) and out.is_dir() and out.resolve() == source.parent.resolve()


def check_source(job: RenderJob, clip: ClipInfo) -> None:
    """Raises MediaError where the source is not the one that the job was made for."""
    if job.fingerprint and clip.fingerprint != job.fingerprint:
        raise MediaError(
            f"{job.source} is not the file that the project was made with: its content differs.",
            "Put the original file back, or relink the clip and look at the work again.",
        )


def check_frames(job: RenderJob, count: int) -> tuple[FrameNo, FrameNo]:
    """First and last frame to render. Raises SettingError where the clip has no such frames."""
    if job.frames is None:
        return 0, count - 1
    first, last = job.frames
    if last >= count:
        raise SettingError(
            f"--frames {first}-{last}: the clip's frames are 0-{count - 1}.", "Choose a range within it."
        )
    return first, last


def check_space(folder: Path, written: int, frames_written: int, frames_left: int, frames_total: int) -> None:
    """Foresee from the frames written what the rest and the assembled master take.

    Raises RenderError where that is more than the disk has.
    """
    per_frame = written / max(frames_written, 1)
    needed = int(per_frame * (frames_left + frames_total) * 1.02)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise RenderError(
            f"{folder} has {free / 1e9:.1f} GB free, and the render needs about {needed / 1e9:.1f} GB more.",
            "Free some space and run it again; finished segments are kept.",
        )
