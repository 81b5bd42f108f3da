"""`tratteggio models list`: the weights that ship, with size, licence, digest and training statement."""

from __future__ import annotations

import argparse

from app.progress import Reporter, as_result
from engines.models.registry import describe_model, model_names


def run(args: argparse.Namespace) -> int:
    """Print every shipped model."""
    models = [describe_model(name) for name in model_names()]
    if args.json:
        with Reporter(as_json=True) as reporter:
            held = [{**vars(m), "path": str(m.path), "statement": dict(m.statement)} for m in models]
            reporter.show(as_result(models=held))
        return 0
    for model in models:
        print(f"{model.name}: {model.purpose}")
        print(f"  {model.parameters:,} parameters, {model.nbytes / 1e6:.1f} MB, {model.licence}")
        print(f"  {model.path}")
        print(f"  sha256 {model.sha256}")
        print("  " + ", ".join(f"{k} {v}" for k, v in sorted(model.statement.items())))
    return 0
