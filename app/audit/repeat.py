"""A render again from what its manifest and log say: the same job, the same masks, the same weights, or a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app.audit.entry import Entry
from app.audit.masks import LAYERS, Layer, MaskSet, mask_set, masks_of
from app.audit.weights import weights_of
from app.export.job import RenderJob
from app.export.manifest import Manifest
from app.project_io import load_project
from app.project_job import project_job
from engines.errors import MaskError, MediaError, RenderError, TratteggioError
from engines.stages.base import Stage

Masks = Mapping[Layer, Path]


def job_of(manifest: Manifest, *, source: Path | None = None, masks: Masks | None = None) -> RenderJob:
    """The job of a master, its source and masks where they are now.

    masks: folders by layer; None leaves those of the job. Raises MediaError where the manifest does not hold the job.
    """
    if not manifest.job:
        raise MediaError(
            f"The manifest of {manifest.master} does not hold the whole job: an older version wrote it.",
            "Render it again with this version.",
        )
    try:
        job = RenderJob.from_json(json.dumps(manifest.job))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MediaError(f"The job in the manifest of {manifest.master} is damaged ({error}).") from error
    found = masks or {layer: folder for layer in LAYERS if (folder := getattr(job, layer)) is not None}
    return replace(
        job,
        source=source or job.source,
        force=False,
        masks=found.get("masks"),
        original=found.get("original"),
        protect=found.get("protect"),
    )


@contextmanager
def masks_found(manifest: Manifest, logged: Sequence[Entry], beside: Path) -> Iterator[Masks]:
    """Folders with the very masks that the log names: in the folder `beside` (packages), where the job says, or
    written again out of the project.

    Raises MaskError naming what was changed or is gone.
    """
    wanted = {entry.facts["layer"]: str(entry.facts["sha256"]) for entry in logged if entry.event == "masks"}
    job = job_of(manifest)
    with TemporaryDirectory(prefix="tratteggio-masks-") as made:
        places: list[Masks] = [
            {layer: beside / layer for layer in LAYERS},
            {layer: folder for layer in LAYERS if (folder := getattr(job, layer)) is not None},
        ]
        found = _matching(wanted, places)
        if found.keys() != wanted.keys() and job.project is not None:
            found = _matching(wanted, [*places, *_painted(job.project, manifest, Path(made))])
        if lacking := next((layer for layer in wanted if layer not in found), None):
            there = any(_read(place[lacking]) is not None for place in places if lacking in place)
            how = "are not those that were used: they were changed since" if there else "are gone"
            raise MaskError(
                f"The painted {lacking} that {manifest.master} was made with {how}.",
                f"Put them back into {getattr(job, lacking)}, or into {lacking}/ beside the master.",
            )
        yield found


def check_stages(manifest: Manifest, stages: Sequence[Stage], logged: Sequence[Entry], models: Path | None) -> None:
    """Raises RenderError where a stage, or a weight file, is not the one that the log names; ModelError."""
    entries = [entry.facts for entry in logged if entry.event == "stage"]
    names = [str(facts.get("name")) for facts in entries]
    if names != [stage.name for stage in stages]:
        raise RenderError(f"The log of {manifest.master} names other stages than its job: {', '.join(names)}.")
    for facts, stage in zip(entries, stages, strict=True):
        then = {str(used["name"]): str(used["sha256"]) for used in facts.get("weights", ())}
        now = {used.name: used.sha256 for used in weights_of(stage, models)}
        for name in sorted({*then, *now}):
            if then.get(name) != now.get(name):
                raise RenderError(
                    f"Stage {stage.name} computed with weights {name} of SHA-256 {then.get(name, 'none')}, and those "
                    f"here have {now.get(name, 'none')}.",
                    "Use the version of Tratteggio, and the models, that made the master.",
                )
        if facts.get("key") != stage.key():
            raise RenderError(
                f"Stage {stage.name} is not what it was when {manifest.master} was made: its settings or its version "
                "differ.",
                "Use the version of Tratteggio that made the master.",
            )


def _matching(wanted: Mapping[Layer, str], places: Sequence[Masks]) -> Masks:
    found: dict[Layer, Path] = {}
    for layer, digest in wanted.items():
        for place in places:
            held = _read(place[layer]) if layer in place else None
            if held is not None and held.sha256 == digest:
                found[layer] = place[layer]
                break
    return found


def _read(folder: Path) -> MaskSet | None:
    return mask_set(folder) if folder.is_dir() else None


def _painted(project: Path, manifest: Manifest, into: Path) -> Iterator[Masks]:
    """Masks of every clip of the project that is the master's source; nothing where there is no project any more."""
    try:
        document = load_project(project)
    except TratteggioError:
        return  # what is missing is told by whoever looks for it
    for clip in document.clips:
        if clip.media.fingerprint == manifest.source_fingerprint:
            job = project_job(document, clip.id, into / "none.mkv", None, masks_into=into / clip.id)
            yield {layer: getattr(job, layer) for layer in masks_of(job)}
