"""Command lines for whoever repeats the work, or checks it with other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.export.job import RenderJob
from app.export.manifest import Manifest
from app.report.text import command


def render_command(job: RenderJob) -> str:
    """The `tratteggio render` that is this job; empty where only the project or the job's JSON says all of it."""
    if job.shots or job.project or job.original:
        return ""
    words = ["tratteggio", "render", str(job.source), "-o", str(job.out)]
    for flag, text in (("--preset", job.preset), ("--masks", job.masks), ("--protect", job.protect)):
        words += [flag, str(text)] if text else []
    for stage in job.stages:
        settings = ",".join(f"{key}={value}" for key, value in stage.settings.items())
        words += ["--stage", f"{stage.name}:{settings}" if settings else stage.name]
    if job.slider:
        words += ["--slider", f"{job.slider:g}"]
    if job.frames:
        words += ["--frames", f"{job.frames[0]}-{job.frames[1]}"]
    if job.missing != "stop":
        words += ["--missing", job.missing]
    if job.tags.text():
        words += ["--tags", job.tags.text()]
    words += ["--device", job.device, *(["--threads", str(job.threads)] if job.threads else [])]
    flags = {
        "--deinterlace": job.deinterlace,
        "--forensic": job.forensic,
        "--reversible": job.reversible,
        "--burn-in": job.burn_in,
    }
    words += [flag for flag, on in flags.items() if on]
    if job.delivery:
        words += ["--delivery", job.delivery]
    return command(words)


def check_commands(manifest: Manifest) -> Sequence[Mapping[str, Any]]:
    """`words`: what to type; `says`: what it shows. FFmpeg, ImageMagick and the tools of every system."""
    master, track = manifest.master, manifest.provenance
    found = [
        {
            "words": command(["tratteggio", "verify", master, "--rerun", "5"]),
            "says": "Compares the log's chain, every file's digest, every frame with its checksum and every sample "
            "labelled SOURCE with the source; renders five random frames again.",
        },
        {
            "words": command(["sha256sum", master, track]),
            "says": "The digests in the section on what was made.",
        },
    ]
    if not _is_folder_of_stills(manifest):
        found.append(
            {
                "words": command(["ffmpeg", "-i", master, "-map", "0:v:0", "-f", "framemd5", "-"]),
                "says": f"The checksum of every frame, as in {manifest.framemd5}.",
            }
        )
    found += [
        {
            "words": command(["ffmpeg", "-i", track, "-pix_fmt", "gray16be", "labels_%06d.png"]),
            "says": "The provenance track as 16-bit pictures, one per frame of the master.",
        },
        {
            "words": command(["magick", "labels_000001.png", "-fx", "floor(u*65535/8192)/4", "labels.png"]),
            "says": "The labels of a frame alone: black SOURCE, white SYNTHESISED. Bits 15-13 hold the label, bits "
            "12-8 the donor's frame offset plus 16 (16: none), bits 7-0 the confidence (255: certain).",
        },
    ]
    return found


def _is_folder_of_stills(manifest: Manifest) -> bool:
    return "." not in manifest.master or "%" in manifest.master
