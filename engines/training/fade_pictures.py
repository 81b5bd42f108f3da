"""Small colour pictures to learn fading on: crops of stills and clips, exposed and framed as films are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from engines.training.datasets import CLIPS, STILLS

Colour = NDArray[np.uint8]
"""H x W x 3, R'G'B'."""

Rgb = NDArray[np.float32]
"""3 x H x W, nominal."""

_LONG_SIDE = 256
_CLIP_STRIDE = 12
_SOFT = 0.45
"""Share of pictures exposed anew that are softer than they were."""

# Pictures with less colour than this (mean distance of channels, codes) say nothing of dyes.
_COLOURLESS = 3.0


@dataclass(frozen=True, eq=False)
class ColourSet:
    """Pictures of at most 256 pixels on the long side."""

    training: tuple[Colour, ...]
    held_out: tuple[Colour, ...]


def load_colour_set(folder: Path, held_out_share: float = 0.12) -> ColourSet:
    """Every coloured still and some frames of every clip below `folder`; held out by hash of name.

    Raises FileNotFoundError where no coloured picture is found.
    """
    training: list[Colour] = []
    held_out: list[Colour] = []
    for path in sorted(p for p in folder.rglob("*") if "overlays" not in p.parts):
        bucket = hashlib.sha256(path.name.encode()).digest()[2] / 256.0
        (held_out if bucket < held_out_share else training).extend(_pictures(path))
    if not training:
        raise FileNotFoundError(f"no coloured pictures or clips to train on in {folder}")
    return ColourSet(tuple(training), tuple(held_out) or tuple(training[:8]))


def drawn_picture(picture: Colour, side: int, rng: np.random.Generator) -> Rgb:
    """A crop of a picture, 3 x side x side, exposed anew, mirrored, sometimes with the black of a frame around it."""
    height, width = picture.shape[:2]
    share = rng.uniform(0.35, 1.0)
    aspect = float(np.exp(rng.normal(0.0, 0.15)))
    h = int(np.clip(height * share * aspect, 24, height))
    w = int(np.clip(width * share / aspect, 24, width))
    top, left = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
    cut = picture[top : top + h, left : left + w, :]
    small = cv2.resize(cut, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255.0)
    if rng.random() < 0.5:
        small = small[:, ::-1]
    if rng.random() < 0.6:
        small = _exposed(small, rng)
    if rng.random() < 0.12:
        small = _framed(small, rng)
    return np.ascontiguousarray(small.transpose(2, 0, 1), np.float32)


def joined(first: Rgb, second: Rgb, rng: np.random.Generator) -> Rgb:
    """One part of `first` and the rest of `second` (both 3 x side x side), parted by a soft line anywhere."""
    side = first.shape[1]
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32) / np.float32(side) - np.float32(0.5)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    along = np.float32(np.cos(angle)) * columns + np.float32(np.sin(angle)) * rows - np.float32(rng.uniform(-0.3, 0.3))
    share = np.clip(along * side + 0.5, 0.0, 1.0).astype(np.float32)
    return np.asarray(first * share + second * (1.0 - share), np.float32)


def _exposed(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Another exposure, contrast and saturation, and now and then the softness and hue of real light."""
    gamma, gain = rng.uniform(0.8, 1.25), float(np.exp(rng.normal(-0.04, 0.1)))
    out = np.clip(picture * gain, 0.0, 1.0) ** gamma
    if rng.random() < _SOFT:
        # Hazy days, overcast light and prints made soft are no fades: black and white are not reached, light has a hue.
        black, white = rng.uniform(0.0, 0.12), rng.uniform(0.78, 1.0)
        light = np.exp(rng.normal(0.0, 0.025) * np.array([1.0, 0.0, -1.0]) + rng.normal(0.0, 0.01, 3))
        out = np.clip((black + out * (white - black)) * light.astype(np.float32), 0.0, 1.0)
    luma = out @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    out = luma[..., None] + (out - luma[..., None]) * rng.uniform(0.65, 1.15)
    return np.asarray(np.clip(out, 0.0, 1.0), np.float32)


def _framed(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    out = np.zeros_like(picture) + np.float32(rng.uniform(0.0, 0.04))
    side = len(picture)
    x, y = (int(rng.integers(0, side // 6)) if rng.random() < 0.6 else 0 for _ in range(2))
    inner = cv2.resize(picture, (side - 2 * x, side - 2 * y), interpolation=cv2.INTER_AREA)
    out[y : side - y, x : side - x] = inner
    return out


def _pictures(path: Path) -> list[Colour]:
    suffix = path.suffix.lower()
    if suffix in STILLS:
        bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
        found = [] if bgr is None else [np.asarray(bgr[:, :, ::-1], np.uint8)]
    elif suffix in CLIPS:
        with av.open(str(path)) as container:
            found = [np.asarray(f.to_ndarray(format="rgb24"), np.uint8) for f in container.decode(video=0)]
        found = found[::_CLIP_STRIDE]
    else:
        found = []
    return [small for small in map(_limited, found) if _coloured(small)]


def _limited(picture: Colour) -> Colour:
    share = min(1.0, _LONG_SIDE / max(picture.shape[:2]))
    size = max(24, round(picture.shape[1] * share)), max(24, round(picture.shape[0] * share))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _coloured(picture: Colour) -> bool:
    codes = picture.astype(np.int16)
    return float((codes.max(axis=2) - codes.min(axis=2)).mean()) > _COLOURLESS
