"""`make bench`: stage detail on Set5 and Set14 beside bicubic, its speed beside this machine's convolution rate."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional
from torch.profiler import ProfilerActivity, profile

from engines.detect.shots import ShotList
from engines.graph import Graph, Puller
from engines.models.registry import load_detail
from engines.nets.fidelity import enlarge
from engines.policy import EXPORT
from engines.stages.detail import DetailSettings, DetailStage
from engines.training.degradations import shrink
from engines.types import ColourSpec, Frame, PixelFormat
from tests.fakes import MemorySource

RGB8 = PixelFormat("rgb", 8)
Rgb = NDArray[np.float32]


@dataclass(frozen=True)
class Row:
    """Mean PSNR-Y in dB (BT.601 studio formula, border cropped by the scale)."""

    name: str
    scale: int
    bicubic: float
    ours: float


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="holds set5 and set14")
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"{folder} is missing: the benchmark needs Set5 and Set14 there.", file=sys.stderr)
        return 1
    print("set    scale  bicubic     ours     gain   (PSNR-Y, dB; degradation estimated by the stage itself)")
    for name in ("set5", "set14"):
        for scale in (2, 4):
            row = judge(name, sorted((folder / name).glob("*.png")), scale)
            print(f"{row.name:6} x{row.scale}    {row.bicubic:7.3f}  {row.ours:7.3f}  {row.ours - row.bicubic:+7.3f}")
    speed()
    return 0


def judge(name: str, pictures: list[Path], scale: int) -> Row:
    """Shrink every picture bicubically to 8 bits, enlarge it again both ways, compare."""
    results = np.array([_compare(_read(path, scale), scale) for path in pictures])
    return Row(name, scale, *results.mean(axis=0))


def _compare(truth: Rgb, scale: int) -> tuple[float, float]:
    small = shrink(_tensor(truth), scale).clamp(0, 255).round()
    bicubic = enlarge(small, scale).clamp(0, 255).round()
    planes = tuple(plane.astype(np.uint8) for plane in small[0].numpy())
    frame = Frame(planes, RGB8, ColourSpec(matrix="gbr"))
    restored = _pull(frame, scale).quantised()
    ours = np.stack(restored.planes, axis=-1).astype(np.float32)
    return _psnr(bicubic[0].permute(1, 2, 0).numpy(), truth, scale), _psnr(ours, truth, scale)


def _pull(frame: Frame, scale: int) -> Frame:
    stage = DetailStage(DetailSettings(scale=scale))
    return Puller(Graph(MemorySource([frame]), ShotList((0,), 1), (stage,)), EXPORT).pull(0).frame


def _read(path: Path, scale: int) -> Rgb:
    """H x W x 3, cut to a multiple of the scale; grey pictures as three equal channels."""
    picture = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32)
    height, width = (side // scale * scale for side in picture.shape[:2])
    return picture[:height, :width]


def _tensor(picture: Rgb) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None]


def _psnr(a: Rgb, b: Rgb, border: int) -> float:
    weights = np.array([65.481, 128.553, 24.966]) / 255.0
    error = (a.astype(np.float64) @ weights - b.astype(np.float64) @ weights)[border:-border, border:-border]
    return float(10 * np.log10(255.0**2 / np.mean(error**2)))


def speed(width: int = 640, height: int = 360, runs: int = 5) -> None:
    """The network on one 640 x 360 luma picture at x2, medians; rate as a share of a plain convolution's."""
    model = load_detail("cpu").fidelity
    luma = torch.rand(1, 1, height, width)
    condition = torch.zeros(1, 2)
    # Every weight of a used convolution multiplies once per pixel; the heads of the other scales rest.
    used = (p for n, p in model.named_parameters() if p.ndim == 4 and ("heads" not in n or "heads.2" in n))
    operations = 2.0 * sum(p.numel() for p in used) * width * height
    with torch.inference_mode():
        ours = _median(lambda: model(luma, condition, 2), runs)
        peak = _convolution_rate(model.config.channels, width, height, runs)
        print(f"\nspeed on {torch.get_num_threads()} threads: {1 / ours:.2f} fps at {width}x{height} -> x2,")
        print(f"{operations / ours / 1e9:.0f} GFLOP/s of {peak / 1e9:.0f} GFLOP/s plain convolution", end=" ")
        print(f"({operations / ours / peak * 100:.0f} %)")
        with profile(activities=[ProfilerActivity.CPU]) as trace:
            model(luma, condition, 2)
    print("costs:", ", ".join(_costs(trace)))


def _convolution_rate(channels: int, width: int, height: int, runs: int) -> float:
    """FLOP/s of a bare 3x3 convolution of the trunk's width, channels last."""
    shape = (1, channels, height, width)
    picture = torch.rand(shape).contiguous(memory_format=torch.channels_last)
    kernel = torch.rand(channels, channels, 3, 3).contiguous(memory_format=torch.channels_last)
    seconds = _median(lambda: functional.conv2d(picture, kernel, padding=1), runs)
    return 2.0 * kernel.numel() * width * height / seconds


def _median(call: Callable[[], object], runs: int) -> float:
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def _costs(trace: profile) -> Iterator[str]:
    averages = sorted(trace.key_averages(), key=lambda e: e.self_cpu_time_total, reverse=True)
    total = sum(e.self_cpu_time_total for e in averages)
    for event in averages[:3]:
        yield f"{event.key} {event.self_cpu_time_total / total * 100:.0f} %"


if __name__ == "__main__":
    sys.exit(main())
