"""A report for a person beside the master: what was done, what came from where, and how to check it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from app.export.manifest import Manifest, StageRecord
from engines.media.sink import whole_file

_MEANING = {
    "SOURCE": "the scan's own samples, bit-identical",
    "ADJUSTED": "a smooth function of the source, no detail added",
    "TRANSPORTED": "real picture content moved here from another frame",
    "ESTIMATED": "a learned model's most faithful estimate",
    "SYNTHESISED": "detail that the source does not determine",
}

_PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>$title</title>
<style>
 body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 60em; margin: 2em auto; padding: 0 1em }
 table { border-collapse: collapse; margin: .5em 0 1.5em }
 td, th { text-align: left; padding: .25em 1.5em .25em 0; border-bottom: 1px solid #ddd; vertical-align: top }
 td.n { text-align: right; font-variant-numeric: tabular-nums }
 code { font-size: 13px; word-break: break-all }
 img { max-width: 100%; border: 1px solid #ccc }
 .banner { border: 1px solid #222; padding: .5em 1em; margin: 1em 0 }
</style>
<h1>$title</h1>
<p class="banner">$banner</p>
$picture
<h2>Where the pixels came from</h2>
<table><tr><th>Label<th>Share<th>Meaning</tr>
$shares
</table>
$flagged
<h2>What was done</h2>
$stages
<h2>Source and master</h2>
<table>
$facts
</table>
$notes
<h2>How to check it</h2>
<p><code>tratteggio verify $master</code> compares every frame of the master with its checksum, and every pixel labelled
SOURCE with the source. Any FFmpeg reproduces the checksums: <code>ffmpeg -i $master -map 0:v:0 -f framemd5 -</code>.
The provenance track <code>$provenance</code> holds, per pixel of the master, in 16-bit grey: label (bits 15-13), donor
frame offset + 16 (bits 12-8), confidence (bits 7-0).</p>
</html>
""")


def write_report(path: Path, manifest: Manifest, picture: Path | None) -> None:
    """Write the HTML page; `picture` is shown if given and must lie beside it. Raises RenderError."""
    page = _PAGE.substitute(
        title=html.escape(f"Restoration report: {manifest.master}"),
        banner=_banner(manifest),
        picture=f'<p><img src="{html.escape(picture.name)}" alt="Before, after, and where pixels came from"></p>'
        if picture
        else "",
        shares="\n".join(_share_row(label, share) for label, share in manifest.shares.items()),
        flagged=_flagged(manifest),
        stages=_stages(manifest),
        facts="\n".join(_row(name, value) for name, value in _facts(manifest)),
        notes=_notes(manifest.notes),
        master=html.escape(manifest.master),
        provenance=html.escape(manifest.provenance),
    )
    with whole_file(path) as partial:
        partial.write_text(page, encoding="utf-8")


def _banner(manifest: Manifest) -> str:
    if not manifest.stages:
        return "This is an exact copy: no stage was used."
    return "This is a restored picture: parts of it are not the scan's own samples. The table says how much."


def _share_row(label: str, share: float) -> str:
    return f"<tr><td>{label}<td class=n>{share * 100:.3f} %<td>{_MEANING[label]}</tr>"


def _flagged(manifest: Manifest) -> str:
    """Where most is invented, so that a person looks there first."""
    most = max(manifest.flagged, default=0.0)
    if most == 0:
        return "<p>No pixel of any frame is flagged as SYNTHESISED.</p>" if manifest.flagged else ""
    frame = manifest.first + manifest.flagged.index(most)
    touched = sum(share > 0 for share in manifest.flagged)
    return (
        f"<p>Flagged as SYNTHESISED: parts of {touched} of {len(manifest.flagged)} frames, most of all in frame {frame}"
        f" ({most * 100:.3f} %). The manifest holds the share of every frame.</p>"
    )


def _stages(manifest: Manifest) -> str:
    if not manifest.stages:
        return "<p>Nothing.</p>"
    rows = "\n".join(row for stage in manifest.stages for row in _stage_rows(stage))
    return f"<table><tr><th>Stage<th>Settings</tr>\n{rows}\n</table>"


def _stage_rows(stage: StageRecord) -> Iterable[str]:
    yield _row(stage.name, _settings(stage.settings))
    if stage.computed:
        yield _row(f"{stage.name} was computed by", _settings(stage.computed))


def _settings(settings: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {_value(key, value)}" for key, value in settings.items())


def _value(key: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"({_settings(value)})"
    if value is None:
        return "off" if key.startswith("from frame ") else "auto"
    return str(value)


def _facts(manifest: Manifest) -> Iterable[tuple[str, str]]:
    yield "Source", manifest.source
    yield "Source fingerprint", manifest.source_fingerprint
    yield "Frames", f"{manifest.first} to {manifest.last} ({manifest.last - manifest.first + 1})"
    yield "Shots begin at", ", ".join(str(start) for start in manifest.shots)
    if manifest.masks:
        yield "Masks", manifest.masks
    if manifest.protect:
        yield "Kept from detectors", manifest.protect
    if manifest.original:
        yield "Original brought back", manifest.original
    if manifest.project:
        yield "Project", manifest.project
    yield "Unreadable or missing frames", manifest.missing
    if manifest.tags:
        yield "Colour tags chosen", manifest.tags
    if manifest.deinterlaced:
        yield "Deinterlaced", "yes (bwdif)"
    yield (
        "Master",
        f"{manifest.master}, {manifest.preset}, {manifest.width} x {manifest.height}, {manifest.stored_format}",
    )
    if manifest.hdr:
        yield "HDR", str(manifest.hdr["words"])
    yield "Stored without loss", "yes" if manifest.lossless else "no"
    yield "Written by", f"Tratteggio {manifest.tool}"


def _row(name: str, value: str) -> str:
    return f"<tr><td>{html.escape(name)}<td>{html.escape(value)}</tr>"


def _notes(notes: tuple[str, ...]) -> str:
    if not notes:
        return ""
    items = "".join(f"<li>{html.escape(note)}" for note in notes)
    return f"<h2>Said along the way</h2><ul>{items}</ul>"
