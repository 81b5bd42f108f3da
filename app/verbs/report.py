"""`tratteggio report`: writes the report of a master anew, with the result of a verification if there is one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.export.events import note
from app.progress import Reporter, as_result
from app.report.again import report_again
from engines.errors import MediaError
from engines.plain_file import loaded, read_words

_LARGEST = 16 * 2**20


def run(args: argparse.Namespace) -> int:
    """Write it and say where."""
    verified = _verified(args.verify) if args.verify else None
    source = args.source.absolute() if args.source else None
    with Reporter(args.json) as reporter:
        written = report_again(
            args.master.absolute(),
            lambda sentence: reporter.show(note(sentence)),
            source=source,
            verified=verified,
            force=args.force,
        )
        if args.json:
            reporter.show(as_result(files={name: str(path) for name, path in written.items()}))
    if not args.json:
        for name, path in written.items():
            print(f"{name:13} {path}")
    return 0


def _verified(path: Path) -> Mapping[str, Any]:
    """The result in what `tratteggio verify --json` printed. Raises MediaError."""
    try:
        lines = read_words(path, _LARGEST).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MediaError(f"{path} cannot be read ({error}).", "Check the path.") from error
    for line in reversed(lines):
        try:
            event = loaded(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("event") == "result" and event.get("verified") is True:
            return event
    raise MediaError(f"{path.name} holds no result of a verification.", "Give what tratteggio verify --json printed.")
