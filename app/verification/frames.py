"""Every frame of a master against its checksum, its provenance and its source, sample for sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.export.manifest import Manifest
from engines.errors import FrameError, RenderError
from engines.media.framemd5 import frame_md5
from engines.media.planes import native_name
from engines.media.readback import stored_hashes
from engines.media.source import Source
from engines.provenance import Origin, ProvenanceMap, chroma_cells
from engines.provenance_track import TRACK_FORMAT, unpack
from engines.types import Frame, FrameNo, Plane


@dataclass
class Tally:
    """What was compared so far. labels: pixels under each label."""

    labels: NDArray[np.int64]
    frames: int = 0
    source_samples: int = 0

    @property
    def shares(self) -> dict[str, float]:
        return {origin.name: float(self.labels[origin] / self.labels.sum()) for origin in Origin}


def walk(
    manifest: Manifest,
    hashes: Sequence[str],
    picture: Source,
    track: Source,
    original: Source | None,
    step: Callable[[], None],
) -> Tally:
    """Compare all frames; `original` None leaves the samples under SOURCE out.

    Raises RenderError that names the first frame (and sample) that fails.
    """
    tally = Tally(np.zeros(len(Origin), np.int64))
    stored = stored_hashes(picture.info.path, picture.info.first_number, len(hashes))
    for index, digest in enumerate(stored):
        number = manifest.first + index
        frame, record = read(picture, index, "master"), read(track, index, "provenance track")
        if digest != hashes[index]:
            raise RenderError(f"Frame {number} of the master differs from its checksum: it was changed or is damaged.")
        if frame_md5(record, native_name(TRACK_FORMAT)) != manifest.provenance_hashes[index]:
            raise RenderError(f"Frame {number} of the provenance track differs from its checksum.")
        provenance = unpack(record)
        tally.labels += np.bincount(provenance.labels.ravel(), minlength=len(Origin))
        if original is not None:
            tally.source_samples += _compare(frame, original.read(number), provenance, number)
        tally.frames += 1
        step()
    return tally


def read(source: Source, index: FrameNo, what: str) -> Frame:
    """Raises RenderError where the frame cannot be decoded."""
    try:
        return source.read(index)
    except FrameError as error:
        raise RenderError(f"Frame {index} of the {what} cannot be decoded: it was changed or is damaged.") from error


def difference(ours: Plane, theirs: Plane) -> NDArray[np.bool_]:
    """Where two planes of one shape differ. Floats compare by their bits: a NaN equals itself, -0 differs from 0."""
    return np.asarray(_bits(ours) != _bits(theirs))


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
        wrong = same & difference(ours, theirs)
        if wrong.any():
            y, x = np.argwhere(wrong)[0]
            raise RenderError(
                f"Frame {number}, plane {index}, column {x}, row {y}: the sample is labelled SOURCE "
                f"but is {ours[y, x]} where the source has {theirs[y, x]}."
            )
        compared += int(np.count_nonzero(same))
    return compared


def _bits(plane: Plane) -> Plane:
    return plane.view(f"u{plane.dtype.itemsize}") if plane.dtype.kind == "f" else plane
