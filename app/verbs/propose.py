"""`tratteggio propose SRC`: what automatic restoration would do, shot by shot, and why; nothing is rendered."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from app.analyses import kept_analyses
from app.automatic_plan import apply_plans, everything, finding_line, stage_argument
from app.commands import add_clip, set_cuts
from app.document import Document, Media
from app.progress import Reporter, as_result
from app.project_io import save_project
from engines.cancel import CancelToken
from engines.colour.chosen import ChosenTags
from engines.detect.cuts import detect_shots
from engines.media.open import open_source
from engines.media.sink import refuse_existing
from engines.media.source import ClipInfo
from engines.stages.proposing import ShotPlan, plan_shot


def run(args: argparse.Namespace) -> int:
    """Print the proposals; with --project also keep them as a project that the window or `render` takes."""
    if args.project is not None and not args.force:
        refuse_existing(args.project)
    cancel = CancelToken()
    with Reporter(args.json) as reporter:
        source = open_source(
            args.source.absolute(), missing=args.missing, deinterlace=args.deinterlace, tags=ChosenTags.parse(args.tags)
        )
        try:
            info = source.info
            shots = detect_shots(source, cancel=cancel).shots()
            plans = []
            for index, shot in enumerate(shots):
                plan = plan_shot(source, shot, kept_analyses(), cancel)
                plans.append((index, plan))
                reporter.show({"event": "shot", "shot": index + 1, **_values(plan)})
                if not args.json:
                    print(_text(index, plan), flush=True)
        finally:
            source.close()
        if args.project is not None:
            save_project(_document(info, args, dict(plans)), args.project)
            print(f"Kept as {args.project.name}; render it, or open it in the window.", file=sys.stderr)
        reporter.show(as_result(source=str(info.path), shots=[_values(plan) for _, plan in plans]))
    return 0


def _document(info: ClipInfo, args: argparse.Namespace, plans: dict[int, ShotPlan]) -> Document:
    media = Media(
        info.path,
        info.fingerprint,
        info.width,
        info.height,
        info.frame_count,
        info.rate,
        args.missing,
        args.deinterlace,
        ChosenTags.parse(args.tags),
    )
    document, clip_id = add_clip(Document(), media)
    document = set_cuts(document, clip_id, [plan.shot.first for plan in plans.values()])
    return apply_plans(document, clip_id, plans, everything(plans.items()))


def _text(index: int, plan: ShotPlan) -> str:
    head = f"Shot {index + 1}, frames {plan.shot.first} to {plan.shot.last}"
    if not plan.findings:
        return f"{head}: nothing to do was found."
    lines = [f"  {finding_line(finding)}" for finding in plan.findings]
    command = " ".join(f"--stage {stage_argument(finding)}" for finding in plan.findings)
    return "\n".join([f"{head}:", *lines, f"  as typed: {command}"])


def _values(plan: ShotPlan) -> dict[str, object]:
    findings = [{**asdict(finding), "settings": dict(finding.settings)} for finding in plan.findings]
    return {"first": plan.shot.first, "last": plan.shot.last, "findings": findings}
