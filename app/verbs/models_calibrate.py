"""`tratteggio models calibrate NAME --data DIR`: measures the INT8 ranges of a shipped network."""

from __future__ import annotations

import argparse

from app.progress import Reporter, as_result
from engines.errors import SettingError
from engines.models.deploy import deployed, ranges_path
from engines.models.quantise import save_ranges
from engines.training.int8 import SAMPLES, int8_ranges


def run(args: argparse.Namespace) -> int:
    """Write the ranges beside the weights, or where --out says."""
    one = deployed(args.name)
    path = args.out or ranges_path(args.name)
    if path.exists() and not args.force:
        raise SettingError(f"{path} exists.", "Add --force to replace it, or choose another --out.")
    if not args.data.is_dir():
        raise SettingError(f"{args.data} is not a folder.", "Give a folder of clean pictures and clips with --data.")
    with Reporter(args.json) as reporter:
        try:
            ranges = int8_ranges(one, args.data)
        except FileNotFoundError as error:
            raise SettingError(str(error).capitalize() + ".", "Give clean pictures with --data.") from error
        save_ranges(path, ranges, one.sha256, f"{SAMPLES} patches, engines/training/int8.py")
        reporter.show(as_result(name=one.name, weights=one.sha256, path=path, steps=len(ranges)))
    if not args.json:
        print(f"{one.name}: ranges of {len(ranges)} steps in {path}")
    return 0
