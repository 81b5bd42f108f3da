"""Checks that an archive package is whole and as it was made, and names every file that is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.audit.log import read_log
from app.package.bag import BAGIT_TEXT, info_of, library_validates
from app.package.contents import package_files
from app.package.fixity import Fixity, Step, digest_of_all, fixity, no_step
from app.package.layout import (
    ALGORITHMS,
    BAG_INFO,
    BAGIT,
    DATA,
    MANIFESTS,
    PREMIS,
    TAG_FILES,
    TAG_MANIFESTS,
    master_of,
)
from engines.errors import RenderError

_AS_MADE = "Get the package from where it was made."
_LINES = {"sha256": re.compile(r"([0-9a-f]{64}) {1,2}(\S.*)"), "sha512": re.compile(r"([0-9a-f]{128}) {1,2}(\S.*)")}
_NAMED = 3
_SPARE = 1 << 30


@dataclass(frozen=True)
class _Listed:
    """A manifest: its own name, the algorithm, digests by file."""

    name: str
    algorithm: str
    digests: Mapping[str, str]


def check_package(folder: Path, step: Step = no_step) -> None:
    """Every byte of the package against its manifests, and the manifests against each other; `step` hears of the
    bytes read and may raise to stop.

    Stricter than a bag needs to be (BagIt 1.0, RFC 8493): SHA-256 and SHA-512 of every file, tag files included;
    nothing else in the folder; no links; and what the audit log says was packaged. Raises RenderError that names the
    files, MediaError where something cannot be read.
    """
    found = package_files(folder)
    tags = [_listed(folder, name) for name in TAG_MANIFESTS]
    for manifest in tags:
        _same_names(manifest, set(TAG_FILES))
    # What manifests say counts only once they are known to be whole.
    _compare(tags, {name: fixity(folder / name, step) for name in TAG_FILES})
    if (folder / BAGIT).read_bytes() != BAGIT_TEXT.encode("ascii"):
        raise RenderError(f"{BAGIT} is not that of a package.", _AS_MADE)
    payload = {name: size for name, size in found.items() if name.startswith(f"{DATA}/")}
    manifests = [_listed(folder, name) for name in MANIFESTS]
    for manifest in manifests:
        _same_names(manifest, set(payload))
    said = info_of(folder / BAG_INFO).get("Payload-Oxum", "")
    _check_bound(said, payload)
    _compare(manifests, {name: fixity(folder / name, step) for name in payload})
    if said != _oxum(payload):
        raise RenderError(f"{BAG_INFO} says {said or 'nothing'} of the payload, which is {_oxum(payload)}.", _AS_MADE)
    library_validates(folder)
    paths, _ = master_of(folder)
    if paths.audit.exists():
        _check_log(folder, paths.audit, manifests[0].digests)


def _listed(folder: Path, name: str) -> _Listed:
    algorithm = name.removesuffix(".txt").rpartition("-")[2]
    assert algorithm in ALGORITHMS
    digests: dict[str, str] = {}
    with _reading(name):
        lines = (folder / name).read_bytes().decode("utf-8").split("\n")
    if lines.pop() != "":
        raise _broken(name, len(lines) + 1)
    for number, line in enumerate(lines, start=1):
        match = _LINES[algorithm].fullmatch(line)
        if match is None or match[2] in digests:
            raise _broken(name, number)
        digests[match[2]] = match[1]
    return _Listed(name, algorithm, digests)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError:
        raise RenderError(f"{name} was changed or is damaged: it is no text.", _AS_MADE) from None


def _broken(name: str, line: int) -> RenderError:
    return RenderError(f"{name} was changed or is damaged: line {line} names no file with its digest.", _AS_MADE)


def _same_names(manifest: _Listed, there: set[str]) -> None:
    listed = set(manifest.digests)
    if missing := sorted(listed - there):
        raise RenderError(f"{_some(missing)} is listed in {manifest.name} but not in the package.", _AS_MADE)
    if unlisted := sorted(there - listed):
        raise RenderError(f"{_some(unlisted)} is in the package but not listed in {manifest.name}.", _AS_MADE)


def _compare(manifests: list[_Listed], computed: Mapping[str, Fixity]) -> None:
    """Raises RenderError naming the files that changed; a manifest, where the others agree with the file."""
    wrong: list[str] = []
    for name, found in computed.items():
        differing = [m for m in manifests if m.digests[name] != getattr(found, m.algorithm)]
        if len(differing) == len(manifests):
            wrong.append(name)
        else:
            wrong += [manifest.name for manifest in differing]
    if wrong:
        distinct = list(dict.fromkeys(wrong))
        raise RenderError(f"{_some(distinct)} was changed or is damaged: not the bytes that were packaged.", _AS_MADE)


def _oxum(payload: Mapping[str, int]) -> str:
    """Bytes and files of the payload as bag-info has them."""
    return f"{sum(payload.values())}.{len(payload)}"


def _check_bound(said: str, payload: Mapping[str, int]) -> None:
    """Nobody waits for the digests of terabytes that no package of this size has. Raises RenderError."""
    octets = said.partition(".")[0]
    bound = 2 * int(octets) + _SPARE if octets.isascii() and octets.isdecimal() and len(octets) < 20 else _SPARE
    if sum(payload.values()) > bound:
        largest = max(payload, key=lambda name: payload[name])
        raise RenderError(f"{largest} is far larger than it was ({payload[largest]:,} bytes).", _AS_MADE)


def _check_log(folder: Path, log: Path, digests: Mapping[str, str]) -> None:
    """The log is one chain, and what it says was packaged last is exactly these files."""
    listed: dict[str, Any] = {}
    digest: object = None
    for entry in read_log(log):
        held = entry.facts.get("listed")
        if entry.event == "packaged files" and isinstance(held, dict):
            listed |= held
        elif entry.event == "packaged":
            digest = entry.facts.get("digest_of_all")
    if digest is None:
        raise RenderError(f"The audit log {log.name} does not say that {folder.name} was packaged.", _AS_MADE)
    left_out = (log.name, PREMIS)
    found = {name.removeprefix(f"{DATA}/"): value for name, value in digests.items()}
    found = {name: value for name, value in found.items() if name not in left_out}
    if digest_of_all(found) == digest:
        return
    wrong = sorted(f"{DATA}/{name}" for name in found.keys() | listed.keys() if found.get(name) != listed.get(name))
    raise RenderError(
        f"{_some(wrong) or 'A file'} is not what the audit log {log.name} says was packaged.",
        "Somebody made the package's manifests anew: get it from where it was made.",
    )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
