"""The report of a finished master written anew: after a verification, or where it was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from app.audit.digests import file_digests
from app.audit.log import AuditLog
from app.export.manifest import Manifest, read_manifest
from app.export.paths import first_file, master_paths
from app.report.pictures import Seen
from app.report.write import write_report
from engines.colour.chosen import ChosenTags
from engines.errors import MediaError, TratteggioError
from engines.media.open import open_source
from engines.media.source import Source

Say = Callable[[str], None]


def report_again(
    master: Path,
    say: Say,
    *,
    source: Path | None = None,
    verified: Mapping[str, Any] | None = None,
    force: bool = False,
) -> Mapping[str, Path]:
    """Write the report beside `master` and tell the audit log; returns the files by what they are.

    source: where it lies, if not where the manifest says; without it the pictures show the result only. verified: the
    result of `tratteggio verify`. Raises MediaError where there is no such master, the result is another master's or
    a report is there that may not be replaced; RenderError where the log is broken or the disk refuses.
    """
    paths = master_paths(master)
    manifest = read_manifest(paths.manifest)
    if first_file(master) is None:
        raise MediaError(f"There is no master {master}.", "Check the path.")
    if any((folder / "bagit.txt").is_file() for folder in master.parents):
        raise MediaError(f"{master.name} lies in an archive package, which must not change.", "Use the master itself.")
    told = verified.get("audit") or {} if verified is not None else manifest.audit
    if not isinstance(told, Mapping) or dict(told) != dict(manifest.audit):
        raise MediaError("The verification is of another master.", f"Run tratteggio verify {master.name} --json again.")
    if not force and (held := next((path for path in (paths.report, paths.pdf) if path.exists()), None)):
        raise MediaError(f"{held.name} exists already.", "Add --force to replace it.")
    with ExitStack() as opened:
        # A broken chain is refused before anything is written.
        log = AuditLog.open(paths.audit) if manifest.audit else None
        seen = Seen(_source(manifest, source, opened, say), master, paths.provenance)
        try:
            write_report(paths, manifest, seen, say, verified=verified)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # Both are files that anybody may have written.
            raise MediaError(
                f"{paths.manifest.name} or the verification holds what no render writes ({error!r}).",
                "Restore them from a good copy.",
            ) from error
        written = {path.name: path for path in (paths.report, paths.pdf) if path.exists()}
        if log is not None:
            log.add("report", files=file_digests(written), verified=verified)
    named = {"report": paths.report, "report, PDF": paths.pdf}
    return {what: path for what, path in named.items() if path.exists()}


def _source(manifest: Manifest, moved: Path | None, opened: ExitStack, say: Say) -> Source | None:
    path = moved or Path(manifest.source)
    try:
        source = open_source(
            path,
            missing=manifest.missing,
            deinterlace=manifest.deinterlaced,
            tags=ChosenTags.parse(manifest.tags),
        )
    except TratteggioError as error:
        say(f"The pictures show the result only: {error}")
        return None
    opened.enter_context(closing(source))
    if source.info.fingerprint != manifest.source_fingerprint:
        say(f"The pictures show the result only: {path} is not the file that was restored.")
        return None
    return source
