"""SMPTE timecode: labels of frames, drop-frame or not, and counting along them."""

from __future__ import annotations

import re

from engines.types import Rate

_LABEL = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d+)")


def shift_timecode(label: str, frames: int, rate: Rate) -> str:
    """The label `frames` later, at the rate rounded to whole frames per second; wraps at 24 hours.

    A ";" or "." before the frames means drop-frame counting, where labels 0 and 1 (0 to 3 at 60) of a minute are
    skipped except every tenth minute. Raises ValueError where `label` is no timecode.
    """
    index, base, skipped, mark = _parse(label, rate)
    return _label((index + frames) % _frames_per_day(base, skipped), base, skipped, mark)


def frames_between(first: str, second: str, rate: Rate) -> int:
    """How many frames `second` comes after `first`, both counted as `first` is. Raises ValueError."""
    start, *_, mark = _parse(first, rate)
    return _parse(second[:8] + mark + second[9:], rate)[0] - start


def _frames_per_day(base: int, skipped: int) -> int:
    """Labels in 24 hours, where `skipped` are left out of a minute."""
    return (24 * 60 * 60 * base) - skipped * (24 * 60 - 24 * 6)


def _parse(label: str, rate: Rate) -> tuple[int, int, int, str]:
    """Frames since midnight, whole frames per second, labels skipped in a minute, and the mark before the frames."""
    match = _LABEL.fullmatch(label.strip())
    if match is None:
        raise ValueError(f"{label!r} is no timecode")
    base = max(1, round(rate))
    skipped = base // 15 if match[4] in ";." and base % 30 == 0 else 0
    hours, minutes, seconds, count = (int(match[i]) for i in (1, 2, 3, 5))
    total = hours * 60 + minutes
    return (total * 60 + seconds) * base + count - skipped * (total - total // 10), base, skipped, match[4]


def _label(index: int, base: int, skipped: int, mark: str) -> str:
    if skipped:
        per_ten = 600 * base - 9 * skipped
        tens, rest = divmod(index, per_ten)
        # The first minute of every ten is whole; the nine after it lack `skipped` labels each.
        minutes = max(0, (rest - skipped) // (60 * base - skipped))
        index += skipped * (9 * tens + minutes)
    seconds, frame = divmod(index, base)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{frame:02}"
