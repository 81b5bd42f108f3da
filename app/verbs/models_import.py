"""`tratteggio models import FILE`: an image model of others, tried before it is taken in."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.data_folder import models_folder
from app.progress import Reporter, as_result
from engines.models.collection import UNKNOWN_LICENCE
from engines.models.importing import import_model


def run(args: argparse.Namespace) -> int:
    """Take the model in and say what it is."""
    licence = f"{args.licence} (stated by the user)" if args.licence else UNKNOWN_LICENCE
    taken = import_model(models_folder(), args.file, args.name, licence=licence)
    card, seen = taken.card, taken.seen
    with Reporter(args.json) as reporter:
        reporter.show(as_result(**asdict(card), path=models_folder() / card.file))
    if not args.json:
        kind = "RGB" if card.channels == 3 else "luma"
        print(f"{card.name}: {card.architecture}, x{card.scale}, {kind}, {card.parameters:,} parameters")
        print(f"  licence {card.licence}")
        print(f"  sha256 {card.sha256}")
        print(
            f"  tried on two pictures: brightness moved by {seen.brightness:.1%} of white, the picture by "
            f"{seen.difference:.1%} (RMS); it looks {seen.reach} pixels far"
        )
        print("  everything it changes is flagged as invented (SYNTHESISED); forensic renders refuse it")
        print(f"  use it: --stage model:name={card.name}")
    return 0
