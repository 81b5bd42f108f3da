"""`tratteggio models fetch [NAME]`: downloads official weights, after saying what they are and being told to."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict

from app.data_folder import lpips_folder, models_folder
from app.progress import Reporter, as_result
from engines.errors import ModelError
from engines.models.catalogue import OFFERS, Offer, offer
from engines.models.obtain import obtain, place_of

_EVERY_SECONDS = 0.5


def run(args: argparse.Namespace) -> int:
    """List the offers, or fetch one."""
    with Reporter(args.json) as reporter:
        if args.name is None:
            return _list(args, reporter)
        wanted = offer(args.name)
        if not args.json:
            print(_facts(wanted, args.origin))
        if place_of(wanted, models_folder(), lpips_folder()) is None and not (args.yes or _agreed(args)):
            print("Nothing was fetched.")
            return 1
        path = obtain(wanted, models_folder(), lpips_folder(), args.origin, _Shower(args.json, reporter).show)
        reporter.show(as_result(**asdict(wanted), path=path))
    if not args.json:
        print(f"\n{wanted.name} is ready: {path}")
    return 0


def _list(args: argparse.Namespace, reporter: Reporter) -> int:
    held = {one.name: place_of(one, models_folder(), lpips_folder()) for one in OFFERS}
    reporter.show(as_result(offers=[{**asdict(one), "path": held[one.name]} for one in OFFERS]))
    if not args.json:
        for one in OFFERS:
            print(_facts(one, "") + ("\n  here already" if held[one.name] else ""))
    return 0


def _facts(one: Offer, origin: str) -> str:
    return "\n".join(
        [
            f"{one.name}: {one.purpose}",
            f"  {one.nbytes / 1e6:.1f} MB, licence {one.licence}",
            f"  {one.url}" + (f"\n  this time from {origin}" if origin else ""),
            f"  sha256 {one.sha256}",
        ]
    )


def _agreed(args: argparse.Namespace) -> bool:
    """Asks where there is somebody to ask. Raises ModelError where there is nobody."""
    if args.json or not sys.stdin.isatty():
        raise ModelError("Nothing is downloaded without consent, and nobody is here to be asked.", "Add --yes.")
    return input("Fetch it? [y/N] ").strip().lower() in ("y", "yes")


class _Shower:
    """Progress, now and then."""

    def __init__(self, as_json: bool, reporter: Reporter) -> None:
        self._json, self._reporter, self._last = as_json, reporter, 0.0

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < _EVERY_SECONDS and done < total:
            return
        self._last = now
        if self._json:
            self._reporter.show({"event": "bytes", "n": done, "total": total})
        elif sys.stdout.isatty():
            print(f"\r  {done / 1e6:.1f} of {total / 1e6:.1f} MB", end="", flush=True)
