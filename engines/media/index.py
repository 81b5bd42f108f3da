"""The frame table of a container: which packet shows as frame n, and from which keyframe it can be decoded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engines.media.demux import NO_TIME, Column, Packets
from engines.types import FrameNo

Serial = int
"""Number of a packet in file order."""


@dataclass(frozen=True, eq=False)
class FrameIndex:
    """serials[n] is the packet of frame n, pts[n] its time (display order). `keys`: serials to start decoding at."""

    packets: Packets
    serials: Column
    pts: Column
    keys: Column
    exhaustive: bool = False
    """Whether the table was counted by decoding everything."""

    @cached_property
    def numbers(self) -> Column:
        """Frame number by serial; -1 for packets that show no frame of their own."""
        numbers = np.full(len(self.packets), -1, dtype=np.int64)
        numbers[self.serials] = np.arange(len(self.serials))
        return numbers

    @property
    def predicted(self) -> bool:
        """Whether some frames need others to be decoded."""
        return len(self.keys) < len(self.packets)

    @cached_property
    def reorder_depth(self) -> int:
        """How many frames a decoder must hold back to put them in display order."""
        if not self.predicted:
            return 0
        shown = self.numbers[self.numbers >= 0]
        # A frame waits for those that come later in the file but show earlier.
        later_minimum = np.minimum.accumulate(shown[::-1])[::-1]
        waiting = [int(np.count_nonzero(shown[max(0, i - 32) : i] > later_minimum[i])) for i in range(len(shown))]
        return max(waiting, default=0)

    def start_for(self, number: FrameNo) -> Serial:
        """The last packet from which frame `number` decodes whole: the keyframe at or before it.

        A frame stored after a keyframe but shown before it (a leading picture of an open group) also needs the group
        before.
        """
        serial = int(self.serials[number])
        at = int(np.searchsorted(self.keys, serial, side="right")) - 1
        if at < 0:
            return 0
        return int(self.keys[at]) if not self.is_leading(number) else self.before(int(self.keys[at]))

    def same_key(self, one: FrameNo, other: FrameNo) -> bool:
        """Whether both frames are stored after the same keyframe."""
        first, second = np.searchsorted(self.keys, self.serials[[one, other]], side="right")
        return bool(first == second)

    def is_leading(self, number: FrameNo) -> bool:
        """Whether the frame is stored after a keyframe that shows later."""
        serial = int(self.serials[number])
        at = int(np.searchsorted(self.keys, serial, side="right")) - 1
        return at >= 0 and number < int(self.numbers[self.keys[at]])

    def before(self, key: Serial) -> Serial:
        """The keyframe before `key`, or the first packet."""
        at = int(np.searchsorted(self.keys, key, side="left")) - 1
        return int(self.keys[at]) if at >= 0 else 0


def in_display_order(packets: Packets, shown: NDArray[np.bool_], step: int) -> FrameIndex:
    """The table where every shown packet is one frame and times tell the order.

    `step` is a frame's duration, for streams that carry no times (and then are not reordered).
    """
    serials = np.flatnonzero(shown).astype(np.int64)
    for times in (packets.pts[serials], packets.dts[serials]):
        if has_times(times) and len(np.unique(times)) == len(times):
            order = np.argsort(times)
            return FrameIndex(packets, serials[order], times[order], _keys(packets))
    return FrameIndex(packets, serials, np.arange(len(serials), dtype=np.int64) * step, _keys(packets))


def in_decoded_order(packets: Packets, serials: Column, keys: Column, step: int) -> FrameIndex:
    """The table as a whole decode gave it. `step` is a frame's duration, for streams that carry no times at all."""
    pts = packets.pts[serials]
    if not (has_times(pts) and np.all(np.diff(pts) > 0)):
        # Files without presentation times show their frames at the decoding times, in order.
        pts = np.sort(packets.dts[serials])
        if not (has_times(pts) and np.all(np.diff(pts) > 0)):
            pts = np.arange(len(serials), dtype=np.int64) * step
    return FrameIndex(packets, serials, pts, keys, exhaustive=True)


def has_times(times: Column) -> bool:
    return not bool(np.any(times == NO_TIME))


def times_tell_order(packets: Packets, *, reordered: bool) -> bool:
    """Whether pts (or dts, where nothing is reordered) place every shown packet uniquely."""
    shown = ~packets.discard
    times = packets.pts[shown]
    if not has_times(times) and not reordered:
        times = packets.dts[shown]
    return has_times(times) and len(np.unique(times)) == len(times)


def _keys(packets: Packets) -> Column:
    return np.flatnonzero(packets.key).astype(np.int64)
