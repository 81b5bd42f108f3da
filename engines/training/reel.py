"""The demo reel: a clean film, the same film damaged, and the truth about every damage, made from a seed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from engines.cancel import CancelToken
from engines.errors import MediaError
from engines.masks import write_mask
from engines.media.sink import refusals
from engines.training.film import FilmDamage, damage
from engines.training.film_frame import DamagedFrame
from engines.training.reel_writer import ReelWriter
from engines.training.scene import Scene

RATE = Fraction(24)
_SEED = 1927
# Raised whenever the same seed and settings would give another reel.
_VERSION = 1


@dataclass(frozen=True)
class Reel:
    """Where everything is. `truth` and `damaged` are FFV1 4:2:2 of 10 bits in Matroska, equally long."""

    folder: Path
    truth: Path
    damaged: Path
    """With sound, timecode, chapters and title."""
    masks: Path
    """000012.png and so on: 8-bit grey, white where dirt or a scratch lies, none for frames without."""
    description: Path
    """JSON: settings, the first frame of the second shot ("cut"), and the true parameters of every frame."""


def make_reel(
    folder: Path,
    *,
    width: int = 640,
    height: int = 480,
    frames: int = 72,
    seed: int = _SEED,
    settings: FilmDamage | None = None,
    cancel: CancelToken | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Reel:
    """Make the reel in `folder`, whole or not at all; one that is there already, of the same make, is kept as it is.

    `progress` is told (frames done, frames in all). Raises MediaError where the folder holds anything else, RenderError
    where it cannot be written, Cancelled.
    """
    settings = settings or FilmDamage()
    if width % 2 or width < 64 or height < 64 or frames < 2:
        raise MediaError(
            f"A reel of {width}x{height} with {frames} frames cannot be made.",
            "Give an even width, at least 64x64 pixels and 2 frames.",
        )
    folder = folder.absolute()
    make = {
        "version": _VERSION,
        "seed": seed,
        "width": width,
        "height": height,
        "frames": frames,
        "rate": str(RATE),
        "settings": json.loads(json.dumps(asdict(settings))),
    }
    reel = _reel(folder)
    if folder.exists() and not _is_empty(folder):
        if _made_as(reel, make):
            return reel
        raise MediaError(f"{folder} holds something else already.", "Name a new or an empty folder.")
    with refusals(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside the final place, so that the last step is one rename.
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            _write(_reel(partial), make, settings, cancel or CancelToken(), progress or (lambda _done, _all: None))
            partial.chmod(0o755)
            if folder.exists():
                folder.rmdir()
            os.replace(partial, folder)  # noqa: PTH105 - a folder
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return reel


def _reel(folder: Path) -> Reel:
    return Reel(folder, folder / "truth.mkv", folder / "reel.mkv", folder / "masks", folder / "truth.json")


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _made_as(reel: Reel, make: dict[str, Any]) -> bool:
    """Whether the folder holds a whole reel of this make: its description is written last of all."""
    try:
        said = json.loads(reel.description.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    whole = reel.truth.is_file() and reel.damaged.is_file() and reel.masks.is_dir()
    return whole and isinstance(said, dict) and {key: said.get(key) for key in make} == make


def _write(
    reel: Reel,
    make: dict[str, Any],
    settings: FilmDamage,
    cancel: CancelToken,
    progress: Callable[[int, int], None],
) -> None:
    scene = Scene(make["width"], make["height"], make["frames"], make["seed"])
    reel.masks.mkdir()
    parameters = []
    with (
        ReelWriter(reel.truth, scene.width, scene.height, RATE) as truth,
        ReelWriter(reel.damaged, scene.width, scene.height, RATE, cut=scene.cut, frames=len(scene)) as damaged,
    ):

        def filmed() -> Any:
            for picture in scene:
                cancel.check()
                truth.write(picture)
                yield picture

        for frame in damage(filmed(), settings, make["seed"]):
            damaged.write(frame.picture)
            if frame.mask.any():
                write_mask(reel.masks, frame.number, frame.mask)
            parameters.append(_parameters(frame))
            progress(frame.number + 1, len(scene))
    text = json.dumps({**make, "cut": scene.cut, "per_frame": parameters}, indent=1)
    reel.description.write_text(text, encoding="utf-8")


def _parameters(frame: DamagedFrame) -> dict[str, Any]:
    return {
        "frame": frame.number,
        "weave_x": round(frame.weave[0], 5),
        "weave_y": round(frame.weave[1], 5),
        "weave_angle": round(frame.angle, 6),
        "gain": round(frame.gain, 6),
        "field": np.round(frame.field.astype(np.float64), 5).tolist(),
        "dirt_share": round(float(frame.dirt.mean()), 6),
        "scratch_share": round(float(frame.scratch.mean()), 6),
    }
