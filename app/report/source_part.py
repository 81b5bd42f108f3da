"""The part of a report that identifies the source: files, streams, gaps and repeated frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.export.manifest import Manifest
from app.report.text import clean, clock, counted, frames, size, value_text

Rows = list[tuple[str, str]]

_MOST_FILES, _MOST_PLACES = 60, 12


def source_part(manifest: Manifest) -> dict[str, Any]:
    """`rows` (name, value), `files` (at most so many) and `more_files`, `streams`, `metadata`, `continuity`."""
    files = manifest.identity.get("files", [])
    shown = files[:_MOST_FILES]
    return {
        "rows": _rows(manifest),
        "files": [
            {"name": clean(f["name"]), "size": size(int(f["size"])), "md5": f["md5"], "sha256": f["sha256"]}
            for f in shown
        ],
        "more_files": len(files) - len(shown),
        "dump": _dump(manifest.clip),
        "continuity": _continuity(manifest),
    }


def _rows(manifest: Manifest) -> Rows:
    files = manifest.identity.get("files", [])
    rows = [("Named", clean(manifest.source)), ("Opened", "for reading only")]
    if len(files) > 1:
        rows.append(("Files", f"{len(files):,}, {clean(files[0]['name'])} to {clean(files[-1]['name'])}"))
        rows.append(("Size", size(sum(int(f["size"]) for f in files))))
        rows.append(("SHA-256 of the set", str(manifest.identity["sha256"])))
    elif not files:
        rows.append(("Digests", "The source could not be read once more when the master was finished: see the log."))
    first, last = manifest.first, manifest.last
    count = int(manifest.clip.get("frame_count", last - first + 1))
    rows.append(("Rendered", f"{frames(first, last)} (counted from 0), {last - first + 1:,} of {count:,}"))
    rows.append(("Frames that cannot be read", _MISSING.get(manifest.missing, clean(manifest.missing))))
    if manifest.tags:
        rows.append(("Colour tags chosen by a person", clean(manifest.tags)))
    return rows


_MISSING: Mapping[str, str] = {
    "stop": "none: the render would have stopped",
    "hold": "the last good frame stands in their place, and is labelled TRANSPORTED",
    "black": "black stands in their place, and is labelled SYNTHESISED",
}

_NAMES: Mapping[str, str] = {
    "container": "Container",
    "codec": "Coding",
    "pixel_format": "Pixel format",
    "bit_depth": "Bits per sample",
    "color_range": "Range of codes",
    "color_space": "Matrix",
    "color_primaries": "Primaries",
    "color_transfer": "Transfer",
    "chroma_location": "Chroma siting",
    "sample_aspect_ratio": "Sample aspect ratio",
    "display_aspect_ratio": "Display aspect ratio",
    "frame_rate": "Frames per second",
    "time_base": "Unit of time (s)",
    "frame_count": "Frames",
    "timecode": "Timecode",
    "field_order": "Fields, as flagged",
    "first_number": "Number of the first still",
}


def _dump(clip: Mapping[str, Any]) -> Rows:
    """What `tratteggio probe` says, in its order."""
    if not clip:
        return []
    passed = {"first_number"} if clip.get("kind") == "container" else set()
    rows = [("Picture", f"{clip.get('width')} x {clip.get('height')} pixels")]
    rows += [
        (name, _with_decimals(key, value_text(clip[key])))
        for key, name in _NAMES.items()
        if clip.get(key) is not None and key not in passed
    ]
    rows.append(("Duration", clock(float(clip.get("duration", 0.0)))))
    rows.append(("Frame rate", "varies" if clip.get("variable_frame_rate") else "constant"))
    for stream in _listed(clip.get("streams")):
        words = (stream.get("kind"), stream.get("codec"), stream.get("language"), stream.get("detail"))
        rows.append((f"Stream {stream.get('index')}", clean(", ".join(str(word) for word in words if word))))
    for chapter in _listed(clip.get("chapters"))[:_MOST_PLACES]:
        rows.append(("Chapter", f"{clock(float(chapter.get('start', 0.0)))} {clean(chapter.get('title', ''))}"))
    for finding in _listed(clip.get("color_findings")):
        rows.append(("Doubt about colour", clean(finding.get("sentence", ""))))
    metadata = clip.get("metadata")
    for name, text in sorted(metadata.items()) if isinstance(metadata, Mapping) else ():
        rows.append((f"Tag {clean(name)}", clean(text)))
    return rows


def _with_decimals(key: str, text: str) -> str:
    """Rates that are no whole number are read more easily so."""
    above, _, below = text.partition("/")
    if key != "frame_rate" or not (above.isdigit() and below.isdigit()) or below == "0":
        return text
    return above if below == "1" else f"{int(above) / int(below):.3f} ({text})"


def _continuity(manifest: Manifest) -> Rows:
    held = manifest.continuity
    if not held:
        return [("Not examined", "An older version of the program rendered this master.")]
    missing = _listed(held.get("missing"))
    rows = [("Numbers without a file", _places([frames(run["first"], run["last"]) for run in missing]))]
    for key, name in (("gaps", "Gaps in time"), ("crowds", "Frames too close in time")):
        steps = _listed(held.get(key))
        rows.append((name, _places([_step(step) for step in steps])))
    uneven = int(held.get("uneven", 0))
    rows.append(("Other uneven steps of time", counted(uneven, "step") if uneven else "none"))
    duplicates = held.get("duplicates")
    if duplicates is None:
        rows.append(("Repeated frames", "not compared: some frames were taken over from an earlier render"))
    else:
        repeated = int(held.get("repeated", 0))
        found = _places([frames(run["first"], run["last"]) for run in duplicates])
        rows.append(("Repeated frames", f"{counted(repeated, 'frame')}: {found}" if repeated else "none"))
    if held.get("unlisted"):
        rows.append(("Not listed", f"{int(held['unlisted']):,} more of these: the clip is uneven throughout"))
    return rows


def _step(step: Mapping[str, Any]) -> str:
    return f"{step['seconds']:.4f} s after frame {step['frame']} (usually {step['usual']:.4f} s)"


def _places(places: Sequence[str]) -> str:
    if not places:
        return "none"
    more = len(places) - _MOST_PLACES
    return "; ".join(places[:_MOST_PLACES]) + (f"; and {more:,} more (see the manifest)" if more > 0 else "")


def _listed(value: object) -> list[Mapping[str, Any]]:
    return list(value) if isinstance(value, list | tuple) else []
