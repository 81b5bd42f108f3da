"""The last gates of a forensic render: the stages as they were made, and every frame that is about to be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.export.journal import DoneSegment
from engines.errors import MediaError, RenderError, SettingError
from engines.media.framemd5 import frame_md5
from engines.media.open import open_source
from engines.media.planes import native_name
from engines.provenance import Origin, ProvenanceMap
from engines.provenance_track import TRACK_FORMAT, unpack
from engines.stages.base import Stage


def refuse_invention(stages: Sequence[Stage]) -> None:
    """Raises SettingError where a stage, as it was made, may invent detail or answer otherwise elsewhere."""
    for stage in stages:
        if reason := stage.invents or stage.varies:
            raise SettingError(
                f"A forensic render refuses what may be invented. {reason}",
                "Or leave --forensic (--delivery evidence) out.",
            )


def refuse_invented(said: ProvenanceMap) -> None:
    """For every frame. Raises SettingError where a pixel is SYNTHESISED."""
    if int(said.labels.max()) > Origin.ESTIMATED:
        raise SettingError(
            "A pixel was labelled SYNTHESISED in a forensic render, which was stopped.",
            "The source holds synthesised frames, or a stage is at fault: render without --forensic to see where.",
        )


def refuse_taken_over(segment: DoneSegment, folder: Path) -> None:
    """For every segment that an earlier run left in the work folder.

    Raises RenderError where its labels are not what the journal says, SettingError where a pixel is SYNTHESISED.
    """
    if checked_labels(folder / segment.provenance, segment.provenance_hashes) != segment.label_counts:
        raise RenderError(
            f"The journal of {folder} tells other labels of frame {segment.first} on than their track holds.",
            "Remove that folder; everything is rendered anew then.",
        )


def checked_labels(track: Path, hashes: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Pixels under each label, frame by frame, of a provenance track that was written before.

    hashes: MD5 that each of its frames must have. Raises RenderError where the track is not what it was, MediaError
    where it cannot be read, SettingError where a pixel is SYNTHESISED.
    """
    source = open_source(track)
    try:
        if source.info.frame_count != len(hashes):
            raise _changed(track, f"it has {source.info.frame_count} frames instead of {len(hashes)}")
        counts = []
        for number, digest in enumerate(hashes):
            record = source.read(number)
            if frame_md5(record, native_name(TRACK_FORMAT)) != digest:
                raise _changed(track, f"frame {number} differs from its checksum")
            try:
                said = unpack(record)
            except ValueError as error:
                raise MediaError(f"{track.name} is no provenance track: {error}.", "Restore it.") from error
            refuse_invented(said)
            counts.append(tuple(int(c) for c in np.bincount(said.labels.ravel(), minlength=len(Origin))))
        return tuple(counts)
    finally:
        source.close()


def _changed(track: Path, why: str) -> RenderError:
    return RenderError(f"The provenance track {track.name} was changed or is damaged: {why}.", "Restore it.")
