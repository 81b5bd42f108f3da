"""Runtimes side by side: time per 640x360 frame at x2, share of the machine's measured convolution rate, dB lost.

python -m tests.benchmarks.runtime ../shared/data/bench
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from engines.models.answer import Answer
from engines.models.deploy import deployed, shipped_ranges
from engines.models.quantise import measure_ranges
from engines.models.runtime import Backend, Choice, Precision, Runtime, make_runtime
from engines.nets.fidelity import FidelityConfig, FidelityNet, enlarge
from engines.training.degradations import shrink

WIDTH, HEIGHT, SCALE = 640, 360, 2
WAYS: tuple[tuple[Backend, Precision], ...] = (
    ("torch", "float32"),
    ("onnxruntime", "float32"),
    ("openvino", "float32"),
    ("openvino", "half"),
    ("openvino", "int8"),
)
# Tiers by their size; speed does not depend on the weights.
TIERS = {"draft 32x3": FidelityConfig(32, 3, extra=2), "standard 64x6": FidelityConfig(64, 6, extra=2, doubt=True)}

Planes = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, help="holds set14")
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    peak = convolution_rate(args.runs)
    print(f"{torch.get_num_threads()} threads; best plain float32 3x3 convolution of PyTorch: {peak / 1e9:.0f} GFLOP/s")
    for name, config in TIERS.items():
        speeds(name, config, peak, args.runs)
    losses(sorted((args.folder / "set14").glob("*.png")))


def speeds(name: str, config: FidelityConfig, peak: float, runs: int) -> None:
    """One line per way; the last column adds enlarging and the sum."""
    torch.manual_seed(0)
    net = FidelityNet(config).eval().requires_grad_(False)
    planes = np.random.default_rng(0).random((3 + config.extra, HEIGHT, WIDTH), dtype=np.float32)
    ranges = measure_ranges(Answer(net, 1), [planes[:, :96, :96]])
    answer = Answer(net, SCALE, config.doubt)
    weights = sum(
        p.numel() for n, p in answer.named_parameters() if p.ndim == 4 and "heads" not in n and "doubts" not in n
    )
    work = 2.0 * weights * WIDTH * HEIGHT
    luma = torch.from_numpy(planes[:1])[None]
    print(f"{name}: {weights:,} weights, {work / 1e9:.1f} GFLOP per frame {WIDTH}x{HEIGHT} at x{SCALE}")
    for backend, precision in WAYS:
        runtime = make_runtime(net, SCALE, Choice(backend, "cpu", precision, "benchmark"), ranges, config.doubt)
        bare = median(partial(runtime.run, planes), runs)
        whole = median(partial(_frame, runtime, planes, luma), runs)
        shown = f"{runtime.choice.backend} {runtime.choice.precision}"
        print(
            f"  {shown:20} {bare * 1e3:7.1f} ms  {work / bare / 1e9:4.0f} GOP/s  "
            f"{work / bare / peak * 100:4.0f} % of peak  whole frame {whole * 1e3:7.1f} ms = {1 / whole:5.1f} fps"
        )


def _frame(runtime: Runtime, planes: Planes, luma: torch.Tensor) -> torch.Tensor:
    return enlarge(luma, SCALE) + torch.from_numpy(runtime.run(planes)[:1])[None]


def convolution_rate(runs: int) -> float:
    """FLOP/s of PyTorch's own 3x3 convolution, channels last: the better of 32 and 64 channels."""
    return max(_rate(channels, runs) for channels in (32, 64))


def _rate(channels: int, runs: int) -> float:
    picture = torch.rand(1, channels, HEIGHT, WIDTH).contiguous(memory_format=torch.channels_last)
    kernel = torch.rand(channels, channels, 3, 3).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        return (
            2.0 * kernel.numel() * WIDTH * HEIGHT / median(lambda: functional.conv2d(picture, kernel, padding=1), runs)
        )


def median(call: Callable[[], object], runs: int) -> float:
    """Seconds."""
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def losses(pictures: list[Path]) -> None:
    """PSNR-Y in dB of the shipped detail network on Set14, and what each way loses against PyTorch."""
    one, ranges = deployed("detail"), shipped_ranges("detail")
    if ranges is None or not pictures:
        print("no INT8 ranges for the shipped weights, or no Set14: no losses to show")
        return
    for scale in (2, 4):
        found = {}
        for backend, precision in (WAYS[0], WAYS[3], WAYS[4]):
            runtime = make_runtime(one.network, scale, Choice(backend, "cpu", precision, "benchmark"), ranges)
            found[f"{backend} {precision}"] = float(np.mean([psnr(runtime, path, scale) for path in pictures]))
        plain, *others = found.items()
        shown = ", ".join(f"{name} {value - plain[1]:+.3f} dB" for name, value in others)
        print(f"Set14 x{scale}: {plain[0]} {plain[1]:.3f} dB; {shown}")


def psnr(runtime: Runtime, path: Path, scale: int) -> float:
    """Of luma (BT.601 studio), shrunk to 8 bits and enlarged again; no degradation told; borders cropped by `scale`."""
    rgb = np.asarray(Image.open(path).convert("RGB"), np.float32)
    luma = rgb @ np.array([65.481, 128.553, 24.966], np.float32) / 255.0
    height, width = (side // scale * scale for side in luma.shape)
    truth = torch.from_numpy(luma[:height, :width])[None, None] / 219.0
    small = (shrink(truth * 255.0, scale).clamp(0, 255).round() / 255.0)[0].numpy()
    config = deployed("detail").network.config
    planes = np.concatenate((small, np.zeros((2 + config.extra, *small.shape[1:]), np.float32)))
    answer = enlarge(torch.from_numpy(small)[None], scale) + torch.from_numpy(runtime.run(planes)[:1])[None]
    error = ((answer.clamp(0, 1) * 219.0).round() - (truth * 219.0).round())[..., scale:-scale, scale:-scale]
    return float(20 * np.log10(255.0) - 10 * error.double().square().mean().log10())


if __name__ == "__main__":
    main()
