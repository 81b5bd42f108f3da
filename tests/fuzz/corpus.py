"""Whole files of every kind that the program reads: what hostile input is made of."""

from __future__ import annotations

import json
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import tifffile
import torch
from PIL import Image

from app.cli import main, parse
from app.command_journal import change, line
from app.document import ClipWork, Document, Marker, Media, ShotWork, StageUse
from app.export.case import CaseFacts
from app.export.events import Event
from app.export.job import RenderJob
from app.export.render import render
from app.jobs.values import JobRecord
from app.journal_folder import Origin
from app.mask_plane import MaskPlane
from app.project_io import load_project, save_project
from app.verbs.render import job_for
from engines.cancel import CancelToken
from engines.errors import Cancelled
from engines.masks import write_mask
from engines.media.dpx_write import new_header, write_dpx
from engines.media.open import open_source
from engines.models.weights import save_weights
from tests.clips import clip_frame, write_clip
from tests.tiny_models import srvgg

WIDTH, HEIGHT, FRAMES = 64, 48, 4
HALF = ("--stage", "deflicker", "--stage", "grade:gain_rgb=1.1,1,0.9")
"""What the render that was stopped does."""
_GRADE = ("--stage", "grade:gain_rgb=1.1,1,0.9")


def make_corpus(folder: Path) -> None:
    """Fill `folder`: `film` (a master of a painted project, its package, the project, timelines), `scans` (a reversible
    master of DPX stills and its package), `tables`, `weights`, `stills`, `parts` (what a stopped render left),
    `record.json` (an export of the queue), `journal`.
    """
    _film(folder / "film")
    _scans(folder / "scans")
    _tables(folder / "tables")
    _weights(folder / "weights")
    _stills(folder / "stills")
    _half(folder / "parts", folder / "film" / "in.mkv")
    _record(folder / "record.json", folder / "film" / "out.mkv.tratteggio.json")
    _journal(folder / "journal", load_project(folder / "film" / "work.tratteggio"))


def _film(folder: Path) -> None:
    folder.mkdir()
    source = write_clip(folder / "in.mkv", frames=FRAMES, width=WIDTH, height=HEIGHT, audio=True)
    held = open_source(source)
    info = held.info
    held.close()
    hole = np.zeros((HEIGHT, WIDTH), np.uint8)
    hole[20:26, 30:36] = 255
    media = Media(source, info.fingerprint, info.width, info.height, info.frame_count, info.rate)
    shots = (ShotWork(0, stages=(StageUse("inpaint"),), slider=0.25), ShotWork(2, "end", (StageUse("inpaint"),)))
    clip = ClipWork("a", media, shots, cuts_known=True, in_point=0, out_point=3, markers=(Marker(1, "splice"),))
    clip = clip.with_layer("damage", {1: MaskPlane.of(hole)}).with_layer("protect", {2: MaskPlane.of(hole)})
    save_project(
        Document((clip,), forensic=False, case=CaseFacts("7/26", examiner="A. B.")), folder / "work.tratteggio"
    )
    render_here(folder / "work.tratteggio", folder / "out.mkv", "--reversible", "--case", "7/26")
    verb("package", folder / "out.mkv", "-o", folder / "package", "--rerun", 0)
    write_mask(folder / "masks", 1, hole > 0)
    for name in ("t.otio", "t.edl"):
        verb("timeline", "export", folder / "out.mkv", "-o", folder / name)
    verb("timeline", "export", folder / "work.tratteggio", "-o", folder / "p.otio")
    verb("credentials", "sign", folder / "out.mkv")


def _scans(folder: Path) -> None:
    scans = folder / "in"
    scans.mkdir(parents=True)
    for number in range(FRAMES):
        header = new_header(Fraction(18), f"01:00:00:{number:02}") + b"scanner's own" * 30
        write_dpx(scans / f"scan_{number:05d}.dpx", clip_frame(number, WIDTH, HEIGHT, "gbrp10le"), header)
    render_here(scans, folder / "out.mkv", *_GRADE, "--reversible")
    verb("package", folder / "out.mkv", "-o", folder / "package", "--rerun", 0, "--unsigned")


def _tables(folder: Path) -> None:
    folder.mkdir()
    steps = [f"{r} {g} {b}" for b in (0, 0.5, 1) for g in (0, 0.5, 1) for r in (0, 0.5, 1)]
    (folder / "look.cube").write_text('TITLE "warm"\nLUT_3D_SIZE 3\nDOMAIN_MIN 0 0 0\n' + "\n".join(steps) + "\n")
    (folder / "curve.cube").write_text("LUT_1D_SIZE 3\n0 0 0\n0.4 0.5 0.6\n1 1 1\n")
    (folder / "look.cdl").write_text(
        '<?xml version="1.0"?>\n<ColorDecisionList xmlns="urn:ASC:CDL:v1.01"><ColorDecision>'
        '<ColorCorrection id="a"><SOPNode><Slope>1 1 1</Slope><Offset>0 0 0</Offset><Power>1 1 1</Power></SOPNode>'
        "<SatNode><Saturation>1</Saturation></SatNode></ColorCorrection></ColorDecision></ColorDecisionList>\n"
    )
    (folder / "show.ocio").write_text(
        "ocio_profile_version: 2\nsearch_path: luts\nstrictparsing: true\nroles:\n  default: raw\n  scene_linear: raw\n"
        "displays:\n  screen:\n    - !<View> {name: plain, colorspace: video}\nactive_displays: []\nactive_views: []\n"
        "colorspaces:\n  - !<ColorSpace>\n    name: raw\n    isdata: false\n  - !<ColorSpace>\n    name: video\n"
        "    from_scene_reference: !<FileTransform> {src: look.cube, cccid: a, interpolation: linear}\n"
    )
    (folder / "luts").mkdir()
    for name in ("look.cube", "look.cdl"):
        (folder / "luts" / name).write_bytes((folder / name).read_bytes())


def _weights(folder: Path) -> None:
    folder.mkdir()
    for name in ("small.safetensors", "small.pth"):
        srvgg(folder / name)
    save_weights(folder / "ours.safetensors", {"a": torch.zeros(4, 4)}, {"network": "detail", "data": "none"})


def _stills(folder: Path) -> None:
    folder.mkdir()
    grey = np.arange(WIDTH * HEIGHT, dtype=np.uint16).reshape(HEIGHT, WIDTH)
    tifffile.imwrite(folder / "a.tif", np.stack([grey * 20] * 3, -1), photometric="rgb", rowsperstrip=7)
    tifffile.imwrite(folder / "b.tif", (grey % 256).astype(np.uint8), compression="deflate", tile=(16, 16))
    Image.fromarray((grey % 256).astype(np.uint8)).save(folder / "a.png")
    Image.fromarray((grey % 256).astype(np.uint8)).save(folder / "a.jpg")
    write_dpx(folder / "a.dpx", clip_frame(0, WIDTH, HEIGHT, "gbrp10le"), new_header(Fraction(24), None))
    for name, codec, layout in (("a.exr", "exr", "gbrpf32le"), ("a.mov", "prores_ks", "yuv422p10le")):
        write_clip(folder / name, frames=1, width=WIDTH, height=HEIGHT, codec=codec, pix_fmt=layout)


def _half(folder: Path, source: Path) -> None:
    folder.mkdir()
    cancel = CancelToken()

    def stop(event: Event) -> None:
        if event.get("phase") == "render" and event["n"] >= FRAMES:
            cancel.cancel()

    with job_for(parse(["render", str(source), "-o", str(folder / "out.mkv"), *HALF])) as job:
        try:
            render(job, stop, cancel)
        except Cancelled:
            return
    raise AssertionError("it was not stopped")


def _record(path: Path, manifest: Path) -> None:
    job = RenderJob.from_json(json.dumps(json.loads(manifest.read_text("utf-8"))["job"]))
    path.write_text(JobRecord("a", job, "out.mkv", 1.0, 1).to_json(), "utf-8")


def _journal(folder: Path, document: Document) -> None:
    folder.mkdir()
    head = {"kind": "head", "base": "empty", **Origin().values()}
    step = {"kind": "step", "name": "Paint", "change": change(Document(), document)}
    (folder / "000001.journal").write_bytes(line(head) + line(step))


def sealed(held: object) -> bytes:
    """A line of a journal of any content, with its checksum; see `app.command_journal`."""
    text = json.dumps(held, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"%08x %b\n" % (zlib.crc32(text), text)


def render_here(source: Path, out: Path, *options: str) -> None:
    """A master, made in this process."""
    with job_for(parse(["render", str(source), "-o", str(out), *options])) as job:
        render(job, lambda _: None, CancelToken())


def verb(*argv: object) -> None:
    """`tratteggio ARGV`. Raises AssertionError where it fails."""
    assert main([*map(str, argv), "--json"]) == 0, argv
