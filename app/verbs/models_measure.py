"""`tratteggio models measure NAME --data DIR`: an imported model beside stage detail and bicubic."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.data_folder import models_folder
from app.progress import Reporter, as_result
from engines.errors import SettingError
from engines.metrics.perceptual import find_perceptual
from engines.models.devices import check_device
from engines.models.measure import Row, Shown, measured, table, trial


def run(args: argparse.Namespace) -> int:
    """Print a table; with --json every picture's figures, too."""
    if not args.data.is_dir():
        raise SettingError(f"{args.data} is not a folder.", "Give a folder of clean pictures with --data.")
    if args.noise is not None and not 0 <= args.noise <= 100:
        raise SettingError(f"Noise of {args.noise} is out of range.", "Give 0 to 100 8-bit codes.")
    if args.limit is not None and args.limit < 1:
        raise SettingError(f"{args.limit} pictures cannot be measured.", "Give at least 1 with --limit.")
    what = trial(models_folder(), args.name, args.noise, check_device(args.device))
    search = find_perceptual()
    name = search.meter.name if search.meter else None
    with Reporter(args.json) as reporter:
        if search.reason:
            reporter.show({"event": "note", "text": search.reason})
        every: list[Shown] = []
        for one in measured(what, args.data, args.limit, search.meter):
            every.append(one)
            reporter.show({"event": "picture", **asdict(one)})
        rows = table(every)
        reporter.show(as_result(task=what.task, rows=[asdict(row) for row in rows], perceptual_measure=name))
    if not args.json:
        _print(what.task, rows, name)
    return 0


def _print(task: str, rows: tuple[Row, ...], name: str | None) -> None:
    print(f"{rows[0].pictures} pictures, {task}; PSNR and SSIM on luma, means; time per picture, median")
    head = f"{'method':28}  {'PSNR':>9}  {'SSIM':>7}  {'time':>9}"
    print(head + (f"  {name}" if name else ""))
    for row in rows:
        line = f"{row.method:28}  {row.psnr_y:6.2f} dB  {row.ssim_y:7.4f}  {row.seconds:7.2f} s"
        print(line + (f"  {row.perceptual:.4f}" if row.perceptual is not None else ""))
