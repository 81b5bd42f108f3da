"""A project as what `tratteggio render` restores: stages, masks, cuts and range come out of it."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.document import ClipWork, Document
from app.export.job import RenderJob
from app.project_io import load_project
from app.project_job import project_job
from app.verbs.case_args import case_of
from engines.errors import SettingError

_SAID_BY_PROJECT = ("stage", "masks", "protect", "slider", "missing", "deinterlace", "tags")


@contextmanager
def project_source(args: argparse.Namespace) -> Iterator[RenderJob]:
    """The job of a clip of the project; its masks are gone when the context ends.

    Raises ProjectError, SettingError, MaskError.
    """
    for name in _SAID_BY_PROJECT:
        if getattr(args, name):
            raise SettingError(f"A project says itself what --{name} would say.", f"Leave --{name} out.")
    path: Path = args.source.absolute()
    document = load_project(path)
    clip = chosen_clip(document, args.clip, path)
    # Copies: the project may be saved while this renders, and a save replaces its masks.
    with tempfile.TemporaryDirectory(prefix="tratteggio-masks-") as folder:
        job = project_job(
            document, clip.id, args.out.absolute(), args.preset, masks_into=Path(folder), frames=args.frames
        )
        yield replace(
            job,
            project=path,
            device=args.device,
            threads=args.threads,
            workers=args.workers,
            force=args.force,
            # The command line may make a render stricter than the project says, never laxer.
            forensic=job.forensic or args.forensic,
            case=job.case.overridden(case_of(args)),
            reversible=args.reversible,
            burn_in=args.burn_in,
        )


def chosen_clip(document: Document, number: int | None, path: Path) -> ClipWork:
    """The project's clip of that number, counted from 1; the only one for None. Raises SettingError."""
    clips = document.clips
    names = ", ".join(f"{index} {clip.media.path.name}" for index, clip in enumerate(clips, start=1))
    if not clips:
        raise SettingError(f"{path.name} holds no clip.", "Open it in the window and add one.")
    if number is None and len(clips) > 1:
        raise SettingError(f"{path.name} holds {len(clips)} clips.", f"Choose one with --clip: {names}.")
    if number is not None and not 1 <= number <= len(clips):
        raise SettingError(f"{path.name} has no clip {number}.", f"It holds: {names}.")
    return clips[(number or 1) - 1]
