"""`tratteggio models remove NAME`: takes a model of the user's own away."""

from __future__ import annotations

import argparse

from app.data_folder import models_folder
from app.progress import Reporter, as_result
from engines.errors import ModelError
from engines.models.collection import remove
from engines.models.registry import model_names


def run(args: argparse.Namespace) -> int:
    """Remove the weights and their card."""
    if args.name in model_names():
        raise ModelError(f"{args.name} ships with Tratteggio and stays.", "Only models of your own can be removed.")
    card = remove(models_folder(), args.name)
    with Reporter(args.json) as reporter:
        reporter.show(as_result(removed=card.name))
    if not args.json:
        print(f"removed {card.name} ({card.nbytes / 1e6:.1f} MB)")
    return 0
