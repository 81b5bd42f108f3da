"""What the stage is compared with: interpolation anybody has, OpenCV's and FFmpeg's filters, in their best setting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from PIL import Image

from engines.benchmark.filters import LumaFilter
from engines.nets.fidelity import enlarge
from engines.types import Frame, Plane

Treatment = Callable[[Frame], Frame]
"""A picture of 8 bits to a picture of 8 bits."""


@dataclass(frozen=True)
class Peer:
    """`variants` are strengths, by what they are called; the one that does best is shown. Made when they are tried:
    making one raises SettingError where this machine lacks it."""

    name: str
    variants: tuple[tuple[str, Callable[[], Treatment]], ...]


def untouched() -> Peer:
    return Peer("untouched", (("", lambda: lambda frame: frame),))


def enlargers(scale: int) -> tuple[Peer, ...]:
    """Bicubic (MATLAB's kernel) and Lanczos (three lobes, Pillow's) by an integer factor."""
    return (
        Peer("bicubic", (("", lambda: lambda frame: bicubic(frame, scale)),)),
        Peer("Lanczos", (("", lambda: lambda frame: lanczos(frame, scale)),)),
    )


def bicubic(frame: Frame, scale: int) -> Frame:
    """Every plane enlarged; 8-bit code values."""
    planes = (torch.from_numpy(p.astype(np.float32))[None, None] for p in frame.planes)
    return frame.with_planes(tuple(np.asarray(enlarge(p, scale)[0, 0].numpy()) for p in planes)).quantised()


def lanczos(frame: Frame, scale: int) -> Frame:
    """Every plane enlarged; 8-bit code values."""
    return frame.with_planes(tuple(lanczos_plane(p, scale) for p in frame.planes)).quantised()


def lanczos_plane(plane: Plane, scale: int) -> Plane:
    """float32, unrounded: it rings past the input's range."""
    size = (plane.shape[1] * scale, plane.shape[0] * scale)
    return np.asarray(Image.fromarray(plane.astype(np.float32)).resize(size, Image.Resampling.LANCZOS))


def denoisers(sigma: float) -> tuple[Peer, ...]:
    """Against white noise of known `sigma` (8-bit code values), each tried around the strength that suits it."""
    return (
        _opencv(*(sigma * factor for factor in (0.8, 1.0, 1.2))),
        _ffmpeg("nlmeans", *(f"s={sigma * factor:.1f}" for factor in (0.6, 0.8, 1.0))),
        _bm3d(*(sigma * factor for factor in (20, 35, 50))),
    )


def deblockers() -> tuple[Peer, ...]:
    """Against codec artefacts, from gentle to strong."""
    return (
        _ffmpeg(
            "deblock",
            "filter=weak:block=8",
            "filter=strong:block=8",
            "filter=strong:block=4",
            "filter=strong:block=8:alpha=0.2:beta=0.1:gamma=0.1:delta=0.1",
        ),
        _opencv(1.5, 3.0, 6.0),
        _ffmpeg("nlmeans", "s=1", "s=2", "s=4"),
        _bm3d(60, 150),
    )


def _bm3d(*sigmas: float) -> Peer:
    """Its first of two estimates. FFmpeg 8.1's sigma is no standard deviation of 8-bit codes: at 15 it leaves noise of
    15 as it is, and does best around 35 times that."""
    return _ffmpeg("bm3d", *(f"sigma={sigma:g}:block=8:group=8:bstep=4" for sigma in sigmas))


def _opencv(*strengths: float) -> Peer:
    return Peer("OpenCV fast non-local means", tuple((f"h={h:.1f}", _nlm(h)) for h in strengths))


def _nlm(strength: float) -> Callable[[], Treatment]:
    def treat(frame: Frame) -> Frame:
        luma = cv2.fastNlMeansDenoising(frame.planes[0], None, h=strength, templateWindowSize=7, searchWindowSize=21)
        return frame.with_planes((np.asarray(luma, dtype=np.uint8), *frame.planes[1:]))

    return lambda: treat


def _ffmpeg(name: str, *options: str) -> Peer:
    return Peer(f"FFmpeg {name}", tuple((text, lambda text=text: LumaFilter(name, text)) for text in options))  # type: ignore[misc]
