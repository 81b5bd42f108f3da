"""The last stage of copies for review, made from what is known of the clip and told of the case."""

from __future__ import annotations

from app.export.case import CaseFacts
from engines.burn_in.facts import BurnIn
from engines.media.source import ClipInfo
from engines.media.timecode import shift_timecode
from engines.stages.burn_in import BurnedIn


def burned_in(clip: ClipInfo, case: CaseFacts) -> BurnedIn:
    """Preview and export alike append it to the chain."""
    try:
        start = shift_timecode(clip.timecode, 0, clip.rate) if clip.timecode else ""
    except ValueError:  # what the file has there is no timecode
        start = ""
    return BurnedIn(BurnIn(clip.rate, clip.frame_count, start, clip.first_number, _line(case)))


def _line(case: CaseFacts) -> str:
    """All that identifies the picture, on one line."""
    told = (
        ("Case", case.case),
        ("Exhibit", case.exhibit),
        ("", case.collection),
        ("Examiner", case.examiner),
        ("", case.organisation),
    )
    return " \N{MIDDLE DOT} ".join(f"{name} {text}".strip() for name, text in told if text)
