"""What a review copy says of clip and case."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.burned_in import burned_in
from app.export.case import NO_CASE, CaseFacts
from tests.engines.media.write_helpers import clip_of


@pytest.mark.parametrize(
    ("timecode", "shown"),
    [("10:00:59:28", "TC 10:01:00:00"), (None, "T 00:00:00:02"), ("when it was noon", "T 00:00:00:02")],
)
def test_time_is_the_clips_own_where_it_has_one(timecode: str | None, shown: str) -> None:
    clip = clip_of("gray", 5, rate=Fraction(30), timecode=timecode)
    assert burned_in(clip, NO_CASE).settings.time(2) == shown


def test_the_case_is_one_line_of_what_was_told() -> None:
    clip = clip_of("gray", 5)
    case = CaseFacts("12/26", "B-3", "Box 4", "A. Ferri", "City Police")
    assert burned_in(clip, case).settings.case == (
        "Case 12/26 \N{MIDDLE DOT} Exhibit B-3 \N{MIDDLE DOT} Box 4 \N{MIDDLE DOT} Examiner A. Ferri "
        "\N{MIDDLE DOT} City Police"
    )
    assert burned_in(clip, CaseFacts(collection="Box 4")).settings.case == "Box 4"
    assert burned_in(clip, NO_CASE).settings.case == ""
