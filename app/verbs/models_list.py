"""`tratteggio models list`: shipped, tuned, imported and fetched models, with size, licence and digest."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.data_folder import models_folder
from app.progress import Reporter, as_result
from engines.models.collection import shelf
from engines.models.registry import describe_model, model_names


def run(args: argparse.Namespace) -> int:
    """Print every model; a card that cannot be read is a note."""
    models = [describe_model(name) for name in model_names()]
    own = shelf(models_folder())
    with Reporter(args.json) as reporter:
        for problem in own.problems:
            reporter.show({"event": "note", "text": problem})
        shipped = [{**vars(m), "path": str(m.path), "statement": dict(m.statement), "kind": "shipped"} for m in models]
        cards = [{**asdict(card), "path": str(models_folder() / card.file)} for card in own.cards]
        reporter.show(as_result(models=[*shipped, *cards]))
    if args.json:
        return 0
    for model in models:
        print(f"{model.name} (shipped): {model.purpose}")
        print(f"  {model.parameters:,} parameters, {model.nbytes / 1e6:.1f} MB, {model.licence}")
        print(f"  {model.path}")
        print(f"  sha256 {model.sha256}")
        print("  " + ", ".join(f"{k} {v}" for k, v in sorted(model.statement.items())))
    for card in own.cards:
        print(f"{card.name} ({card.kind}): {card.purpose}")
        about = [f"x{card.scale}", "RGB" if card.channels == 3 else "luma"] if card.usable_as_stage else []
        about = [card.architecture, *about] if card.architecture else about
        about += [f"{card.parameters:,} parameters"] if card.parameters else []
        print(f"  {', '.join([*about, f'{card.nbytes / 1e6:.1f} MB', f'licence {card.licence}'])}")
        print(f"  {models_folder() / card.file}" + (f", from {card.origin}" if card.origin else ""))
        print(f"  sha256 {card.sha256}")
        if card.usable_as_stage:
            print(f"  everything it changes is flagged as invented; use it: --stage model:name={card.name}")
    return 0
