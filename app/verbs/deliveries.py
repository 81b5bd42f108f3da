"""`tratteggio deliveries`: what each kind of delivery is stored in, keeps and loses."""

from __future__ import annotations

import argparse
import json
import textwrap

from app.export.deliveries import DELIVERIES, Delivery


def run(args: argparse.Namespace) -> int:
    """Print them all."""
    for delivery in DELIVERIES.values():
        if args.json:
            print(json.dumps(_facts(delivery)))
            continue
        print(f"{delivery.name}: {delivery.title} ({', '.join(delivery.presets)})")
        print(textwrap.fill(delivery.sentence, 100, initial_indent="    ", subsequent_indent="    "))
    return 0


def _facts(delivery: Delivery) -> dict[str, object]:
    return {
        "name": delivery.name,
        "title": delivery.title,
        "presets": delivery.presets,
        "forensic": delivery.forensic,
        "reversible": delivery.reversible,
        "burn_in": delivery.burn_in,
        "package": delivery.package,
        "sentence": delivery.sentence,
    }
