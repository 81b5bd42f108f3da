"""The part of a report on what was made: how it is stored, its log, and what a verification found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.export.deliveries import DELIVERIES
from app.export.manifest import Manifest
from app.report.logbook import Logbook
from app.report.text import clean, counted
from engines.provenance import Origin

Rows = list[tuple[str, str]]


def made_rows(manifest: Manifest, log: Logbook) -> Rows:
    """How the master is stored, and what stands beside it."""
    stored = f"{clean(manifest.preset)}, {manifest.width} x {manifest.height} pixels, {clean(manifest.stored_format)}"
    rows = [
        ("Master", clean(manifest.master)),
        ("Stored as", stored),
        ("Without loss", "yes: stored samples are the computed ones" if manifest.lossless else "no"),
        ("Frames", f"{manifest.last - manifest.first + 1:,}; the checksum of each is in {clean(manifest.framemd5)}"),
    ]
    if delivery := DELIVERIES.get(str(manifest.job.get("delivery", ""))):
        rows.append(("Made as", f"{delivery.title}. {delivery.sentence}"))
    if manifest.hdr.get("words"):
        rows.append(("HDR", clean(manifest.hdr["words"])))
    if manifest.delta:
        rows.append(("The source again from", f"the master and {clean(manifest.delta)} (tratteggio original)"))
        rows.append(("Size of that file", _delta_size(manifest)))
    if manifest.headers:
        rows.append(("Headers of the source's stills", clean(manifest.headers)))
    if manifest.audit:
        audit = manifest.audit
        entries = counted(int(audit.get("entries", 0)), "entry", "entries")
        rows.append(("Audit log", f"{clean(audit.get('name'))}, {entries} when the manifest was made"))
        rows.append(("Digest of its last entry", clean(audit.get("head"))))
    if log.problem:
        rows.append(("Problem of the log", clean(log.problem)))
    return rows


def _delta_size(manifest: Manifest) -> str:
    size, master = (manifest.reversal.get(name) for name in ("delta_bytes", "master_bytes"))
    if not isinstance(size, int) or not isinstance(master, int) or master <= 0:
        return "not said"
    return f"{size / 1e6:,.2f} MB, {100 * size / master:.1f} % of the master's {master / 1e6:,.2f} MB"


def verified_rows(manifest: Manifest, verified: Mapping[str, Any] | None) -> Rows:
    """The result of `tratteggio verify`; what is not known is said to be so."""
    before = _read_back(manifest)
    if not verified:
        return [before, ("Verified", "not yet"), ("Rendered again", "not yet (tratteggio verify MASTER --rerun N)")]
    compared = int(verified.get("source_samples_compared", 0))
    rows = [
        before,
        ("Verified", f"{counted(int(verified.get('frames', 0)), 'frame')} equal their checksums"),
        ("Samples labelled SOURCE", _compared(manifest, compared)),
    ]
    identified = verified.get("source_identified")
    if identified is not None:
        rows.append(("Source's digests", "as in this report" if identified else "not compared"))
    rerun = verified.get("rerun")
    if not isinstance(rerun, Mapping):
        return [*rows, ("Rendered again", "not yet (tratteggio verify MASTER --rerun N)")]
    frames = list(rerun.get("frames", ()))
    listed = ", ".join(str(frame) for frame in frames[:40]) + (", ..." if len(frames) > 40 else "")
    what = "and every sample is the same" if rerun.get("pixels") else "and every label is the same"
    drawn = f"{counted(len(frames), 'random frame')} (seed {rerun.get('seed')})"
    return [*rows, ("Rendered again", f"{drawn}: {listed}; {what}")]


def _read_back(manifest: Manifest) -> tuple[str, str]:
    equalled = "what was computed" if manifest.lossless else "the checksums beside it"
    return "Read back", f"when it was made, every frame of the master was decoded again and equalled {equalled}"


def _compared(manifest: Manifest, count: int) -> str:
    if count:
        return f"{count:,} equal the source's"
    return "not compared" if manifest.shares.get(Origin.SOURCE.name) else "there are none"
