"""Writes what a sequence's stills hold besides samples into one zip, which `restore.py` reads."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.cancel import CancelToken
from engines.errors import MediaError
from engines.media.headers.block import Recipe, recipe_to_json
from engines.media.headers.split import split_still
from engines.media.headers.templates import Templates
from engines.media.headers.unknown import Unknown
from engines.media.sink import whole_file
from engines.types import FrameNo

FORMAT, VERSION = "tratteggio headers", 1
INDEX = "index.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass
class Kept:
    """What was written. whole: why files are kept as they are, and how many for each reason."""

    files: int = 0
    patched: int = 0
    whole: Counter[str] = field(default_factory=Counter)
    size: int = 0
    """Of the zip in bytes."""

    @property
    def sentence(self) -> str:
        """For the user."""
        parts = self.files - sum(self.whole.values())
        said = f"Headers of {parts} of {self.files} stills are kept ({self.size / 1e3:.0f} kB in all)"
        said += f", {self.patched} of them with unused bits of their samples" if self.patched else ""
        reasons = ", ".join(f"{count}: {reason}" for reason, count in sorted(self.whole.items()))
        return (
            f"{said}." if not self.whole else f"{said}; kept whole, because samples do not give them back: {reasons}."
        )


def keep_headers(
    files: Mapping[FrameNo, Path],
    path: Path,
    *,
    cancel: CancelToken | None = None,
    step: Callable[[], None] = lambda: None,
) -> Kept:
    """Write into the zip `path` what rebuilds every file byte for byte from the samples that `read_still` gives.

    files: by frame number. Where samples do not give a file back it is kept whole. The same files give the same bytes.
    `step` is called after each. Raises MediaError where a file cannot be read, RenderError, Cancelled.
    """
    kept = Kept()
    with whole_file(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        index = _Writer(archive, kept)
        for number, file in sorted(files.items()):
            if cancel is not None:
                cancel.check()
            index.add(number, file)
            step()
        index.close()
    kept.size = path.stat().st_size
    return kept


class _Writer:
    def __init__(self, archive: zipfile.ZipFile, kept: Kept) -> None:
        self._archive = archive
        self._kept = kept
        self._templates = Templates()
        self._recipes: dict[Recipe, int] = {}
        self._last: Recipe | None = None
        self._entries: list[dict[str, Any]] = []

    def add(self, number: FrameNo, file: Path) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise MediaError(f"{file.name} cannot be read.", str(error)) from error
        digest = hashlib.sha256(data).hexdigest()
        entry: dict[str, Any] = {"frame": number, "name": file.name, "size": len(data), "sha256": digest}
        self._kept.files += 1
        try:
            entry |= self._parts(number, file, data)
        except Unknown as reason:
            self._kept.whole[str(reason)] += 1
            entry["whole"] = str(reason)
            self._write(f"whole/{number:08d}", data, zipfile.ZIP_STORED)
        self._entries.append(entry)

    def _parts(self, number: FrameNo, file: Path, data: bytes) -> dict[str, Any]:
        found = split_still(file, data, self._last)
        self._last = found.recipe
        template, changes, new = self._templates.place(found.rest)
        if new:
            self._write(f"template/{template:08d}", found.rest)
        said: dict[str, Any] = {
            "layout": found.layout,
            "template": template,
            "changes": [[offset, text.hex()] for offset, text in changes],
            "recipe": self._recipes.setdefault(found.recipe, len(self._recipes)),
        }
        if found.patch is not None:
            self._kept.patched += 1
            self._write(f"patch/{number:08d}", found.patch, zipfile.ZIP_STORED)
            said["patch"] = True
        return said

    def close(self) -> None:
        held = {
            "format": FORMAT,
            "version": VERSION,
            "recipes": [recipe_to_json(recipe) for recipe in self._recipes],
            "files": self._entries,
        }
        self._write(INDEX, json.dumps(held, separators=(",", ":")).encode())

    def _write(self, name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type, info.create_system, info.external_attr = method, 3, 0o644 << 16
        self._archive.writestr(info, data, compresslevel=6)
