"""What a report says, for programs: inside its HTML page, enough to rebuild the job and to check the page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.export.manifest import Manifest, manifest_from
from engines.errors import MediaError
from engines.plain_file import loaded, read_words

SCRIPT_ID = "tratteggio-report"
_SCRIPT = re.compile(rf'<script type="application/json" id="{SCRIPT_ID}">(.*?)</script>', re.DOTALL)
_LARGEST = 256 * 2**20
# A value per frame or per file, which the manifest and the log hold: a report stays small however long the film is.
_BULK = ("provenance_hashes", "delta_hashes", "flagged", "areas", "segments")
_MOST_FILES = 200


def report_data(manifest: Manifest, made: str, verified: Mapping[str, Any] | None) -> dict[str, Any]:
    """`manifest` without its longest lists (which are empty here), when the report was made (ISO 8601 UTC), and the
    result of `tratteggio verify`, None where nobody verified.
    """
    held = asdict(manifest)
    for name in _BULK:
        held[name] = type(held[name])()
    files = held["identity"].get("files", [])
    if len(files) > _MOST_FILES:
        held["identity"] = {**held["identity"], "files": files[:_MOST_FILES], "files_in_all": len(files)}
    # What the source's frames were, one by one, is for rebuilding it and not the work.
    held["reversal"] = {}
    return {"version": 1, "made": made, "manifest": held, "verified": verified}


def as_script(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in, whatever its texts hold."""
    text = json.dumps(data, default=str, ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def read_report(path: Path) -> Manifest:
    """The manifest inside the HTML report `path`, its longest lists empty: enough for `app.audit.repeat.job_of`.

    Raises MediaError where it is no report of ours.
    """
    try:
        page = read_words(path, _LARGEST)
    except (OSError, UnicodeDecodeError) as error:
        raise MediaError(f"The report {path} cannot be read ({error}).", "Restore it from a good copy.") from error
    found = _SCRIPT.search(page)
    try:
        data = loaded(found[1]) if found else None
    except ValueError:
        data = None
    if not isinstance(data, dict) or data.get("version") != 1:
        raise MediaError(f"{path.name} is no report of this version of Tratteggio.", "Choose another.")
    return manifest_from(data["manifest"], path)
