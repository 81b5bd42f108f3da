"""Painted layers as folders of PNGs that other programs read and write, for the window and the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.document import ClipWork, Layer
from app.mask_plane import MaskPlane
from engines.cancel import CancelToken
from engines.errors import MaskError
from engines.masks import MaskFolder, write_mask
from engines.types import FrameNo

Told = Callable[[int, int], None]
"""Masks done, masks in all."""


def joined(held: MaskPlane | None, added: MaskPlane) -> MaskPlane:
    """Both masks together; what one frame already holds is never lost."""
    if held is None or held.empty or held is added:
        return added
    return MaskPlane.of(np.maximum(held.coverage(), added.coverage()))


def read_folder(clip: ClipWork, folder: Path, cancel: CancelToken, told: Told) -> dict[FrameNo, MaskPlane | None]:
    """The masks of a folder by frame number. Raises MaskError where one does not fit the clip, Cancelled."""
    media, planes = clip.media, dict[FrameNo, MaskPlane | None]()
    masks = MaskFolder(folder, media.width, media.height, media.frame_count)
    for done, number in enumerate(masks.numbers(), 1):
        cancel.check()
        painted = masks.coverage(number)
        if painted is not None:
            planes[number] = MaskPlane.of(painted)
        told(done, len(masks.numbers()))
    return planes


def write_folder(clip: ClipWork, layer: Layer, folder: Path, overwrite: bool, cancel: CancelToken, told: Told) -> int:
    """Write a layer's masks as PNGs named by frame number; answers how many. Raises MaskError, Cancelled."""
    if not overwrite and folder.is_dir() and any(path.suffix.lower() == ".png" for path in folder.iterdir()):
        raise MaskError(f"The folder {folder} already holds PNG files.", "Choose an empty folder.")
    planes = clip.layer(layer)
    for done, (number, plane) in enumerate(planes.items(), 1):
        cancel.check()
        write_mask(folder, number, plane.coverage())
        told(done, len(planes))
    return len(planes)
