"""Checks a master against its checksums, its provenance track and its source, sample for sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from app.export.events import Emit, Event
from app.export.hdr_said import hdr_facts
from app.export.manifest import Manifest, read_manifest
from app.export.meter import Meter
from app.export.paths import master_paths
from engines.colour.chosen import ChosenTags
from engines.errors import FrameError, MediaError, RenderError
from engines.media.assemble import Said
from engines.media.framemd5 import frame_md5, read_framemd5
from engines.media.hdr_metadata import HdrMetadata
from engines.media.open import open_source
from engines.media.planes import native_name
from engines.media.readback import stored_hashes
from engines.media.source import ClipInfo, Source
from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.provenance_track import TRACK_FORMAT, unpack
from engines.types import Frame, FrameNo, Plane


@dataclass
class _Tally:
    """What was compared so far."""

    frames: int = 0
    source_samples: int = 0
    labels: NDArray[np.int64] | None = None


def verify(master: Path, source: Path | None, emit: Emit) -> Event:
    """Re-check `master`; `source` overrides where the manifest says the source lies.

    Returns the `result` event. Raises RenderError that names the first frame (and sample) that fails, MediaError
    where something needed is missing.
    """
    paths = master_paths(master)
    manifest = read_manifest(paths.manifest)
    hashes = read_framemd5(paths.framemd5)
    said: list[str] = []

    def say(sentence: str) -> None:
        said.append(sentence)
        emit({"event": "note", "text": sentence})

    opened: list[Source] = []

    def opening(path: Path, **options: object) -> Source:
        opened.append(open_source(path, **options))  # type: ignore[arg-type]
        return opened[-1]

    try:
        picture, track = opening(master), opening(paths.provenance)
        count = manifest.last - manifest.first + 1
        for name, found in (("frames", picture.info.frame_count), ("checksums", len(hashes))):
            if found != count:
                raise RenderError(f"The master has {found} {name} where its manifest says {count}.")
        _check_hdr(manifest, picture.info)
        if track.info.frame_count != count:
            raise RenderError(f"The provenance track has {track.info.frame_count} frames instead of {count}.")
        original = _source(manifest, source, opening, say)
        tally = _walk(manifest, hashes, picture, track, original, Meter("verify", emit))
    finally:
        for one in opened:
            one.close()
    assert tally.labels is not None
    shares = {origin.name: float(tally.labels[origin] / tally.labels.sum()) for origin in Origin}
    return {
        "event": "result",
        "verified": True,
        "master": str(master),
        "frames": tally.frames,
        "source_samples_compared": tally.source_samples,
        "shares": shares,
    }


def _source(
    manifest: Manifest, override: Path | None, opening: Callable[..., Source], say: Callable[[str], None]
) -> Source | None:
    """The source to compare with; None, said aloud, where no sample of the master can equal one of it."""
    if not manifest.lossless:
        say(f"SOURCE pixels are not compared: preset {manifest.preset} does not store samples exactly.")
        return None
    path = override or Path(manifest.source)
    try:
        source = opening(
            path,
            missing=cast(Literal["stop", "hold", "black"], manifest.missing),
            deinterlace=manifest.deinterlaced,
            tags=ChosenTags.parse(manifest.tags),
            note=lambda _: None,
        )
    except MediaError as error:
        raise MediaError(str(error), "Say where the source is now with --source.") from error
    if source.info.fingerprint != manifest.source_fingerprint:
        raise RenderError(f"{path} is not the file that was restored: its content has changed since.")
    return source


def _check_hdr(manifest: Manifest, info: ClipInfo) -> None:
    """Raises RenderError where an HDR master says another thing of itself than its manifest."""
    found = hdr_facts(Said(info.colour, info.hdr or HdrMetadata())).get("words", "")
    wanted = manifest.hdr.get("words", "")
    if wanted and found != wanted:
        raise RenderError(f"The master says {found or 'nothing of HDR'} of itself where its manifest says {wanted}.")


def _walk(
    manifest: Manifest, hashes: tuple[str, ...], picture: Source, track: Source, original: Source | None, meter: Meter
) -> _Tally:
    tally = _Tally()
    meter.begin(len(hashes))
    stored = stored_hashes(picture.info.path, picture.info.first_number, len(hashes))
    for index, digest in enumerate(stored):
        number = manifest.first + index
        frame, record = _read(picture, index, "master"), _read(track, index, "provenance track")
        if digest != hashes[index]:
            raise RenderError(f"Frame {number} of the master differs from its checksum: it was changed or is damaged.")
        if frame_md5(record, native_name(TRACK_FORMAT)) != manifest.provenance_hashes[index]:
            raise RenderError(f"Frame {number} of the provenance track differs from its checksum.")
        provenance = unpack(record)
        counts = np.bincount(provenance.labels.ravel(), minlength=len(Origin)).astype(np.int64)
        tally.labels = counts if tally.labels is None else tally.labels + counts
        if original is not None:
            tally.source_samples += _compare(frame, original.read(number), provenance, number)
        tally.frames += 1
        meter.step()
    return tally


def _read(source: Source, index: FrameNo, what: str) -> Frame:
    try:
        return source.read(index)
    except FrameError as error:
        raise RenderError(f"Frame {index} of the {what} cannot be decoded: it was changed or is damaged.") from error


def _compare(frame: Frame, original: Frame, provenance: ProvenanceMap, number: FrameNo) -> int:
    """How many samples under SOURCE were compared. Raises RenderError at the first that differs."""
    elsewhere = provenance.labels != Origin.SOURCE
    if elsewhere.all():
        return 0
    if (frame.width, frame.height, frame.format) != (original.width, original.height, original.format):
        raise RenderError(f"Frame {number} claims SOURCE pixels, but its size or format is not the source's.")
    compared = 0
    for index, (ours, theirs) in enumerate(zip(frame.planes, original.planes, strict=True)):
        layout = frame.format
        subsampled = layout.family == "yuv" and index in (1, 2)
        same = ~(chroma_cells(elsewhere, layout.chroma_x, layout.chroma_y) if subsampled else elsewhere)
        wrong = same & (_bits(ours) != _bits(theirs))
        if wrong.any():
            y, x = np.argwhere(wrong)[0]
            raise RenderError(
                f"Frame {number}, plane {index}, column {x}, row {y}: the sample is labelled SOURCE "
                f"but is {ours[y, x]} where the source has {theirs[y, x]}."
            )
        compared += int(np.count_nonzero(same))
    return compared


def _bits(plane: Plane) -> Plane:
    """Floats compare by their bits, so that a NaN equals itself and -0 differs from 0."""
    return plane.view(f"u{plane.dtype.itemsize}") if plane.dtype.kind == "f" else plane
