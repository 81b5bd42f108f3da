"""Which frames are asked, at the ends of shots and among repeats."""

from __future__ import annotations

from engines.dirt.neighbours import slots, usable


def test_both_sides_speak() -> None:
    assert slots((-1, -2), (1, 2)) == (-1, 1, -2, 2)
    assert slots((-1,), (1,)) == (-1, 1, -1, 1)


def test_at_an_end_the_other_side_speaks_with_two_voices() -> None:
    assert slots((), (1, 2)) == (2, 1, 1, 2)
    assert slots((-1, -2), ()) == (-1, -2, -2, -1)
    assert slots((), (1,)) == (1, 1, 1, 1)
    assert slots((), ()) == ()


def test_repeats_are_passed_over() -> None:
    # Frames -1 and 0 show the same, and so do 1 and 2.
    pictures = {0: "a", -1: "a", -2: "z", -3: "z", -4: "y", 1: "b", 2: "b", 3: "c", 4: "c"}

    def repeats(a: int, b: int) -> bool:
        return pictures[a] == pictures[b]

    assert usable((-1, -2, -3, -4), repeats) == (-2, -4)
    assert usable((1, 2, 3, 4), repeats) == (1, 3)
    assert usable((-1, -2), lambda _a, _b: True) == ()
