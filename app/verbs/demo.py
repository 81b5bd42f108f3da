"""`tratteggio demo` where it opens no window: makes the demo reel and restores it."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.demo_reel import DEMO_FRAMES, make_demo
from app.export.job import RenderJob, StageSpec
from app.export.meter import Meter
from app.progress import Reporter, as_result
from app.verbs.render import print_result, render
from engines.training.reel import Reel


def run(args: argparse.Namespace) -> int:
    """Make, restore, say where everything is."""
    folder = args.out.absolute()
    reel = _make(folder / "reel", args.json)
    if not args.json:
        print(f"{'damaged reel':13} {reel.damaged}")
        print(f"{'truth':13} {reel.truth}")
        print(f"{'masks':13} {reel.masks}")
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
    with Reporter(as_json) as reporter:
        meter = Meter("demo reel", reporter.show)
        meter.begin(DEMO_FRAMES)
        reel = make_demo(folder, meter.step)
        reporter.show(as_result(**{k: str(v) for k, v in vars(reel).items()}))
    return reel
