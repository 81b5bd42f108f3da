"""A clip's description for a program (JSON) and for a person (aligned lines)."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from engines.colour.tags import TagFinding, check
from engines.detect.interlace import InterlaceReport
from engines.media.continuity import continuity
from engines.media.source import ClipInfo


def as_dict(
    info: ClipInfo, interlace: InterlaceReport | None = None, doubt: TagFinding | None = None
) -> dict[str, Any]:
    """Everything but the table of times, in types that JSON knows; fractions are "n/d", seconds are floats.

    doubt: what the pictures themselves say against the colour tags.
    """
    described: dict[str, Any] = {
        "path": str(info.path),
        "kind": info.kind,
        "container": info.container,
        "codec": info.codec,
        "width": info.width,
        "height": info.height,
        "pixel_format": info.native_format,
        "planar_format": info.format.name,
        "bit_depth": info.format.depth,
        "floating_point": info.format.floating,
        "color_range": info.colour.range,
        "color_space": info.colour.matrix,
        "color_primaries": info.colour.primaries,
        "color_transfer": info.colour.transfer,
        "chroma_location": info.colour.chroma_location,
        "sample_aspect_ratio": _ratio(info.sar),
        "display_aspect_ratio": _ratio(info.sar * info.width / info.height),
        "frame_rate": _ratio(info.rate),
        "variable_frame_rate": info.variable_rate,
        "time_base": _ratio(info.time_base),
        "frame_count": info.frame_count,
        "start": float(info.pts[0] * info.time_base),
        "duration": float(duration(info)),
        "timecode": info.timecode,
        "field_order": info.field_order,
        "first_number": info.first_number,
        "missing": list(info.missing),
        "uneven_steps": _uneven(info),
        "streams": [
            {"index": s.index, "kind": s.kind, "codec": s.codec, "language": s.language, "detail": s.detail}
            for s in info.streams
        ],
        "chapters": [{"start": float(c.start), "end": float(c.end), "title": c.title} for c in info.chapters],
        "hdr": _hdr(info),
        "metadata": dict(info.metadata or {}),
        "fingerprint": info.fingerprint,
        "color_findings": [asdict(finding) for finding in _findings(info, doubt)],
    }
    if interlace is not None:
        described["interlacing"] = {
            "verdict": interlace.verdict,
            "order": interlace.order,
            "share": round(interlace.share, 4),
            "sampled": interlace.sampled,
            "tff": interlace.tff,
            "bff": interlace.bff,
            "progressive": interlace.progressive,
            "undetermined": interlace.undetermined,
            "contradicts_flag": interlace.contradicts,
        }
    return described


def as_text(info: ClipInfo, interlace: InterlaceReport | None = None, doubt: TagFinding | None = None) -> str:
    """Several lines, each a name and what is known, aligned."""
    depth = f"{info.format.depth} bit{' float' if info.format.floating else ''}"
    colour = info.colour
    rate = f"{_rate(info.rate)} frames per second{' on average, variable' if info.variable_rate else ''}"
    lines = [
        ("clip", str(info.path)),
        ("stored as", f"{info.codec} in {info.container}" if info.kind == "container" else f"{info.codec} {info.kind}"),
        ("picture", f"{info.width} x {info.height}, {info.native_format}, {depth}"),
        ("aspect", f"samples {_ratio(info.sar, ':')}, display {_ratio(info.sar * info.width / info.height, ':')}"),
        ("colour", f"range {colour.range}, matrix {colour.matrix}, primaries {colour.primaries}"),
        ("", f"transfer {colour.transfer}, chroma {colour.chroma_location}"),
        ("frames", f"{info.frame_count}, {_clock(duration(info))}"),
        ("rate", rate),
        ("timecode", info.timecode or "none"),
        ("fields", f"flagged {info.field_order}" + (f"; {_measured(interlace)}" if interlace else "")),
    ]
    lines += [(finding.kind, _finding(finding)) for finding in _findings(info, doubt)]
    if info.hdr is not None:
        lines += [("hdr" if index == 0 else "", text) for index, text in enumerate(info.hdr.words().split("; "))]
    if info.kind == "container":
        lines.append(("order", _order(info)))
    if info.kind == "sequence":
        lines.append(("numbers", f"from {info.first_number}, {len(info.missing)} missing"))
    for stream in info.streams:
        words = (stream.kind, stream.codec, stream.language, stream.detail)
        lines.append((f"stream {stream.index}", ", ".join(word for word in words if word)))
    for number, chapter in enumerate(info.chapters, 1):
        lines.append((f"chapter {number}", f"{_clock(chapter.start)} {chapter.title}".strip()))
    lines += [("metadata", f"{key}: {value}") for key, value in sorted((info.metadata or {}).items())]
    lines.append(("identity", info.fingerprint))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def _findings(info: ClipInfo, doubt: TagFinding | None) -> tuple[TagFinding, ...]:
    return (*check(info), doubt) if doubt is not None else check(info)


def _finding(finding: TagFinding) -> str:
    options = " or ".join(f"--tags {finding.tag}={value}" for value in finding.choices)
    return f"{finding.sentence} To change: {options}"


def _uneven(info: ClipInfo) -> int:
    """How many steps of time differ from the usual one, gaps among them."""
    found = continuity(info)
    return len(found.gaps) + len(found.crowds) + found.uneven + found.unlisted


def _order(info: ClipInfo) -> str:
    found = continuity(info)
    said = [f"{_some(len(found.gaps), 'gap')}, the first after frame {found.gaps[0].frame}"] if found.gaps else []
    said += [f"{_some(len(found.crowds), 'frame')} too close to the next"] if found.crowds else []
    said += [_some(found.uneven, "uneven step")] if found.uneven else []
    return "; ".join(said) or "every step of time alike"


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _hdr(info: ClipInfo) -> dict[str, Any] | None:
    """Chromaticities are CIE x, y; luminances cd/m2."""
    if info.hdr is None:
        return None
    mastering, light = info.hdr.mastering, info.hdr.light
    return {
        "mastering_display": asdict(mastering) if mastering is not None else None,
        "max_cll": light.max_cll if light is not None else None,
        "max_fall": light.max_fall if light is not None else None,
        "mapping": info.hdr.mapping,
    }


def duration(info: ClipInfo) -> Fraction:
    """Seconds from the first frame's start to the last one's end, at the nominal rate."""
    return (info.pts[-1] - info.pts[0]) * info.time_base + 1 / info.rate


def _measured(report: InterlaceReport) -> str:
    first = f", {report.order}" if report.order != "unknown" else ""
    doubt = ", against the flag" if report.contradicts else ""
    found = report.tff + report.bff
    return f"measured {report.verdict}{first}{doubt} ({found} of {report.sampled} frames combed)"


def _ratio(value: Fraction, mark: str = "/") -> str:
    return f"{value.numerator}{mark}{value.denominator}"


def _rate(rate: Fraction) -> str:
    return str(rate) if rate.denominator == 1 else f"{float(rate):.3f} ({_ratio(rate)})"


def _clock(seconds: Fraction) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{float(rest):06.3f}"
