"""What a thorough forger does after changing a master: its whole log and its manifest are made anew, and agree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.audit.entry import START, Entry
from app.audit.log import read_log
from app.export.paths import master_paths


def forge(
    folder: Path,
    name: str = "out.mkv",
    *,
    change: Callable[[dict[str, Any]], object] = lambda _: None,
    manifest: dict[str, Any] | None = None,
) -> None:
    """Rewrite the chain of master `name` with changed facts, digests of the files as they are, and what names its head.

    manifest: put in the place of the one that is there.
    """
    paths = master_paths(folder / name)
    manifest = manifest or json.loads(paths.manifest.read_text("utf-8"))
    previous, lines = START, []
    for entry in read_log(paths.audit):
        facts = json.loads(json.dumps(entry.facts))
        if entry.event == "sealed":
            paths.manifest.write_text(json.dumps(manifest), "utf-8")
        if entry.event in ("finished", "sealed"):
            facts["files"] = {one: hashlib.sha256((folder / one).read_bytes()).hexdigest() for one in facts["files"]}
        change(facts)
        made = Entry.made(entry.n, entry.time, entry.who, entry.event, facts, previous)
        previous = made.digest
        lines.append(made.line())
        if entry.event == "finished":
            manifest["audit"]["head"] = made.digest
    paths.audit.write_bytes(b"".join(lines))
