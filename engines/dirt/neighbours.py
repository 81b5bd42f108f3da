"""Which frames of a shot are asked about a frame: the nearest two before and after that are not its repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence

REACH = 4
"""So far before and after a frame is looked, past repeats."""
_EACH_SIDE = 2


def slots(before: Sequence[int], after: Sequence[int]) -> tuple[int, ...]:
    """Offsets of the nearest before, the nearest after, the next before and the next after, from what there is.

    before, after: usable offsets, nearest first. At an end of a shot the other side speaks for the missing one, the
    farther neighbour in the nearer one's place, so that both nearest witnesses differ where they can. Empty where
    there is no neighbour at all.
    """
    one, other = tuple(before[:_EACH_SIDE]), tuple(after[:_EACH_SIDE])
    if not one and not other:
        return ()
    left = one or other[::-1]
    right = other or one[::-1]
    return left[0], right[0], left[-1], right[-1]


def usable(steps: Sequence[int], repeats: Callable[[int, int], bool]) -> tuple[int, ...]:
    """Of `steps` (offsets of one side, nearest first) those that neither repeat the frame at 0 nor the one before.

    repeats(a, b): whether the frames at two offsets show the same picture.
    """
    found: list[int] = []
    last = 0  # (a frame that cannot be read counts as a repeat of anything)
    for step in steps:
        if not repeats(last, step):
            found.append(step)
            last = step
            if len(found) == _EACH_SIDE:
                break
    return tuple(found)
