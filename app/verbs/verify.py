"""`tratteggio verify`: re-checks a master's frame hashes and that its SOURCE pixels equal the source."""

from __future__ import annotations

import argparse

from app.export.verify import verify
from app.progress import Reporter


def run(args: argparse.Namespace) -> int:
    """Verify and say so."""
    source = args.source.absolute() if args.source else None
    with Reporter(args.json) as reporter:
        result = verify(args.master.absolute(), source, reporter.show)
        reporter.show(result)
    if not args.json:
        print(f"verified: {result['frames']} frames match their checksums")
        print(f"          {result['source_samples_compared']:,} samples labelled SOURCE equal the source")
    return 0
