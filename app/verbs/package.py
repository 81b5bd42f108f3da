"""`tratteggio package`: a finished master and everything that explains it as one archive package."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.export.events import Event
from app.package.worker import PackageRequest, package
from app.progress import Reporter
from engines.errors import SettingError


def run(args: argparse.Namespace) -> int:
    """Package, show progress, say what is in it."""
    with Reporter(args.json) as reporter:
        result = package(request_of(args, args.master.absolute(), args.out.absolute()), reporter.show)
        reporter.show(result)
    if not args.json:
        print_package(result)
    return 0


def request_of(args: argparse.Namespace, master: Path, folder: Path) -> PackageRequest:
    """What the command line says of the package. Raises SettingError where it contradicts itself."""
    if args.unsigned and (args.certificate or args.key or args.timestamp):
        raise SettingError("--unsigned signs nothing.", "Leave it out, or --certificate, --key and --timestamp.")
    return PackageRequest(
        master,
        folder,
        rerun=args.rerun,
        seed=args.seed,
        project=_absolute(args.project),
        source=_absolute(args.moved_source),
        certificate=_absolute(args.certificate),
        key=_absolute(args.key),
        timestamp=args.timestamp,
        unsigned=args.unsigned,
        move=args.move,
    )


def print_package(result: Event) -> None:
    """For a person."""
    print(f"{'package':13} {result['package']}")
    print(f"{'contents':13} {result['files']} files, {result['bytes'] / 1e6:.1f} MB, SHA-256 and SHA-512 of each")
    again = result["verified"]["rerun"]
    frames = ", ".join(str(number) for number in again["frames"]) if again else "none"
    print(f"{'verified':13} {result['verified']['frames']} frames; rendered again: {frames}")
    print(f"{'audit log':13} ends with {result['log_head']}")


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path else None
