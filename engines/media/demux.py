"""One pass over a container's packets: which there are, in what order, and how to find them again after a seek."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from engines.errors import MediaError
from engines.media.dependence import is_disposable

NO_TIME = np.iinfo(np.int64).min
"""Stands for a missing pts, dts or byte position."""

Column = NDArray[np.int64]
_Places = dict[tuple[int | None, int], int]


@dataclass(frozen=True, eq=False)
class Packets:
    """One row per packet of the picture stream, in file order; the row number is the packet's *serial*.

    Times are in the stream's time base. `broken_off` says why reading stopped early, empty where the file was whole.
    """

    pts: Column
    dts: Column
    pos: Column
    size: Column
    """Bytes, which tell a whole packet from one that a seek landed in."""
    key: NDArray[np.bool_]
    discard: NDArray[np.bool_]
    disposable: NDArray[np.bool_]
    """No other picture is predicted from it."""
    broken_off: str = ""

    def __len__(self) -> int:
        return len(self.pts)

    def serial_at(self, pos: int | None, dts: int | None, size: int) -> int | None:
        """The packet of that size at that byte position, or decoding time where positions repeat; None if unknown."""
        by_pos, by_dts = self._places
        if by_pos is not None:
            return by_pos.get((pos, size))
        return by_dts.get((dts, size)) if by_dts is not None else None

    @cached_property
    def _places(self) -> tuple[_Places | None, _Places | None]:
        return _unique(self.pos, self.size), _unique(self.dts, self.size)


def open_container(path: Path) -> av.container.InputContainer:
    """Raises MediaError with one sentence for whatever cannot be opened as a video file."""
    if path.stat().st_size == 0:
        raise MediaError(f"{path.name} is empty.", "Copy the file again from its origin.")
    try:
        # Titles in old files come in any encoding.
        return av.open(str(path), metadata_errors="replace")
    except av.FFmpegError as error:
        if b"moov" not in _ends(path) and _looks_like_mp4(path):
            hint = "The recording or the copy was cut short; copy it again or repair it from a sister file."
            raise MediaError(f"{path.name} has lost its index (no moov atom).", hint) from error
        raise MediaError(f"{path.name} is not a video file that can be read.", "Is it whole, and a film?") from error


def video_stream(container: av.container.InputContainer, name: str) -> av.VideoStream:
    """The picture stream; cover art does not count. Raises MediaError where there is none."""
    streams = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    if not streams:
        kinds: list[str] = sorted({s.type for s in container.streams}) or ["nothing"]
        raise MediaError(f"{name} holds no pictures, only {' and '.join(kinds)}.", "Choose a file with a video track.")
    # PyAV has no context for streams that no decoder knows.
    known = [s for s in streams if s.codec_context is not None]  # type: ignore[redundant-expr]
    if not known:
        raise MediaError(f"{name} is stored in a codec that cannot be decoded.", "Convert the clip to FFV1 first.")
    return max(known, key=lambda s: (s.width or 0) * (s.height or 0))


def keep_only(container: av.container.InputContainer, stream: av.VideoStream) -> None:
    """Tell the demuxer to skip every other stream, which saves reading them."""
    for other in container.streams:
        if other.index != stream.index:
            other.discard = av.stream.Discard.all


def list_packets(path: Path) -> Packets:
    """Read every packet's header. Raises MediaError where there is no picture packet at all."""
    rows: list[tuple[Any, ...]] = []
    broken_off = ""
    with open_container(path) as container:
        stream = video_stream(container, path.name)
        keep_only(container, stream)
        codec = stream.codec_context.name
        try:
            for packet in container.demux(stream):
                if not is_flush(packet):
                    last = is_disposable(codec, bytes(packet))
                    rows.append(
                        (packet.pts, packet.dts, packet.pos, packet.size, packet.is_keyframe, packet.is_discard, last)
                    )
        except av.FFmpegError as error:
            broken_off = error.strerror or type(error).__name__
    if not rows:
        raise MediaError(f"{path.name} holds no pictures.", "The file may have been cut short.")
    pts, dts, pos, size, *flags = zip(*rows, strict=True)
    key, discard, disposable = (np.array(column, bool) for column in flags)
    return Packets(_column(pts), _column(dts), _column(pos), _column(size), key, discard, disposable, broken_off)


def _unique(column: Column, sizes: Column) -> _Places | None:
    """Row by (value, size); None where a value is missing or a pair occurs twice."""
    rows: _Places = {pair: row for row, pair in enumerate(zip(column.tolist(), sizes.tolist(), strict=True))}
    return rows if len(rows) == len(column) and not np.any(column == NO_TIME) else None


def is_flush(packet: av.Packet[av.VideoStream]) -> bool:
    """PyAV ends every demuxing with an empty packet that only flushes the decoder."""
    return packet.size == 0 and packet.dts is None and packet.pts is None and packet.pos in (None, -1)


def _column(values: tuple[int | None, ...]) -> Column:
    return np.array([NO_TIME if v is None else v for v in values], dtype=np.int64)


def _looks_like_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[4:8] in (b"ftyp", b"mdat", b"wide", b"free")


def _ends(path: Path, span: int = 2**20) -> bytes:
    with path.open("rb") as file:
        head = file.read(span)
        file.seek(max(0, path.stat().st_size - span))
        return head + file.read()
