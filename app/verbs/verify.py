"""`tratteggio verify`: re-checks a master, everything beside it, its source, and frames rendered again."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from app.export.events import Event
from app.export.verify import verify
from app.progress import Reporter
from engines.errors import SettingError
from engines.provenance import Origin


def run(args: argparse.Namespace) -> int:
    """Verify and say so."""
    if args.seed is not None and not args.rerun:
        raise SettingError("--seed chooses the frames of --rerun.", "Add --rerun 3, or leave --seed out.")
    source = args.source.absolute() if args.source else None
    with Reporter(args.json) as reporter:
        result = verify(args.master.absolute(), source, reporter.show, rerun=args.rerun, seed=args.seed)
        reporter.show(result)
    if not args.json:
        print("verified: " + "\n          ".join(_said(result)))
    return 0


def _said(result: Event) -> Iterator[str]:
    """What was found to be true, a line each."""
    if result["package"]:
        yield "every file of the package is as its manifests say"
    yield f"{result['frames']} frames match their checksums"
    compared = result["source_samples_compared"]
    if compared:
        yield f"{compared:,} samples labelled SOURCE equal the source"
    elif result["shares"].get(Origin.SOURCE.name):
        yield "no sample was compared with the source"
    else:
        yield "no sample is labelled SOURCE: there is none to compare with the source"
    if result["source_identified"]:
        yield "the source is the very file that was restored (SHA-256)"
    if result["audit"]:
        entries = result["audit"]["entries"]
        yield f"the audit log is one unbroken chain, with the {entries} entries that the manifest knows"
        yield f"{len(result['files'])} files are as the audit log says (SHA-256)"
    if result["delta_frames"]:
        yield f"{result['delta_frames']} frames of the delta match their checksums"
    if again := result["rerun"]:
        frames = ", ".join(str(number) for number in again["frames"])
        what = "samples and provenance" if again["pixels"] else "provenance (the master is lossy)"
        yield f"rendered again, equal in {what}: frames {frames} (--seed {again['seed']})"
