"""Project files: read and written whole, so that a crash leaves the old or the new project, never neither.

`NAME.tratteggio` is JSON: `format` (1), `program`, `revision` (another one for each save), `forensic` (whether what may
invent detail is refused) and `case` (texts by name), neither of which earlier versions knew, and `clips`. A clip holds
`id`; `media` with `path` (absolute), `relative` (to the project's folder), `fingerprint`, `width`, `height`,
`frame_count`, `rate`, `missing`, `deinterlace`, `tags` (colour tags that were chosen; earlier versions did not know
them); `shots` with `start`, `name`, `slider` and `stages` (`name`, `enabled`, `settings` as texts); `cuts_known`,
`in`, `out`, `markers`; and `masks`: for the layers `damage`, `protect` (which earlier versions did not know) and
`original` by frame number the `key` of the painted plane and the `digest` (SHA-256) of its file.

The masks lie beside it as 8-bit grey PNG files: `NAME.masks/REVISION/CLIP/LAYER/000012.png`. A save writes them
into the folder of a new revision (hard links where nothing changed), renames the JSON into place last, and only
then removes the folders of other revisions.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from app import mask_files
from app.atomic import sync_folder, write_atomically
from app.document import LAYERS, ClipWork, Document, Layer
from app.errors import MasksMissingError, ProjectError, disk_reason
from app.mask_files import StoredMask
from app.mask_plane import MaskPlane
from app.project_format import Values, clip_of, clip_values, evidence_values, with_evidence
from app.version import VERSION
from engines.plain_file import read_json
from engines.types import FrameNo

FORMAT = 1
SUFFIX = ".tratteggio"
LARGEST_PROJECT = 256 * 2**20
"""Bytes of the JSON; masks lie beside it."""
THREADS = 4
_REVISION = re.compile("[0-9a-f]{16}")
MaskPlace = tuple[str, Layer, FrameNo]


@dataclass(frozen=True)
class Project:
    """What a file holds. masks: the files it names; missing: those that could not be read, with the reason."""

    document: Document
    revision: str
    masks: Mapping[MaskPlace, StoredMask]
    missing: tuple[str, ...] = ()


def load_project(path: Path) -> Document:
    """Raises ProjectError for a file that cannot be read, is of a newer version, or misses masks."""
    return read_project(path).document


def read_project(path: Path, missing: Literal["stop", "skip"] = "stop") -> Project:
    """The project with what a save needs to know of it. missing: what to do about masks that cannot be read.

    Raises ProjectError.
    """
    path = path.resolve()
    held = _json(path)
    stored: dict[MaskPlace, StoredMask] = {}
    try:
        revision = _checked(held["revision"])
        evidence = with_evidence(Document(), held)
        clips = [clip_of(values, path.parent) for values in held["clips"]]
        for values in held["clips"]:
            stored |= _stored(values, masks_folder(path) / revision)
        if len({clip.id for clip in clips}) != len(clips):
            raise ValueError("two clips have the same id")
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise _damaged(path, f"it is not complete ({error})") from error
    planes, lost = _read_masks(stored, {clip.id: (clip.media.width, clip.media.height) for clip in clips})
    if lost and missing == "stop":
        count = f"{len(lost)} masks of {path.name} are" if len(lost) > 1 else f"A mask of {path.name} is"
        hint = f"Put {masks_folder(path).name} back beside the project, or open it without them."
        raise MasksMissingError(f"{count} missing or damaged ({lost[0]}).", hint)
    document = replace(evidence, clips=tuple(_with_masks(clip, planes) for clip in clips))
    return Project(document, revision, stored, tuple(lost))


def save_project(
    document: Document, path: Path, *, like: Path | None = None, revision: str = "", threads: int = THREADS
) -> str:
    """Write the project; answers its revision. Raises ProjectError; then the file that was there is as it was.

    like: another project to take unchanged masks from, where `path` does not exist yet.
    revision: the one to write, default a new one. threads: that pack masks.
    """
    path = path.resolve()
    revision = revision or new_revision()
    folder = masks_folder(path) / revision
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stored = _write_masks(document, folder, {**(_known(like) if like else {}), **_known(path)}, threads)
        write_atomically(path, _text(document, path, revision, stored).encode())
    except OSError as error:
        _remove(folder)
        why, hint = disk_reason(error)
        raise ProjectError(f"{path.name} was not saved: {why}. The work is kept in memory.", hint) from error
    _sweep(masks_folder(path), revision if stored else "")
    return revision


def new_revision() -> str:
    return secrets.token_hex(8)


def masks_folder(path: Path) -> Path:
    """The folder beside a project that holds its masks by revision."""
    return path.with_name(path.stem + ".masks") if path.suffix == SUFFIX else path.with_name(path.name + ".masks")


def revision_of(path: Path) -> str:
    """Of the file as it is now. Raises ProjectError."""
    return str(_json(path.resolve()).get("revision", ""))


def _json(path: Path) -> Values:
    try:
        held = read_json(path, LARGEST_PROJECT)
    except FileNotFoundError as error:
        raise ProjectError(f"There is no project {path}.", "Check the path.") from error
    except OSError as error:
        raise ProjectError(f"{path.name} cannot be read: {disk_reason(error)[0]}.", "Check the disk.") from error
    except ValueError as error:
        raise _damaged(path, "it is not JSON") from error
    if not isinstance(held, dict) or not isinstance(held.get("format"), int):
        raise _damaged(path, "it has no format number")
    if held["format"] > FORMAT:
        raise ProjectError(
            f"{path.name} was saved by a newer version of Tratteggio ({held.get('program', 'unknown')}).",
            "Open it with that version; nothing was changed.",
        )
    return held


def _damaged(path: Path, why: str) -> ProjectError:
    return ProjectError(f"{path.name} is not a whole project file: {why}.", "Open a copy, or recover from autosave.")


def _text(document: Document, path: Path, revision: str, stored: Mapping[MaskPlace, StoredMask]) -> str:
    clips = []
    for clip in document.clips:
        masks: dict[str, dict[str, Values]] = {layer: {} for layer in LAYERS}
        for (clip_id, layer, number), mask in stored.items():
            if clip_id == clip.id:
                masks[layer][str(number)] = {"key": mask.key, "digest": mask.digest}
        clips.append({**clip_values(clip, path.parent), "masks": masks})
    evidence = evidence_values(document)
    values = {"format": FORMAT, "program": VERSION, "revision": revision, **evidence, "clips": clips}
    return json.dumps(values, indent=1) + "\n"


def _stored(values: Mapping[str, Any], folder: Path) -> dict[MaskPlace, StoredMask]:
    found: dict[MaskPlace, StoredMask] = {}
    for layer in LAYERS:
        held = values["masks"].get(layer, {}) if layer == "protect" else values["masks"][layer]
        for number, mask in held.items():
            place = (str(values["id"]), layer, int(number))
            found[place] = StoredMask(_file(folder, place), str(mask["key"]), str(mask["digest"]))
    return found


def _file(folder: Path, place: MaskPlace) -> Path:
    clip_id, layer, number = place
    return folder / clip_id / layer / f"{number:06d}.png"


def _known(path: Path) -> Mapping[MaskPlace, StoredMask]:
    """Masks that a project there names; none where there is no readable project to take them from."""
    try:
        held = _json(path)
        found: dict[MaskPlace, StoredMask] = {}
        for values in held["clips"]:
            found.update(_stored(values, masks_folder(path) / _checked(held["revision"])))
    except (ProjectError, KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
        return {}
    return found


def _write_masks(
    document: Document, folder: Path, known: Mapping[MaskPlace, StoredMask], threads: int
) -> Mapping[MaskPlace, StoredMask]:
    planes = {
        (clip.id, layer, number): plane
        for clip in document.clips
        for layer in LAYERS
        for number, plane in clip.layer(layer).items()
    }
    parents = {_file(folder, place).parent for place in planes}
    for parent in parents:
        parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(threads) as pool:
        made = pool.map(
            lambda item: mask_files.store(item[1], _file(folder, item[0]), known.get(item[0])), planes.items()
        )
        stored = dict(zip(planes, made, strict=True))
    for parent in parents:
        sync_folder(parent)
    return stored


def _read_masks(
    stored: Mapping[MaskPlace, StoredMask], sizes: Mapping[str, tuple[int, int]]
) -> tuple[dict[MaskPlace, MaskPlane], list[str]]:
    """Planes, and the names of files that are missing, damaged or of another size than their clip."""

    def read(item: tuple[MaskPlace, StoredMask]) -> MaskPlane | None:
        try:
            plane = mask_files.read(item[1].path)
        except (OSError, ValueError):
            return None
        return plane if (plane.width, plane.height) == sizes[item[0][0]] else None

    with ThreadPoolExecutor(THREADS) as pool:
        planes = dict(zip(stored, pool.map(read, stored.items()), strict=True))
    lost = [f"{clip_id}/{layer}/{number:06d}.png" for (clip_id, layer, number), plane in planes.items() if not plane]
    return {place: plane for place, plane in planes.items() if plane}, lost


def _with_masks(clip: ClipWork, planes: Mapping[MaskPlace, MaskPlane]) -> ClipWork:
    for layer in LAYERS:
        mine = {number: plane for (clip_id, of, number), plane in planes.items() if (clip_id, of) == (clip.id, layer)}
        clip = clip.with_layer(layer, mine)
    return clip


def _sweep(folder: Path, keep: str) -> None:
    """Remove the masks of other revisions; what cannot be removed now goes with the next save."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name != keep and _REVISION.fullmatch(entry.name):
            _remove(entry)
    if not any(folder.iterdir()):
        folder.rmdir()


def _checked(revision: Any) -> str:
    """It names a folder: it must not lead elsewhere."""
    if not _REVISION.fullmatch(str(revision)):
        raise ValueError(f"{revision!r} is not a revision")
    return str(revision)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
