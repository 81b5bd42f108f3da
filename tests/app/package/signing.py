"""Manifests, masters and certificates for tests of content credentials."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from app.export.manifest import Manifest, StageRecord
from engines.media.readback import stored_hashes
from tests.clips import write_clip

FRAMES = 3

MANIFEST = Manifest(
    tool="0.1",
    source="/films/vault 3/reel.mov",
    source_fingerprint="f" * 64,
    first=0,
    last=FRAMES - 1,
    missing="stop",
    deinterlaced=False,
    preset="ffv1",
    lossless=True,
    width=96,
    height=64,
    stored_format="yuv422p10",
    stages=(
        StageRecord("deflicker", {"strength": 0.5}, "k1"),
        StageRecord("dirt", {"sureness": 0.7}, "k2"),
        StageRecord("inpaint", {"from frame 0": {"method": "auto"}, "from frame 2": None}, "k3", {"tier": "draft"}),
    ),
    masks=None,
    shots=(0, 2),
    shares={"SOURCE": 0.9, "ADJUSTED": 0.05, "TRANSPORTED": 0.04, "ESTIMATED": 0.0, "SYNTHESISED": 0.01},
    master="reel.mkv",
    framemd5="reel.mkv.framemd5",
    provenance="reel.mkv.provenance.mkv",
    provenance_hashes=(),
    segments=(),
    flagged=(0.0, 0.03, 0.0),
    identity={"sha256": "a" * 64, "files": [{"name": "reel.mov", "size": 9, "md5": "b" * 32, "sha256": "a" * 64}]},
    audit={"name": "reel.mkv.audit.jsonl", "entries": 9, "head": "c" * 64},
    case={"case": "2026-17", "examiner": "A. Person"},
)
FAITHFUL = replace(MANIFEST, shares={"SOURCE": 0.9, "ADJUSTED": 0.1})


def make_master(folder: Path, name: str) -> tuple[Path, tuple[str, ...]]:
    """A master of that name (a folder of stills where it has no suffix but says one: `tif/`), and its frames' MD5."""
    if name.endswith("/"):
        path = folder / f"stills-{name[:-1]}"
        path.mkdir(parents=True)
        for number in range(FRAMES):
            _still(path / f"f_{number:04}.{name[:-1]}", number)
        return path, () if name == "dpx/" else tuple(stored_hashes(path, 0, FRAMES))
    path = folder / name
    if path.suffix in (".tif", ".png"):
        _still(path, 0)
    else:
        lossy = path.suffix != ".mkv"
        codec, layout = ("libx264", "yuv420p") if lossy else ("ffv1", "yuv422p10le")
        write_clip(path, frames=FRAMES, codec=codec, pix_fmt=layout)
    return path, tuple(stored_hashes(path, 0, FRAMES))


def _still(path: Path, number: int) -> None:
    picture = np.random.default_rng(number).integers(0, 65535, (64, 96, 3), dtype=np.uint16)
    if path.suffix == ".dpx":
        # Bytes are all that counts of what cannot carry a credential.
        path.write_bytes(picture.tobytes())
    else:
        cv2.imwrite(str(path), picture)


def copied(path: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(path, folder))
