"""Frames of a container by number, exactly those that decoding from the start would give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import av

from engines.cache import ByteCache
from engines.errors import FrameError
from engines.media.decoder import Decoder, Unreliable
from engines.media.index import FrameIndex, Serial
from engines.media.planes import from_av
from engines.media.source import OWN, ClipInfo, Descent
from engines.types import Frame, FrameNo

_CACHE_BYTES = 192 * 2**20
# Further ahead than this, seeking to the keyframe is quicker than decoding on.
_PATIENCE = 8


@dataclass(eq=False)
class _Run:
    """What one uninterrupted decode from packet `start` has shown so far."""

    start: Serial
    highest: FrameNo = -1
    ended: bool = False
    seen: set[FrameNo] = field(default_factory=set)
    damaged: set[Serial] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class _Picture:
    """A decoded picture and the run it came from, with its size, as the cache wants it."""

    picture: av.VideoFrame
    run: _Run

    @property
    def nbytes(self) -> int:
        return sum(plane.buffer_size for plane in self.picture.planes)


class ContainerSource:
    """Implements `Source`. With `doubtful`, frames predicted from damaged ones are given, with a note, not refused.

    between: called before every packet that is decoded; what it raises leaves `read`, which may be called again.
    """

    def __init__(
        self,
        info: ClipInfo,
        index: FrameIndex,
        *,
        threads: int = 0,
        doubtful: Callable[[str], None] | None = None,
        between: Callable[[], None] = lambda: None,
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        self._info = info
        self._index = index
        self._doubtful = doubtful
        self._between = between
        self._file = Path(info.path)
        self._decoder = self._make_decoder(threads)
        self._run: _Run | None = None
        self._cache: ByteCache[FrameNo, _Picture] = ByteCache(cache_bytes)
        self._bad: dict[FrameNo, FrameNo] = {}
        """Damaged frames, each with the frame whose damage it suffers from: itself, or one it is predicted from."""

    @property
    def info(self) -> ClipInfo:
        return self._info

    def descent(self, number: FrameNo) -> Descent:  # noqa: ARG002 - the same for every frame
        """Always the frame's own samples."""
        return OWN

    def keyframe(self, number: FrameNo) -> FrameNo:
        """The frame at which decoding starts to reach frame `number`: quick to show while that takes its time."""
        return max(0, int(self._index.numbers[self._index.start_for(number)]))

    def at_hand(self, number: FrameNo) -> bool:
        """Whether `read(number)` finds the picture decoded, or a few pictures further on."""
        if self._cache.get(number) is not None:
            return True
        return self._run is not None and 0 <= number - self._run.highest <= _PATIENCE

    @property
    def nbytes(self) -> int:
        """Memory held by decoded pictures."""
        return self._cache.nbytes

    def close(self) -> None:
        self._decoder.close()
        self._cache.clear()
        self._run = None

    def read(self, number: FrameNo) -> Frame:
        """Frame `number`, native samples.

        Raises FrameError where it is damaged or predicted from a damaged frame, IndexError out of range.
        """
        if not 0 <= number < self._info.frame_count:
            raise IndexError(f"frame {number} of {self._info.frame_count}")
        if number in self._bad and self._doubtful is None:
            raise self._refusal(number)
        picture = self._decide(number)
        cause = self._bad.get(number)
        if cause is not None and (cause == number or picture is None or self._doubtful is None):
            raise self._refusal(number)
        if cause is not None and self._doubtful is not None:
            self._doubtful(f"{self._refusal(number).sentence[:-1]}; it is shown as decoded and may carry traces.")
        assert picture is not None
        return self._frame(number, picture)

    def _decide(self, number: FrameNo) -> av.VideoFrame | None:
        """Decode frame `number` and judge it; a damaged one is entered into `_bad`."""
        start = self._index.start_for(number)
        # A stream may start showing its pictures only some way after a keyframe; from the one before it surely does.
        for attempt in (start, self._index.before(start)) if self._index.predicted else (start,):
            run, picture = self._obtain(number, attempt)
            cause = self._cause(run, number)
            if cause is None:
                self._bad.pop(number, None)
                return picture
            self._bad[number] = cause
            if run.start < start:
                break
        return picture

    def _obtain(self, number: FrameNo, start: Serial) -> tuple[_Run, av.VideoFrame | None]:
        """The picture of frame `number`, from memory or by decoding from packet `start` or earlier; None if none came.

        The run it came from has shown all that is needed to judge it.
        """
        held = self._cache.get(number)
        if held is not None and held.run.start <= start and self._settled(held.run, number):
            return held.run, held.picture
        run = self._run
        if run is None or not self._can_go_on(run, number, start, held):
            run = self._begin(start)
        picture = held.picture if held is not None and held.run is run else None
        while not self._settled(run, number):
            self._between()
            try:
                picture = self._step(run, number) or picture
            except Unreliable:
                self._decoder.close()
                self._decoder = self._make_decoder(threads=1)
                run, picture = self._begin(start), None
        return run, picture

    def _can_go_on(self, run: _Run, number: FrameNo, start: Serial, held: _Picture | None) -> bool:
        if run.start > start or run.ended:
            return False
        if number <= run.highest:
            return held is not None and held.run is run
        return start <= self._decoder.position + _PATIENCE

    def _begin(self, start: Serial) -> _Run:
        self._decoder.start(start)
        self._run = _Run(start)
        return self._run

    def _step(self, run: _Run, wanted: FrameNo) -> av.VideoFrame | None:
        """Decode one packet further; the wanted picture if it came out."""
        step = self._decoder.step()
        if step is None:
            run.ended = True
            return None
        run.damaged.update(step.damaged)
        found = None
        for serial, picture in step.pictures:
            number = int(self._index.numbers[serial])
            if number < 0:
                continue
            if picture.is_corrupt:
                run.damaged.add(serial)
            run.seen.add(number)
            run.highest = max(run.highest, number)
            self._cache.put(number, _Picture(picture, run))
            found = picture if number == wanted else found
        return found

    def _settled(self, run: _Run, number: FrameNo) -> bool:
        """Whether frame `number` and all it may be predicted from have come out, or failed to."""
        serial = int(self._index.serials[number])
        if run.ended or (serial in run.damaged and not self._index.predicted):
            return True
        if not self._index.predicted:
            return run.highest >= number
        group = self._index.numbers[self._index.start_for(number) : serial + 1]
        return run.highest >= int(group.max())

    def _cause(self, run: _Run, number: FrameNo) -> FrameNo | None:
        """The damaged frame that spoils frame `number`; None where it is sound."""
        serial = int(self._index.serials[number])
        if serial in run.damaged:
            return number
        if self._index.predicted:
            leading = self._index.is_leading(number)
            for earlier in range(self._index.start_for(number), serial):
                other = int(self._index.numbers[earlier])
                if other < 0 or not self._spoils(run, earlier, other):
                    continue
                # Leading pictures serve only those of their own keyframe, which are shown right around them.
                if not self._index.is_leading(other) or (leading and self._index.same_key(other, number)):
                    return other
        return None if number in run.seen else number

    def _spoils(self, run: _Run, serial: Serial, number: FrameNo) -> bool:
        if number in run.seen and serial not in run.damaged:
            return False
        return not self._index.packets.disposable[serial]

    def _frame(self, number: FrameNo, picture: av.VideoFrame) -> Frame:
        if (picture.width, picture.height) != (self._info.width, self._info.height) or (
            picture.format.name != self._info.native_format
        ):
            found = f"{picture.width}x{picture.height} {picture.format.name}"
            expected = f"{self._info.width}x{self._info.height} {self._info.native_format}"
            raise FrameError(
                number,
                f"Frame {number} of {self._file.name} is {found}, the clip {expected}.",
                "Split the file where its format changes.",
            )
        return Frame(from_av(picture), self._info.format, self._info.colour)

    def _refusal(self, number: FrameNo) -> FrameError:
        cause = self._bad[number]
        if cause == number:
            sentence = f"Frame {number} of {self._file.name} is damaged."
        else:
            sentence = f"Frame {number} of {self._file.name} is predicted from frame {cause}, which is damaged."
        return FrameError(number, sentence, "Hold the last good frame, or use black, to go on without it.")

    def _make_decoder(self, threads: int) -> Decoder:
        intra = not self._index.predicted and self._info.codec not in ("h264", "hevc")
        depth = self._index.reorder_depth
        return Decoder(self._file, self._index.packets, intra=intra, threads=threads, reorder_depth=depth)
