"""Row `sr`: clean enlargement x2 and x4 at slider 0, beside bicubic and Lanczos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engines.benchmark import ours, peers
from engines.benchmark.bench import Bench
from engines.benchmark.pictures import pictures_in, read_picture, shrunk
from engines.benchmark.table import Bar, Cell, Column, Table
from engines.errors import MediaError
from engines.metrics.psnr import psnr_y
from engines.metrics.ssim import ssim_y

SETS = ("set5", "set14", "cbsd68_sub", "urban100_sub", "kodak24")
_BARS = {("set5", 2): 37.2, ("set14", 2): 32.7, ("set5", 4): 31.0, ("set14", 4): 27.7}
_COLUMNS = (
    Column("set"),
    Column("scale"),
    Column("pictures"),
    Column("bicubic", "dB"),
    Column("Lanczos", "dB"),
    Column(ours.OURS, "dB"),
    Column("gain over bicubic", "dB", signed=True),
    Column("bicubic SSIM", digits=4),
    Column(f"{ours.OURS} SSIM", digits=4),
)
_NOTE = (
    "PSNR-Y and SSIM-Y (BT.601 studio formula, border cropped by the scale), mean of the pictures. Shrunk by "
    "antialiased bicubic (MATLAB's imresize) and rounded to 8 bits; noise and compression estimated by the stage "
    "itself."
)


def row_sr(bench: Bench) -> Iterator[Table]:
    """One table: a line per set and scale."""
    rows: list[tuple[Cell, ...]] = []
    bars: list[Bar] = []
    missing: list[str] = []
    for name in SETS:
        try:
            pictures = pictures_in(bench.folder / name, bench.at_most(8) if name == "kodak24" else bench.limit)
        except MediaError as error:
            missing.append(str(error))
            continue
        for scale in (2, 4):
            bench.say(f"sr: {name} x{scale}")
            figures = np.array([_judged(path, scale, bench) for path in pictures]).mean(axis=0)
            plain, lanczos, own, plain_ssim, own_ssim = map(float, figures)
            rows.append((name, f"x{scale}", len(pictures), plain, lanczos, own, own - plain, plain_ssim, own_ssim))
            if (name, scale) in _BARS:
                bars.append(Bar(f"{name} x{scale}", own, _BARS[name, scale], "dB"))
    yield Table("Clean enlargement, slider 0", _COLUMNS, tuple(rows), (_NOTE, *missing), tuple(bars))


def _judged(path: Path, scale: int, bench: Bench) -> tuple[float, ...]:
    truth = read_picture(path, scale)
    small = shrunk(truth, scale)
    plain, ringing = peers.bicubic(small, scale), peers.lanczos(small, scale)
    own = ours.restored(small, bench.detail(scale=scale), device=bench.device)
    scores = [psnr_y(picture, truth, scale) for picture in (plain, ringing, own)]
    return (*scores, ssim_y(plain, truth, scale), ssim_y(own, truth, scale))
