"""A clip whose provenance is known already: a master that is opened again with the track beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engines.errors import FrameError, MediaError
from engines.media.framemd5 import frame_md5
from engines.media.open import open_source
from engines.media.planes import native_name
from engines.media.source import ClipInfo, Descent, Source
from engines.provenance import Origin, ProvenanceMap
from engines.provenance_track import TRACK_FORMAT, unpack
from engines.types import Frame, FrameNo

_CACHE = 16 * 2**20
_HINT = "Restore the track from a good copy, or move it away to open the pictures without it."


class ProvenanceTrack:
    """The labels of a master's frames, each compared with its checksum when it is read. From one thread at a time."""

    def __init__(self, path: Path, hashes: Sequence[str], info: ClipInfo) -> None:
        """hashes: MD5 of every frame of the track; info: of the master. Raises MediaError where they do not belong."""
        self.path, self._hashes = path, tuple(hashes)
        self._source = open_source(path, threads=1, cache_bytes=_CACHE)
        held = self._source.info
        if held.frame_count != len(self._hashes) or held.frame_count != info.frame_count:
            self._refuse(
                f"it has {held.frame_count} frames, its manifest {len(self._hashes)}, the master {info.frame_count}"
            )
        if (held.width, held.height) != (info.width, info.height) or held.format != TRACK_FORMAT:
            self._refuse(
                f"its pictures are {held.width} x {held.height} {held.format.name}, the master's {info.width} x "
                f"{info.height}"
            )

    @property
    def digest(self) -> str:
        """Of what all its frames say, by their checksums."""
        return hashlib.sha256("".join(self._hashes).encode()).hexdigest()[:16]

    def said(self, number: FrameNo) -> ProvenanceMap:
        """Of master frame `number`. Raises FrameError where the track is not what its checksum says."""
        record = self._source.read(number)
        if frame_md5(record, native_name(TRACK_FORMAT)) != self._hashes[number]:
            raise FrameError(
                number, f"Frame {number} of the provenance track {self.path.name} is not as it was written.", _HINT
            )
        try:
            return unpack(record)
        except ValueError as error:
            raise FrameError(number, f"Frame {number} of {self.path.name} is no provenance: {error}.", _HINT) from error

    def close(self) -> None:
        self._source.close()

    def _refuse(self, why: str) -> None:
        self.close()
        raise MediaError(f"The provenance track {self.path.name} does not belong to this master: {why}.", _HINT)


class Tracked:
    """Implements `Source` over a master: what its track says of a pixel is what the pixel descends from.

    Closes both. Labels can only rise from there, whatever is done to the pictures.
    """

    def __init__(self, inner: Source, track: ProvenanceTrack) -> None:
        self.inner, self._track = inner, track
        self._info = replace(inner.info, labels=track.digest)

    @property
    def info(self) -> ClipInfo:
        return self._info

    def read(self, number: FrameNo) -> Frame:
        """Raises FrameError, IndexError."""
        return self.inner.read(number)

    def descent(self, number: FrameNo) -> Descent:
        """With the frame's own map. Raises FrameError where the track is damaged."""
        held = self.inner.descent(number)
        said = self._track.said(number)
        if held.origin > Origin.SOURCE:
            said = said.merge(ProvenanceMap.uniform(said.width, said.height, held.origin, donor=held.donor))
        return replace(held, said=said)

    def close(self) -> None:
        self.inner.close()
        self._track.close()
