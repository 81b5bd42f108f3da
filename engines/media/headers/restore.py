"""Rebuilds stills from the zip that `keep.py` writes and their decoded samples. Nothing it says is trusted."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.errors import MediaError
from engines.media.headers.block import Recipe, check_picture, check_recipe, recipe_from_json
from engines.media.headers.keep import FORMAT, INDEX, VERSION
from engines.media.headers.split import rebuilt
from engines.media.headers.templates import changed
from engines.media.sink import refuse_existing, whole_file
from engines.plain_file import check_plain
from engines.types import Frame, FrameNo

_MOST_INDEX = 2**28
_MOST_FILE = 2**32
"""Bytes of one still that anybody scans."""
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, KeyError, ValueError),
    *(NotImplementedError, RuntimeError, OverflowError),
)
"""What `zipfile` raises at zips that are damaged."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class KeptFile:
    """One still. whole: it is in the zip as it was; its samples are not asked for then."""

    name: str
    size: int
    sha256: str
    whole: bool
    layout: str = ""
    template: int = 0
    changes: tuple[tuple[int, bytes], ...] = ()
    recipe: int = 0
    patch: bool = False


class KeptHeaders:
    """An opened zip; a context that closes it."""

    def __init__(self, path: Path) -> None:
        """Raises MediaError where it is no such zip, damaged or of a later version."""
        self.path = path
        try:
            check_plain(path)
            self._archive = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise MediaError(f"{path.name} cannot be opened ({error}).", "Restore it from a good copy.") from error
        try:
            self._recipes, self.files = self._read_index()
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            self._archive.close()
            raise self._damaged(error) from error
        except MediaError:
            self._archive.close()
            raise
        self._templates: dict[int, bytes] = {}

    def __enter__(self) -> KeptHeaders:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def rebuilt(self, number: FrameNo, frame: Frame | None) -> bytes:
        """The file of frame `number`, byte for byte; its SHA-256 was compared.

        frame: the source's samples; not looked at for files kept whole. Raises MediaError where the file is not in the
        zip, where it is damaged, or where the samples are not the source's.
        """
        file = self.files.get(number)
        if file is None:
            raise MediaError(f"{self.path.name} holds nothing of frame {number}.", "Its source had no such file.")
        try:
            data = self._whole(number, file) if file.whole else self._parts(number, file, frame)
        except (ValueError, IndexError, zlib.error) as error:
            raise self._damaged(error) from error
        if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            raise MediaError(
                f"{file.name} (frame {number}) could not be rebuilt: the result is not the file that was kept.",
                "The master or what lies beside it was changed; `tratteggio verify` says which.",
            )
        return data

    def _whole(self, number: FrameNo, file: KeptFile) -> bytes:
        return self._member(f"whole/{number:08d}", file.size)

    def _parts(self, number: FrameNo, file: KeptFile, frame: Frame | None) -> bytes:
        if frame is None or frame.format.name != file.layout:
            found = "none" if frame is None else frame.format.name
            raise MediaError(f"{file.name} is rebuilt from {file.layout} samples, not from {found}.")
        recipe = self._recipes[file.recipe]
        check_picture(recipe, frame.planes)
        rest = changed(self._template(file.template, file.size), file.changes)
        patch = self._member(f"patch/{number:08d}", file.size + 2**16) if file.patch else None
        return rebuilt(rest, recipe, patch, frame.planes)

    def _template(self, number: int, most: int) -> bytes:
        if number not in self._templates:
            # One at a time: sequences whose files share little have many.
            self._templates = {number: self._member(f"template/{number:08d}", most)}
        return self._templates[number]

    def _member(self, name: str, most: int) -> bytes:
        """At most `most` bytes, whatever the zip says of its size. Raises MediaError."""
        try:
            with self._archive.open(name) as member:
                data = member.read(most + 1)
        except _BROKEN as error:
            raise self._damaged(error) from error
        if len(data) > most:
            raise self._damaged(ValueError(f"{name} is larger than it can be"))
        return data

    def _damaged(self, error: Exception) -> MediaError:
        return MediaError(f"The kept headers {self.path.name} are damaged ({error}).", "Restore them from a good copy.")

    def _read_index(self) -> tuple[tuple[Recipe, ...], Mapping[FrameNo, KeptFile]]:
        held = json.loads(self._member(INDEX, _MOST_INDEX))
        if not isinstance(held, dict) or held.get("format") != FORMAT:
            raise ValueError("it is no index of headers")
        if held.get("version") != VERSION:
            raise MediaError(
                f"{self.path.name} is of another version of Tratteggio.", "Use that version, or a newer one."
            )
        recipes = tuple(map(recipe_from_json, held["recipes"]))
        for recipe in recipes:
            check_recipe(recipe)
        files = {_whole_number(one["frame"]): _kept_file(one, len(recipes)) for one in held["files"]}
        if len(files) != len(held["files"]):
            raise ValueError("a frame is there twice")
        return recipes, files


def _kept_file(held: Any, recipes: int) -> KeptFile:
    name, digest, size = held["name"], held["sha256"], _whole_number(held["size"])
    if not isinstance(name, str) or name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name:
        raise ValueError("a name is no file's")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest) or size > _MOST_FILE:
        raise ValueError(f"what is said of {name} cannot be")
    if "whole" in held:
        return KeptFile(name, size, digest, whole=True)
    recipe, layout = _whole_number(held["recipe"]), held["layout"]
    if recipe >= recipes or not isinstance(layout, str):
        raise ValueError(f"what is said of {name} cannot be")
    changes = tuple((_whole_number(offset), bytes.fromhex(text)) for offset, text in held["changes"])
    patch = held.get("patch", False) is True
    return KeptFile(name, size, digest, False, layout, _whole_number(held["template"]), changes, recipe, patch)


def _whole_number(held: object) -> int:
    if type(held) is not int or held < 0:
        raise ValueError(f"{held!r} is not a whole number from 0")
    return held


def restore_file(headers: KeptHeaders, number: FrameNo, frame: Frame | None, out: Path) -> None:
    """Write the still of frame `number` as it was under the new name `out`. Raises MediaError, RenderError."""
    data = headers.rebuilt(number, frame)
    refuse_existing(out)
    with whole_file(out) as partial:
        partial.write_bytes(data)
