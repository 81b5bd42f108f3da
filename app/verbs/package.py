"""`tratteggio package`: a finished master and everything that explains it as one archive package."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.export.events import Event
from app.package.building import check_place
from app.progress import Reporter
from engines.errors import SettingError


def run(args: argparse.Namespace) -> int:
    """Package, show progress, say what is in it."""
    folder = args.out.absolute()
    check_package_args(args, folder)
    package(args, args.master.absolute(), folder)
    return 0


def check_package_args(args: argparse.Namespace, folder: Path) -> None:
    """What can be refused before anything is done. Raises SettingError, RenderError, MediaError."""
    check_place(folder)
    if args.unsigned and (args.certificate or args.key or args.timestamp):
        raise SettingError("--unsigned signs nothing.", "Leave it out, or --certificate, --key and --timestamp.")


def package(args: argparse.Namespace, master: Path, folder: Path) -> None:
    """Make the package as the command line says. Raises what `make_package` does, SettingError for certificates."""
    # Bags, XML and certificates need much that a render alone need not wait for.
    from app.package.make import Choices, make_package
    from app.verbs.certificate_args import signatory_from

    choices = Choices(
        rerun=args.rerun,
        seed=args.seed,
        project=_absolute(args.project),
        source=_absolute(args.moved_source),
        signatory=None if args.unsigned else signatory_from(args.certificate, args.key),
        timestamp=args.timestamp,
        move=args.move,
    )
    with Reporter(args.json) as reporter:
        result = make_package(master, folder, reporter.show, choices)
        reporter.show(result)
    if not args.json:
        _print(result)


def _print(result: Event) -> None:
    print(f"{'package':13} {result['package']}")
    print(f"{'contents':13} {result['files']} files, {result['bytes'] / 1e6:.1f} MB, SHA-256 and SHA-512 of each")
    again = result["verified"]["rerun"]
    frames = ", ".join(str(number) for number in again["frames"]) if again else "none"
    print(f"{'verified':13} {result['verified']['frames']} frames; rendered again: {frames}")
    print(f"{'audit log':13} ends with {result['log_head']}")


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path else None
