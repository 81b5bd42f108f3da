"""`tratteggio train NAME`: run a recipe of engines/training, resumable, bounded by minutes."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.progress import Reporter, as_result
from app.verbs.train_recipes import recipes
from engines.errors import SettingError


def run(args: argparse.Namespace) -> int:
    """Train and say where the weights are."""
    known = recipes()
    if args.name not in known:
        raise SettingError(f"There is no recipe {args.name!r}.", f"Known recipes: {', '.join(known)}.")
    if args.start is not None:
        if args.name != "detail":
            raise SettingError("Only detail can be tuned.", "Leave --from out, or train detail.")
        from app.verbs.train_tune import tune

        return tune(args)
    if args.tuned_name is not None:
        raise SettingError("--name names a tuned model.", "Add --from to tune, or leave --name out.")
    data: Path = args.data[0]
    if len(args.data) > 1:
        raise SettingError("Training from scratch takes one folder.", "Several, and single files, go with --from.")
    if not data.is_dir():
        raise SettingError(f"{data} is not a folder.", "Give a folder of clean pictures and clips with --data.")
    folder = args.out or Path("training") / args.name
    if not args.resume and (folder / "checkpoint.pt").exists():
        raise SettingError(f"{folder} holds a checkpoint already.", "Add --resume to go on, or choose another --out.")
    with Reporter(args.json) as reporter:

        def figures(held: dict[str, float]) -> None:
            reporter.show({"event": "figures", **held})
            if not args.json:
                print("  ".join(f"{k} {v:.5g}" for k, v in held.items()), flush=True)

        try:
            weights = known[args.name](args, data, folder, figures)
        except FileNotFoundError as error:
            raise SettingError(str(error).capitalize() + ".", "Give clean pictures or clips with --data.") from error
        reporter.show(as_result(weights=weights, folder=folder))
    if not args.json:
        print(f"weights  {weights}\nlogs     {folder}")
    return 0
