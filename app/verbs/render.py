"""`tratteggio render`: restores a clip into a verified master, in a process of its own."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import FrameType

from app.export.deliveries import delivery_called, with_delivery
from app.export.events import Event
from app.export.job import RenderJob, StageSpec
from app.export.runner import RenderProcess
from app.progress import Reporter
from app.project_io import SUFFIX
from app.verbs.case_args import case_of
from app.verbs.package import check_package_args, package
from engines.colour.chosen import ChosenTags
from engines.errors import RenderError, SettingError


def run(args: argparse.Namespace) -> int:
    """Render, show progress, print where everything is."""
    folder = args.package.absolute() if args.package else None
    if folder is not None:
        check_package_args(args, folder)
    elif args.unsigned or args.move or args.certificate or args.key or args.timestamp or args.seed is not None:
        raise SettingError(
            "--seed, --move, --unsigned, --certificate, --key and --timestamp are about an archive package.",
            "Add --package FOLDER, or leave them out.",
        )
    with job_for(args) as job:
        result = render(job, args.json)
        if not args.json:
            print_result(result)
        if folder is not None:
            package(args, job.out, folder)
        elif args.delivery and delivery_called(args.delivery).package and not args.json:
            print(f"{'next':13} tratteggio package {args.out} -o FOLDER makes an archive package of it")
    return 0


@contextmanager
def job_for(args: argparse.Namespace) -> Iterator[RenderJob]:
    """The job that the command line describes; what it needs on disk is there as long as the context.

    Raises SettingError, ProjectError, MaskError.
    """
    if args.source.suffix.lower() == SUFFIX:
        # It knows the stages and with them the networks: other renders need not wait for those here.
        from app.verbs.project_source import project_source

        with project_source(args) as job:
            yield with_delivery(job, args.delivery or "")
    elif args.clip is not None:
        raise SettingError("--clip chooses among the clips of a project, and this is none.", "Leave --clip out.")
    else:
        yield with_delivery(_job_of(args), args.delivery or "")


def _job_of(args: argparse.Namespace) -> RenderJob:
    return RenderJob(
        source=args.source.absolute(),
        out=args.out.absolute(),
        preset=args.preset,
        stages=tuple(StageSpec.parse(text) for text in args.stage),
        slider=args.slider or 0.0,
        frames=args.frames,
        masks=args.masks.absolute() if args.masks else None,
        protect=args.protect.absolute() if args.protect else None,
        device=args.device,
        threads=args.threads,
        workers=args.workers,
        missing=args.missing or "stop",
        deinterlace=args.deinterlace,
        tags=ChosenTags.parse(args.tags),
        force=args.force,
        forensic=args.forensic,
        case=case_of(args),
        reversible=args.reversible,
        burn_in=args.burn_in,
    )


def render(job: RenderJob, as_json: bool) -> Event:
    """Run the job to its end; returns its result. Raises RenderError with the worker's own sentence."""
    process = RenderProcess(job)

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        process.cancel()

    earlier = signal.signal(signal.SIGINT, ask_to_stop)
    try:
        with Reporter(as_json) as reporter, closing(process.events()) as events:
            for event in events:
                if event["event"] == "error":
                    raise RenderError(event["error"])
                reporter.show(event)
                if event["event"] == "result":
                    return event
    finally:
        signal.signal(signal.SIGINT, earlier)
    raise RenderError("The render process ended without a word.", "Run the same command again to go on.")


def print_result(result: Event) -> None:
    """For a person."""
    for name, key in (
        ("master", "master"),
        ("checksums", "framemd5"),
        ("provenance", "provenance"),
        ("before/after", "before_after"),
        ("report", "report"),
        ("report, PDF", "pdf"),
    ):
        if result[key]:
            print(f"{name:13} {result[key]}")
    if delta := result["delta"]:
        share = f"{delta['share'] * 100:.1f} % of the master's size"
        print(f"{'delta':13} {delta['file']} ({delta['bytes'] / 1e6:.2f} MB, {share})")
    shares = ", ".join(f"{name} {share * 100:.3f} %" for name, share in result["shares"].items() if share > 0)
    print(f"{'pixels':13} {shares}")
    print(f"{'time':13} {result['seconds']:.1f} s, peak memory {result['peak_memory_bytes'] / 1e6:.0f} MB")
