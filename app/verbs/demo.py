"""`tratteggio demo`: makes the demo reel and, when asked, restores it."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.export.job import RenderJob, StageSpec
from app.export.meter import Meter
from app.progress import Reporter, as_result
from app.verbs.render import print_result, render
from engines.training.film import FilmDamage
from engines.training.reel import Reel, make_reel

# Large enough to look at, small enough that two cores restore it within two minutes.
_WIDTH, _HEIGHT, _FRAMES = 480, 360, 40
_DAMAGE = FilmDamage(scratches=1)


def run(args: argparse.Namespace) -> int:
    """Make, restore, say where everything is."""
    folder = args.out.absolute()
    reel = _make(folder / "reel", args.json)
    if not args.json:
        print(f"{'damaged reel':13} {reel.damaged}")
        print(f"{'truth':13} {reel.truth}")
        print(f"{'masks':13} {reel.masks}")
    if args.render:
        # The demo's own folder: an earlier demo there is replaced.
        job = RenderJob(
            source=reel.damaged,
            out=folder / "restored.mkv",
            # Only repair: what was not damaged stays the scan's own, grain and all, and `verify` can prove it.
            stages=(StageSpec("inpaint"),),
            masks=reel.masks,
            force=True,
        )
        result = render(job, args.json)
        if not args.json:
            print_result(result)
    return 0


def _make(folder: Path, as_json: bool) -> Reel:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Reporter(as_json) as reporter:
        meter = Meter("demo reel", reporter.show)
        meter.begin(_FRAMES)
        reel = make_reel(
            folder,
            width=_WIDTH,
            height=_HEIGHT,
            frames=_FRAMES,
            settings=_DAMAGE,
            progress=lambda *_: meter.step(),
        )
        reporter.show(as_result(**{k: str(v) for k, v in vars(reel).items()}))
    return reel
