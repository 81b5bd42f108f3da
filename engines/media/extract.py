"""Takes frames out of a finished master again, as the segment they once were, without encoding."""

from __future__ import annotations

import os
import shutil
from itertools import islice
from pathlib import Path

import av
from av.video.stream import VideoStream

from engines.errors import RenderError
from engines.media.presets import Preset
from engines.media.sink import whole_file
from engines.media.source import ClipInfo
from engines.media.still_names import segment_still, source_still


def extract_segment(master: ClipInfo, skip: int, count: int, path: Path, preset: Preset) -> None:
    """Write frames `skip` to `skip + count - 1` of `master` to `path`, as `encode_segment` would have.

    `preset` must be of stills or intra-only: every frame stands on its own. Raises RenderError where the
    master lacks them, OSError where stills cannot be linked.
    """
    if not preset.intra:
        raise ValueError(f"frames of {preset.name} do not stand on their own")
    if preset.kind == "sequence":
        _link_stills(master, skip, count, path, preset)
    else:
        _copy_packets(master, skip, count, path, preset)


def _copy_packets(master: ClipInfo, skip: int, count: int, path: Path, preset: Preset) -> None:
    with whole_file(path) as partial, av.open(str(master.path)) as source:
        picture = source.streams.video[0]
        source.seek(master.pts[skip], stream=picture, backward=True)
        with av.open(str(partial), "w", format=preset.container) as sink:
            stream = sink.add_stream_from_template(picture, opaque=True)
            assert isinstance(stream, VideoStream)
            stream.time_base = 1 / master.rate
            wanted = (p for p in source.demux(picture) if p.size and p.pts is not None and p.pts >= master.pts[skip])
            written = 0
            for packet in islice(wanted, count):
                packet.time_base = 1 / master.rate
                packet.pts = packet.dts = written
                packet.duration = 1
                packet.stream = stream
                sink.mux(packet)
                written += 1
    if written != count:
        path.unlink()
        raise RenderError(f"{master.path.name} has lost frames.", "Render it again.")


def _link_stills(master: ClipInfo, skip: int, count: int, path: Path, preset: Preset) -> None:
    if path.exists():
        shutil.rmtree(path)
    path.mkdir(parents=True)
    for frame in range(skip, skip + count):
        still = source_still(master, frame)
        if still is None:
            raise RenderError(f"Frame {frame} of {master.path.name} is missing.", "Render it again.")
        os.link(still, segment_still(path, master.first_number + frame, preset.suffix))
