"""What the command line says of the case."""

from __future__ import annotations

import argparse

from app.export.case import CaseFacts


def case_of(args: argparse.Namespace) -> CaseFacts:
    """Raises SettingError where a text is not one printable line."""
    return CaseFacts(args.case, args.exhibit, args.collection, args.examiner, args.organisation)
