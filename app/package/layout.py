"""What lies where in an archive package, and which of it is the master."""

from __future__ import annotations

from pathlib import Path

from app.export.manifest import Manifest, read_manifest
from app.export.paths import MasterPaths, first_file, master_paths
from engines.errors import RenderError

DATA = "data"
README = "README.txt"
BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
ALGORITHMS = ("sha256", "sha512")
MANIFESTS = tuple(f"manifest-{name}.txt" for name in ALGORITHMS)
TAG_MANIFESTS = tuple(f"tagmanifest-{name}.txt" for name in ALGORITHMS)
TAG_FILES = (BAGIT, BAG_INFO, README, *MANIFESTS)
"""Those that tag manifests list."""

PROJECT = "project"
MASKS = ("masks", "original", "protect")
METADATA = "metadata"
PREMIS = f"{METADATA}/premis.xml"
TIMELINE = "timeline.otio"
OUR_NAMES = frozenset({PROJECT, *MASKS, METADATA, TIMELINE})
"""Names in the payload that no master may have."""

_MANIFEST_SUFFIX = ".tratteggio.json"


def is_package(folder: Path) -> bool:
    """Whether the folder claims to be a bag; nothing of it is checked."""
    return (folder / BAGIT).is_file()


def master_of(folder: Path) -> tuple[MasterPaths, Manifest]:
    """The master of a package, a file, a folder or a pattern in `data`, with its manifest.

    Raises RenderError where there is not exactly one or it lacks what stands beside a master, MediaError where its
    manifest cannot be read.
    """
    data = folder / DATA
    found = sorted(path for path in data.glob(f"*{_MANIFEST_SUFFIX}") if path.is_file())
    if len(found) != 1:
        how = "no master's manifest" if not found else f"{len(found)} masters' manifests"
        raise RenderError(f"{folder.name} is no package of one master: {DATA} holds {how}.", "Choose another folder.")
    manifest = read_manifest(found[0])
    paths = master_paths(data / _plain_name(found[0], manifest.master))
    if paths.manifest != found[0]:
        raise RenderError(f"{DATA}/{found[0].name} is not the manifest of the master that it names.")
    needed = {"master": first_file(paths.master), "checksums": paths.framemd5, "provenance track": paths.provenance}
    for what, path in needed.items():
        if path is None or not path.is_file():
            raise RenderError(f"The package {folder.name} lacks the {what} of {manifest.master}.")
    return paths, manifest


def _plain_name(manifest: Path, name: object) -> str:
    """`name`, if it is one, not a way to somewhere else."""
    if isinstance(name, str) and name not in ("", ".", "..") and name.isprintable() and not {"/", "\\"} & set(name):
        return name
    raise RenderError(f"{DATA}/{manifest.name} names a master that cannot lie in a package.")
