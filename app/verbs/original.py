"""`tratteggio original`: rebuilds the source of a reversible master."""

from __future__ import annotations

import argparse

from app.export.original import rebuild
from app.progress import Reporter
from engines.cancel import CancelToken


def run(args: argparse.Namespace) -> int:
    """Rebuild and say what came of it."""
    with Reporter(args.json) as reporter:
        result = rebuild(args.master.absolute(), args.out.absolute(), reporter.show, CancelToken(), force=args.force)
        reporter.show(result)
    if not args.json:
        print(f"original      {result['original']}")
        span = f"{result['first']}-{result['last']} of {result['source_frames']}"
        print(f"frames        {span}: {result['width']}x{result['height']} {result['format']}, all as they were")
        if result["byte_identical_files"]:
            print(f"files         {result['byte_identical_files']} identical byte for byte")
        if result["delta_bytes"]:
            share = 100 * result["delta_bytes"] / max(result["master_bytes"], 1)
            print(f"delta         {result['delta_bytes'] / 1e6:.2f} MB, {share:.1f} % of the master")
    return 0
