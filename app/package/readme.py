"""The page of text in a package for whoever opens it without this program, in fifty years."""

from __future__ import annotations

from collections.abc import Iterable

from app.export.manifest import Manifest
from app.export.paths import MasterPaths
from app.package.layout import DATA, MASKS, METADATA, PREMIS, PROJECT, TIMELINE
from engines.media.naming import is_pattern

_WIDTH = 38


def readme(manifest: Manifest, paths: MasterPaths, names: Iterable[str]) -> str:
    """What is what, which standards it follows, and how to check it with tools that everybody has.

    names: paths of all files in `data`.
    """
    there = set(names)
    master = manifest.master
    what = f"{master}, {manifest.width} x {manifest.height}, {manifest.stored_format}, preset {manifest.preset}"
    shares = ", ".join(f"{name} {share * 100:.3f} %" for name, share in manifest.shares.items() if share > 0)
    case = "\n".join(f"{name.capitalize()}: {text}" for name, text in manifest.case.items())
    files = "\n".join(f"{name:{_WIDTH}}{meaning}" for name, meaning in _meanings(manifest, paths, there))
    shown = f"{DATA}/{master}"
    frames = f"-start_number N -i {shown}" if is_pattern(paths.master) else f"-i {shown}"
    return f"""ARCHIVE PACKAGE OF A RESTORED PICTURE

This folder is a BagIt bag (RFC 8493, version 1.0), made by Tratteggio {manifest.tool}.

Master: {what}
Frames: {manifest.first} to {manifest.last} of the source, counted from 0
Source: {manifest.source} (not in this package)
{_digest(manifest)}
Pixels: {shares}
{case}

{_banner(manifest)} Every pixel has one of five labels:
  SOURCE       the scan's own sample, bit for bit
  ADJUSTED     a smooth function of the source (levels, colour, position), no detail added
  TRANSPORTED  real picture content moved here from another frame
  ESTIMATED    the most faithful estimate of a learned model
  SYNTHESISED  detail that the source does not determine

WHAT IS WHAT (below {DATA}/)
{files}

Beside {DATA}/: bagit.txt and bag-info.txt (what the bag is), manifest-sha256.txt and manifest-sha512.txt (digests of
all files in {DATA}/), tagmanifest-sha256.txt and tagmanifest-sha512.txt (digests of the files beside it).

HOW TO CHECK IT
All files are as they were packaged, with tools of any Unix:
  sha256sum -c tagmanifest-sha256.txt && sha256sum -c manifest-sha256.txt
or with any BagIt tool, for instance: python -m bagit --validate .
Every picture decodes to what was rendered, with FFmpeg: compare the output with {DATA}/{paths.framemd5.name}:
  ffmpeg {frames} -map 0:v:0 -f framemd5 -
Everything, the chain of the log and the source's own samples included, with Tratteggio:
  tratteggio verify . --source SOURCE --rerun 3
{_again(manifest)}
HOW TO READ THE PROVENANCE TRACK
FFV1 (RFC 9043) in Matroska (RFC 9559), grey, 16 bits, one frame per frame of the master, same size. Of every sample:
bits 15-13 label (0 SOURCE, 1 ADJUSTED, 2 TRANSPORTED, 3 ESTIMATED, 4 SYNTHESISED), bits 12-8 the donor frame's
offset + 16 where the label is TRANSPORTED, bits 7-0 confidence (255 = certain).

HOW TO READ THE AUDIT LOG
One JSON object per line. "digest" is the SHA-256 of the line without it, keys sorted, no spaces, UTF-8; "previous"
is the digest of the line before. A line that was changed, removed or moved breaks the chain there.
"""


def _again(manifest: Manifest) -> str:
    """How the source is had again, where it can be."""
    if not manifest.delta and not (manifest.lossless and manifest.shares.get("SOURCE") == 1.0):
        return ""
    return "The frames of the source again, bit for bit, with Tratteggio:\n  tratteggio original . -o FILE_OR_FOLDER\n"


def _banner(manifest: Manifest) -> str:
    untouched = manifest.shares.get("SOURCE") == 1.0
    return "NO SAMPLE OF THE SOURCE WAS CHANGED." if untouched else "THIS IS A PROCESSED IMAGE."


def _digest(manifest: Manifest) -> str:
    """How to know the source when one has it."""
    digest, files = manifest.identity.get("sha256"), manifest.identity.get("files", ())
    if digest is None:
        return "SHA-256 of the source: not known"
    of = f" of the lines that sha256sum prints for its {len(files)} files" if len(files) > 1 else ""
    return f"SHA-256 of the source{of}: {digest}"


def _meanings(manifest: Manifest, paths: MasterPaths, there: set[str]) -> Iterable[tuple[str, str]]:
    yield manifest.master, "the restored picture"
    told = {
        paths.framemd5.name: "MD5 of every decoded frame (FFmpeg's framemd5)",
        paths.provenance.name: "where every pixel comes from (see below)",
        paths.manifest.name: "what was done, with every parameter (JSON)",
        paths.audit.name: "the audit log, a chain of digests (see below)",
        paths.report.name: "the report for a person (HTML)",
        paths.pdf.name: "the same on pages (PDF)",
        paths.picture.name: "frames before and after (PNG)",
        paths.delta.name: "with the master, rebuilds the source (FFV1)",
        paths.headers.name: "what in the source's stills is no sample (ZIP)",
        paths.c2pa.name: "content credentials of the master (C2PA)",
        TIMELINE: "shots and cuts (OpenTimelineIO, JSON)",
        PREMIS: "preservation metadata (PREMIS 3.0, XML)",
        f"{METADATA}/mediainfo.xml": "technical metadata (MediaInfo)",
        f"{METADATA}/ebucore.xml": "the same (EBUCore 1.8)",
        f"{METADATA}/pbcore.xml": "the same (PBCore 2.1)",
    }
    yield from ((name, meaning) for name, meaning in told.items() if name in there)
    folders = {PROJECT: "the project with its masks", MASKS[0]: "what was marked as damaged (PNG by frame)"}
    folders |= {MASKS[1]: "what was brought back untouched", MASKS[2]: "what was protected from detectors"}
    for folder, meaning in folders.items():
        if any(name.startswith(f"{folder}/") for name in there):
            yield f"{folder}/", meaning
