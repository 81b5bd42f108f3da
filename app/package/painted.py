"""The masks that the job used: where they lay then, or written anew from the project, and always the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.audit.entry import Entry
from app.audit.masks import LAYERS, mask_set
from app.export.manifest import Manifest
from engines.errors import RenderError, SettingError


def mask_folders(manifest: Manifest, log: Sequence[Entry], project: Path | None, into: Path) -> Mapping[str, Path]:
    """Folders of PNGs by layer, for the layers that the master was made with.

    project: what the masks are written from, below `into`, where their folders are gone, as those of renders of
    projects are. Raises RenderError where they are gone for good or are not those that the log names.
    """
    wanted = logged_masks(log)
    needed = {layer: Path(told) for layer in LAYERS if (told := getattr(manifest, layer))}
    found: dict[str, Path] = {layer: folder for layer, folder in needed.items() if fits(folder, wanted.get(layer))}
    if len(found) < len(needed) and project is not None:
        anew = _from_project(manifest, project, into)
        found = {layer: anew[layer] for layer in needed if layer in anew and fits(anew[layer], wanted.get(layer))}
    if lost := [layer for layer in needed if layer not in found]:
        hint = "Put them back, or say with --project which project the master was rendered from."
        if project is not None:
            hint = f"{project.name} was changed since: render it again, or package it as it was then."
        raise RenderError(f"The {lost[0]} that {manifest.master} was made with are gone or were changed.", hint)
    return found


def logged_masks(log: Sequence[Entry]) -> Mapping[str, str]:
    """Digests of sets by layer as the last start of the render saw them."""
    found: dict[str, str] = {}
    for entry in log:
        if entry.event == "started":
            found = {}
        elif entry.event == "masks":
            found[str(entry.facts.get("layer"))] = str(entry.facts.get("sha256"))
    return found


def fits(folder: Path, digest: str | None) -> bool:
    """Logs of earlier versions name no digests: then what lies there is believed."""
    return folder.is_dir() and (digest is None or mask_set(folder).sha256 == digest)


def _from_project(manifest: Manifest, project: Path, into: Path) -> Mapping[str, Path]:
    # It knows the stages and with them the networks: packages without paint need not wait for those.
    from app.project_io import load_project
    from app.project_job import project_job

    document = load_project(project)
    clips = [clip for clip in document.clips if clip.media.fingerprint == manifest.source_fingerprint]
    if not clips:
        raise SettingError(
            f"{project.name} holds no clip of the source that {manifest.master} was made from.",
            "Name the project that it was rendered from.",
        )
    job = project_job(document, clips[0].id, Path(manifest.master), manifest.preset, masks_into=into)
    folders = {layer: getattr(job, layer) for layer in LAYERS}
    return {layer: folder for layer, folder in folders.items() if folder is not None}
