"""Writes the report of a master beside it: one HTML page, and the same as PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.export.manifest import Manifest
from app.export.paths import MasterPaths
from app.report.highlights import highlights
from app.report.logbook import read_logbook
from app.report.page import html_page
from app.report.pdf import write_pdf
from app.report.pictures import Seen, Still, draw_stills
from engines.errors import RenderError, TratteggioError
from engines.media.sink import whole_file

Say = Callable[[str], None]


def write_report(
    paths: MasterPaths,
    manifest: Manifest,
    seen: Seen,
    say: Say,
    *,
    log: Path | None = None,
    verified: Mapping[str, Any] | None = None,
) -> None:
    """Write `paths.report` and `paths.pdf`, replacing older ones.

    log: where the audit log lies now, if not beside the master. verified: the result of `tratteggio verify`. What
    cannot be had (a picture, the PDF) is left out, and `say` is told why. Raises RenderError where the page cannot be
    written.
    """
    stills, why = _stills(seen, manifest, say)
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = html_page(manifest, read_logbook(log or paths.audit), stills, made, verified, why)
    with whole_file(paths.report) as partial:
        partial.write_text(page, encoding="utf-8")
    paths.pdf.unlink(missing_ok=True)
    try:
        with whole_file(paths.pdf) as partial:
            write_pdf(page, partial)
    except RenderError as error:
        say(str(error))


def _stills(seen: Seen, manifest: Manifest, say: Say) -> tuple[tuple[Still, ...], str]:
    if manifest.shares.get("SOURCE") == 1.0:
        return (), "No pictures are shown: every sample is the source's own."
    if manifest.job.get("burn_in"):
        # Beside the strip of a review copy the source would stand stretched.
        seen = replace(seen, source=None)
    try:
        return draw_stills(seen, manifest.first, highlights(manifest)), "The manifest does not say which frames matter."
    except TratteggioError as error:
        say(f"The report has no pictures: {error}")
        return (), f"No pictures could be drawn: {error}"
