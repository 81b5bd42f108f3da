"""What was painted, by content: the digest of every mask and of the set, wherever the set lies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from app.export.job import RenderJob
from engines.errors import MaskError

Layer = Literal["masks", "original", "protect"]
"""Also the name of the field of a job, and of the folder beside a packaged master."""

LAYERS: tuple[Layer, ...] = get_args(Layer)


@dataclass(frozen=True)
class MaskSet:
    """sha256: over lines "digest, two spaces, name, newline" by name, as `sha256sum` prints them."""

    sha256: str
    files: Mapping[str, str]


def mask_set(folder: Path) -> MaskSet:
    """Of the PNG files in `folder`. Raises MaskError where one cannot be read."""
    try:
        paths = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".png" and not p.name.startswith("."))
        files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    except OSError as error:
        raise MaskError(
            f"The masks in {folder} cannot be read ({error.strerror or error}).", "Check the folder."
        ) from error
    text = "".join(f"{digest}  {name}\n" for name, digest in files.items())
    return MaskSet(hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest(), files)


def masks_of(job: RenderJob) -> Mapping[Layer, MaskSet]:
    """Of every layer that the job has. Raises MaskError."""
    folders: Mapping[Layer, Path | None] = {"masks": job.masks, "original": job.original, "protect": job.protect}
    return {layer: mask_set(folder) for layer, folder in folders.items() if folder is not None}
