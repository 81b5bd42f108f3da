"""`make bench`: stage inpaint on real clips with planted damage, beside a temporal median and OpenCV's Telea."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.masks import Mask
from engines.policy import EXPORT
from engines.stages.inpaint import Inpaint, InpaintSettings
from engines.stages.painted import Painted
from engines.types import ColourSpec, Frame, FrameNo, PixelFormat
from tests.fakes import MemorySource

GREY = PixelFormat("gray", 8)
CLIPS = ("bench/clean_video/polevault_720p", "bench/vid4/calendar", "bench/vid4/walk", "train/video/skateboarder")
AREAS = (0.02, 0.10)
FRAMES, FIRST, WIDTH = 9, 10, 640


@dataclass(frozen=True)
class Planted:
    """Masks by frame number (a `MaskSource`)."""

    masks: dict[FrameNo, Mask]

    def numbers(self) -> tuple[FrameNo, ...]:
        return tuple(self.masks)

    def coverage(self, number: FrameNo) -> NDArray[np.uint8] | None:
        mask = self.masks.get(number)
        return None if mask is None else mask.astype(np.uint8) * np.uint8(255)

    def key(self, number: FrameNo) -> str:
        return str(number)


def main() -> int:
    """Print inside-mask PSNR of the middle frame, clip by clip."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="holds bench and train")
    folder = parser.parse_args().folder
    present = [clip for clip in CLIPS if (folder / f"{clip}.mp4").is_file()]
    if not present:
        print(f"{folder} holds none of the benchmark's clips.", file=sys.stderr)
        return 1
    print("clip                 area   inpaint   median n-1..n+1   Telea   synthesised   (PSNR inside the mask, dB)")
    for clip in present:
        pictures = load(folder / f"{clip}.mp4")
        for area in AREAS:
            ours, median, telea, invented = judge(pictures, area)
            name = clip.rsplit("/", 1)[-1]
            print(
                f"{name:18} {area * 100:5.0f} %   {ours:7.2f}   {median:15.2f}   {telea:5.2f}   {invented * 100:.1f} %"
            )
    return 0


def load(path: Path) -> list[NDArray[np.uint8]]:
    """Grey pictures, at most 640 wide."""
    pictures: list[NDArray[np.uint8]] = []
    with av.open(str(path)) as source:
        for number, frame in enumerate(source.decode(video=0)):
            if number >= FIRST:
                picture = frame.to_ndarray(format="gray")
                size = (WIDTH, round(picture.shape[0] * WIDTH / picture.shape[1]) // 2 * 2)
                small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if picture.shape[1] > WIDTH else picture
                pictures.append(np.ascontiguousarray(small, dtype=np.uint8))
            if len(pictures) == FRAMES:
                break
    return pictures


def judge(pictures: list[NDArray[np.uint8]], area: float) -> tuple[float, float, float, float]:
    """PSNR of inpaint, median and Telea inside the middle frame's mask; share of the mask that was synthesised.

    Every frame is damaged, independently, alternately dark and bright.
    """
    rng = np.random.default_rng(0)
    masks = {n: blobs(p.shape, area, rng) for n, p in enumerate(pictures)}
    damaged = [np.where(masks[n], np.uint8(235 if n % 2 else 10), p) for n, p in enumerate(pictures)]
    source = MemorySource([Frame((p,), GREY, ColourSpec()) for p in damaged])
    stages = (Painted(Planted(masks)), Inpaint(InpaintSettings()))
    middle = len(pictures) // 2
    rendered = Puller(Graph(source, ShotList((0,), len(pictures)), stages), EXPORT).pull(middle)
    truth, mask = pictures[middle], masks[middle]
    median = np.median(damaged[middle - 1 : middle + 2], axis=0)
    telea = cv2.inpaint(damaged[middle], mask.astype(np.uint8), 5, cv2.INPAINT_TELEA)
    scores = (_psnr(p, truth, mask) for p in (rendered.frame.quantised().planes[0], median, telea))
    return (*scores, float((rendered.provenance.labels[mask] == 4).mean()))  # type: ignore[return-value]


def blobs(shape: tuple[int, ...], area: float, rng: np.random.Generator) -> Mask:
    """Irregular blotches over `area` (0..1) of the picture."""
    mask = np.zeros(shape, np.uint8)
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    while mask.mean() < area:
        radius = float(rng.integers(5, max(6, int(min(shape) * 0.07))))
        wobble = 1 + 0.35 * cv2.GaussianBlur(rng.standard_normal((1, 24)), (5, 1), 0)[0]
        x = rng.integers(shape[1]) + radius * wobble * np.cos(turns)
        y = rng.integers(shape[0]) + radius * wobble * np.sin(turns) * rng.uniform(0.5, 1)
        cv2.fillPoly(mask, [np.stack([x, y], axis=1).astype(np.int32)], 1)
    return np.asarray(mask > 0)


def _psnr(picture: NDArray[np.generic], truth: NDArray[np.uint8], mask: Mask) -> float:
    error = np.square(picture.astype(np.float64) - truth)[mask].mean()
    return float(10 * np.log10(255.0**2 / max(error, 1e-9)))


if __name__ == "__main__":
    sys.exit(main())
