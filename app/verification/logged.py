"""A master's audit log against its manifest and against the files that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.audit.digests import file_digests
from app.audit.entry import Entry
from app.audit.log import read_log
from app.export.manifest import Manifest
from app.export.paths import MasterPaths
from engines.errors import MediaError, RenderError

_COPY = "Get the master, and all that stands beside it, from a good copy."


@dataclass(frozen=True)
class Logged:
    """entries: of the run that made the master, from `started` on. digests: SHA-256 by name, relative to its folder."""

    entries: tuple[Entry, ...]
    digests: Mapping[str, str]

    def of(self, event: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.event == event)


def check_log(paths: MasterPaths, manifest: Manifest) -> Logged | None:
    """The log, its chain whole and as the manifest knows it; None for masters that were made without one.

    Raises RenderError naming file and line, MediaError where the log is missing.
    """
    if not manifest.audit:
        if paths.audit.exists():
            raise RenderError(
                f"{paths.manifest.name} names no audit log, but {paths.audit.name} stands beside it.", _COPY
            )
        return None
    log = read_log(paths.audit)
    count, head = manifest.audit.get("entries"), manifest.audit.get("head")
    if not isinstance(count, int) or not 0 < count <= len(log):
        raise RenderError(
            f"The audit log {paths.audit.name} was truncated: line {len(log)} is its last, and {paths.manifest.name} "
            f"knows {count} entries.",
            _COPY,
        )
    if log[count - 1].digest != head or log[count - 1].event != "finished":
        raise RenderError(
            f"The audit log {paths.audit.name} is not the one that {paths.manifest.name} names: line {count} is "
            "another entry.",
            _COPY,
        )
    if not any(entry.event == "sealed" for entry in log[count:]):
        raise RenderError(
            f"The audit log {paths.audit.name} was truncated: line {len(log)} is its last, and none seals it.", _COPY
        )
    started = max((entry.n for entry in log[:count] if entry.event == "started"), default=0)
    return Logged(log[started:], _digests(log[started:], paths.audit.name))


def check_files(paths: MasterPaths, logged: Logged) -> tuple[str, ...]:
    """Names of the master's and its provenance track's files that are not what was written.

    Their frames tell which, so they are for the caller to raise. Raises RenderError naming any other file that was
    changed, MediaError for one that is missing.
    """
    folder = paths.master.parent
    files = {name: folder / name for name in logged.digests}
    missing = next((name for name, path in files.items() if path.is_symlink() or not path.is_file()), None)
    if missing is not None:
        raise MediaError(f"{missing} is missing beside the master, or is no plain file.", _COPY)
    found = file_digests(files)
    wrong = [name for name, digest in found.items() if digest != logged.digests[name]]
    beside = {path.name for path in (paths.framemd5, paths.manifest, paths.report, paths.pdf, paths.picture)}
    beside |= {path.name for path in (paths.delta, paths.headers, paths.c2pa)}
    explaining = next((name for name in wrong if name in beside), None)
    if explaining is not None:
        raise RenderError(changed(explaining), _COPY)
    return tuple(wrong)


def changed(name: str) -> str:
    """The sentence for a file that is not what was written."""
    return f"{name} was changed or is damaged: its SHA-256 is not the one in the audit log."


def _digests(entries: tuple[Entry, ...], log: str) -> Mapping[str, str]:
    """What the last entry that names a file says of it. Raises RenderError for names that lead elsewhere."""
    digests: dict[str, str] = {}
    sealed = False
    for entry in entries:
        sealed = sealed or entry.event == "sealed"
        if not (sealed or entry.event in ("made files", "finished")):
            continue
        files = entry.facts.get("files", {})
        for name, digest in files.items() if isinstance(files, dict) else ():
            if not isinstance(digest, str) or not _plain(name):
                raise RenderError(f"The audit log {log} is broken: line {entry.n + 1} names no proper file.", _COPY)
            digests[name] = digest
    return digests


def _plain(name: str) -> bool:
    """A name beside the master, or of a still in the master's own folder."""
    parts = name.split("/")
    if len(parts) > 2 or "\\" in name or "\0" in name or Path(name).is_absolute():
        return False
    return all(part not in ("", ".", "..") for part in parts)
