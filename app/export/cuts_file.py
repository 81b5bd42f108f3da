"""The cuts of a source, found once per work folder: a resumed render must see the very same shots."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.export.meter import Meter
from app.export.typed import typed
from engines.cancel import CancelToken
from engines.detect.cuts import detect_shots
from engines.detect.shots import ShotList
from engines.errors import RenderError
from engines.media.source import Source
from engines.plain_file import read_json
from engines.types import FrameNo


@dataclass(frozen=True)
class _Held:
    fingerprint: str
    starts: tuple[FrameNo, ...]


def cuts_of(source: Source, folder: Path, meter: Meter, cancel: CancelToken) -> ShotList:
    """From `folder/cuts.json` if it is of this source, otherwise detected and kept there.

    Raises RenderError where that file is damaged.
    """
    path, count = folder / "cuts.json", source.info.frame_count
    if path.exists():
        try:
            held = typed(_Held, read_json(path))
            if held.fingerprint == source.info.fingerprint:
                return _shots(held.starts, count)
        except (OSError, TypeError, ValueError) as error:
            raise RenderError(
                f"The cuts kept in {folder.name} cannot be read ({error}).",
                f"Remove {path.name} there to find them again.",
            ) from error
    meter.begin(count)
    shots = detect_shots(source, cancel=cancel, progress=lambda *_: meter.step())
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"fingerprint": source.info.fingerprint, "starts": shots.starts}), encoding="utf-8")
    partial.replace(path)
    return shots


def _shots(starts: tuple[FrameNo, ...], count: int) -> ShotList:
    if starts and starts[-1] >= count:
        raise ValueError("a shot begins behind the last frame")
    return ShotList(starts, count)
