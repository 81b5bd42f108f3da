"""The cuts of a source, found once per work folder: a resumed render must see the very same shots."""

from __future__ import annotations

import json
from pathlib import Path

from app.export.meter import Meter
from engines.cancel import CancelToken
from engines.detect.cuts import detect_shots
from engines.detect.shots import ShotList
from engines.media.source import Source


def cuts_of(source: Source, folder: Path, meter: Meter, cancel: CancelToken) -> ShotList:
    """From `folder/cuts.json` if it is of this source, otherwise detected and kept there."""
    path, count = folder / "cuts.json", source.info.frame_count
    if path.exists():
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["fingerprint"] == source.info.fingerprint:
            return ShotList(tuple(held["starts"]), count)
    meter.begin(count)
    shots = detect_shots(source, cancel=cancel, progress=lambda *_: meter.step())
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"fingerprint": source.info.fingerprint, "starts": shots.starts}), encoding="utf-8")
    partial.replace(path)
    return shots
