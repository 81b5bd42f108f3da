"""Which files go into a package, and what is known of where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.export.manifest import Manifest
from app.export.paths import MasterPaths
from app.package.contents import check_name
from app.package.credential_assets import files_of
from app.package.layout import OUR_NAMES, PROJECT
from app.project_io import masks_folder, read_project
from engines.errors import RenderError


@dataclass(frozen=True)
class Part:
    """A file for the package. name: its path in the payload, with slashes.

    goes_on: the package writes into it, so that its copy must share nothing with the original.
    """

    source: Path
    name: str
    goes_on: bool = False


def master_parts(paths: MasterPaths) -> tuple[Part, ...]:
    """The master's files in order, then what stands beside it, as far as it is there.

    Raises MediaError where the master is missing, RenderError where a name cannot stand in a package.
    """
    beside = (
        paths.framemd5,
        paths.provenance,
        paths.manifest,
        paths.delta,
        paths.headers,
        paths.c2pa,
        paths.picture,
        paths.audit,
        paths.report,
        paths.pdf,
    )
    remade = {paths.audit, paths.report, paths.pdf, paths.c2pa}
    parts = [Part(file, _in_payload(paths, file)) for file in files_of(paths.master)]
    parts += [Part(file, file.name, file in remade) for file in beside if file.is_file()]
    return tuple(_checked(parts))


def project_parts(project: Path) -> tuple[Part, ...]:
    """The project as it is, byte for byte, with the masks that it names. Raises ProjectError, RenderError."""
    held = read_project(project)
    masks = masks_folder(project)
    parts = [Part(project, f"{PROJECT}/{project.name}")]
    for stored in held.masks.values():
        inside = stored.path.relative_to(masks.resolve()).as_posix()
        parts.append(Part(stored.path, f"{PROJECT}/{masks.name}/{inside}"))
    return tuple(_checked(parts, ours=True))


def mask_parts(layer: str, folder: Path) -> tuple[Part, ...]:
    """The PNG files of a layer. Raises RenderError."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".png" and not path.name.startswith("."))
    return tuple(_checked([Part(file, f"{layer}/{file.name}") for file in files], ours=True))


def master_names(parts: Sequence[Part], paths: MasterPaths) -> tuple[str, ...]:
    """Of the parts those that are the master, in the order of frames."""
    files = set(files_of(paths.master))
    return tuple(part.name for part in parts if part.source in files)


def of_manifest(manifest: Manifest, project: Path | None) -> Path | None:
    """The project that the master came from: as told now, or as its manifest says, where it still is there."""
    if project is not None:
        return project
    told = Path(manifest.project) if manifest.project else None
    return told if told is not None and told.is_file() else None


def _in_payload(paths: MasterPaths, file: Path) -> str:
    return file.relative_to(paths.master.parent).as_posix()


def _checked(parts: Iterable[Part], *, ours: bool = False) -> Iterable[Part]:
    for part in parts:
        check_name(part.name)
        if not ours and part.name.partition("/")[0] in OUR_NAMES:
            raise RenderError(
                f"A master named {part.name} cannot be packaged: the package has a part of that name.",
                "Rename the master and what stands beside it.",
            )
        yield part
