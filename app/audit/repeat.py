"""A render again from what its manifest and log say: the same job, the same masks, the same weights, or a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app.audit.entry import Entry
from app.audit.masks import LAYERS
from app.audit.weights import weights_of
from app.export.job import RenderJob
from app.export.manifest import Manifest
from app.package.gather import of_manifest
from app.package.painted import fits, logged_masks, mask_folders
from engines.errors import MediaError, RenderError
from engines.stages.base import Stage

Masks = Mapping[str, Path]


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
    job = replace(job, source=source or job.source, force=False)
    if masks is None:
        return job
    return replace(job, masks=masks.get("masks"), original=masks.get("original"), protect=masks.get("protect"))


@contextmanager
def masks_found(manifest: Manifest, logged: Sequence[Entry], beside: Path) -> Iterator[Masks]:
    """Folders with the very masks that the log names: in the folder `beside` (packages), where the job says, or
    written again out of the project.

    Raises RenderError where they were changed or are gone, ProjectError.
    """
    wanted = logged_masks(logged)
    packaged: dict[str, Path] = {layer: beside / layer for layer in LAYERS if layer in wanted}
    if all(fits(folder, wanted[layer]) for layer, folder in packaged.items()):
        yield packaged
        return
    with TemporaryDirectory(prefix="tratteggio-masks-") as made:
        yield mask_folders(manifest, logged, of_manifest(manifest, None), Path(made))


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
