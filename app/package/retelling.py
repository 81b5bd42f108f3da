"""The report of a packaged master, made anew: it tells how the verification went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from app.export.manifest import Manifest
from app.export.paths import MasterPaths
from app.report.pictures import Seen
from app.report.write import write_report
from app.verification.source import opened_source


def report_anew(
    paths: MasterPaths,
    manifest: Manifest,
    source: Path | None,
    verified: Mapping[str, Any],
    say: Callable[[str], None],
) -> None:
    """Replace HTML and PDF beside the master. source: where it is now, None = where the manifest says.

    verified: the result of verifying the master. Raises RenderError.
    """
    found = opened_source(manifest, source, say)
    with closing(found) if found is not None else nullcontext():
        write_report(paths, manifest, Seen(found, paths.master, paths.provenance), say, verified=verified)
