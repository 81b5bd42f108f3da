"""Which frame is due when."""

from __future__ import annotations

from fractions import Fraction

from app.playback import PlaybackClock


def clock(count: int = 48, rate: int = 24) -> PlaybackClock:
    return PlaybackClock(count, Fraction(rate))


def test_frames_follow_the_clock_however_seldom_it_is_asked() -> None:
    due = clock()
    due.start(10, 1, 100.0)
    assert [due.frame(100 + t / 24) for t in (0, 0.9, 1, 5, 20)] == [10, 10, 11, 15, 30]


def test_backward_and_fast() -> None:
    due = clock()
    due.start(40, -4, 0.0)
    assert due.frame(5 / 24) == 20
    assert due.frame(5.0) == 0


def test_no_frame_is_lost_to_rounding_in_an_hour() -> None:
    due = PlaybackClock(200_000, Fraction(24000, 1001))
    due.start(0, 1, 12345.678)
    for frame in range(0, 86000, 997):
        assert due.frame(12345.678 + frame * 1001 / 24000) == frame


def test_the_last_frame_has_its_time_before_the_end() -> None:
    due = clock()
    due.start(46, 1, 0.0)
    assert due.frame(1.5 / 24) == 47
    assert not due.ended(1.5 / 24)
    assert due.ended(2.01 / 24)
    assert due.frame(9.0) == 47


def test_a_range_loops_both_ways() -> None:
    due = clock()
    due.limit(10, 19, loop=True)
    due.start(18, 1, 0.0)
    assert [due.frame(t / 24) for t in (0, 1, 2, 12)] == [18, 19, 10, 10]
    due.start(11, -1, 0.0)
    assert [due.frame(t / 24) for t in (0, 1, 2)] == [11, 10, 19]
    assert not due.ended(99.0)


def test_stopped_it_stays() -> None:
    due = clock()
    due.start(5, 1, 0.0)
    due.stop()
    assert not due.running
    assert not due.ended(9.0)
