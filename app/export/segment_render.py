"""Renders one segment: pictures and their provenance, each into a file of its own, in one pass."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.export.journal import DoneSegment, digest_of
from app.export.segments import PlannedSegment
from app.forensic.gate import refuse_invented
from engines.ahead import pulled
from engines.graph import Puller
from engines.hdr.light_level import LightMeter
from engines.media.encode import encode_segment
from engines.media.presets import PRESETS, Preset, stored_format
from engines.media.source import ClipInfo
from engines.provenance import Origin, ProvenanceMap
from engines.provenance_track import TRACK_COLOUR, TRACK_FORMAT, pack
from engines.stages.base import Rendered
from engines.types import Frame, FrameNo, PixelFormat

PROVENANCE_PRESET = PRESETS["ffv1"]


@dataclass(frozen=True)
class SegmentKitchen:
    """What all segments of a render share. ahead: frames worked on at the same time. look: what tells one frame of the
    source from another, once it was read.
    """

    puller: Puller
    clip: ClipInfo
    preset: Preset
    layout: PixelFormat
    folder: Path
    threads: int
    frame_done: Callable[[], None]
    look: Callable[[FrameNo], str]
    forensic: bool = False
    ahead: int = 1


def segment_paths(folder: Path, key: str, preset: Preset) -> tuple[Path, Path]:
    """Where a segment's pictures (a file, or a folder of stills) and its provenance are kept."""
    suffix = "" if preset.kind == "sequence" else ".segment"
    return folder / f"{key[:24]}.picture{suffix}", folder / f"{key[:24]}.provenance.segment"


def render_segment(planned: PlannedSegment, kitchen: SegmentKitchen) -> DoneSegment:
    """Render and encode `planned` into the work folder. Raises FrameError, MediaError, Cancelled, MemoryError."""
    picture, track = segment_paths(kitchen.folder, planned.key, kitchen.preset)
    counts: list[tuple[int, ...]] = []
    labels: list[bytes] = []
    unrepaired: list[int] = []

    def pictures() -> Iterator[Frame]:
        numbers = range(planned.first, planned.last + 1)
        for number, rendered in zip(numbers, pulled(kitchen.puller, numbers, kitchen.ahead), strict=True):
            unrepaired.append(_unrepaired(kitchen.puller, number))
            frame, provenance = _stored(rendered, kitchen)
            del rendered
            counts.append(tuple(int(c) for c in np.bincount(provenance.labels.ravel(), minlength=len(Origin))))
            labels.append(zlib.compress(pack(provenance).planes[0].tobytes(), 1))
            del provenance
            yield frame
            kitchen.frame_done()

    meter = LightMeter()
    done = encode_segment(
        picture,
        kitchen.preset,
        kitchen.clip,
        kitchen.layout,
        pictures(),
        planned.first,
        threads=kitchen.threads,
        seen=meter.add,
    )
    # Only now, from memory: two FFV1 encoders at once would need two buffers of several times a picture's size.
    track_frames = (_unpressed(data, done.width, done.height) for data in labels)
    done_track = encode_segment(
        track, PROVENANCE_PRESET, kitchen.clip, TRACK_FORMAT, track_frames, planned.first, threads=kitchen.threads
    )
    return DoneSegment(
        key=planned.key,
        first=planned.first,
        count=planned.count,
        picture=picture.name,
        picture_digest=digest_of(picture),
        provenance=track.name,
        provenance_digest=digest_of(track),
        hashes=done.hashes,
        provenance_hashes=done_track.hashes,
        reorder=done.reorder,
        label_counts=tuple(counts),
        unrepaired=tuple(unrepaired),
        looks=tuple(kitchen.look(number) for number in range(planned.first, planned.last + 1)),
        light=(meter.light.brightest, meter.light.average) if meter.light is not None else None,
    )


def _stored(rendered: Rendered, kitchen: SegmentKitchen) -> tuple[Frame, ProvenanceMap]:
    """A frame as it is stored, without the float samples it was computed in where those are not needed any more."""
    stored, _ = stored_format(kitchen.preset, kitchen.layout)
    if kitchen.forensic:
        refuse_invented(rendered.provenance)
    frame = rendered.frame.quantised() if stored == kitchen.layout else rendered.frame
    return frame, rendered.provenance


def _unrepaired(puller: Puller, number: FrameNo) -> int:
    """Pixels that are known to be damaged and were left as they are."""
    damage = puller.marks(len(puller.graph.stages), number).damage
    return 0 if damage is None else int(np.count_nonzero(damage))


def _unpressed(data: bytes, width: int, height: int) -> Frame:
    samples = np.frombuffer(zlib.decompress(data), dtype=np.uint16).reshape(height, width)
    return Frame((samples,), TRACK_FORMAT, TRACK_COLOUR)
