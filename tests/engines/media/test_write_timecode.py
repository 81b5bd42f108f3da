"""Counting along timecode."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engines.media.timecode import shift_timecode

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("label", "frames", "rate", "expected"),
    [
        ("01:00:00:00", 0, Fraction(24), "01:00:00:00"),
        ("01:00:00:23", 1, Fraction(24), "01:00:01:00"),
        ("00:59:59:24", 1, Fraction(25), "01:00:00:00"),
        ("23:59:59:24", 1, Fraction(25), "00:00:00:00"),
        ("10:00:00:00", 23976, Fraction(24000, 1001), "10:16:39:00"),
        ("00:00:59;29", 1, NTSC, "00:01:00;02"),
        ("00:09:59;29", 1, NTSC, "00:10:00;00"),
        ("00:00:00;00", 17982, NTSC, "00:10:00;00"),
        ("01:00:00;00", -1, NTSC, "00:59:59;29"),
        ("00:00:59;59", 1, Fraction(60000, 1001), "00:01:00;04"),
        ("00:00:59:29", 1, NTSC, "00:01:00:00"),
    ],
)
def test_shift(label: str, frames: int, rate: Fraction, expected: str) -> None:
    assert shift_timecode(label, frames, rate) == expected


def test_every_drop_frame_label_of_an_hour_is_met_once() -> None:
    labels = [shift_timecode("00:00:00;00", n, NTSC) for n in range(0, 107892)]
    assert len(set(labels)) == len(labels)
    assert not any(l[6:] in ("00;00", "00;01") and l[4] != "0" for l in labels)  # noqa: E741
    assert shift_timecode("00:00:00;00", 107892, NTSC) == "01:00:00;00"


def test_no_timecode() -> None:
    with pytest.raises(ValueError, match="no timecode"):
        shift_timecode("noon", 1, NTSC)
