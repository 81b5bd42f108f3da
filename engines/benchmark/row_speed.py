"""Row `speed`: the network of stage detail beside this machine's convolution rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.nn import functional

from engines.benchmark.bench import Bench
from engines.benchmark.cost import measured
from engines.benchmark.table import Cell, Column, Table
from engines.models.registry import load_detail

_WIDTH, _HEIGHT, _RUNS = 640, 360, 5
_COLUMNS = (
    Column("network"),
    Column("time", "ms per picture", digits=0),
    Column("speed", "pictures/s"),
    Column("rate", "GFLOP/s", digits=0),
    Column("share of a plain convolution's rate", "%", digits=0),
)
_NOTE = (
    "One 640x360 luma picture at x2, {threads} threads, median of 5 runs; plain: one 3x3 convolution as wide as the "
    "trunk."
)


def row_speed(bench: Bench) -> Iterator[Table]:
    """One table: a line per network."""
    bench.say("speed")
    model = load_detail(bench.device).fidelity
    luma = torch.rand(1, 1, _HEIGHT, _WIDTH, device=bench.device)
    condition = torch.zeros(1, 2, device=bench.device)
    # Every weight of a used convolution multiplies once per pixel; the heads of the other scales rest.
    resting = ("heads.1", "heads.4", "doubts")
    used = (p for n, p in model.named_parameters() if p.ndim == 4 and not n.startswith(resting))
    operations = 2.0 * sum(p.numel() for p in used) * _WIDTH * _HEIGHT
    with torch.inference_mode():
        ours = _median(lambda: model(luma, condition, 2))
        plain = _convolution_rate(model.config.channels, bench.device)
    rate = operations / ours
    row: tuple[Cell, ...] = (
        f"standard ({model.config.channels} channels, {model.config.blocks} blocks), torch",
        ours * 1e3,
        1 / ours,
        rate / 1e9,
        rate / plain * 100,
    )
    yield Table("Speed", _COLUMNS, (row,), (_NOTE.format(threads=torch.get_num_threads()),))


def _convolution_rate(channels: int, device: str) -> float:
    """FLOP/s of a bare 3x3 convolution of the trunk's width, channels last."""
    shape = (1, channels, _HEIGHT, _WIDTH)
    picture = torch.rand(shape, device=device).contiguous(memory_format=torch.channels_last)
    kernel = torch.rand(channels, channels, 3, 3, device=device).contiguous(memory_format=torch.channels_last)
    seconds = _median(lambda: functional.conv2d(picture, kernel, padding=1))
    return 2.0 * kernel.numel() * _WIDTH * _HEIGHT / seconds


def _median(call: Callable[[], torch.Tensor]) -> float:
    """Seconds; the answer is brought home, so that an accelerator has finished."""
    return measured(lambda _: float(call().flatten()[0]), np.arange(_RUNS).tolist()).seconds
