"""Row `joint`: denoising and enlarging in one pass against the same network run as one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engines.benchmark import ours, peers
from engines.benchmark.bench import Bench, skipped
from engines.benchmark.pictures import grey_of, noisy, pictures_in, read_picture, shrunk
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import MediaError
from engines.metrics.psnr import psnr_y

SIGMA, SCALE = 15.0, 2
_SETS = (("set14", 14), ("kodak24", 6))
_TITLE = f"Noise of sigma {SIGMA:g} and x{SCALE}: one pass against two"
_BAR = 0.5
_COLUMNS = (
    Column("set"),
    Column("pictures"),
    Column("bicubic", "dB"),
    Column("denoise, then x2", "dB"),
    Column("one pass", "dB"),
    Column("gain of one pass", "dB", signed=True),
)
_NOTE = (
    "PSNR-Y (studio scale, border cropped by 2), mean of the pictures, on luma shrunk bicubically, with white noise of "
    "sigma 15 8-bit code values, rounded. The same network with the truth told: one pass knows noise 15; of two, the "
    "first (x1) knows noise 15, the second (x2) noise 0, with nothing rounded between them."
)


def row_joint(bench: Bench) -> Iterator[Table]:
    """One table: a line per set."""
    rows: list[tuple[Cell, ...]] = []
    every: list[tuple[float, ...]] = []
    for name, most in _SETS:
        try:
            pictures = pictures_in(bench.folder / name, bench.at_most(most))
        except MediaError as error:
            yield skipped(_TITLE, error)
            continue
        bench.say(f"joint: {name}")
        judged = [_judged(path, seed, bench) for seed, path in enumerate(pictures)]
        every += judged
        plain, apart, joint = map(float, np.array(judged).mean(axis=0))
        rows.append((name, len(pictures), plain, apart, joint, joint - apart))
    if every:
        gain = float(np.mean([joint - apart for _, apart, joint in every]))
        yield Table(_TITLE, _COLUMNS, tuple(rows), (_NOTE,), (Bar("one pass over two", gain, _BAR, "dB"),))


def _judged(path: Path, seed: int, bench: Bench) -> tuple[float, ...]:
    """PSNR-Y of bicubic, of two passes, of one."""
    truth = grey_of(read_picture(path, SCALE))
    source = noisy(shrunk(truth, SCALE), SIGMA, seed)
    denoise = bench.detail(scale=1, noise=SIGMA, compression=0)
    enlarge = bench.detail(scale=SCALE, noise=0, compression=0)
    both = bench.detail(scale=SCALE, noise=SIGMA, compression=0)
    apart = ours.restored(source, denoise, enlarge, device=bench.device)
    joint = ours.restored(source, both, device=bench.device)
    return tuple(psnr_y(picture, truth, SCALE) for picture in (peers.bicubic(source, SCALE), apart, joint))
