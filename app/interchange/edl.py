"""CMX 3600 edit decision lists: an event per shot. Written here because drop-frame counting and markers as typed are
beyond the adapters of OpenTimelineIO.

An event: `001  REEL V C  source in, source out, record in, record out`, outs exclusive, then comments: `* FROM CLIP
NAME:` the media's name, `* COMMENT: SHOT` the shot's, `* LOC:` a marker at its record timecode, as Avid does, and with
a clip's first event what lies outside its range: `* COMMENT: CUT 20`, `* COMMENT: MARKER 20 text`, by frame number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.interchange.strip import Shown, Strip
from app.interchange.times import can_drop, frames_of, is_drop, label_of
from engines.errors import SettingError
from engines.types import Rate

SHOT, CUT, MARKER = "SHOT ", "CUT ", "MARKER "
"""Begin comments that only we read."""
_RECORD_HOUR = "01:00:00:00"
_REEL = 8
_MOST_EVENTS = 999
"""What three digits count."""


def edl_of_strips(strips: Sequence[Strip], name: str) -> str:
    """The file's contents; lines end in CR LF as the format's own programs write them.

    Raises SettingError where an EDL cannot say it: clips of several rates, more events than it counts, times past
    midnight.
    """
    rates = {strip.rate for strip in strips}
    if len(rates) != 1:
        raise SettingError(
            "An EDL knows one rate, but the project's clips have "
            f"{', '.join(f'{float(rate):.6g}' for rate in sorted(rates)) or 'none'}.",
            "Export OTIO instead.",
        )
    if (count := sum(len(strip.shots) for strip in strips)) > _MOST_EVENTS:
        raise SettingError(
            f"An EDL holds {_MOST_EVENTS} events, the project has {count} shots.", "Export OTIO instead."
        )
    rate = rates.pop()
    # Tapes without drop-frame at rates that have it are rare, but a timecode that counts without says so.
    drop = can_drop(rate) and all(is_drop(strip.start) for strip in strips if strip.start)
    lines = [f"TITLE: {_line(name)}", f"FCM: {'' if drop else 'NON-'}DROP FRAME", ""]
    record = frames_of(_RECORD_HOUR, rate, drop=drop)
    number = 0
    for strip in strips:
        for shot in strip.shots:
            number += 1
            lines += _event(number, strip, shot, record, drop)
            record += shot.last - shot.first + 1
    if record >= _day(rate):
        raise SettingError("The project is longer than the day that an EDL's timecode counts.", "Export OTIO instead.")
    return "\r\n".join(lines) + "\r\n"


def _event(number: int, strip: Strip, shot: Shown, record: int, drop: bool) -> list[str]:
    rate, length = strip.rate, shot.last - shot.first + 1
    zero = frames_of(strip.start, rate) if strip.start else 0
    dropped = is_drop(strip.start) if strip.start else drop
    if zero + shot.last + 1 >= _day(rate):
        raise SettingError(f"{strip.path.name} runs past midnight in timecode.", "Export OTIO instead.")
    source = [label_of(zero + frame, rate, drop=dropped) for frame in (shot.first, shot.last + 1)]
    place = [label_of(record + frame, rate, drop=drop) for frame in (0, length)]
    lines = [
        f"{number:03}  {_reel(strip):8} V     C        {' '.join((*source, *place))}",
        f"* FROM CLIP NAME: {_line(strip.path.name)}",
    ]
    if shot.title:
        lines.append(f"* COMMENT: {SHOT}{_line(shot.title)}")
    for marker in shot.markers:
        at = label_of(record + marker.frame - shot.first, rate, drop=drop)
        lines.append(f"* LOC: {at} GREEN   {_line(marker.text)}".rstrip())
    if shot is strip.shots[0] and strip.outside is not None:
        lines += [f"* COMMENT: {CUT}{cut}" for cut in strip.outside.cuts]
        lines += [f"* COMMENT: {MARKER}{frame} {_line(text)}".rstrip() for frame, text in strip.outside.markers]
    return lines


def _day(rate: Rate) -> int:
    """Frames that 24 hours have at least, drop-frame or not."""
    return int(24 * 3600 * rate)


def _reel(strip: Strip) -> str:
    """Letters and digits; AX is what editors call a file that is no tape."""
    return re.sub("[^A-Z0-9]", "", strip.label.upper())[:_REEL] or "AX"


def _line(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text).strip()
