"""Row `speed`: every tier in every runtime beside this machine's convolution rate, and what INT8 costs in quality."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from engines.benchmark import ours
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.cost import measured
from engines.benchmark.pictures import pictures_in, read_picture, shrunk
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import TratteggioError
from engines.metrics.psnr import psnr_y
from engines.models.quantise import load_ranges
from engines.models.registry import TIERS, LumaModel, Tier, load_detail, weights_folder
from engines.models.runtime import Backend, Choice, Precision, Runtime, installed, make_runtime
from engines.nets.fidelity import FidelityNet, enlarge

_WIDTH, _HEIGHT, _RUNS, _SCALE = 640, 360, 7, 2
_PEAK_CHANNELS = (32, 64)
_WAYS: tuple[tuple[Backend, Precision], ...] = (
    ("torch", "float32"),
    ("onnxruntime", "float32"),
    ("openvino", "float32"),
    ("openvino", "half"),
    ("openvino", "int8"),
)
_WAYS_ELSEWHERE: tuple[tuple[Backend, Precision], ...] = (("torch", "float32"), ("torch", "half"))
_MOST_PARAMETERS, _DRAFT_RATE, _PEAK_SHARE, _FASTER, _LOST = 1.5, 15.0, 60.0, 3.0, 0.1
_COLUMNS = (
    Column("tier"),
    Column("parameters", "million", digits=3),
    Column("runtime"),
    Column("network alone", "ms", digits=1),
    Column("whole picture", "ms", digits=1),
    Column("speed", "pictures/s", digits=1),
    Column("rate", "GFLOP/s", digits=0),
    Column("share of the convolution rate", "%", digits=0),
)
_NOTE = (
    "Luma of {width}x{height} at x2 on {threads} threads, medians of {runs} runs; a whole picture has the bicubic "
    "enlargement and its addition, too. Shares are of what PyTorch's own 3x3 convolution (channels last, the better of "
    "32 and 64 channels) reached in the same run: {peak:.0f} GFLOP/s."
)
_INT8_NOTE = (
    "PSNR-Y on {count} pictures of set14 through the stage, exact and with fast=True, border cropped by the scale."
)


def row_speed(bench: Bench) -> Iterator[Table]:
    """Speed of all tiers, then PSNR-Y with and without INT8."""
    bench.say("speed")
    peak = _convolution_rate(bench.device)
    rows: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    notes = [_NOTE.format(width=_WIDTH, height=_HEIGHT, threads=torch.get_num_threads(), runs=_RUNS, peak=peak / 1e9)]
    for tier in TIERS:
        try:
            luma = load_detail(bench.device, tier).luma
        except TratteggioError as error:
            notes.append(f"Tier {tier}: {error}")
            continue
        _tier(tier, luma, peak, bench.device, rows, bars, notes)
    yield Table("Speed of the tiers", _COLUMNS, tuple(rows), tuple(notes), tuple(bars))
    yield _int8(bench)


def _tier(
    tier: Tier,
    luma: LumaModel,
    peak: float,
    device: str,
    rows: list[tuple[Cell, ...]],
    bars: list[Bar],
    notes: list[str],
) -> None:
    network = luma.network
    millions = sum(p.numel() for p in network.parameters()) / 1e6
    operations = _operations(network)
    ranges = load_ranges(weights_folder() / f"{luma.name}.int8.json", luma.sha256)
    bare: dict[Precision, float] = {}
    whole: list[float] = []
    for backend, precision in _WAYS if device == "cpu" else _WAYS_ELSEWHERE:
        if not installed(backend):
            notes.append(f"Tier {tier}, {backend} {precision}: {backend} is not installed.")
            continue
        try:
            runtime = make_runtime(network, _SCALE, Choice(backend, device, precision, "as asked"), ranges)
        except TratteggioError as error:
            notes.append(f"Tier {tier}, {backend} {precision}: {error}")
            continue
        if runtime.choice.backend != backend:
            # It failed its trial, and PyTorch answers in its place.
            notes.append(f"Tier {tier}, {backend} {precision}: {runtime.choice.sentence}")
            continue
        alone, picture = _seconds(network, runtime)
        bare[precision] = min(alone, bare.get(precision, alone))
        whole.append(picture)
        rate = operations / alone
        way = f"{backend} {precision}"
        rows.append((tier, millions, way, alone * 1e3, picture * 1e3, 1 / picture, rate / 1e9, rate / peak * 100))
    if tier == "standard":
        bars.append(Bar("parameters of standard", millions, _MOST_PARAMETERS, "million", at_most=True))
    share = operations / bare["float32"] / peak * 100
    bars.append(Bar(f"{tier}, float32 in the best runtime", share, _PEAK_SHARE, "% of the convolution rate"))
    if "int8" in bare:
        bars.append(Bar(f"{tier}, INT8 over the best float32", bare["float32"] / bare["int8"], _FASTER, "x"))
    if tier == "draft":
        bars.append(Bar("draft x2 from 640x360", 1 / min(whole), _DRAFT_RATE, "pictures/s"))


def _seconds(network: FidelityNet, runtime: Runtime) -> tuple[float, float]:
    """For the network alone, and for a picture: with the enlargement and its addition."""
    planes = np.zeros((3 + network.config.extra, _HEIGHT, _WIDTH), np.float32)
    planes[0] = np.random.default_rng(0).random((_HEIGHT, _WIDTH), np.float32)

    def picture() -> float:
        plain = enlarge(torch.from_numpy(planes[:1])[None], _SCALE)[0, 0].numpy()
        return float((plain + runtime.run(planes)[0])[0, 0])

    return _median(lambda: float(runtime.run(planes)[0, 0, 0])), _median(picture)


def _operations(network: FidelityNet) -> float:
    """Floating-point operations of one picture's correction, multiplications and additions apart."""
    device = next(network.parameters()).device
    planes = torch.zeros(1, 3 + network.config.extra, _HEIGHT, _WIDTH, device=device)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network.correction(network.features(planes), _SCALE)
    return float(counter.get_total_flops())


def _convolution_rate(device: str) -> float:
    """FLOP/s of PyTorch's own 3x3 convolution, channels last: the better of 32 and 64 channels."""
    return max(_rate(channels, device) for channels in _PEAK_CHANNELS)


def _rate(channels: int, device: str) -> float:
    picture = torch.rand(1, channels, _HEIGHT, _WIDTH, device=device).contiguous(memory_format=torch.channels_last)
    kernel = torch.rand(channels, channels, 3, 3, device=device).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        # The answer is brought home, so that an accelerator has finished.
        seconds = _median(lambda: float(functional.conv2d(picture, kernel, padding=1)[0, 0, 0, 0]))
    return 2.0 * kernel.numel() * _WIDTH * _HEIGHT / seconds


def _median(call: Callable[[], float]) -> float:
    return measured(lambda _: call(), list(range(_RUNS))).seconds


def _int8(bench: Bench) -> Table:
    title = "INT8 against float32"
    rows: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    try:
        paths = pictures_in(bench.folder / "set14", bench.limit)
        for scale in (2, 4):
            scores: dict[bool, list[float]] = {False: [], True: []}
            for path in paths:
                truth = read_picture(path, scale)
                small = shrunk(truth, scale)
                for fast, held in scores.items():
                    stage = bench.detail(scale=scale, noise=0, compression=0, fast=fast)
                    held.append(psnr_y(ours.restored(small, stage, device=bench.device), truth, scale))
            exact, rounded = (float(np.mean(scores[fast])) for fast in (False, True))
            rows.append((f"x{scale}", exact, rounded, rounded - exact))
            bars.append(Bar(f"x{scale}: lost by fast", exact - rounded, _LOST, "dB", at_most=True))
    except TratteggioError as error:
        return skipped(title, error)
    columns = (
        Column("scale"),
        Column("exact", "dB"),
        Column("fast", "dB"),
        Column("change", "dB", digits=3, signed=True),
    )
    return Table(title, columns, tuple(rows), (_INT8_NOTE.format(count=len(paths)),), tuple(bars))
