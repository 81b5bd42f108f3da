"""Clean luma pictures for training, held in memory, split by content hash into training and held-out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

STILLS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp")
CLIPS = (".mp4", ".mkv", ".mov", ".avi")
# Every n-th clip frame: neighbours are nearly the same picture.
_CLIP_STRIDE = 12


@dataclass(frozen=True)
class LumaSet:
    """Pictures as H x W uint8, full-range BT.601 luma."""

    training: tuple[NDArray[np.uint8], ...]
    held_out: tuple[NDArray[np.uint8], ...]


def load_luma_set(folder: Path, held_out_share: float = 0.06) -> LumaSet:
    """Read every still and some frames of every clip below `folder/images` and `folder/video` (or `folder` itself).

    Raises FileNotFoundError where no picture is found.
    """
    training: list[NDArray[np.uint8]] = []
    held_out: list[NDArray[np.uint8]] = []
    for path in sorted(p for root in _roots(folder) for p in root.rglob("*")):
        pictures = _pictures(path)
        bucket = hashlib.sha256(path.name.encode()).digest()[0] / 256.0
        (held_out if bucket < held_out_share else training).extend(pictures)
    if not training:
        raise FileNotFoundError(f"no pictures or clips to train on in {folder}")
    return LumaSet(tuple(training), tuple(held_out) or tuple(training[:4]))


def _roots(folder: Path) -> list[Path]:
    named = [folder / name for name in ("images", "video") if (folder / name).is_dir()]
    return named or [folder]


def _pictures(path: Path) -> list[NDArray[np.uint8]]:
    if path.suffix.lower() in STILLS:
        bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if bgr is None:
            return []
        return [_luma(bgr)]
    if path.suffix.lower() in CLIPS:
        with av.open(str(path)) as container:
            frames = list(container.decode(video=0))[::_CLIP_STRIDE]
        return [_luma(f.to_ndarray(format="bgr24")) for f in frames]
    return []


def _luma(bgr: NDArray[np.generic]) -> NDArray[np.uint8]:
    """8-bit full-range BT.601 luma, computed in float and rounded once."""
    weights = np.array([0.114, 0.587, 0.299], dtype=np.float32)
    return np.asarray(np.rint(bgr.astype(np.float32) @ weights), dtype=np.uint8)
