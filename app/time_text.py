"""Frame numbers as people say them: SMPTE timecode and feet of film, and back again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from engines.errors import SettingError
from engines.media.timecode import frames_between, shift_timecode
from engines.types import FrameNo, Rate

FRAMES_PER_FOOT = MappingProxyType({"35 mm": 16, "16 mm": 40})
"""35 mm film with four perforations a frame, and 16 mm film."""

_TIMECODE = re.compile(r"\d{1,3}(?:[:;.]\d{1,2}){1,3}")
_FEET = re.compile(r"(\d+)\s*(?:ft|')\s*(?:(\d+)\s*(?:fr?)?)?")
_HINT = "Type a frame number, a timecode such as 00:01:02:03, feet such as 12 ft 3, or +24 to go on by as many."


@dataclass(frozen=True)
class TimeText:
    """How the frames of one clip are labelled. `start` is the timecode of frame 0; its ";" means drop-frame."""

    rate: Rate
    start: str = "00:00:00:00"

    @classmethod
    def of(cls, rate: Rate, recorded: str | None) -> TimeText:
        """From the timecode in the file; counting starts at zero where there is none or it cannot be read."""
        try:
            return cls(rate, shift_timecode(recorded, 0, rate)) if recorded else cls(rate)
        except ValueError:
            return cls(rate)

    def timecode(self, frame: FrameNo) -> str:
        return shift_timecode(self.start, frame, self.rate)

    def seconds(self, frames: int) -> str:
        """A length: "1 s 23 f"."""
        whole, rest = divmod(frames, max(1, round(self.rate)))
        minutes, whole = divmod(whole, 60)
        return f"{minutes} min {whole} s {rest} f" if minutes else f"{whole} s {rest} f"

    def parse(self, text: str, frame: FrameNo, gauge: str = "35 mm") -> FrameNo:
        """The frame that `text` names, seen from `frame`; not limited to the clip. Raises SettingError."""
        text = text.strip().lower()
        sign = {"+": 1, "-": -1, "−": -1}.get(text[:1], 0)
        try:
            if sign:
                return frame + sign * self._count(text[1:].strip(), gauge)
            return self._place(text, gauge)
        except ValueError as error:
            raise SettingError(f"“{text}” names no frame.", _HINT) from error

    def _place(self, text: str, gauge: str) -> FrameNo:
        if _TIMECODE.fullmatch(text):
            return frames_between(self.start, _whole(text), self.rate)
        return self._count(text, gauge)

    def _count(self, text: str, gauge: str) -> int:
        """A number of frames: plain, as feet, or as a length of time."""
        if match := _FEET.fullmatch(text):
            return int(match[1]) * FRAMES_PER_FOOT[gauge] + int(match[2] or 0)
        if _TIMECODE.fullmatch(text):
            return frames_between("00:00:00:00", _whole(text), self.rate)
        if not text.isascii() or not text.isdigit():
            raise ValueError(text)
        return int(text)


def feet(frame: FrameNo, gauge: str = "35 mm") -> str:
    """Feet and frames from frame 0: "3 ft 12 fr"."""
    whole, rest = divmod(frame, FRAMES_PER_FOOT[gauge])
    return f"{whole} ft {rest} fr"


def _whole(text: str) -> str:
    """A timecode typed in part, read from its right end: "1:12" is one second and twelve frames."""
    parts = re.split("[:;.]", text)
    hours, minutes, seconds, count = ["0"] * (4 - len(parts)) + parts
    if int(minutes) > 59 or int(seconds) > 59:
        raise ValueError(text)
    return f"{int(hours):02}:{int(minutes):02}:{int(seconds):02}:{int(count):02}"
