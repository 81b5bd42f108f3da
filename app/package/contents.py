"""What really lies in a package's folder: plain files only, under names that mean the same everywhere."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from app.package.layout import BAGIT, DATA, TAG_FILES, TAG_MANIFESTS
from engines.errors import MediaError, RenderError
from engines.plain_file import hollow

_DEEPEST = 8
_MOST_FILES = 4_000_000
_LARGEST_TAG_FILE = 1 << 30
_AS_MADE = "Get the package from where it was made."


def package_files(folder: Path) -> Mapping[str, int]:
    """Sizes in bytes by path from `folder`, with `/`, tag files first.

    Raises RenderError naming the first file that no package of ours holds: a link, a device, a name with control
    characters, a file beside the tag files; MediaError where the folder cannot be read.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise MediaError(f"{folder} is no folder.", "Name the folder of an archive package.")
    if not (folder / BAGIT).is_file():
        raise RenderError(f"{folder.name} is no archive package: it holds no {BAGIT}.", "Name another folder.")
    found: dict[str, int] = {}
    try:
        _walk(folder, "", 0, found)
    except OSError as error:
        raise MediaError(f"{folder} cannot be read ({error.strerror or error}).", "Check the disk.") from error
    known = {*TAG_FILES, *TAG_MANIFESTS}
    for name, size in found.items():
        if name.startswith(f"{DATA}/"):
            continue
        if name not in known:
            raise RenderError(f"{name} does not belong into the package.", _AS_MADE)
        if size > _LARGEST_TAG_FILE:
            raise RenderError(f"{name} is larger than any such file ({size:,} bytes).", _AS_MADE)
    for name in sorted(known - found.keys()):
        raise RenderError(f"{name} is missing from the package.", _AS_MADE)
    return dict(sorted(found.items(), key=lambda item: (item[0].startswith(f"{DATA}/"), item[0])))


def check_name(name: str) -> None:
    """Raises RenderError for a path that manifests cannot hold or that other systems read as another."""
    proper = name.isprintable() and unicodedata.is_normalized("NFC", name) and not {"\\", "%"} & set(name)
    if not proper:
        shown = name.encode("unicode_escape").decode("ascii")
        raise RenderError(
            f"The name {shown} cannot stand in an archive package.",
            "Use no %, backslash or control characters, and letters with their accents joined.",
        )


def _refuse_hollow(name: str, found: os.stat_result) -> None:
    if hollow(found):
        raise RenderError(f"{name} has {found.st_size:,} bytes and hardly anything in them.", _AS_MADE)


def _walk(folder: Path, prefix: str, depth: int, found: dict[str, int]) -> None:
    if depth > _DEEPEST:
        raise RenderError(f"{prefix} lies deeper than anything in a package.", _AS_MADE)
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = f"{prefix}{entry.name}"
            check_name(name)
            mode = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(mode.st_mode):
                _walk(folder / entry.name, f"{name}/", depth + 1, found)
            elif stat.S_ISREG(mode.st_mode):
                _refuse_hollow(name, mode)
                found[name] = mode.st_size
            else:
                what = "a link" if stat.S_ISLNK(mode.st_mode) else "no plain file"
                raise RenderError(f"{name} is {what}, which no package holds.", _AS_MADE)
            if len(found) > _MOST_FILES:
                raise RenderError(f"The package holds more than {_MOST_FILES:,} files.", _AS_MADE)
