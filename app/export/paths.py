"""What lies beside a master, and under which names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from engines.errors import MediaError
from engines.media.naming import by_pattern, is_pattern

# The place for a number, with what separates it from the name.
_COUNTER = re.compile(r"[._-]?%0?\d*d")


@dataclass(frozen=True)
class MasterPaths:
    """All files of a master. `parts` is the work folder, gone once the master is whole.

    audit: the hash-chained log. delta: what the source is rebuilt from, of reversible masters. headers: of stills, the
    bytes of the source's files that are not samples. c2pa: content credentials where the master cannot embed them.
    """

    master: Path
    framemd5: Path
    provenance: Path
    manifest: Path
    report: Path
    picture: Path
    pdf: Path
    audit: Path
    delta: Path
    headers: Path
    c2pa: Path
    parts: Path

    @property
    def placing(self) -> Path:
        """A mark in the work folder: what lies under final names may be this render's own, unfinished."""
        return self.parts / "placing"

    def existing(self) -> tuple[Path, ...]:
        """Those that a render would replace, the master first. A pattern counts by its files."""
        found = [first_file(self.master)]
        beside = (self.framemd5, self.provenance, self.manifest, self.report, self.picture, self.pdf, self.audit)
        found += [p for p in (*beside, self.delta, self.headers, self.c2pa) if p.exists()]
        return tuple(p for p in found if p is not None)


def first_file(master: Path) -> Path | None:
    """The master itself, or the first file of a pattern or of a folder; None where there is none."""
    if is_pattern(master):
        return _first_of_pattern(master)
    if master.is_dir():
        return next(iter(sorted(master.iterdir())), None)
    return master if master.exists() else None


def _first_of_pattern(pattern: Path) -> Path | None:
    try:
        return next(iter(by_pattern(pattern).files.values()))
    except MediaError:
        return None  # no file matches: that is the answer


def master_paths(out: Path) -> MasterPaths:
    """Names beside `out`: `reel.mkv` gives `reel.mkv.framemd5`; a pattern drops its counter."""
    base = _COUNTER.sub("", out.name) if is_pattern(out) else out.name
    base = base if base not in ("", out.suffix) else "frames" + out.suffix
    # Stills in a folder of their own keep it free of anything but stills.
    folder = out.parent

    def beside(suffix: str) -> Path:
        return folder / f"{base}{suffix}"

    return MasterPaths(
        master=out,
        framemd5=beside(".framemd5"),
        provenance=beside(".provenance.mkv"),
        manifest=beside(".tratteggio.json"),
        report=beside(".report.html"),
        picture=beside(".before-after.png"),
        pdf=beside(".report.pdf"),
        audit=beside(".audit.jsonl"),
        delta=beside(".delta.mkv"),
        headers=beside(".headers.zip"),
        c2pa=beside(".c2pa"),
        parts=beside(".parts"),
    )


def crash_log(out: Path) -> Path:
    """Where the trace of an unexpected failure is kept until a later run succeeds."""
    return out.with_name(out.name + ".crash.txt")
