"""Reads CMX 3600 edit decision lists, in the dialects that editing programs write; what they mean beyond cuts is named.

An EDL does not say its rate: whoever reads it must know the media's. Outs are exclusive. Timecodes with ";" before
the frames, or after `FCM: DROP FRAME`, count drop-frame where the rate has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePosixPath

from app.interchange.cutting import Cutting, MediaName, Moment, Outside, Piece, Remark
from app.interchange.edl import CUT, MARKER, SHOT
from app.interchange.otio_reading import path_of_url
from app.interchange.times import can_drop, frames_of
from engines.errors import MediaError, SettingError
from engines.types import Rate

_MOST_LINES, _LONGEST_LINE = 200_000, 4000
_TIME = r"(\d\d:\d\d:\d\d[:;.]\d\d\d?)"
_EVENT = re.compile(rf"(\d+)\s+(\S+)\s+(\S+)\s+(C|D|W\d*|K[BO]?)\s+(?:\S+\s+)?{_TIME}\s+{_TIME}\s+{_TIME}\s+{_TIME}")
_COMMENT = re.compile(
    r"\*\s*(FROM CLIP NAME|TO CLIP NAME|FROM CLIP|FROM FILE|SOURCE FILE|COMMENT|LOC)\s*:\s*(.*)", re.I
)
_LOCATOR = re.compile(
    rf"{_TIME}\s*(?:(RED|GREEN|BLUE|CYAN|MAGENTA|YELLOW|BLACK|WHITE|PINK|ORANGE|PURPLE)\b)?\s*(.*)", re.I
)
_SPEED = re.compile(r"M2\s+", re.I)
_COUNTED = re.compile(r"\[(\d{1,9})-\d{1,9}\]")
"""Stills as editors name them: scan_[0040-0051].dpx."""
_PICTURELESS = frozenset({"BL", "BLACK", "BARS"})
_WRITE_ANEW = "Export it anew from the editing program, as CMX 3600."


@dataclass
class _Event:
    """As it stands in the file. line: its number, from 1."""

    line: int
    number: str
    reel: str
    channel: str
    kind: str
    times: tuple[str, str, str, str]
    drop: bool
    comments: list[tuple[str, str]] = field(default_factory=list)
    retimed: bool = False

    @property
    def where(self) -> str:
        return f"Event {self.number}"

    def first(self, key: str) -> str:
        return next((text for name, text in self.comments if name == key and text), "")


def names_of_text(text: str, name: str) -> tuple[MediaName, ...]:
    """The media that an EDL speaks of; its rate is not needed. Raises MediaError where it is no EDL."""
    events = [event for event in _events(text, name, []) if _shows(event)]
    return tuple(dict.fromkeys(_media(event) for event in events))


def cutting_of_text(text: str, name: str, rate: Rate) -> Cutting:
    """What an EDL says at `rate`. name: of the file, for messages. Raises MediaError where it is none or absurd."""
    left: list[str] = []
    pieces = []
    for event in _events(text, name, left):
        if not _shows(event):
            kind = "is sound" if event.channel.upper().startswith("A") else "shows no media"
            left.append(f"{event.where} {kind} and was left out.")
            continue
        if event.kind != "C":
            left.append(f"{event.where} begins with a transition ({event.kind}): taken as a cut.")
        if event.retimed:
            left.append(f"{event.where} runs at another speed: its frames are taken as they are in the media.")
        piece = _piece(event, rate, name, left)
        if piece is not None:
            pieces.append(piece)
    title = re.search(r"^\s*TITLE:\s*(.+?)\s*$", text, re.M)
    return Cutting(title[1] if title else name, tuple(pieces), tuple(dict.fromkeys(left)))


def _events(text: str, name: str, left: list[str]) -> list[_Event]:
    events: list[_Event] = []
    drop = False
    lines = text.splitlines()
    if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        raise MediaError(f"{name} is longer than any EDL.", _WRITE_ANEW)
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line or line.upper().startswith(("TITLE:", "SPLIT:")):
            continue
        if line.upper().startswith("FCM:"):
            drop = "NON" not in line.upper()
        elif match := _EVENT.fullmatch(line):
            times = (match[5], match[6], match[7], match[8])
            events.append(_Event(number, match[1], match[2], match[3], match[4].upper(), times, drop))
        elif line[0].isdigit():
            raise MediaError(f"Line {number} of {name} is no event of an EDL: {line[:60]!r}.", _WRITE_ANEW)
        elif not events:
            if not line.startswith("*"):
                raise MediaError(f"{name} is no EDL: line {number} is {line[:60]!r}.", _WRITE_ANEW)
        elif comment := _COMMENT.fullmatch(line):
            events[-1].comments.append((comment[1].upper(), comment[2].strip()))
        elif _SPEED.match(line):
            events[-1].retimed = True
        else:
            left.append(f"Line {number} says something that is not read: {line[:60]}")
    if not events:
        raise MediaError(f"{name} holds no events.", _WRITE_ANEW)
    return events


def _shows(event: _Event) -> bool:
    sound_only = re.fullmatch(r"A+\d*", event.channel.upper()) is not None
    return not sound_only and event.reel.upper() not in _PICTURELESS


def _media(event: _Event) -> MediaName:
    """By every name that the event gives: the clip's, the file's, the reel's."""
    incoming = event.first("TO CLIP NAME") if event.kind != "C" else ""
    file = event.first("FROM CLIP") or event.first("FROM FILE") or event.first("SOURCE FILE")
    path = path_of_url(file)
    counted = _COUNTED.search(path.name)
    pattern = _COUNTED.sub(lambda match: f"%0{len(match[1])}d", path.name) if counted else path.name
    folder = path.parent.name if counted else ""
    given = (incoming or event.first("FROM CLIP NAME"), pattern, event.reel if event.reel != "AX" else "", folder)
    names = tuple(dict.fromkeys(PurePosixPath(one.replace("\\", "/")).name for one in given if one))
    return MediaName(names or (event.reel,))


def _piece(event: _Event, rate: Rate, name: str, left: list[str]) -> Piece | None:
    try:
        begin, end, record, _ = (frames_of(label, rate, drop=event.drop) for label in event.times)
    except SettingError as error:
        raise MediaError(f"Line {event.line} of {name}: {error.sentence}", error.hint) from error
    if end == begin:
        return None  # the outgoing side of a transition
    if end < begin:
        raise MediaError(f"Line {event.line} of {name} ends before it begins.", _WRITE_ANEW)
    remarks = []
    for text in (text for key, text in event.comments if key == "LOC"):
        at = _remark(event, text, rate, begin, end, record)
        if at is None:
            left.append(f"A marker of event {event.number} lies outside it and was left out: {text[:60]}")
        else:
            remarks.append(at)
    said = [text for key, text in event.comments if key == "COMMENT"]
    title = next((text.removeprefix(SHOT).strip() for text in said if text.startswith(SHOT)), "")
    start, length = Moment(Fraction(begin), rate), Moment(Fraction(end - begin), rate)
    return Piece(_media(event), start, length, None, title, tuple(remarks), _outside(said), event.where)


def _outside(comments: list[str]) -> Outside | None:
    cuts = [match for text in comments if (match := re.fullmatch(rf"{CUT}(\d{{1,9}})", text))]
    markers = [match for text in comments if (match := re.fullmatch(rf"{MARKER}(\d{{1,9}})(?: (.*))?", text))]
    if not cuts and not markers:
        return None
    return Outside(tuple(int(cut[1]) for cut in cuts), tuple((int(one[1]), one[2] or "") for one in markers))


def _remark(event: _Event, text: str, rate: Rate, begin: int, end: int, record: int) -> Remark | None:
    """Avid counts markers by the record's timecode; some programs by the source's."""
    match = _LOCATOR.fullmatch(text)
    if match is None:
        return None
    try:
        at = frames_of(match[1], rate, drop=event.drop and can_drop(rate))
    except SettingError:
        return None
    if record <= at < record + end - begin:
        return Remark(Moment(Fraction(at - record + begin), rate), match[3].strip())
    return Remark(Moment(Fraction(at), rate), match[3].strip()) if begin <= at < end else None
