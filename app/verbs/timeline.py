"""`tratteggio timeline ACTION`: timelines of editing programs out of projects and masters, and into projects."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.document import Document
from app.export.manifest import read_manifest
from app.export.paths import master_paths
from app.interchange.exporting import check_suffix, write_timeline
from app.interchange.importing import prepare
from app.interchange.strip import Strip, start_timecodes, strip_of_master, strips_of
from app.master_beside import opened_for
from app.progress import Reporter, as_result
from app.project_io import SUFFIX, load_project, save_project
from engines.errors import SettingError
from engines.media.sink import refuse_existing


def run(args: argparse.Namespace) -> int:
    """Export or import."""
    with Reporter(args.json) as reporter:
        return _export(args, reporter) if args.action == "export" else _import(args, reporter)


def _export(args: argparse.Namespace, reporter: Reporter) -> int:
    check_suffix(args.out)
    if not args.force:
        refuse_existing(args.out)
    strips = _strips(args.source.absolute(), reporter)
    write_timeline(strips, args.out)
    shots = sum(len(strip.shots) for strip in strips)
    if not args.json:
        print(f"{args.out}: {_count(shots, 'shot')} of {', '.join(strip.path.name for strip in strips)}")
    reporter.show(as_result(timeline=str(args.out), shots=shots, media=[str(strip.path) for strip in strips]))
    return 0


def _strips(source: Path, reporter: Reporter) -> tuple[Strip, ...]:
    if source.suffix == SUFFIX:
        document = load_project(source)
        if not document.clips:
            raise SettingError(f"{source.name} holds no clip.", "Open it in the window and add one.")
        starts = start_timecodes(document, lambda text: reporter.show({"event": "note", "text": text}))
        return strips_of(document, starts)
    source = opened_for(source)
    return (strip_of_master(read_manifest(master_paths(source).manifest), source),)


def _import(args: argparse.Namespace, reporter: Reporter) -> int:
    if args.out.suffix != SUFFIX:
        raise SettingError(f"{args.out.name} is no name for a project.", f"End it in {SUFFIX}.")
    if not args.force and args.out != args.into:
        refuse_existing(args.out)

    def note(text: str) -> None:
        reporter.show({"event": "note", "text": text})

    document = load_project(args.into.absolute()) if args.into is not None else Document()
    named = [path.absolute() for path in args.media]
    applied = prepare(
        args.timeline.absolute(), document, named, start=args.start, handles=args.handles, note=note
    ).apply(document)
    for text in applied.notes:
        note(text)
    save_project(applied.document, args.out.absolute(), like=args.into.absolute() if args.into is not None else None)
    clips = [applied.document.clip(clip_id) for clip_id in applied.clips]
    if not args.json:
        for clip in clips:
            print(f"{clip.media.path.name}: {_count(len(clip.shots), 'shot')}, {_count(len(clip.markers), 'marker')}")
        print(f"Kept as {args.out.name}; render it, or open it in the window.", file=sys.stderr)
    reporter.show(
        as_result(
            project=str(args.out),
            notes=list(applied.notes),
            clips=[
                {
                    "media": str(clip.media.path),
                    "cuts": [shot.start for shot in clip.shots],
                    "in": clip.in_point,
                    "out": clip.out_point,
                    "markers": len(clip.markers),
                }
                for clip in clips
            ],
        )
    )
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
