"""A document over a small real clip, and a queue that is closed after the test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from app.document import ClipWork, Document, Media, ShotWork, StageUse
from app.jobs.values import ExportOrder
from app.mask_plane import MaskPlane
from engines.media.open import open_source
from tests.clips import write_clip


def small_document(folder: Path, *, frames: int = 12, width: int = 96, height: int = 64, masked: int = 0) -> Document:
    """One clip with one shot; `masked` frames of it have a painted stripe."""
    path = write_clip(folder / "reel.mkv", frames=frames, width=width, height=height)
    source = open_source(path)
    info = source.info
    source.close()
    media = Media(path, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    clip = ClipWork("one", media, (ShotWork(0, stages=(StageUse("inpaint"), StageUse("detail", enabled=False))),))
    stripe = np.zeros((height, width), np.uint8)
    stripe[:, width // 2 : width // 2 + 3] = 255
    planes = {2 + 3 * n: MaskPlane.of(stripe) for n in range(masked)}
    return Document((clip.with_layer("damage", planes),))


def detailed(document: Document) -> Document:
    """The same with `detail` switched on, which takes its time."""
    clip = document.clips[0]
    stages = tuple(replace(use, enabled=True) for use in clip.shots[0].stages)
    return document.with_clip(replace(clip, shots=(replace(clip.shots[0], stages=stages),)))


def order(document: Document, out: Path, preset: str = "ffv1", **values: object) -> ExportOrder:
    return ExportOrder(document, document.clips[0].id, out, preset, **values)  # type: ignore[arg-type]
